"""Calls that a person of staff makes: weighty news, first hellos, and whatever a machine must not say (U1, U2)."""

from __future__ import annotations

from typing import ClassVar, Self

from django.db import models
from encrypted_fields.fields import EncryptedTextField

from notifications.languages import LANGUAGES, needs_interpreter
from notifications.models.contacts import ContactPoint
from peer import clock
from peer.models import Person, User
from peer.models.dated import public_id
from peer.roles import Role
from peer.states import Owed, Stateful, one_of_states, owed_unless


class CallState(models.TextChoices):
    """Where the task is."""

    OPEN = "open", "To ring"
    TAKEN = "taken", "Somebody is ringing"
    DONE = "done", "Done"
    CANCELLED = "cancelled", "Not needed"


class CallTaskQuerySet(models.QuerySet["CallTask"]):
    """Call tasks, as far as the viewer may know of them."""

    def visible_to(self, user: User) -> Self:
        """Keep all for those who ring families, nothing for anybody else."""
        return self if user.may_in_service(Role.CO_ORDINATOR, Role.CLINICIAN) else self.none()

    def promised_to(self, person: Person, *, about: Person) -> CallTask | None:
        """Find the call with news whose hours this person was told, unless they are over or were put off."""
        rows = self.waiting().filter(person=person, subject=about, about=CallTask.About.WEIGHTY_NEWS)
        task = rows.filter(ring_from_at__isnull=False, due_at__gt=clock.now()).first()
        return task if task is not None and task.names_hours() else None

    def waiting(self) -> Self:
        """Keep what is still to be done, the most pressing first."""
        return self.filter(state__in=CallTask.WAITING).order_by("due_at", "pk")


class CallTask(Stateful, Owed):
    """Somebody is to be rung by a person, by a time, about one thing; the same news makes no second task."""

    class About(models.TextChoices):
        """Why we ring; the page shows the script of each."""

        FIRST_HELLO = "first_hello_call", "First hello: prove the number"
        WEIGHTY_NEWS = "weighty_news", "News that a person gives"
        HELLO = "hello", "Hello call before joining a group"
        NOT_REACHED = "not_reached", "A message did not get through"
        RING_ME = "ring_me", "They asked to be rung"
        TEXT_FROM_THEM = "text_from_them", "They texted us"
        INTERPRETER = "interpreter", "Ring with an interpreter"
        CHECK_IN = "check_in", "Check in"
        SAFEGUARDING = "safeguarding", "Adults disagree: decide with the safeguarding lead"
        PROVE_AGAIN = "prove_again", "Prove a number again"
        OFFER = "offer", "Ask what they say to an offer"
        OTHER_TIME = "other_time", "Find another time with them"

    State = CallState

    class Outcome(models.TextChoices):
        """What came of a call."""

        ANSWERED = "answered", "We spoke"
        NO_ANSWER = "no_answer", "No answer"
        LEFT_WORD = "left_word", "Left word to ring us"
        WRONG_NUMBER = "wrong_number", "Wrong number"
        REFUSED = "refused", "Asked us not to ring"

    WAITING: ClassVar[list[str]] = [State.OPEN, State.TAKEN]
    MOVES: ClassVar[dict[str, set[str]]] = {
        State.OPEN: {State.TAKEN, State.DONE, State.CANCELLED},
        State.TAKEN: {State.OPEN, State.DONE, State.CANCELLED},
    }

    public_id = models.CharField(max_length=24, unique=True, default=public_id)
    event_key = models.CharField(max_length=120)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="call_tasks")
    contact = models.ForeignKey(
        ContactPoint, null=True, blank=True, on_delete=models.SET_NULL, related_name="call_tasks"
    )
    subject = models.ForeignKey(Person, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    about = models.CharField(max_length=20, choices=About.choices)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    language = models.CharField(max_length=12, default="en")
    ring_from_at = models.DateTimeField(null=True, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    outcome = models.CharField(max_length=20, choices=Outcome.choices, blank=True)
    note = EncryptedTextField(null=True, blank=True)
    created_at = models.DateTimeField(default=clock.now)
    done_at = models.DateTimeField(null=True, blank=True)

    objects = CallTaskQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["due_at"], condition=models.Q(state__in=["open", "taken"]), name="call_waiting")
        ]
        constraints = [
            models.UniqueConstraint(fields=["event_key", "person", "about"], name="call_once"),
            one_of_states(CallState, name="call_state"),
            owed_unless("done", "cancelled", name="call_owed"),
        ]

    def get_language(self) -> str:
        """Name the language that the call is to be in."""
        return LANGUAGES.get(self.language, self.language)

    @property
    def needs_interpreter(self) -> bool:
        """Tell whether the call is to be made with an interpreter."""
        return self.about == self.About.INTERPRETER or needs_interpreter(self.language)

    def is_decision(self) -> bool:
        """Tell whether nobody is to be rung: people decide, and the page leads them there (U17)."""
        return self.about == self.About.SAFEGUARDING

    def is_about_group(self) -> bool:
        """Tell whether this call is no adult's business: it is about an offer or a group (promise 4)."""
        about_place = self.event_key.startswith(("invitation:", "membership:", "attendance:", "groupsession:"))
        return about_place or self.about in {self.About.HELLO, self.About.OFFER, self.About.OTHER_TIME}

    def names_hours(self) -> bool:
        """Tell whether the call is still for the day that the message named: after a try in vain it is not."""
        if self.ring_from_at is None or self.due_at is None:
            return False
        return self.ring_from_at.astimezone(clock.LONDON).date() == self.due_at.astimezone(clock.LONDON).date()

    def brings(self) -> int | None:
        """Give the key of the decision that this call is to tell, if that is what it is about (U2)."""
        kind, _colon, rest = self.event_key.partition(":")
        if self.about not in {self.About.WEIGHTY_NEWS, self.About.INTERPRETER} or kind != "triagedecision":
            return None
        return int(rest.partition(":")[0])

    def __str__(self) -> str:
        return f"{self.get_about_display()} ({self.get_state_display()})"
