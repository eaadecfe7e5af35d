"""The rows of the world, one module per noun."""

from peer.models.audit import AuditEvent
from peer.models.cohorts import Cohort
from peer.models.consent import Consent
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
from peer.models.join_requests import JoinRequest
from peer.models.loneliness import LonelinessAnswer
from peer.models.partners import PartnerReferral
from peer.models.people import ParentRelationship, Person, ServiceRole, User
from peer.models.proposals import GroupProposal
from peer.models.restrictions import Restriction
from peer.models.talk import Post, Thread
from peer.models.waiting import Referral, TimelineEntry, TriageDecision, WaitingListEntry
from peer.models.welcomes import Welcome

__all__ = [
    "AuditEvent",
    "Cohort",
    "Commitment",
    "Consent",
    "Death",
    "Duty",
    "FeedbackItem",
    "FeedbackKnock",
    "FeedbackStep",
    "GroupProposal",
    "GroupProtocol",
    "HelloCall",
    "ImportChange",
    "ImportFault",
    "ImportRun",
    "Invitation",
    "JoinRequest",
    "KeptApart",
    "LonelinessAnswer",
    "Membership",
    "MembershipRole",
    "ParentRelationship",
    "PartnerReferral",
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
    "Welcome",
]
