"""One family as a waiting list file tells it: plain values, already checked, that any layer may carry."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Way:
    """One way to reach somebody, and how they like to hear; `number` is E.164."""

    number: str = ""
    channel: str = ""
    language: str = "en"


@dataclass(frozen=True, kw_only=True)
class Adult:
    """A parent, a carer or another adult, and what they may know; `may_know` is a value of ParentRelationship."""

    given_name: str
    family_name: str = ""
    kind: str = "parent"
    way: Way = Way()
    may_know: str = "routine"
    must_not_be_told: bool = False


@dataclass(frozen=True, kw_only=True)
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
