"""Routing is a table: duty × number × stops × hours, and no news leaves at night on any night of a clock change."""

from __future__ import annotations

import datetime as dt
import itertools
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications import routing
from notifications.models import Duty
from notifications.routing import Reach, Wishes
from notifications.rules import RULES
from peer.clock import LONDON

NOON = dt.datetime(2026, 11, 18, 12, tzinfo=dt.UTC)
MOBILE = Reach(pk=1, carries=frozenset({"sms", "call"}))
LANDLINE = Reach(pk=2, carries=frozenset({"call"}))
MAIL = Reach(pk=3, carries=frozenset({"email"}))
UNPROVED, DOUBTED, SUSPENDED = (replace(MOBILE, state=state) for state in ("unproved", "suspect", "suspended"))
EVERY = ("email", "sms", "call")
NEWS = Duty.FAMILY


def shape(*reaches: Reach, duty: Duty = NEWS, **options) -> list[tuple[int, str]]:
    return [(way.contact, way.channel) for way in routing.ways(reaches, duty=duty, now=NOON, **options)]


TABLE = [
    ("news goes by text, then by call", (MOBILE,), NEWS, [(1, "sms"), (1, "call")]),
    ("news goes by e-mail first, where there is one", (MOBILE, MAIL), NEWS, [(3, "email"), (1, "sms"), (1, "call")]),
    ("news is rung first where a call is liked", (replace(MOBILE, prefers_call=True),), NEWS, [(1, "call"), (1, "sms")]),
    ("a landline gets calls only", (LANDLINE,), NEWS, [(2, "call")]),
    ("each channel once", (MOBILE, LANDLINE), NEWS, [(1, "sms"), (1, "call")]),
    ("no news to an unproved number", (UNPROVED,), NEWS, []),
    ("no news to a number in doubt", (DOUBTED,), NEWS, []),
    ("no news to a suspended number", (SUSPENDED,), NEWS, []),
    ("a stop on texts leaves the call", (replace(MOBILE, stopped=frozenset({"sms"})),), NEWS, [(1, "call")]),
    ("two stops leave nothing", (replace(MOBILE, stopped=frozenset({"sms", "call"})),), NEWS, []),
    ("an own phone goes before a shared one", (replace(MOBILE, pk=4, is_shared=True), replace(MOBILE, pk=5)), NEWS, [(5, "sms"), (5, "call")]),
    ("a page goes by everything at once", (MOBILE, LANDLINE, MAIL), Duty.PAGE, [(1, "sms"), (1, "call"), (2, "call"), (3, "email")]),
    ("a page goes to a number in doubt", (DOUBTED,), Duty.PAGE, [(1, "sms"), (1, "call")]),
    ("no page to a suspended number", (SUSPENDED,), Duty.PAGE, []),
    ("a code goes by text", (MOBILE,), Duty.CODE, [(1, "sms")]),
    ("a code may go to an unproved number", (UNPROVED,), Duty.CODE, [(1, "sms")]),
    ("a shared number gets no code", (replace(MOBILE, is_shared=True),), Duty.CODE, []),
    ("a code is spoken on a landline of one's own", (LANDLINE,), Duty.CODE, [(2, "call")]),
    ("a number in doubt gets no code", (DOUBTED,), Duty.CODE, []),
]  # fmt: skip


@pytest.mark.parametrize(("why", "reaches", "duty", "expected"), TABLE, ids=[row[0] for row in TABLE])
def test_the_table_of_ways(why, reaches, duty, expected) -> None:
    assert shape(*reaches, duty=duty) == expected


def test_the_first_hello_goes_to_a_mobile_nobody_has_proved_and_no_machine_rings_it() -> None:
    assert shape(UNPROVED, to_unproved=True) == [(1, "sms")]
    assert shape(replace(LANDLINE, state="unproved"), to_unproved=True) == []
    assert shape(replace(UNPROVED, pk=9), MOBILE, to_unproved=True)[0] == (1, "sms")  # a proved one goes first


def test_only_ways_that_the_message_has_words_for_count() -> None:
    assert shape(MOBILE, MAIL, has_words={"sms"}) == [(1, "sms")]
    assert shape(LANDLINE, duty=Duty.CODE, has_words={"sms"}) == []


def test_the_order_is_what_they_asked_for_and_what_they_need() -> None:
    assert shape(MOBILE, MAIL, wishes=Wishes(order=("call",))) == [(1, "call"), (3, "email"), (1, "sms")]
    assert shape(MOBILE, MAIL, wishes=Wishes(order=("sms", "call"))) == [(1, "sms"), (1, "call"), (3, "email")]
    assert shape(MOBILE, MAIL, wishes=Wishes(needs=frozenset({"by_voice"})))[0] == (1, "call")
    assert (1, "call") not in shape(MOBILE, MAIL, wishes=Wishes(order=("call",), needs=frozenset({"in_writing"})))


def test_each_way_has_its_patience_and_the_next_opens_after_it() -> None:
    first, second, third = routing.ways([MOBILE, MAIL], duty=NEWS, now=NOON, cascade="news")
    assert [way.patience for way in (first, second, third)] == [dt.timedelta(hours=n) for n in (4, 48, 24)]
    assert first.not_before == NOON
    assert second.not_before == NOON + dt.timedelta(hours=4)
    assert third.not_before == NOON + dt.timedelta(hours=52)
    assert {way.patience for way in routing.ways([MOBILE, MAIL], duty=NEWS, now=NOON)} == {dt.timedelta()}


