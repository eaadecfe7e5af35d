"""Telling somebody, calmly, that there is something new in their groups: never what; nothing new, nothing said."""

from __future__ import annotations

from notifications import digests
from notifications.models import Digest
from peer import clock
from peer.events import emit
from peer.gate import System, action
from peer.news import SomethingToRead
from peer.roles import Perm

CLOCK = System("clock", may=frozenset({Perm.CHOOSE_OWN_WISHES}))


@action(Perm.CHOOSE_OWN_WISHES)
def tell(digest: Digest, *, by: System) -> Digest:
    """Let somebody know that there is something new, if there is; either way we look again a day or a week on."""
    held = Digest.objects.select_for_update(of=("self",)).select_related("person").get(pk=digest.pk)
    if held.due_at is None or held.due_at > clock.now():
        return held
    if digests.has_news(held, held.looked_at):
        emit(SomethingToRead(held.person, held, f"{clock.today():%Y%m%d}"))
    held.looked_at, held.due_at = clock.now(), digests.next_look(held.often)
    held.save(update_fields=["looked_at", "due_at"])
    return held
