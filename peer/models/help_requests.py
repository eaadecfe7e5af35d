"""Somebody needs a person now, or worries about somebody: anybody may say so, and hears back (B4, B6)."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from encrypted_fields.fields import EncryptedCharField, EncryptedTextField

from peer import clock
from peer.models.dated import public_id
from peer.models.feedback import new_reference, plain_reference
from peer.models.people import Person, User
from peer.roles import Role
from peer.states import Owed, Stateful, one_of_states, owed_unless

READERS = (Role.CLINICIAN, Role.SAFEGUARDING_LEAD)


class HelpRequestQuerySet(models.QuerySet["HelpRequest"]):
    """Requests for help, as far as the viewer may know of them."""

    def visible_to(self, user: User) -> HelpRequestQuerySet:
        """Keep all for clinicians and the safeguarding lead, who alone learn who worried (H23); else one's own."""
        return self if user.may_in_service(*READERS) else self.of(user)

    def of(self, user: User) -> HelpRequestQuerySet:
        """Keep what this person asked themselves."""
        return self.filter(person__user=user)

    def for_desk(self, user: User) -> HelpRequestQuerySet:
        """Keep what waits for an answer by this person, the soonest due first; nobody answers their own."""
        mine = models.Q(person=user.person_id, person__isnull=False)
        return self.filter(state=HelpRequest.State.OPEN).exclude(mine).order_by("due_at", "pk")

    def by_reference(self, typed: str) -> HelpRequestQuerySet:
        """Keep the one whose secret reference somebody typed, however they spaced it."""
        return self.filter(reference=plain_reference(typed))


class HelpRequestState(models.TextChoices):
    """From the asking to the answer."""

    OPEN = "open", _("Waiting for somebody")
    ANSWERED = "answered", _("Answered")


class HelpRequest(Stateful, Owed):
    """One ask; `reach` is how to reach whoever left no name, and `person` whoever was signed in."""

    State = HelpRequestState

    class Kind(models.TextChoices):
        """For whom; the worry about somebody is the first choice."""

        SOMEONE = "someone", _("I’m worried about someone")
        ME = "me", _("I need someone now")

    class Heard(models.TextChoices):
        """How the answer came to whoever asked."""

        SPOKE = "spoke", _("We spoke with them, or wrote to them")
        WAITS = "waits", _("It waits where they can read it")

    MOVES: ClassVar[dict[str, set[str]]] = {State.OPEN: {State.ANSWERED}}

    public_id = models.CharField(max_length=24, unique=True, default=public_id)
    reference = models.CharField(max_length=14, unique=True, default=new_reference)
    kind = models.CharField(max_length=7, choices=Kind.choices)
    person = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="help_requests")
    words = EncryptedTextField(null=True, blank=True)
    reach = EncryptedCharField(max_length=200, null=True, blank=True)
    level = models.CharField(max_length=10)
    rings = models.BooleanField(default=True)  # not where one place has sent very many in an hour
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    asked_at = models.DateTimeField(default=clock.now)
    answer_words = models.TextField(blank=True)
    heard_how = models.CharField(max_length=5, choices=Heard.choices, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    form_nonce = models.CharField(max_length=40, unique=True, null=True, blank=True)

    objects = HelpRequestQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        indexes = [
            models.Index(fields=["due_at"], condition=models.Q(state="open"), name="help_request_waits"),
        ]
        constraints = [
            one_of_states(HelpRequestState, name="help_request_state"),
            owed_unless("answered", name="help_request_owed"),
            models.CheckConstraint(
                condition=~models.Q(state="answered") | (~models.Q(answer_words="") & ~models.Q(heard_how="")),
                name="help_request_hears_back",
            ),
        ]

    def __str__(self) -> str:
        return f"help request {self.public_id}"

    def get_absolute_url(self) -> str:
        """Give the page where somebody who was signed in sees what came of it."""
        return reverse("help-requests-own", args=[self.public_id])

    @property
    def is_red(self) -> bool:
        """Tell whether people are rung about it at once."""
        return self.level == "red" and self.rings

    def is_own(self, user: User) -> bool:
        """Tell whether `user` asked this."""
        return user.person_id is not None and self.person_id == user.person_id
