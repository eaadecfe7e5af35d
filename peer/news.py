"""What has happened in the world, in the past tense; higher packages react by writing rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from peer.models import Membership, Post, SupportGroup, TriageDecision, WaitingListEntry


@dataclass(frozen=True)
class PostPending:
    """A post waits in the standard lane."""

    post: Post


@dataclass(frozen=True)
class PostHeldForRisk:
    """A post may mean harm: it waits for a clinician, and somebody must be woken (safety E1)."""

    post: Post
    level: str


@dataclass(frozen=True)
class PostWithdrawn:
    """An author took a post back."""

    post: Post


@dataclass(frozen=True)
class MembershipAccepted:
    """A person said yes to an invitation; the hello call is due."""

    membership: Membership


@dataclass(frozen=True)
class MembershipStarted:
    """A person is in the group now."""

    membership: Membership


@dataclass(frozen=True)
class GroupFrozen:
    """A group was paused."""

    group: SupportGroup


@dataclass(frozen=True)
class FamilyReleased:
    """A family left the hold: the first hello may go out, and somebody rings to prove a number (U1, U10)."""

    entry: WaitingListEntry


@dataclass(frozen=True)
class TriageDecided:
    """A request was decided, with a reason in plain words (S9)."""

    decision: TriageDecision
