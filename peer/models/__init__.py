"""The rows of the world, one module per noun."""

from peer.models.aftermaths import AftermathTask
from peer.models.appeals import Appeal
from peer.models.appointments import Appointment
from peer.models.audit import AuditEvent
from peer.models.birthdays import BandMove
from peer.models.breaches import BreachAlarm, KnownDevice
from peer.models.calendars import CalendarAddress
from peer.models.callers import PhonePlace, SessionCaller
from peer.models.cards import OwnFactor, SignInCard, StartedSignIn
from peer.models.cohorts import Cohort
from peer.models.competence import CompetenceAssessment
from peer.models.consent import Consent, ConsentWords
from peer.models.data_requests import DataHold, DataRequest, LeftOut
from peer.models.deaths import Death
from peer.models.duties import Duty
from peer.models.endings import MembershipDecision
from peer.models.feedback import Commitment, FeedbackItem, FeedbackKnock, FeedbackStep, ServiceResponse
from peer.models.groups import SupportGroup, SupportGroupUserPermission
from peer.models.hello_calls import HelloCall, KeptApart
from peer.models.help_requests import HelpRequest
from peer.models.imports import ImportChange, ImportFault, ImportRun
from peer.models.invitations import Invitation, InvitationLink
from peer.models.join_requests import JoinRequest
from peer.models.loneliness import LonelinessAnswer
from peer.models.meeting_places import MeetingPlace
from peer.models.memberships import Membership, MembershipRole
from peer.models.moderator_proposals import ModeratorProposal
from peer.models.moderators import PeerModerator, SupervisorTask
from peer.models.moving_on import MovingOn
from peer.models.own_say import OwnSay
from peer.models.partners import PartnerReferral
from peer.models.people import ParentRelationship, Person, ServiceRole, User
from peer.models.profiles import ProfileNote
from peer.models.proposals import GroupProposal
from peer.models.protocols import GroupProtocol, ProtocolAcceptance
from peer.models.reading import FeltToo, ReadMark
from peer.models.recoveries import AccountRecovery
from peer.models.restrictions import Restriction
from peer.models.reveals import Reveal
from peer.models.run_sheets import RunSheet
from peer.models.sessions import (
    Attendance,
    GroupSession,
    ListenedTo,
    SessionCheckIn,
    SessionDebrief,
    SessionHost,
    SessionSeries,
    SessionSlot,
    SessionTick,
)
from peer.models.shown_decisions import DecisionReply, ShownDecision, Withholding
from peer.models.signposts import Signpost
from peer.models.talk import ContentNote, Post, Thread
from peer.models.time_polls import TimeOption, TimePoll, TimeVote
from peer.models.waiting import Referral, TimelineEntry, TriageDecision, WaitingListEntry
from peer.models.watched_phrases import WatchedPhrase
from peer.models.welcomes import Welcome

__all__ = [
    "AccountRecovery",
    "AftermathTask",
    "Appeal",
    "Appointment",
    "Attendance",
    "AuditEvent",
    "BandMove",
    "BreachAlarm",
    "CalendarAddress",
    "Cohort",
    "Commitment",
    "CompetenceAssessment",
    "Consent",
    "ConsentWords",
    "ContentNote",
    "DataHold",
    "DataRequest",
    "Death",
    "DecisionReply",
    "Duty",
    "FeedbackItem",
    "FeedbackKnock",
    "FeedbackStep",
    "FeltToo",
    "GroupProposal",
    "GroupProtocol",
    "GroupSession",
    "HelloCall",
    "HelpRequest",
    "ImportChange",
    "ImportFault",
    "ImportRun",
    "Invitation",
    "InvitationLink",
    "JoinRequest",
    "KeptApart",
    "KnownDevice",
    "LeftOut",
    "ListenedTo",
    "LonelinessAnswer",
    "MeetingPlace",
    "Membership",
    "MembershipDecision",
    "MembershipRole",
    "ModeratorProposal",
    "MovingOn",
    "OwnFactor",
    "OwnSay",
    "ParentRelationship",
    "PartnerReferral",
    "PeerModerator",
    "Person",
    "PhonePlace",
    "Post",
    "ProfileNote",
    "ProtocolAcceptance",
    "ReadMark",
    "Referral",
    "Restriction",
    "Reveal",
    "RunSheet",
    "ServiceResponse",
    "ServiceRole",
    "SessionCaller",
    "SessionCheckIn",
    "SessionDebrief",
    "SessionHost",
    "SessionSeries",
    "SessionSlot",
    "SessionTick",
    "ShownDecision",
    "SignInCard",
    "Signpost",
    "StartedSignIn",
    "SupervisorTask",
    "SupportGroup",
    "SupportGroupUserPermission",
    "Thread",
    "TimeOption",
    "TimePoll",
    "TimeVote",
    "TimelineEntry",
    "TriageDecision",
    "User",
    "WaitingListEntry",
    "WatchedPhrase",
    "Welcome",
    "Withholding",
]
