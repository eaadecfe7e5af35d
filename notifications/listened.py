"""A text that says how listened to somebody felt, 0 to 10: a number, to the question asked last (S22)."""

from __future__ import annotations

import re

from notifications import offers
from notifications.models import Notification
from peer import clock, run_sheet
from peer.actions import hosting
from peer.gate import NotAllowed
from peer.models import Attendance, ListenedTo
from peer.states import RuleBroken

PURPOSE = "listened_ask"
NUMBER = re.compile(r"10|[0-9]")
NOT_TAKEN = (RuleBroken, NotAllowed)


def take(body: str, *, where_hash: str) -> bool:
    """Take a text as somebody's word on a session, as on its page; what comes twice changes nothing.

    Of a shared number nobody's word is taken, and a number that may answer something sent since is none.
    """
    words = body.strip().strip(".!")
    told = offers.last_told(where_hash) if NUMBER.fullmatch(words) else None
    if told is None or told.purpose != PURPOSE:
        return False
    there = _asked(told)
    if not offers.is_one_persons(where_hash) or there is None or there.membership.user is None:
        return False
    if has_said(there):
        return True
    try:
        hosting.say_listened(there.session, by=there.membership.user, said=int(words))
    except NOT_TAKEN:
        return False
    return True


def is_asked(told: Notification) -> bool:
    """Tell, right before it goes, whether somebody may still say it and has not (N13)."""
    there = _asked(told)
    over = clock.now() - run_sheet.hours("answers")
    return there is not None and there.session.ends_at > over and not has_said(there)


def has_said(there: Attendance) -> bool:
    """Tell whether somebody has said how a session was, on its page or by text."""
    return ListenedTo.objects.filter(session=there.session_id, membership=there.membership_id).exists()


def _asked(told: Notification) -> Attendance | None:
    """Find whose being there a question was about."""
    rows = Attendance.objects.select_related("session__group", "membership__user")
    return rows.filter(pk=told.event_key.split(":")[1]).first()
