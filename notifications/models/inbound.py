"""What people text to us: stored, screened, answered and owned (safety N11, U3)."""

from __future__ import annotations

from typing import ClassVar, Self

from django.db import models
from encrypted_fields.fields import EncryptedCharField, EncryptedTextField

from notifications import numbers
from notifications.models.contacts import ContactPoint
from notifications.models.outbox import Notification
from notifications.topics import Topic
from peer import clock
from peer.models import Person, User
from peer.models.dated import public_id
from peer.roles import Role
from peer.states import Owed, Stateful, one_of_states, owed_unless


class InboundState(models.TextChoices):
    """Whether somebody has dealt with it."""

    NEW = "new", "To read"
    HANDLED = "handled", "Dealt with"


class InboundTextQuerySet(models.QuerySet["InboundText"]):
    """Texts from people, as far as the viewer may know of them."""

    def visible_to(self, user: User) -> Self:
        """Keep one's own; clinicians see all, co-ordinators what is not marked as a risk (matrix row 7)."""
        if user.may_in_service(Role.CLINICIAN):
            return self
        if user.may_in_service(Role.CO_ORDINATOR):
            return self.filter(is_risk=False)
        return self.filter(person_id=user.person_id, person__isnull=False)

    def waiting(self) -> Self:
        """Keep what nobody has dealt with, risk first."""
        return self.filter(state=InboundText.State.NEW).order_by("-is_risk", "due_at", "pk")


class InboundText(Stateful, Owed):
    """One text, or words spoken after a tone; they are encrypted, and somebody owns them until they are handled."""

    class Kind(models.TextChoices):
        """What the text is to us; only a whole message can be a STOP (N10)."""

        STOP = "stop", "Stop"
        START = "start", "Start"
        CALL = "call", "Ring me"
        GOT_IT = "got_it", "They have it"
        VOICEMAIL = "voicemail", "Something to listen to"
        WRONG_NUMBER = "wrong_number", "Wrong number"
        OFFER_YES = "offer_yes", "Said yes to an offer"
        OFFER_NO = "offer_no", "Said no to an offer"
        OFFER_ASK = "offer_ask", "Wants to ask something"
        OFFER_QUESTION = "offer_question", "Asked about an offer"
        OFFER_NEW = "offer_new", "Asked for an offer again"
        OFFER_LATE = "offer_late", "Asks for something new: is there an offer?"
        OWN_YES = "own_yes", "Said yes for themselves, at 16"
        OWN_NO = "own_no", "Said no for themselves, at 16"
        SESSION_YES = "session_yes", "Comes"
        SESSION_NO = "session_no", "Not this time"
        SESSION_TIMES = "session_times", "Asked for another time"
        SESSION_PICK = "session_pick", "Chose another time"
        SESSION_RING = "session_ring", "No other time: a person rings"
        SESSION_LATE = "session_late", "Answered what is over"
        LISTENED = "listened", "Said how listened to they felt"
        TIMES = "times", "Said which times suit them"
        HELLO = "hello", "Hello from a card: not on our list yet"
        OTHER = "other", "Something to read"

    State = InboundState

    MOVES: ClassVar[dict[str, set[str]]] = {State.NEW: {State.HANDLED}}

    public_id = models.CharField(max_length=24, unique=True, default=public_id)
    sid = models.CharField(max_length=40, unique=True)  # the network's, of the text or of the recording
    number = EncryptedCharField(max_length=16)
    where_hash = models.CharField(max_length=64, db_index=True)
    body = EncryptedTextField(null=True)
    kind = models.CharField(max_length=15, choices=Kind.choices)
    topic = models.CharField(max_length=10, choices=Topic.choices, blank=True)  # of a STOP or START of one thing
    is_risk = models.BooleanField(default=False)
    answers = models.ForeignKey(Notification, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    contact = models.ForeignKey(ContactPoint, null=True, blank=True, on_delete=models.SET_NULL, related_name="inbound")
    person = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="inbound_texts")
    state = models.CharField(max_length=10, choices=State.choices, default=State.NEW)
    received_at = models.DateTimeField(default=clock.now)
    handled_at = models.DateTimeField(null=True, blank=True)

    objects = InboundTextQuerySet.as_manager()

    class Meta:
        constraints = [
            one_of_states(InboundState, name="inbound_state"),
            owed_unless("handled", name="inbound_owed"),
        ]

    def __str__(self) -> str:
        return f"text {self.pk} ({self.kind})"

    @property
    def masked(self) -> str:
        """Show the last three digits."""
        return numbers.masked(self.number)


class InboundCall(models.Model):
    """One call that somebody made to us: who we may think it is, and whether they have shown it (N18)."""

    sid = models.CharField(max_length=40, unique=True)
    where_hash = models.CharField(max_length=64)
    contact = models.ForeignKey(ContactPoint, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    keys_wrong = models.PositiveSmallIntegerField(default=0)
    proved_at = models.DateTimeField(null=True, blank=True)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        indexes = [models.Index(fields=["where_hash", "at"], name="inbound_call_lately")]

    def __str__(self) -> str:
        return f"call {self.sid[-6:]}"
