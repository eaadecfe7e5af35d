"""How a person can be reached safely: the only place that keeps a phone number or an e-mail address (decision 8)."""

from __future__ import annotations

import datetime as dt
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from encrypted_fields.fields import EncryptedCharField

from notifications import emails, numbers
from notifications.languages import LANGUAGES
from notifications.topics import Topic
from peer import clock
from peer.models import MembershipDecision, Person, User
from peer.models.dated import public_id
from peer.roles import Role
from peer.states import Stateful, one_of_states


class ContactState(models.TextChoices):
    """How sure we are that the number or address is this person's."""

    UNPROVED = "unproved", "Not yet proved"
    PROVED = "proved", "Proved"
    SUSPECT = "suspect", "In doubt"
    SUSPENDED = "suspended", "Not used"


class ContactKind(models.TextChoices):
    """What a contact point is, and so which channels it can take."""

    MOBILE = numbers.Line.MOBILE.value, "Mobile"
    LANDLINE = numbers.Line.LANDLINE.value, "Landline"
    EMAIL = "email", "E-mail"


class Channel(models.TextChoices):
    """The ways a machine may carry a message; a letter and a person's call are rows of their own."""

    EMAIL = "email", "E-mail"
    SMS = "sms", "Text"
    CALL = "call", "Phone call"


class ContactPointQuerySet(models.QuerySet["ContactPoint"]):
    """Contact points, as far as the viewer may know of them; they are found by their keyed hash."""

    def visible_to(self, user: User) -> Self:
        """Keep one's own, and for staff who keep contacts or ring families all (numbers masked on the page)."""
        if user.may_in_service(Role.CO_ORDINATOR, Role.CLINICIAN):
            return self
        return self.filter(person_id=user.person_id, person__isnull=False)

    def at(self, where: str) -> Self:
        """Keep the contact points at one number or address."""
        return self.filter(where_hash=numbers.hashed(where))

    def barred_for(self, person: Person) -> Self:
        """Keep the mobiles of this person that somebody who may be in no group holds too, but for their family (M5).

        A landline is a home's; a mobile that two hold counts as shared by itself, so that this says nothing here.
        """
        banned = MembershipDecision.objects.in_force().filter(kind=MembershipDecision.Kind.BAN)
        theirs = self.filter(person__memberships__decisions__in=banned).exclude(person=person)
        siblings = models.Q(person__adults__adult__in=person.adults.values("adult"))
        family = siblings | models.Q(person__adults__adult=person) | models.Q(person__young_people__young_person=person)
        others = theirs.exclude(pk__in=theirs.filter(family).values("pk"))
        mobiles = self.filter(person=person, kind=ContactPoint.Kind.MOBILE)
        return mobiles.filter(where_hash__in=others.values("where_hash"))

    def reachable(self) -> Self:
        """Keep what is not suspended."""
        return self.exclude(state=ContactPoint.State.SUSPENDED)

    def phones(self) -> Self:
        """Keep what can ring."""
        return self.exclude(kind=ContactKind.EMAIL)


