"""Who looked at somebody's record and acted on it, in words for them (S69): the table looks.toml says in which."""

from __future__ import annotations

import datetime as dt
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.db.models import Q, QuerySet

from peer import held
from peer.models import AuditEvent, MembershipRole, Person, ServiceRole, User, Withholding
from peer.models.shown_decisions import who
from peer.roles import Role

TABLE = Path(__file__).with_name("looks.toml")
PAGE = 30
ORDER = (
    Role.CLINICIAN,
    Role.CO_ORDINATOR,
    Role.SAFEGUARDING_LEAD,
    Role.SERVICE_MANAGER,
    Role.PEER_FACILITATOR,
    Role.PEER_MODERATOR,
)


@dataclass(frozen=True)
class Look:
    """One line of the list: when, what they are in the service, and why."""

    pk: int
    at: dt.datetime
    who: str
    why: str


@cache
def _words() -> dict[str, dict[str, str]]:
    return tomllib.loads(TABLE.read_text())


def reasons() -> dict[str, str]:
    """Read why staff open a record, each with its words."""
    return _words()["looks"]


def acts() -> dict[str, str]:
    """Read the acts of staff that people see, each with its words; every other act shows nothing here."""
    return _words()["acts"]


def events(person: Person) -> QuerySet[AuditEvent]:
    """Keep what staff did to this person's own rows: looks at all of them, and the acts of the table."""
    mine = Q(pk__in=[])
    for label in _words()["seen"]["tables"]:
        rows = held.tables()[label].rows(person).order_by()
        mine |= Q(target_kind=label.lower(), target_id__in=rows.values("pk"))
    hidden = Withholding.objects.current().filter(person=person, event_pk__isnull=False).values("event_pk")
    shown = Q(action="looked") | Q(action__in=list(acts()))
    own = User.objects.filter(person=person).values("pk")
    found: QuerySet[AuditEvent] = AuditEvent.objects.filter(mine, shown, by_id__isnull=False)
    return found.exclude(by_id__in=own).exclude(pk__in=hidden)


def of(person: Person, *, before: int | None = None, at_most: int | None = PAGE) -> tuple[list[Look], bool]:
    """Give one page of the list, newest first, and whether there is an older one; or, without a limit, all of it."""
    rows = events(person).order_by("-pk")
    rows = rows.filter(pk__lt=before) if before else rows
    found = list(rows[: at_most + 1] if at_most else rows)
    shown = found[:at_most] if at_most else found
    return in_words(shown), len(found) > len(shown)


def in_words(found: list[AuditEvent]) -> list[Look]:
    """Say of each event who it was, by what they were at that time, and why."""
    roles = _roles_at(found)
    return [Look(event.pk, event.at, who(roles[event.pk]), _why(event)) for event in found]


def _why(event: AuditEvent) -> str:
    if event.action != "looked":
        return acts()[event.action]
    return reasons().get(event.reason) or _words()["kinds"].get(event.target_kind) or reasons()["other"]


def _roles_at(found: list[AuditEvent]) -> dict[int, str]:
    """Find what each was at the time, for two queries however many there are."""
    people = {event.by_id for event in found if event.by_id}
    service = ServiceRole.objects.filter(user__in=people).values_list("user", "role", "from_at", "until_at")
    in_groups = MembershipRole.objects.filter(membership__user__in=people)
    spans = [*service, *in_groups.values_list("membership__user", "role", "from_at", "until_at")]
    return {event.pk: _role_at(event, spans) for event in found}


def _role_at(event: AuditEvent, spans: list[tuple[int, str, dt.datetime, dt.datetime | None]]) -> str:
    held_then = {
        role
        for user, role, start, end in spans
        if user == event.by_id and start <= event.at and (end is None or end > event.at)
    }
    return next((str(role) for role in ORDER if role in held_then), "")
