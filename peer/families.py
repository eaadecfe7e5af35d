"""One family as a waiting list file tells it: plain values, already checked, that any layer may carry."""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
import json
from typing import Any


@dataclasses.dataclass(frozen=True, kw_only=True)
class Way:
    """One way to reach somebody, and how they like to hear; `number` is E.164 or empty."""

    number: str = ""
    channel: str = ""
    language: str = "en"


@dataclasses.dataclass(frozen=True, kw_only=True)
class Adult:
    """A parent, a carer or another adult; `may_know` is a value of `ParentRelationship.MayKnow`."""

    given_name: str
    family_name: str = ""
    kind: str = "parent"
    way: Way = Way()
    may_know: str = "routine"
    must_not_be_told: bool = False


@dataclasses.dataclass(frozen=True, kw_only=True)
class Family:
    """A young person who waits, and the adults around them."""

    reference: str
    given_name: str
    family_name: str
    referred_on: dt.date
    born_on: dt.date | None = None
    way: Way = Way()
    adults: tuple[Adult, ...] = ()
    address: str = ""
    doctor: str = ""
    pathway: str = ""
    team: str = ""
    stage: str = "referred"
    nhs_number: str = ""
    location_hidden: bool = False


def as_json(family: Family) -> str:
    """Write a family down, always in the same order, so that equal families give equal texts."""
    return json.dumps(dataclasses.asdict(family), default=str, sort_keys=True, ensure_ascii=False)


def from_json(text: str) -> Family:
    """Read back what `as_json` wrote."""
    values: dict[str, Any] = json.loads(text)
    values["way"] = Way(**values["way"])
    values["adults"] = tuple(Adult(**{**adult, "way": Way(**adult["way"])}) for adult in values["adults"])
    for day in ("referred_on", "born_on"):
        values[day] = dt.date.fromisoformat(values[day]) if values[day] else None
    return Family(**values)


def fingerprint(text: str) -> str:
    """Give the SHA-256 (hex) by which the same row is known again."""
    return hashlib.sha256(text.encode()).hexdigest()
