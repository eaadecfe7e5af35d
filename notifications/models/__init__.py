"""The rows of telling people, one module per noun."""

from notifications.models.calls import CallTask
from notifications.models.contacts import ContactPoint, OptOut
from notifications.models.inbound import InboundText
from notifications.models.outbox import Delivery, DeliveryAttempt, DeliveryReceipt, Duty, Notification, SendingPause

__all__ = [
    "CallTask",
    "ContactPoint",
    "Delivery",
    "DeliveryAttempt",
    "DeliveryReceipt",
    "Duty",
    "InboundText",
    "Notification",
    "OptOut",
    "SendingPause",
]
