"""The rows of telling people, one module per noun."""

from notifications.models.broadcasts import Broadcast
from notifications.models.calls import CallTask
from notifications.models.contacts import Channel, CommunicationNeed, ContactPoint, ContactPreference, OptOut
from notifications.models.digests import Digest
from notifications.models.heartbeats import Heartbeat
from notifications.models.inbound import InboundCall, InboundText
from notifications.models.letters import Letter
from notifications.models.outbox import (
    Delivery,
    DeliveryAttempt,
    DeliveryReceipt,
    Duty,
    LastResort,
    Notification,
    Sign,
)
from notifications.models.pauses import SendingHold, SendingPause
from notifications.models.recordings import Recording
from notifications.models.rings import Ring
from notifications.models.staff_calls import StaffCall, StaffPin
from notifications.models.times import TimesOffered

__all__ = [
    "Broadcast",
    "CallTask",
    "Channel",
    "CommunicationNeed",
    "ContactPoint",
    "ContactPreference",
    "Delivery",
    "DeliveryAttempt",
    "DeliveryReceipt",
    "Digest",
    "Duty",
    "Heartbeat",
    "InboundCall",
    "InboundText",
    "LastResort",
    "Letter",
    "Notification",
    "OptOut",
    "Recording",
    "Ring",
    "SendingHold",
    "SendingPause",
    "Sign",
    "StaffCall",
    "StaffPin",
    "TimesOffered",
]
