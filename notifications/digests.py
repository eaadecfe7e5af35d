"""When we look for somebody whether there is something new in their groups, and whether they still want to know."""

from __future__ import annotations

import datetime as dt

from notifications.models import Digest, Notification
from peer import clock, reading
from peer.models import Person, User

AT = dt.time(16, 30)  # after school, and long before the quiet hours
LOOKS_BACK = dt.timedelta(days=8)  # further than any digest does
DAYS = {Digest.Often.DAILY: 1, Digest.Often.WEEKLY: 7}


def keep(person: Person, often: str) -> None:
    """Keep how often somebody likes to hear; what was there before they said so is no news."""
    if often == often_of(person):
        return
    Digest.objects.update_or_create(
        person=person, defaults={"often": often, "looked_at": clock.now(), "due_at": next_look(often)}
    )


def often_of(person: Person) -> str:
    """Give how often somebody likes to hear: never, until they say so."""
    return Digest.objects.filter(person=person).values_list("often", flat=True).first() or Digest.Often.NEVER


def next_look(often: str) -> dt.datetime | None:
    """Give the hour at which we look again, on the clock of London (N12)."""
    if often not in DAYS:
        return None
    day = clock.today() + dt.timedelta(days=DAYS[Digest.Often(often)])
    return dt.datetime.combine(day, AT, tzinfo=clock.LONDON).astimezone(dt.UTC)


def has_news(digest: Digest, since: dt.datetime) -> bool:
    """Tell whether there is something that its person may read now and has not seen."""
    user = User.objects.filter(person=digest.person_id, is_active=True).first()
    return user is not None and reading.has_new(user, since)


def is_wanted(told: Notification) -> bool:
    """Tell, right before it goes, whether it is still wished for and still true (N13)."""
    digest = Digest.objects.filter(person=told.recipient_id).exclude(often=Digest.Often.NEVER).first()
    if digest is None:
        return False
    return has_news(digest, told.created_at - LOOKS_BACK)
