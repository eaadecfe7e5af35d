"""The rows of the world, one module per noun."""

from peer.models.aftermaths import AftermathTask
from peer.models.appeals import Appeal
from peer.models.audit import AuditEvent
from peer.models.birthdays import BandMove
from peer.models.consent import Consent
from peer.models.deaths import Death
from peer.models.endings import MembershipDecision
from peer.models.feedback import Commitment, FeedbackItem, FeedbackKnock, FeedbackStep, ServiceResponse
from peer.models.groups import (
    Duty,
    GroupProtocol,
    Membership,
    MembershipRole,
    ProtocolAcceptance,
    SupportGroup,
    SupportGroupUserPermission,
)
from peer.models.hello_calls import HelloCall, KeptApart
from peer.models.imports import ImportChange, ImportFault, ImportRun
from peer.models.invitations import Invitation
from peer.models.moving_on import MovingOn
from peer.models.people import ParentRelationship, Person, ServiceRole, User
from peer.models.restrictions import Restriction
from peer.models.talk import Post, Thread
from peer.models.waiting import Referral, TimelineEntry, TriageDecision, WaitingListEntry

__all__ = [
    "AftermathTask",
    "Appeal",
    "AuditEvent",
    "BandMove",
    "Commitment",
    "Consent",
    "Death",
    "Duty",
    "FeedbackItem",
    "FeedbackKnock",
    "FeedbackStep",
    "GroupProtocol",
    "HelloCall",
    "ImportChange",
    "ImportFault",
    "ImportRun",
    "Invitation",
    "KeptApart",
    "Membership",
    "MembershipDecision",
    "MembershipRole",
    "MovingOn",
    "ParentRelationship",
    "Person",
    "Post",
    "ProtocolAcceptance",
    "Referral",
    "Restriction",
    "ServiceResponse",
    "ServiceRole",
    "SupportGroup",
    "SupportGroupUserPermission",
    "Thread",
    "TimelineEntry",
    "TriageDecision",
    "User",
    "WaitingListEntry",
]
