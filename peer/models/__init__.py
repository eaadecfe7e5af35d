"""The rows of the world, one module per noun."""

from peer.models.audit import AuditEvent
from peer.models.consent import Consent
from peer.models.groups import (
    Duty,
    GroupProtocol,
    Membership,
    MembershipRole,
    ProtocolAcceptance,
    SupportGroup,
    SupportGroupUserPermission,
)
from peer.models.people import ParentRelationship, Person, ServiceRole, User
from peer.models.talk import Post, Thread

__all__ = [
    "AuditEvent",
    "Consent",
    "Duty",
    "GroupProtocol",
    "Membership",
    "MembershipRole",
    "ParentRelationship",
    "Person",
    "Post",
    "ProtocolAcceptance",
    "ServiceRole",
    "SupportGroup",
    "SupportGroupUserPermission",
    "Thread",
    "User",
]