@pytest.mark.parametrize("state", ["unproved", "proved", "suspect", "suspended"])
@pytest.mark.parametrize("is_shared", [False, True])
@pytest.mark.parametrize("duty", list(Duty))
def test_every_combination_keeps_the_rules(state: str, is_shared: bool, duty: Duty) -> None:
    for carries, order, need, stop, hello, has_words in itertools.product(
        some(EVERY), [(), *itertools.permutations(EVERY)], ["", "by_voice", "in_writing"], some(EVERY), [False, True], some(EVERY)
    ):  # fmt: skip
        one = Reach(pk=1, carries=carries, state=state, is_shared=is_shared, stopped=stop)
        wishes = Wishes(order=order, needs=frozenset({need} - {""}))
        ways = routing.ways([one], duty=duty, now=NOON, has_words=has_words, to_unproved=hello, wishes=wishes)
        used = {way.channel for way in ways}
        assert len(used) == len(ways)
        assert used <= (carries & has_words) - stop
        assert not (used and state == "suspended")
        assert not (used and duty is not Duty.PAGE and state == "suspect")
        assert not (used and duty is Duty.CODE and (is_shared or len(ways) > 1))
        assert not (duty is NEWS and state == "unproved" and used - ({"sms"} if hello else set()))
        assert not (duty is NEWS and need == "in_writing" and "call" in used)
        if state == "proved" and not is_shared:
            allowed = (carries & has_words) - stop - ({"call"} if duty is NEWS and need == "in_writing" else set())
            assert bool(used) == bool(allowed)
            assert duty is Duty.CODE or used == allowed
        if duty is NEWS and need == "by_voice" and "call" in used:
            assert ways[0].channel == "call"
        elif duty is NEWS and order:
            assert [way.channel for way in ways] == [channel for channel in order if channel in used]


def some(of: tuple[str, ...]) -> list[frozenset[str]]:
    """Give every part of a set."""
    return [frozenset(part) for size in range(len(of) + 1) for part in itertools.combinations(of, size)]


def test_every_cascade_names_its_end_and_every_rule_names_a_cascade_there_is() -> None:
    assert {row.then for row in routing.cascades().values()} <= {"letter", "person"}
    assert {rule.cascade for rule in RULES} - {""} <= set(routing.cascades())


def london(*parts: int, fold: int = 0) -> dt.datetime:
    return dt.datetime(*parts, tzinfo=LONDON, fold=fold).astimezone(dt.UTC)


CLOCKS = [
    (london(2026, 10, 25, 1, 30), london(2026, 10, 25, 8)),  # 01:30, the first time
    (london(2026, 10, 25, 1, 30, fold=1), london(2026, 10, 25, 8)),  # 01:30, again
    (london(2026, 10, 24, 20), london(2026, 10, 25, 8)),  # the long night: 13 hours
    (london(2026, 3, 28, 20), london(2026, 3, 29, 8)),  # the short one: 11
    (london(2027, 10, 31, 1, 59), london(2027, 10, 31, 8)),
    (london(2027, 3, 28, 0, 59), london(2027, 3, 28, 8)),
    (london(2026, 6, 1, 7, 59, 59), london(2026, 6, 1, 8)),
    (london(2026, 6, 1, 8), london(2026, 6, 1, 8)),
    (london(2026, 6, 1, 19, 59, 59), london(2026, 6, 1, 19, 59, 59)),
    (london(2026, 12, 31, 20), london(2027, 1, 1, 8)),
]


@pytest.mark.parametrize(("now", "expected"), CLOCKS)
def test_news_waits_for_eight_in_london_on_both_clock_changes(now: dt.datetime, expected: dt.datetime) -> None:
    assert routing.opens_at(now) == expected


def test_safe_hours_narrow_the_day() -> None:
    now = london(2026, 6, 1, 9)
    assert routing.opens_at(now, safe_from=dt.time(16), safe_to=dt.time(18)) == london(2026, 6, 1, 16)
    assert routing.opens_at(now, safe_from=dt.time(18), safe_to=dt.time(9)) == london(2026, 6, 1, 18)
    assert routing.opens_at(now, safe_from=dt.time(21), safe_to=dt.time(22)) is None


@given(
    moment=st.datetimes(dt.datetime(2026, 1, 1), dt.datetime(2031, 1, 1)).map(lambda one: one.replace(tzinfo=dt.UTC)),
    safe=st.one_of(st.none(), st.tuples(st.times(), st.times())),
)
def test_news_never_leaves_outside_the_hours_and_never_before_now(moment, safe) -> None:
    hours = {"safe_from": safe[0], "safe_to": safe[1]} if safe else {}
    opening = routing.opens_at(moment, **hours)
    if opening is not None:
        assert moment <= opening < moment + dt.timedelta(days=2)
        assert routing.is_open(opening, **hours)
        assert 8 <= opening.astimezone(LONDON).hour < 20


def test_a_page_and_a_code_do_not_wait_for_the_morning() -> None:
    night = london(2026, 11, 18, 3)
    for duty in (Duty.PAGE, Duty.CODE):
        assert {way.not_before for way in routing.ways([MOBILE], duty=duty, now=night)} == {night}
    assert routing.ways([MOBILE], duty=Duty.FAMILY, now=night)[0].not_before == london(2026, 11, 18, 8)
