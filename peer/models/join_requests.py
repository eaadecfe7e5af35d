"""Somebody asks for a place in a group they found: a person answers, in two working days (S1, decision 13)."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.urls import reverse

from peer import clock
from peer.models.dated import public_id
from peer.models.groups import SupportGroup
from peer.models.invitations import Invitation
from peer.models.people import Person, User
from peer.roles import Role
from peer.states import Owed, Stateful, one_of_states, owed_unless


class JoinRequestQuerySet(models.QuerySet["JoinRequest"]):
    """Requests for a place, as far as the viewer may know of them."""

    def visible_to(self, user: User) -> JoinRequestQuerySet:
        """Keep all for those who offer groups, else one's own."""
        return self if user.may_in_service(Role.CLINICIAN, Role.CO_ORDINATOR) else self.of(user)

    def of(self, user: User) -> JoinRequestQuerySet:
        """Keep what this person asked themselves."""
        return self.filter(person__user=user)

    def waiting(self) -> JoinRequestQuerySet:
        """Keep what nobody has answered, of the living, worrying words first, then the soonest due."""
        return self.filter(state=JoinRequest.State.ASKED, person__deceased_at=None).order_by(
            "-note_level", "due_at", "id"
        )

    def to_show(self) -> JoinRequestQuerySet:
        """Keep, of one's own, what is not over: asked, a place to answer, or a no that was not put away yet."""
        gone = models.Q(state=JoinRequest.State.WITHDRAWN) | models.Q(seen_at__isnull=False)
        taken = models.Q(invitation__state__in=[Invitation.State.ACCEPTED, Invitation.State.DECLINED])
        return self.exclude(gone).exclude(taken).select_related("group", "invitation").order_by("-id")


class JoinRequestState(models.TextChoices):
    """Asked; then a place, kind words, or taken back."""

    ASKED = "asked", "Asked for a place"
    ACCEPTED = "accepted", "There is a place"
    DECLINED = "declined", "Not this group"
    WITHDRAWN = "withdrawn", "Taken back"


class JoinRequest(Stateful, Owed):
    """One person asks for a place in one group."""

    State = JoinRequestState

    MOVES: ClassVar[dict[str, set[str]]] = {State.ASKED: {State.ACCEPTED, State.DECLINED, State.WITHDRAWN}}

    public_id = models.CharField(max_length=24, unique=True, default=public_id)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="join_requests")
    group = models.ForeignKey(SupportGroup, on_delete=models.CASCADE, related_name="join_requests")
    state = models.CharField(max_length=10, choices=State.choices, default=State.ASKED)
    note = models.TextField(blank=True)
    note_level = models.CharField(max_length=10, blank=True)
    answer = models.TextField(blank=True)
    invitation = models.OneToOneField(
        Invitation, null=True, blank=True, on_delete=models.SET_NULL, related_name="asked_for"
    )
    asked_at = models.DateTimeField(default=clock.now)
    answered_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)
    seen_at = models.DateTimeField("put away by the person", null=True, blank=True)

    objects = JoinRequestQuerySet.as_manager()

    class Meta:
        constraints = [
            one_of_states(JoinRequestState, name="join_request_state"),
            owed_unless("accepted", "declined", "withdrawn", name="join_request_owed"),
            models.UniqueConstraint(
                fields=["person", "group"], condition=models.Q(state="asked"), name="join_request_one_open"
            ),
            models.CheckConstraint(
                condition=~models.Q(state="declined") | ~models.Q(answer=""), name="join_request_kind_words"
            ),
        ]

    def __str__(self) -> str:
        return f"join request {self.public_id}"

    def get_absolute_url(self) -> str:
        """Give the page where the person sees what came of it."""
        return reverse("join-requests-own", args=[self.public_id])

    def is_own(self, user: User) -> bool:
        """Tell whether `user` asked this."""
        return user.person_id is not None and self.person_id == user.person_id
