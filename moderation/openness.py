"""What the service says in public of a quarter: counted from rows, small numbers hidden, none to be subtracted (S33).

One counting for the whole service and none for a group, so that no two tables can be taken from each other.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import ceil

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from moderation.models import ModerationDecision, PostReport, Quarter
from peer import endings, figures
from peer.clock import LONDON
from peer.models import Appeal, AuditEvent, Post

NINE_IN_TEN_FROM = 10  # below that, the slowest but one is one person's wait
Kind = ModerationDecision.Kind
ENDS = {Kind.APPROVE: "shown", Kind.RETURN: "change", Kind.REJECT: "declined"}
OF_APPEALS = {Appeal.State.UPHELD: "upheld", Appeal.State.OVERTURNED: "overturned", Appeal.State.DROPPED: "dropped"}

Counts = dict[str, dict[str, int | None]]


@dataclass(frozen=True)
class Part:
    """One table of the page: its name, what one row of it is, and the words of each of its ends."""

    key: str
    title: Promise
    total: Promise
    ends: Mapping[str, Promise]
    times: Promise | None = None


PARTS = (
    Part(
        key="posts",
        title=_("Posts"),
        total=_("All posts somebody sent"),
        ends={
            "shown": _("Shown"),
            "change": _("We asked for a change"),
            "declined": _("We could not share it, and said why"),
            "other": _("Taken back, or still waiting when the quarter ended"),
        },
        times=_("From sending a post to a person’s answer"),
    ),
    Part(
        key="reports",
        title=_("“I’m worried about this”"),
        total=_("All times somebody told us that a post worried them"),
        ends={"answered": _("Answered by a person"), "other": _("Still open when the quarter ended")},
        times=_("From telling us to a person’s answer"),
    ),
    Part(
        key="appeals",
        title=_("“Please look again”"),
        total=_("All times somebody asked us to look again at a decision about their place"),
        ends={
            "upheld": _("Somebody else looked, and it stayed"),
            "overturned": _("Somebody else looked, and we took it back"),
            "dropped": _("Not needed any more"),
            "other": _("Still open when the quarter ended"),
        },
    ),
)


@dataclass(frozen=True)
class Line:
    """One line of a table: a number, or None where it is too small to show; `share` of the longest, 0 to 100."""

    key: str
    words: Promise
    count: int | None
    share: int


@dataclass(frozen=True)
class Shown:
    """What the page and the file say of one part of a quarter."""

    part: Part
    lines: tuple[Line, ...]
    total: int | None
    median: int | None
    nine_in_ten: int | None

    @property
    def hides(self) -> bool:
        """Tell whether something is too small to show."""
        return self.total is None or any(line.count is None for line in self.lines)


def first_day(day: dt.date) -> dt.date:
    """Give the first day of the quarter that a day is in."""
    return day.replace(month=day.month - (day.month - 1) % 3, day=1)


def before(day: dt.date) -> dt.date:
    """Give the first day of the quarter before the one that begins on `day`."""
    return first_day(day - dt.timedelta(days=1))


def first_words() -> dt.date | None:
    """Give the London day on which somebody first sent a post, or None before that."""
    sent = (
        Post.objects.filter(submitted_at__isnull=False).order_by("submitted_at").values_list("submitted_at", flat=True)
    )
    first = sent.first()
    return None if first is None else first.astimezone(LONDON).date()


def count(starts_on: dt.date) -> Counts:
    """Count one quarter, by London days; minutes for times. What came later than its last moment is not in it."""
    start, end = endings.morning_of(starts_on), endings.morning_of(after(starts_on))
    return {"posts": _posts(start, end), "reports": _reports(start, end), "appeals": _appeals(start, end)}


def after(starts_on: dt.date) -> dt.date:
    """Give the first day of the quarter after the one that begins on `starts_on`."""
    return first_day(starts_on + dt.timedelta(days=95))


def shown(quarter: Quarter) -> list[Shown]:
    """Give what may be said of a quarter: figures under five hidden, and what would give them away."""
    return [_shown(part, quarter.counts[part.key]) for part in PARTS]


def _shown(part: Part, counts: Mapping[str, int | None]) -> Shown:
    numbers = [counts[end] or 0 for end in part.ends]
    ends, total = figures.protect_row(numbers)
    most = max((end for end in ends if end is not None), default=0) or 1
    lines = tuple(
        Line(key, words, number, 0 if number is None else round(100 * number / most))
        for (key, words), number in zip(part.ends.items(), ends, strict=True)
    )
    timed = counts.get("timed") or 0
    is_told = any(line.count is not None for line in lines if line.key != "other")  # else their number would show
    many = is_told and timed >= figures.FEW
    return Shown(
        part=part,
        lines=lines,
        total=total,
        median=counts.get("median") if many else None,
        nine_in_ten=counts.get("nine_in_ten") if many and timed >= NINE_IN_TEN_FROM else None,
    )


def _posts(start: dt.datetime, end: dt.datetime) -> dict[str, int | None]:
    """Count each sending once: the same post sent again after a change waits anew, and is read anew."""
    sent: dict[int, list[dt.datetime]] = {}
    acts = ("start_thread", "reply", "send")
    events = AuditEvent.objects.filter(
        action__in=[f"peer.actions.talk.{act}" for act in acts], at__gte=start, at__lt=end
    )
    for at, pk in events.order_by("at", "pk").values_list("at", "result_id"):
        sent.setdefault(pk, []).append(at)
    decided: dict[int, list[tuple[dt.datetime, str]]] = {}
    rows = ModerationDecision.objects.filter(kind__in=ENDS, at__gte=start, at__lt=end, post__in=sent)
    for post, at, kind in rows.order_by("at", "pk").values_list("post", "at", "kind"):
        decided.setdefault(post, []).append((at, kind))
    ends, waits = Counter[str](), []
    for pk, times in sent.items():
        for at, until in zip(times, [*times[1:], end], strict=True):
            answer = next(((when, kind) for when, kind in decided.get(pk, ()) if at <= when < until), None)
            ends[ENDS[Kind(answer[1])] if answer else "other"] += 1
            waits += [answer[0] - at] if answer else []
    return _with_times({key: ends[key] for key in ("shown", "change", "declined", "other")}, waits)


def _reports(start: dt.datetime, end: dt.datetime) -> dict[str, int | None]:
    rows = PostReport.objects.filter(reported_at__gte=start, reported_at__lt=end)
    pairs = list(rows.values_list("reported_at", "decided_at"))
    waits = [decided - told for told, decided in pairs if decided is not None and decided < end]
    return _with_times({"answered": len(waits), "other": len(pairs) - len(waits)}, waits)


def _appeals(start: dt.datetime, end: dt.datetime) -> dict[str, int | None]:
    rows = Appeal.objects.filter(sent_at__gte=start, sent_at__lt=end).values_list("state", "decided_at")
    ends = Counter(
        OF_APPEALS.get(Appeal.State(state), "other") if decided is None or decided < end else "other"
        for state, decided in rows
    )
    return {key: ends[key] for key in (*OF_APPEALS.values(), "other")}


def _with_times(counts: dict[str, int], waits: Iterable[dt.timedelta]) -> dict[str, int | None]:
    minutes = sorted(ceil(wait.total_seconds() / 60) for wait in waits)
    return {
        **counts,
        "timed": len(minutes),
        "median": minutes[ceil(len(minutes) / 2) - 1] if minutes else None,
        "nine_in_ten": minutes[ceil(len(minutes) * 0.9) - 1] if minutes else None,
    }
