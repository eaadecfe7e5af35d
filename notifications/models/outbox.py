"""The outbox: the intent, its channels, each try, each receipt (safety 2c, decision 18). Rows first, sockets second."""

from __future__ import annotations

import datetime as dt
from typing import ClassVar, Self

from django.db import models
from django.db.models import Q
from encrypted_fields.fields import EncryptedTextField

from notifications.models.contacts import Channel, ContactPoint
from notifications.topics import Topic
from peer import clock
from peer.models import Person, User
from peer.models.dated import public_id
from peer.roles import Role
from peer.states import Owed, Stateful, one_of_states, owed_unless


class Duty(models.TextChoices):
    """What a message owes: family is never sent twice, a page never not at all, a code dies young (decision 18)."""

    PAGE = "page", "Urgent page"
    CODE = "code", "Code or link"
    FAMILY = "family", "News"


PRIORITY = {Duty.PAGE: 0, Duty.CODE: 1, Duty.FAMILY: 2}


class Sign(models.TextChoices):
    """What showed us that somebody has received a message: more than "delivered", which only a machine says."""

    REPLY = "reply", "They answered"
    KEY = "key", "They heard it and pressed a key"
    OPENED = "opened", "They opened it behind sign-in"
    TOLD = "told", "They told a person"


class LastResort(models.TextChoices):
    """What comes when no way of a machine was answered."""

    LETTER = "letter", "A letter"
    PERSON = "person", "A person rings"


class NotificationQuerySet(models.QuerySet["Notification"]):
    """Intents, as far as the viewer may know of them."""

    def visible_to(self, user: User) -> Self:
        """Keep one's own; co-ordinators and managers see that something was sent, never its words (row 29)."""
        if user.may_in_service(Role.CO_ORDINATOR, Role.SERVICE_MANAGER):
            return self
        return self.filter(recipient_id=user.person_id, recipient__isnull=False)

    def unanswered(self) -> Self:
        """Keep what nobody has shown to have received, and no person has taken over."""
        return self.filter(confirmed_at=None, handed_over_at=None)

    def awaited_at(self, where_hash: str) -> Notification | None:
        """Find the newest news that went to a number by text and that nothing has yet shown to be received."""
        texts = Delivery.objects.filter(
            contact__where_hash=where_hash, channel=Channel.SMS, duty=Duty.FAMILY, state__in=WENT
        )
        newest = texts.filter(notification__confirmed_at=None).select_related("notification").order_by("-pk").first()
        return newest.notification if newest else None


