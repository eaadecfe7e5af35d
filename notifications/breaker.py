"""When a channel rests: the network asked for it, does not know us, or does not answer (F7, F12, F13)."""

from __future__ import annotations

import datetime as dt
import logging
from collections import Counter
from collections.abc import Iterable
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from notifications.models import Duty, SendingPause
from notifications.providers.codes import Blame, blame
from notifications.providers.port import Accepted, AmbiguousFailure, Failure, NotMade, TemporaryFailure
from notifications.waits import wait
from peer import clock

log = logging.getLogger(__name__)

OPENS_AFTER = 5  # tries in a row that found nobody
DOUBLES = 5  # times, at most


def closed_to() -> QuerySet[SendingPause, Any]:
    """Name the channels that rest now, as a question within a question."""
    return SendingPause.objects.filter(until_at__gt=clock.Now()).values("channel")


def has_just_rested() -> Exists:
    """Ask of a message whether its channel has just rested because nobody answered."""
    return Exists(SendingPause.objects.filter(channel=OuterRef("channel"), failures__gte=OPENS_AFTER))


def only_a_probe(found: Iterable[tuple[int, str, str, bool]]) -> list[int]:
    """Keep of (key, channel, duty, has just rested) one message of each such channel, so that no storm meets it."""
    kept, probed = [], set()
    for key, channel, duty, rested in found:
        if duty == Duty.PAGE or not rested or channel not in probed:
            kept.append(key)
        if duty != Duty.PAGE and rested:
            probed.add(channel)
    return kept


def learn(answers: Iterable[tuple[str, Accepted | Failure]]) -> None:
    """Take in what a batch was answered: rest where it was asked for or where nobody answers, go on where it works."""
    found_nobody: Counter[str] = Counter()
    works: set[str] = set()
    for channel, answer in answers:
        if _asks_for_rest(answer):
            _rest(channel, answer)
        elif _is_nobody(answer):
            found_nobody[channel] += 1
        elif not isinstance(answer, NotMade):
            works.add(channel)
    if works:
        SendingPause.objects.filter(channel__in=works, failures__gt=0).delete()
    for channel in set(found_nobody) - works:
        _count(channel, found_nobody[channel])


def _asks_for_rest(answer: Accepted | Failure) -> bool:
    is_account = isinstance(answer, Failure) and blame(answer.code) is Blame.ACCOUNT
    return isinstance(answer, TemporaryFailure) and (is_account or bool(answer.retry_after))


def _is_nobody(answer: Accepted | Failure) -> bool:
    return isinstance(answer, AmbiguousFailure | TemporaryFailure)


def _rest(channel: str, answer: Accepted | Failure) -> None:
    code = answer.code if isinstance(answer, Failure) else ""
    asked = answer.retry_after if isinstance(answer, Failure) else None
    if blame(code) is Blame.ACCOUNT:
        log.critical("the network does not know us any more (%s): nothing of %s goes", code, channel)
    until = clock.now() + (dt.timedelta(seconds=asked) if asked else wait("stopped"))
    row = SendingPause(channel=channel, until_at=until, reason=code)
    SendingPause.objects.bulk_create(
        [row], update_conflicts=True, unique_fields=["channel"], update_fields=["until_at", "reason"]
    )


def _count(channel: str, more: int) -> None:
    first = SendingPause(channel=channel, until_at=clock.now(), reason="no answer")
    SendingPause.objects.bulk_create([first], ignore_conflicts=True)
    row = SendingPause.objects.filter(channel=channel).first()
    if row is None:
        return  # another sender has just got through
    row.failures += more
    if row.failures >= OPENS_AFTER:
        times = min(row.failures // OPENS_AFTER - 1, DOUBLES)
        row.until_at, row.reason = clock.now() + wait("breaker") * 2**times, "no answer"
        log.error("%s: nobody answers, %s tries in a row", channel, row.failures)
    counted = {"failures": row.failures, "until_at": row.until_at, "reason": row.reason}
    SendingPause.objects.filter(pk=row.pk).update(**counted)  # gone by now where another sender got through
