"""The rows of watching over the world, one module per noun."""

from moderation.models.checking import AvoidedTopic, CheckingTurn, PracticeAnswer, ShiftDebrief
from moderation.models.decisions import ModerationDecision, Rule
from moderation.models.escalations import (
    Escalation,
    EscalationNote,
    EscalationPost,
    EscalationStep,
    EscalationTimer,
    EscalationWords,
)
from moderation.models.openness import Quarter
from moderation.models.pauses import GroupPause
from moderation.models.questions import ModeratorQuestion
from moderation.models.queue import ModerationClaim, QueuedPost, RiskPost, WatchedGroup
from moderation.models.reports import PostReport, RiskFlag
from moderation.models.shifts import OnCallShift

__all__ = [
    "AvoidedTopic",
    "CheckingTurn",
    "Escalation",
    "EscalationNote",
    "EscalationPost",
    "EscalationStep",
    "EscalationTimer",
    "EscalationWords",
    "GroupPause",
    "ModerationClaim",
    "ModerationDecision",
    "ModeratorQuestion",
    "OnCallShift",
    "PostReport",
    "PracticeAnswer",
    "Quarter",
    "QueuedPost",
    "RiskFlag",
    "RiskPost",
    "Rule",
    "ShiftDebrief",
    "WatchedGroup",
]
