"""A text that says which of the offered times suit somebody: numbers alone, and once more replaces them (S20)."""

from __future__ import annotations

import datetime as dt
import re

from django.utils.formats import date_format

from notifications import offers, sessions
from notifications.models import ContactPoint, Notification
from peer import clock
from peer.actions import time_polls
from peer.actions.time_polls import REPLY
from peer.models import Membership, SupportGroup, TimePoll
from peer.news import TimeChosen, TimesOffered
from peer.states import IllegalMove, RuleBroken, StaleMove
from peer.templatetags.peer import time_of

PURPOSE = "times_offered"
NUMBERS = re.compile(r"(?:0|[1-6](?:[\s,&+]*[1-6])*)")
NOT_TAKEN = (StaleMove, IllegalMove, RuleBroken)


def take(body: str, *, where_hash: str) -> bool:
    """Take a text as a vote where it is numbers alone, a poll is open, and one person alone was asked at this number.

    A single number may answer something else that was sent since: then it is no vote.
    """
    words = body.strip().strip(".!")
    if not NUMBERS.fullmatch(words):
        return False
    numbers = {int(mark) for mark in re.findall(r"[0-6]", words)} - {0}
    asked = _asked(where_hash, last=len(words) == 1)
    if asked is None:
        return False
    poll, place = asked
    if not numbers <= set(poll.options.values_list("number", flat=True)):
        return False
    try:
        time_polls.vote_by_text(poll, by=REPLY, place=place, numbers=numbers)
    except NOT_TAKEN:
        return False
    return True


def _asked(where_hash: str, *, last: bool) -> tuple[TimePoll, Membership] | None:
    """Find the open poll about which one person at a number was asked; of a shared number nobody's vote is taken."""
    people = ContactPoint.objects.filter(where_hash=where_hash, is_shared=False).reachable().values("person")
    places = Membership.objects.active().filter(person__in=people, group__time_polls__state=TimePoll.State.OPEN)
    found = list(places.distinct()[:2])
    told_last = offers.last_told(where_hash) if last else None
    if len(found) != 1 or (last and (told_last is None or told_last.purpose != PURPOSE)):
        return None
    poll = TimePoll.objects.get(group=found[0].group_id, state=TimePoll.State.OPEN)
    told = Notification.objects.filter(recipient=found[0].person_id, purpose=PURPOSE, event_key=key(poll, found[0]))
    return (poll, found[0]) if told.exists() else None


def key(poll: TimePoll, place: Membership) -> str:
    """Name the asking of one person, as the outbox does."""
    return f"timepoll:{poll.pk}:{place.pk}"


def values_of(news: TimesOffered | TimeChosen) -> dict[str, str]:
    """Give the words of a poll: the times with their numbers and until when, or the time that was chosen."""
    poll = news.poll
    if isinstance(news, TimeChosen):
        session = poll.session
        return {"when": sessions.whole(session.starts_at) if session else ""}
    times = [f"{option.number}: {brief(option.starts_at)}" for option in poll.options.order_by("number")]
    return {"times": ", ".join(times), "until": brief(poll.closes_at)}


def brief(moment: dt.datetime) -> str:
    """Say a moment in few marks: "Tue 24 Nov 7pm"."""
    return f"{date_format(moment.astimezone(clock.LONDON), 'D j M')} {time_of(moment)}"


def is_open(told: Notification) -> bool:
    """Tell, right before it goes, whether one may still vote (N13)."""
    rows = TimePoll.objects.filter(pk=told.event_key.split(":")[1], group__state=SupportGroup.State.OPEN)
    poll = rows.first()
    return poll is not None and poll.is_open()


def is_ahead(told: Notification) -> bool:
    """Tell, right before it goes, whether the chosen time is still to come (N13)."""
    rows = TimePoll.objects.filter(pk=told.event_key.split(":")[1], session__starts_at__gt=clock.now())
    return rows.exclude(session__state="cancelled").exists()
