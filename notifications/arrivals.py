"""Who texted the number on a surgery's card before their request came: kept by hash, matched when they come (U13)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from notifications.models import ContactPoint, InboundText
from peer import clock
from peer.models import Person

Kind = InboundText.Kind
WISHES = {Kind.HELLO: ContactPoint.Liked.TEXT, Kind.CALL: ContactPoint.Liked.CALL}


def match(contacts: Iterable[ContactPoint]) -> int:
    """Let what was texted before hold for numbers that have just come in: the wish, and whose words they are."""
    known = list(contacts)
    early: dict[str, list[InboundText]] = defaultdict(list)
    rows = InboundText.objects.filter(where_hash__in=[one.where_hash for one in known], contact=None, person=None)
    for row in rows.order_by("pk"):
        early[row.where_hash].append(row)
    found = [one for one in known if one.where_hash in early]
    for one in found:
        _hold(one, early[one.where_hash])
    return len(found)


def _hold(contact: ContactPoint, rows: list[InboundText]) -> None:
    wishes = [WISHES[Kind(row.kind)] for row in rows if row.kind in WISHES]
    if wishes and contact.takes_texts:
        contact.preferred_channel = wishes[-1]
        contact.save(update_fields=["preferred_channel"])
    if contact.is_shared:
        return  # a person finds out whose words they were (U9)
    for row in rows:
        InboundText.objects.filter(pk=row.pk).update(contact=contact, person=contact.person_id)
        if row.kind == Kind.HELLO and row.state == InboundText.State.NEW:
            row.move_to(InboundText.State.HANDLED, handled_at=clock.now())


def asked_to_be_rung(person: Person) -> bool:
    """Tell whether somebody wrote before their request came that they would rather be rung than texted."""
    wishes = InboundText.objects.filter(person=person, kind__in=WISHES, contact__state=ContactPoint.State.UNPROVED)
    newest = wishes.order_by("-pk").first()
    return newest is not None and newest.kind == Kind.CALL