class ContactPoint(Stateful):
    """One number or address of one person: whose it is, what may be said there, how sure we are (safety N9)."""

    State = ContactState
    Kind = ContactKind

    class Liked(models.TextChoices):
        """How news is best given at this number."""

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
    kind = models.CharField(max_length=10, choices=Kind.choices)
    where = EncryptedCharField(max_length=254)
    where_hash = models.CharField(max_length=64, db_index=True)
    whose = models.CharField(max_length=60, blank=True)
    is_shared = models.BooleanField(default=False)
    voicemail_allowed = models.BooleanField(default=False)
    source = models.CharField(max_length=40)
    language = models.CharField(max_length=12, default="en")
    preferred_channel = models.CharField(max_length=5, choices=Liked.choices, default=Liked.TEXT)
    safe_from = models.TimeField(null=True, blank=True)
    safe_to = models.TimeField(null=True, blank=True)
    your_word = EncryptedCharField(max_length=40, null=True, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.UNPROVED)
    proved_at = models.DateTimeField(null=True, blank=True)
    proved_how = models.CharField(max_length=40, blank=True)
    heard_of_at = models.DateTimeField(null=True, blank=True)  # when the network last said that something arrived here
    doubt = models.CharField(max_length=60, blank=True)
    created_at = models.DateTimeField(default=clock.now)

    objects = ContactPointQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "where_hash"], name="contact_once"),
            one_of_states(ContactState, name="contact_state"),
            models.CheckConstraint(
                condition=~models.Q(state="proved") | models.Q(proved_at__isnull=False), name="contact_proved_at"
            ),
        ]
        indexes = [
            models.Index(fields=["proved_at"], condition=models.Q(state="proved"), name="contact_proved_since"),
        ]

    @classmethod
    def for_number(cls, typed: str, *, person: Person, source: str, **fields: object) -> ContactPoint:
        """Build, unsaved, the contact point of a number as it was typed; `numbers.WrongNumber` says why not."""
        number = numbers.parse(typed)
        fields.setdefault("preferred_channel", cls.Liked.TEXT)
        if number.line is numbers.Line.LANDLINE:
            fields["preferred_channel"] = cls.Liked.CALL
        return cls(
            person=person,
            kind=number.line,
            where=number.e164,
            where_hash=numbers.hashed(number.e164),
            source=source,
            **fields,
        )

    @classmethod
    def for_email(cls, typed: str, *, person: Person, source: str, **fields: object) -> ContactPoint:
        """Build, unsaved, the contact point of an e-mail address; `emails.WrongEmail` says why not."""
        address = emails.parse(typed)
        return cls(
            person=person,
            kind=cls.Kind.EMAIL,
            where=address,
            where_hash=numbers.hashed(address),
            source=source,
            **fields,
        )

    def __str__(self) -> str:
        return f"contact point {self.pk}"

    @property
    def is_proved(self) -> bool:
        """Tell whether content may go to this number or address."""
        return self.state == self.State.PROVED

    @property
    def takes_texts(self) -> bool:
        """Tell whether the line can take a text."""
        return self.kind == self.Kind.MOBILE

    def channels(self) -> frozenset[str]:
        """Name the channels that this kind of contact point can take; without a mail server there is no e-mail."""
        kind = ContactKind(self.kind)
        return CARRIES[kind] if kind != ContactKind.EMAIL or settings.EMAIL_URL else frozenset()

    @property
    def masked(self) -> str:
        """Show the last three digits, or the end of an address."""
        return emails.masked(self.where) if self.kind == self.Kind.EMAIL else numbers.masked(self.where)

    def stops(self) -> list[str]:
        """Say in words what was stopped here, for staff."""
        held = OptOut.objects.current().filter(where_hash=self.where_hash).order_by("pk")
        what = [stop.get_topic_display() if stop.topic else stop.get_channel_display() for stop in held]
        return [_("Said STOP to %(what)s") % {"what": one} for one in what]

    @property
    def national(self) -> str:
        """Show the whole number as it is read out, or the address; whoever shows it leaves a trace (matrix row 20)."""
        return self.where if self.kind == self.Kind.EMAIL else numbers.national(self.where)

    def get_language(self) -> str:
        """Name the language that is spoken here."""
        return LANGUAGES.get(self.language, self.language)

    def is_own(self, user: User) -> bool:
        """Tell whether this is the viewer's own number (for the gate)."""
        return user.person_id is not None and self.person_id == user.person_id


CARRIES: dict[ContactKind, frozenset[str]] = {
    ContactKind.MOBILE: frozenset({Channel.SMS, Channel.CALL}),
    ContactKind.LANDLINE: frozenset({Channel.CALL}),
    ContactKind.EMAIL: frozenset({Channel.EMAIL}),
}


class ContactPreference(models.Model):
    """In which order a person likes to hear about one topic, or that they do not like to at all (S94)."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="contact_preferences")
    topic = models.CharField(max_length=10, choices=Topic.choices)
    channels = models.JSONField(default=list)
    is_off = models.BooleanField(default=False)
    asked_at = models.DateTimeField(default=clock.now)
    asked_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "topic"], name="preference_once")]

    def __str__(self) -> str:
        return f"{self.topic}: {', '.join(self.channels)}"


class CommunicationNeed(models.Model):
    """What somebody needs so that a message can be read or heard (the Accessible Information Standard)."""

    class Kind(models.TextChoices):
        """The needs we can meet."""

        LARGE_PRINT = "large_print", _("Large print")
        BY_VOICE = "by_voice", _("By voice, not in writing")
        IN_WRITING = "in_writing", _("In writing, not by voice")
        EASY_WORDS = "easy_words", _("Easy words")
        INTERPRETER = "interpreter", _("An interpreter")

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="communication_needs")
    kind = models.CharField(max_length=15, choices=Kind.choices)
    noted_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "kind"], name="need_once")]

    def __str__(self) -> str:
        return str(self.get_kind_display())


class OptOutQuerySet(models.QuerySet["OptOut"]):
    """The stops that hold."""

    def current(self) -> Self:
        """Keep those that nobody has ended."""
        return self.filter(ended_at__isnull=True)


class OptOut(models.Model):
    """A number or address said STOP, to everything or to one topic; it holds there until START (safety N10)."""

    where_hash = models.CharField(max_length=64)
    channel = models.CharField(max_length=5, choices=Channel.choices)
    topic = models.CharField(max_length=10, choices=Topic.choices, blank=True)  # blank: everything
    said = models.CharField(max_length=40)
    at = models.DateTimeField(default=clock.now)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = OptOutQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["where_hash", "channel", "topic"],
                condition=models.Q(ended_at__isnull=True),
                name="optout_current_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.said} ({self.channel})"


def born_in(person: Person) -> str:
    """Give the year a person was born as four digits, or nothing where it is unknown."""
    born: dt.date | None = person.born_on
    return f"{born.year}" if born else ""