class Notification(Owed):
    """We want one person to know one thing; the same news makes no second row (N4).

    Where nothing shows that it was received, `due_at` is when the next way is tried, and after the last one `then`
    says what comes: a letter, or a call by a person.
    """

    public_id = models.CharField(max_length=24, unique=True, default=public_id)
    event_key = models.CharField(max_length=120)
    recipient = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="notifications")
    subject = models.ForeignKey(Person, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    purpose = models.CharField(max_length=40)
    topic = models.CharField(max_length=10, choices=Topic.choices, blank=True)
    duty = models.CharField(max_length=10, choices=Duty.choices)
    turn = models.PositiveSmallIntegerField(default=1)
    then = models.CharField(max_length=10, choices=LastResort.choices, blank=True)
    letter = EncryptedTextField(null=True, blank=True)  # the words of the letter, fixed like all others when queued
    created_at = models.DateTimeField(default=clock.now)
    expires_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True, blank=True)
    confirmed_how = models.CharField(max_length=10, choices=Sign.choices, blank=True)
    handed_over_at = models.DateTimeField(null=True, blank=True)

    objects = NotificationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["event_key", "recipient"], name="notification_once"),
            models.CheckConstraint(condition=Q(then="") | ~Q(owner_role=""), name="notification_owed"),
        ]
        indexes = [
            models.Index(
                fields=["due_at"],
                condition=Q(due_at__isnull=False, confirmed_at__isnull=True, handed_over_at__isnull=True),
                name="notification_climbs",
            ),
            models.Index(fields=["recipient", "-id"], name="notification_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} ({self.pk})"


class DeliveryState(models.TextChoices):
    """The machine of safety 2c."""

    PENDING = "pending", "Waiting to go"
    HELD = "held", "On hold"
    CLAIMED = "claimed", "About to go"
    SENDING = "sending", "Going"
    AMBIGUOUS = "ambiguous", "Gone or not: being checked"
    ACCEPTED = "accepted", "Taken by the network"
    SENT = "sent", "Sent"
    DELIVERED = "delivered", "Arrived"
    UNDELIVERED = "undelivered", "Did not arrive"
    FAILED = "failed", "Could not be sent"
    UNKNOWN = "unknown", "Not known whether it arrived"
    CANCELLED = "cancelled", "Not sent"
    EXPIRED = "expired", "Too late to send"


ENDS = (
    DeliveryState.DELIVERED,
    DeliveryState.UNDELIVERED,
    DeliveryState.FAILED,
    DeliveryState.UNKNOWN,
    DeliveryState.CANCELLED,
    DeliveryState.EXPIRED,
)


WENT = (DeliveryState.ACCEPTED, DeliveryState.SENT, DeliveryState.DELIVERED, DeliveryState.UNKNOWN)


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    """Channels of intents, as far as the viewer may know of them."""

    def visible_to(self, user: User) -> Self:
        """Follow the intent's own rule."""
        return self.filter(notification__in=Notification.objects.visible_to(user))

    def stuck(self) -> Self:
        """Keep what only a person can settle, the oldest first."""
        return self.filter(stuck_at__isnull=False).exclude(state__in=ENDS).order_by("stuck_at", "pk")


class Delivery(Stateful, Owed):
    """One channel of one intent, its words fixed; moved only under a lease or by a receipt."""

    Channel = Channel
    State = DeliveryState

    _RECEIPTS: ClassVar[set[str]] = {State.DELIVERED, State.UNDELIVERED, State.FAILED, State.UNKNOWN}
    _TAKEN: ClassVar[set[str]] = {State.ACCEPTED, State.SENT, *_RECEIPTS}
    MOVES: ClassVar[dict[str, set[str]]] = {
        # A receipt may still arrive for a try that was taken for lost: it calls off the next one.
        State.PENDING: {State.CLAIMED, State.HELD, State.CANCELLED, State.EXPIRED, *_TAKEN},
        State.HELD: {State.PENDING, State.CANCELLED, State.EXPIRED},
        State.CLAIMED: {State.SENDING, State.PENDING, State.HELD, State.CANCELLED, State.EXPIRED, *_TAKEN},
        State.SENDING: {State.AMBIGUOUS, State.PENDING, *_TAKEN},
        State.AMBIGUOUS: {State.PENDING, State.EXPIRED, *_TAKEN},
        State.ACCEPTED: {State.SENT, *_RECEIPTS},
        State.SENT: {*_RECEIPTS},
        State.UNKNOWN: {State.DELIVERED, State.UNDELIVERED, State.FAILED},
        State.FAILED: {State.UNDELIVERED, State.DELIVERED},
        State.UNDELIVERED: {State.DELIVERED},
    }

    notification = models.ForeignKey(Notification, on_delete=models.CASCADE, related_name="deliveries")
    channel = models.CharField(max_length=5, choices=Channel.choices)
    turn = models.PositiveSmallIntegerField(default=1)
    contact = models.ForeignKey(ContactPoint, on_delete=models.CASCADE, related_name="deliveries")
    duty = models.CharField(max_length=10, choices=Duty.choices)
    priority = models.PositiveSmallIntegerField()
    body = EncryptedTextField(null=True)
    language = models.CharField(max_length=12, default="en")  # of the words
    segments = models.PositiveSmallIntegerField(default=1)
    state = models.CharField(max_length=12, choices=State.choices, default=State.PENDING)
    reason = models.CharField(max_length=60, blank=True)
    not_before_at = models.DateTimeField()
    patience = models.DurationField(default=dt.timedelta)  # how long after it has gone the next way is tried
    expires_at = models.DateTimeField()
    lease_token = models.CharField(max_length=32, blank=True)
    lease_until_at = models.DateTimeField(null=True, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    sid = models.CharField(max_length=40, blank=True)
    is_conflict = models.BooleanField(default=False)
    changed_at = models.DateTimeField(default=clock.now)
    stuck_at = models.DateTimeField(null=True, blank=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "deliveries"
        indexes = [
            models.Index(
                fields=["priority", "not_before_at", "id"], condition=Q(state="pending"), name="delivery_pending"
            ),
            models.Index(
                fields=["lease_until_at"], condition=Q(state__in=["claimed", "sending"]), name="delivery_leased"
            ),
            models.Index(
                fields=["changed_at"], condition=Q(state__in=["ambiguous", "accepted", "sent"]), name="delivery_watched"
            ),
            models.Index(fields=["lease_token"], condition=~Q(lease_token=""), name="delivery_lease"),
            models.Index(fields=["stuck_at"], condition=Q(stuck_at__isnull=False), name="delivery_stuck"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["notification", "channel", "contact", "turn"], name="delivery_once"),
            models.UniqueConstraint(fields=["sid"], condition=~Q(sid=""), name="delivery_sid"),
            one_of_states(DeliveryState, name="delivery_state"),
            owed_unless(*ENDS, name="delivery_owed"),
            models.CheckConstraint(
                condition=~Q(state__in=["claimed", "sending"]) | ~Q(lease_token=""), name="delivery_leased_by"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.pk} ({self.state})"


class DeliveryAttempt(models.Model):
    """One try, committed before the socket opens; its random id travels in the callback's address (decision 19)."""

    class Outcome(models.TextChoices):
        """What we learned of the try."""

        OPEN = "open", "No answer yet"
        ACCEPTED = "accepted", "The network said yes"
        REFUSED = "refused", "The network said no"
        LATER = "later", "The network said not now"
        UNANSWERED = "unanswered", "The answer was lost"
        NOT_MADE = "not_made", "Never began"

    class Network(models.TextChoices):
        """By which network it goes; the second one carries pages alone (F12)."""

        FIRST = "first", "The first network"
        SECOND = "second", "The second network"

    token = models.CharField(max_length=32, unique=True)
    delivery = models.ForeignKey(Delivery, on_delete=models.CASCADE, related_name="attempts")
    network = models.CharField(max_length=6, choices=Network.choices, default=Network.FIRST)
    outcome = models.CharField(max_length=12, choices=Outcome.choices, default=Outcome.OPEN)
    begun_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)
    sid = models.CharField(max_length=40, blank=True, db_index=True)
    code = models.CharField(max_length=20, blank=True)
    keys_wrong = models.PositiveSmallIntegerField(default=0)

    def __str__(self) -> str:
        return f"attempt {self.pk} ({self.outcome})"


class DeliveryReceipt(models.Model):
    """One status that the provider told us: the inbox row of a callback, applied once (N17)."""

    attempt = models.ForeignKey(DeliveryAttempt, on_delete=models.CASCADE, related_name="receipts")
    sid = models.CharField(max_length=40)
    status = models.CharField(max_length=20)
    code = models.CharField(max_length=20, blank=True)
    answered_by = models.CharField(max_length=30, blank=True)
    at = models.DateTimeField(default=clock.now)
    applied_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["attempt", "sid", "status"], name="receipt_once")]
        indexes = [models.Index(fields=["at"], condition=Q(applied_at__isnull=True), name="receipt_unapplied")]

    def __str__(self) -> str:
        return f"{self.status} ({self.sid[-6:]})"
