"""Accounts that have just opened too much (B3)."""

from __future__ import annotations

from django.db.models import Q

from peer import breach, clock
from peer.actions import breaches
from peer.models import AuditEvent, BreachAlarm, User

PEOPLE = ("peer.person", "peer.membership", "peer.hellocall", "notifications.contactpoint")  # a look names somebody
DID = {
    "many_people": Q(action="looked", target_kind__in=PEOPLE),
    "many_records": Q(action="looked"),
    "many_copies": Q(action="peer.actions.data_requests.read_through"),
}


def watch_for_breaches() -> int:
    """Raise an alarm for each account that has just done too much (B3), and count them."""
    return sum(_ring_for(kind) for kind in DID)


def _ring_for(kind: str) -> int:
    limit = breach.limits()[kind]
    begins = clock.now() - limit.window
    rows = AuditEvent.objects.filter(DID[kind], at__gt=begins, by_id__isnull=False)
    did = rows.values_list("by_id", "target_kind", "target_id", "at")
    settled = BreachAlarm.objects.filter(kind=kind, settled_at__gt=begins)
    asked = dict(settled.order_by("settled_at").values_list("about", "settled_at"))
    fresh = [(by, (what, pk)) for by, what, pk, at in did if by not in asked or at > asked[by]]
    over = breach.passed(limit, fresh)
    open_now = BreachAlarm.objects.waiting().filter(kind=kind).values("about")
    accounts = list(User.objects.filter(pk__in=over).exclude(pk__in=open_now).order_by("pk"))
    for account in accounts:
        breaches.ring(account, by=breaches.CLOCK, kind=kind, seen=over[account.pk])
    return len(accounts)
