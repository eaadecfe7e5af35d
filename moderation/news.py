"""What watching over the world brought about, in the past tense; higher packages react by writing rows."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from moderation.models import Escalation, EscalationStep, ModerationDecision, OnCallShift, PostReport
    from peer.models import SupervisorTask, SupportGroup


@dataclass(frozen=True)
class EscalationStepDue:
    """One person must be paged now, by text and call at once (E4): `step.user`, about `step.escalation`."""

    step: EscalationStep


@dataclass(frozen=True)
class EscalationAcknowledged:
    """A person has it in hand: pages still queued for others are not needed any more (E6)."""

    escalation: Escalation


@dataclass(frozen=True)
class EscalationExhausted:
    """Nobody answered: the group is paused and everyone is paged until somebody does (E8)."""

    escalation: Escalation


@dataclass(frozen=True)
class DecisionMade:
    """A person decided about a post; the author hears with kind words (P11): `decision.post.note_to_author`."""

    decision: ModerationDecision


@dataclass(frozen=True)
class ReportOpened:
    """Somebody told us that a post worries them."""

    report: PostReport


@dataclass(frozen=True)
class ReportAnswered:
    """Somebody looked; the person who told us hears it."""

    report: PostReport


@dataclass(frozen=True)
class TalkOwed:
    """Somebody who checks posts is owed a talk by their supervisor: `task.owner`, nobody where there is none."""

    task: SupervisorTask


@dataclass(frozen=True)
class ShiftStarted:
    """A clinician is on call for a group now."""

    shift: OnCallShift


@dataclass(frozen=True)
class CoverLost:
    """From `at` nobody is on call for a group: posting closes then."""

    group: SupportGroup
    at: dt.datetime
