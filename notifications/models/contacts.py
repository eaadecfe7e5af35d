"""How a person can be reached safely: the only place that keeps a phone number (decision 8)."""

from __future__ import annotations

import datetime as dt
from typing import ClassVar, Self

from django.db import models
from encrypted_fields.fields import EncryptedCharField

from notifications import numbers
from notifications.languages import LANGUAGES
from peer import clock
from peer.models import Person, User
from peer.models.dated import public_id
from peer.roles import Role
from peer.states import Stateful, one_of_states


class ContactState(models.TextChoices):
    """How sure we are that the number is this person's."""

    UNPROVED = "unproved", "Not yet proved"
    PROVED = "proved", "Proved"
    SUSPECT = "suspect", "In doubt"
    SUSPENDED = "suspended", "Not used"


class ContactPointQuerySet(models.QuerySet["ContactPoint"]):
    """Contact points, as far as the viewer may know of them; numbers are found by their keyed hash."""

    def visible_to(self, user: User) -> Self:
        """Keep one's own, and for staff who keep contacts or ring families all (numbers masked on the page)."""
        if user.may_in_service(Role.CO_ORDINATOR, Role.CLINICIAN):
            return self
        return self.filter(person_id=user.person_id, person__isnull=False)

    def at_number(self, e164: str) -> Self:
        """Keep the contact points at one number."""
        return self.filter(number_hash=numbers.hashed(e164))

    def reachable(self) -> Self:
        """Keep what is not suspended."""
        return self.exclude(state=ContactPoint.State.SUSPENDED)


class ContactPoint(Stateful):
    """One number of one person: whose phone it is, what may be said there, and how sure we are of it (safety N9)."""

    State = ContactState

    class Channel(models.TextChoices):
        """How news is best given here."""

        TEXT = "text", "Text"
        CALL = "call", "Phone call"

    MOVES: ClassVar[dict[str, set[str]]] = {
        State.UNPROVED: {State.PROVED, State.SUSPENDED},
        State.PROVED: {State.SUSPECT, State.SUSPENDED},
        State.SUSPECT: {State.PROVED, State.SUSPENDED},
        State.SUSPENDED: {State.PROVED},
    }

    public_id = models.CharField(max_length=24, unique=True, default=public_id)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="contact_points")
    kind = models.CharField(max_length=10, choices=[(line.value, line.value) for line in numbers.Line])
    number = EncryptedCharField(max_length=16)
    number_hash = models.CharField(max_length=64, db_index=True)
    whose = models.CharField(max_length=60, blank=True)
    is_shared = models.BooleanField(default=False)
    voicemail_allowed = models.BooleanField(default=False)
    source = models.CharField(max_length=40)
    language = models.CharField(max_length=12, default="en")
    preferred_channel = models.CharField(max_length=5, choices=Channel.choices, default=Channel.TEXT)
    safe_from = models.TimeField(null=True, blank=True)
    safe_to = models.TimeField(null=True, blank=True)
    your_word = EncryptedCharField(max_length=40, null=True, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.UNPROVED)
    proved_at = models.DateTimeField(null=True, blank=True)
    proved_how = models.CharField(max_length=40, blank=True)
    doubt = models.CharField(max_length=60, blank=True)
    created_at = models.DateTimeField(default=clock.now)

    objects = ContactPointQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "number_hash"], name="contact_once"),
            one_of_states(ContactState, name="contact_state"),
            models.CheckConstraint(
                condition=~models.Q(state="proved") | models.Q(proved_at__isnull=False), name="contact_proved_at"
            ),
        ]

    @classmethod
    def for_number(cls, typed: str, *, person: Person, source: str, **fields: object) -> ContactPoint:
        """Build, unsaved, the contact point of a number as it was typed; `numbers.WrongNumber` says why not."""
        number = numbers.parse(typed)
        fields.setdefault("preferred_channel", cls.Channel.TEXT)
        if number.line is numbers.Line.LANDLINE:
            fields["preferred_channel"] = cls.Channel.CALL
        return cls(
            person=person,
            kind=number.line,
            number=number.e164,
            number_hash=numbers.hashed(number.e164),
            source=source,
            **fields,
        )

    def __str__(self) -> str:
        return f"contact point {self.pk}"

    @property
    def is_proved(self) -> bool:
        """Tell whether content may go to this number."""
        return self.state == self.State.PROVED

    @property
    def takes_texts(self) -> bool:
        """Tell whether the line can take a text."""
        return self.kind == numbers.Line.MOBILE

    @property
    def masked(self) -> str:
        """Show the last three digits."""
        return numbers.masked(self.number)

    @property
    def national(self) -> str:
        """Show the whole number as it is read out; whoever shows it writes the look down (matrix row 20)."""
        return numbers.national(self.number)

    def get_language(self) -> str:
        """Name the language that is spoken here."""
        return LANGUAGES.get(self.language, self.language)

    def is_own(self, user: User) -> bool:
        """Tell whether this is the viewer's own number (for the gate)."""
        return user.person_id is not None and self.person_id == user.person_id


class OptOutQuerySet(models.QuerySet["OptOut"]):
    """The stops that hold."""

    def current(self) -> Self:
        """Keep those that nobody has ended."""
        return self.filter(ended_at__isnull=True)


class OptOut(models.Model):
    """A number said STOP; it holds for every person at that number until START (safety N10)."""

    class Channel(models.TextChoices):
        """What was stopped."""

        SMS = "sms", "Texts"
        CALL = "call", "Calls"

    number_hash = models.CharField(max_length=64)
    channel = models.CharField(max_length=5, choices=Channel.choices)
    said = models.CharField(max_length=40)
    at = models.DateTimeField(default=clock.now)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = OptOutQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["number_hash", "channel"], condition=models.Q(ended_at__isnull=True), name="optout_current_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.said} ({self.channel})"


def born_in(person: Person) -> str:
    """Give the year a person was born as four digits, or nothing where it is unknown."""
    born: dt.date | None = person.born_on
    return f"{born.year}" if born else ""
