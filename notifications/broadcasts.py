"""One notice to many: the row becomes intents, some hundred families a step, and any step may be the last (N4)."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import transaction
from django.db.models import QuerySet

from notifications import audience, intents
from notifications.intents import Intent
from notifications.models import Broadcast, Duty, Notification
from notifications.notices import NOTICES
from notifications.waits import wait
from peer import clock
from peer.models import WaitingListEntry

CHUNK = 400  # families a step


def expand() -> int:
    """Queue the next families of the oldest broadcast that is going; give how many, nought where nothing is left."""
    with transaction.atomic():
        going = Broadcast.objects.filter(state=Broadcast.State.GOING).order_by("pk")
        broadcast = going.select_for_update(skip_locked=True).first()
        if broadcast is None:
            return 0
        entries = list(those_who_wait(broadcast.pathway).filter(pk__gt=broadcast.cursor).order_by("pk")[:CHUNK])
        written = intents.queue_all(list(_intents(broadcast, entries)))
        broadcast.queued += len(written)
        if entries:
            broadcast.cursor = entries[-1].pk
            broadcast.save(update_fields=["cursor", "queued"])
        else:
            broadcast.move_to(Broadcast.State.DONE, ended_at=clock.now(), due_at=None)
        return len(entries)


def those_who_wait(pathway: str = "") -> QuerySet[WaitingListEntry]:
    """Keep the places of families who have left the hold and still wait, of one pathway or of all (U10)."""
    entries = WaitingListEntry.objects.open().exclude(state=WaitingListEntry.State.ON_HOLD)
    entries = entries.filter(referral__pathway=pathway) if pathway else entries
    return entries.select_related("referral__person")


def _intents(broadcast: Broadcast, entries: list[WaitingListEntry]) -> Iterator[Intent]:
    notice = NOTICES[broadcast.notice]
    for one in audience.families([entry.referral.person for entry in entries]):
        yield Intent(
            event_key=key_of(broadcast),
            person=one.person,
            subject=one.subject,
            purpose=notice.name,
            duty=Duty.FAMILY,
            words=dict.fromkeys(notice.channels, notice.name),
            lives=wait("family"),
            topic=notice.topic,
        )


def key_of(broadcast: Broadcast) -> str:
    """Name the news of a broadcast: whoever has two children hears it once (N4)."""
    return f"broadcast:{broadcast.pk}:1"


def notifications_of(broadcast: Broadcast) -> QuerySet[Notification]:
    """Find what has been queued of it."""
    return Notification.objects.filter(event_key=key_of(broadcast))
