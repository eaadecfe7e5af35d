"""Other help that staff point somebody to, and what came of it: did they get in, did it help (S5, S72)."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from peer import clock
from peer.models.dated import public_id
from peer.models.people import Person, User
from peer.roles import Role
from peer.states import Owed, Stateful, one_of_states, owed_unless

STAFF = (Role.CLINICIAN, Role.CO_ORDINATOR)


class SignpostState(models.TextChoices):
    """What came of it, in the words of the person."""

    OPEN = "open", _("Not tried yet")
    HELPED = "helped", _("I tried it, and it helped")
    TRIED = "tried", _("I tried it, and it didn’t help")
    NOT_IN = "not_in", _("I couldn’t get in")
    NOT_FOR_ME = "not_for_me", _("It’s not for me")
    ENDED = "ended", _("We looked at it together")


class SignpostQuerySet(models.QuerySet["Signpost"]):
    """Signposts, as far as the viewer may know of them."""

    def visible_to(self, user: User) -> SignpostQuerySet:
        """Keep all for those with a caseload, and one's own."""
        if user.may_in_service(*STAFF):
            return self
        return self.filter(person__user=user)

    def own(self, user: User) -> SignpostQuerySet:
        """Keep one's own, the newest first."""
        return self.filter(person__user=user).order_by("-pk")

    def waiting(self) -> SignpostQuerySet:
        """Keep those of which somebody must find out what came, the soonest due first."""
        return self.exclude(state__in=Signpost.FINAL).order_by("due_at", "pk")

    def to_ask(self) -> SignpostQuerySet:
        """Keep those whose day has come, and those where somebody could not get in."""
        return self.waiting().filter(Q(due_at__lt=clock.now()) | Q(state=SignpostState.NOT_IN))

    def figures(self) -> list[dict[str, Any]]:
        """Count for each service: made, tried, helped, could not get in; the most pointed to first (S72)."""
        tried = Q(state__in=[SignpostState.HELPED, SignpostState.TRIED])
        rows = (
            self.order_by()
            .values("service", "title")
            .annotate(
                made=Count("pk"),
                tried=Count("pk", filter=tried),
                helped=Count("pk", filter=Q(state=SignpostState.HELPED)),
                not_in=Count("pk", filter=Q(could_not_get_in=True)),
                not_for_me=Count("pk", filter=Q(state=SignpostState.NOT_FOR_ME)),
            )
            .order_by("-made", "title")
        )
        return [dict(row) for row in rows]


class Signpost(Stateful, Owed):
    """One service that somebody was pointed to, why in plain words, and who asks by when whether it helped."""

    State = SignpostState

    FINAL: ClassVar[tuple[str, ...]] = (State.HELPED, State.TRIED, State.NOT_FOR_ME, State.ENDED)
    MOVES: ClassVar[dict[str, set[str]]] = {
        State.OPEN: {State.HELPED, State.TRIED, State.NOT_IN, State.NOT_FOR_ME, State.ENDED},
        State.NOT_IN: {State.HELPED, State.TRIED, State.NOT_FOR_ME, State.ENDED},
    }

    public_id = models.CharField(max_length=24, unique=True, default=public_id)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="signposts")
    service = models.UUIDField()  # the key of the service in the directory, which may go
    title = models.CharField(max_length=120)
    why = models.TextField()
    made_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    made_at = models.DateTimeField(default=clock.now)
    state = models.CharField(max_length=12, choices=State.choices, default=State.OPEN)
    could_not_get_in = models.BooleanField(default=False)
    said_by_person = models.BooleanField(default=False)
    said_at = models.DateTimeField(null=True, blank=True)
    note = models.TextField(blank=True)

    objects = SignpostQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["state", "due_at"], name="signpost_due")]
        constraints = [
            one_of_states(SignpostState, name="signpost_state"),
            owed_unless("helped", "tried", "not_for_me", "ended", name="signpost_owed"),
            models.UniqueConstraint(
                fields=["person", "service"], condition=Q(state__in=["open", "not_in"]), name="signpost_once"
            ),
            models.CheckConstraint(condition=~Q(why=""), name="signpost_has_why"),
        ]

    def __str__(self) -> str:
        return f"signpost {self.public_id}"

    def get_absolute_url(self) -> str:
        """Give the page of staff on which its outcome is written down."""
        return reverse("signposts-detail", args=[self.public_id])

    def is_own(self, user: User) -> bool:
        """Tell whether it was made for the viewer (for the gate)."""
        return user.person_id is not None and self.person_id == user.person_id

    def is_late(self) -> bool:
        """Tell whether somebody should have asked by now what came of it."""
        return self.state not in self.FINAL and self.is_overdue(clock.now())
