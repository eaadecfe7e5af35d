"""What telling people brought about itself, in the past tense."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from notifications.models import Ring


@dataclass(frozen=True)
class RingAsked:
    """A clinician wants to be put through: their own phone is rung first (U4): `ring.by`, on `ring.own_contact`."""

    ring: Ring
