"""The rows of the world, one module per noun."""

from peer.models.audit import AuditEvent
from peer.models.consent import Consent
from peer.models.data_requests import DataHold, DataRequest, LeftOut
from peer.models.deaths import Death
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
from peer.models.people import ParentRelationship, Person, ServiceRole, User
from peer.models.profiles import ProfileNote
from peer.models.restrictions import Restriction
from peer.models.shown_decisions import DecisionReply, ShownDecision, Withholding
from peer.models.talk import Post, Thread
from peer.models.waiting import Referral, TimelineEntry, TriageDecision, WaitingListEntry

__all__ = [
    "AuditEvent",
    "Commitment",
    "Consent",
    "DataHold",
    "DataRequest",
    "Death",
    "DecisionReply",
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
    "LeftOut",
    "Membership",
    "MembershipRole",
    "ParentRelationship",
    "Person",
    "Post",
    "ProfileNote",
    "ProtocolAcceptance",
    "Referral",
    "Restriction",
    "ServiceResponse",
    "ServiceRole",
    "ShownDecision",
    "SupportGroup",
    "SupportGroupUserPermission",
    "Thread",
    "TimelineEntry",
    "TriageDecision",
    "User",
    "WaitingListEntry",
    "Withholding",
]
