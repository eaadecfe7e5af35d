"""The rows of the world, one module per noun."""

from peer.models.audit import AuditEvent
from peer.models.cards import OwnFactor, SignInCard, StartedSignIn
from peer.models.competence import CompetenceAssessment
from peer.models.consent import Consent, ConsentWords
from peer.models.copies import CopyRequest
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
from peer.models.invitations import Invitation, InvitationLink
from peer.models.own_say import OwnSay
from peer.models.people import ParentRelationship, Person, ServiceRole, User
from peer.models.recoveries import AccountRecovery
from peer.models.restrictions import Restriction
from peer.models.talk import Post, Thread
from peer.models.waiting import Referral, TimelineEntry, TriageDecision, WaitingListEntry

__all__ = [
    "AccountRecovery",
    "AuditEvent",
    "Commitment",
    "CompetenceAssessment",
    "Consent",
    "ConsentWords",
    "CopyRequest",
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
    "InvitationLink",
    "KeptApart",
    "Membership",
    "MembershipRole",
    "OwnFactor",
    "OwnSay",
    "ParentRelationship",
    "Person",
    "Post",
    "ProtocolAcceptance",
    "Referral",
    "Restriction",
    "ServiceResponse",
    "ServiceRole",
    "SignInCard",
    "StartedSignIn",
    "SupportGroup",
    "SupportGroupUserPermission",
    "Thread",
    "TimelineEntry",
    "TriageDecision",
    "User",
    "WaitingListEntry",
]
