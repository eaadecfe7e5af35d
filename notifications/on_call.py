"""Who can be woken without the database: the phones of those on call, kept encrypted in a file beside it (E13)."""

from __future__ import annotations

import datetime as dt
import json
import logging
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from encrypted_fields.fields import EncryptedTextField

from moderation import paging
from moderation.models import OnCallShift
from notifications import intents, routing
from notifications.models import ContactPoint, Duty
from peer import clock
from peer.models import Duty as Cover
from peer.models import ServiceRole

log = logging.getLogger(__name__)

AHEAD = dt.timedelta(days=2)  # so long a database may be away, and the rota is still known
WAYS = (routing.SMS, routing.CALL)  # both at once (E4)


@dataclass(frozen=True)
class Phone:
    """One phone of somebody on call, by which ways, and in which span; without one it is always asked."""

    where: str
    ways: tuple[str, ...]
    from_at: str = ""
    until_at: str = ""

    def is_on(self, now: dt.datetime) -> bool:
        """Tell whether this phone is on call at a moment."""
        if not self.until_at:
            return True
        return dt.datetime.fromisoformat(self.from_at) <= now < dt.datetime.fromisoformat(self.until_at)


def phones() -> list[Phone]:
    """Read the phones of the managers, and of the clinicians on duty or in the rota of the next two days."""
    now = clock.now()
    always = ServiceRole.objects.current().filter(role__in=paging.TO_MANAGERS, user__is_active=True)
    spans: dict[int, set[tuple[str, str]]] = defaultdict(set)
    for person in always.values_list("user__person", flat=True):
        spans[person].add(("", ""))
    cover = Cover.objects.filter(until_at__gt=now, from_at__lt=now + AHEAD)
    shifts = OnCallShift.objects.cover().between(now, now + AHEAD)
    for rows in (cover, shifts):
        for person, starts, ends in rows.values_list("user__person", "from_at", "until_at"):
            spans[person].add((starts.isoformat(), ends.isoformat()))
    contacts = list(ContactPoint.objects.filter(person__in=[one for one in spans if one]).phones().order_by("pk"))
    ways = {reach.pk: _ways(reach) for reach in intents.reaches(contacts)}
    return [
        Phone(one.where, ways[one.pk], *span)
        for one in contacts
        for span in sorted(spans[one.person_id])
        if ways[one.pk]
    ]


def _ways(reach: routing.Reach) -> tuple[str, ...]:
    return tuple(way for way in WAYS if not routing.why_not(reach, way, duty=Duty.PAGE))


def now_on(known: Iterable[Phone], now: dt.datetime) -> dict[str, tuple[str, ...]]:
    """Give each phone on call at a moment with its ways; where nobody is, all there are."""
    rows = list(known)
    on = [one for one in rows if one.is_on(now)] or rows
    return {one.where: one.ways for one in on}


class Kept:
    """A small file that only this service can read: numbers in it are encrypted as in the database."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._field = EncryptedTextField()
        self._last: object = None

    def write(self, data: object) -> None:
        """Put data in the file's place, whole or not at all; the same data again costs nothing."""
        if data == self._last and self._path.exists():
            return
        self._path.parent.mkdir(parents=True, exist_ok=True)
        beside = self._path.with_suffix(".new")
        beside.touch(mode=0o600)
        beside.write_text(self._field.get_prep_value(json.dumps(data)))
        beside.replace(self._path)
        self._last = data

    def read(self) -> Any:
        """Give what was kept, or None where there is nothing that can be read."""
        try:
            return json.loads(self._field.to_python(self._path.read_text()))
        except FileNotFoundError:
            return None
        except (OSError, ValueError):
            log.exception("%s cannot be read", self._path.name)
            return None


def keep(kept: Kept) -> None:
    """Write down who is on call, as the database knows it now."""
    kept.write([asdict(one) | {"ways": list(one.ways)} for one in phones()])


def known(kept: Kept) -> list[Phone]:
    """Give who was on call when the database was last asked."""
    return [Phone(**(row | {"ways": tuple(row["ways"])})) for row in kept.read() or []]
