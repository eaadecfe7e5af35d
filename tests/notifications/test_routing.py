"""Routing is a table: duty × number × stops × hours, and no news leaves at night on any night of a clock change."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications import routing
from notifications.models import Duty
from notifications.routing import Reach
from peer.clock import LONDON

NOON = dt.datetime(2026, 11, 18, 12, tzinfo=dt.UTC)
MOBILE = Reach(pk=1, is_mobile=True)
LANDLINE = Reach(pk=2, is_mobile=False)


def shape(*reaches: Reach, duty: Duty = Duty.FAMILY, to_unproved: bool = False) -> list[tuple[int, str]]:
    return [(way.contact, way.channel) for way in routing.ways(reaches, duty=duty, now=NOON, to_unproved=to_unproved)]


TABLE = [
    ("news goes by text to a proved mobile", (MOBILE,), Duty.FAMILY, False, [(1, "sms")]),
    ("news is rung where a call is liked", (Reach(pk=1, is_mobile=True, prefers_call=True),), Duty.FAMILY, False, [(1, "call")]),
    ("a landline gets calls only", (LANDLINE,), Duty.FAMILY, False, [(2, "call")]),
    ("one way is enough for news", (MOBILE, LANDLINE), Duty.FAMILY, False, [(1, "sms")]),
    ("no news to an unproved number", (Reach(pk=1, is_mobile=True, state="unproved"),), Duty.FAMILY, False, []),
    ("no news to a number in doubt", (Reach(pk=1, is_mobile=True, state="suspect"),), Duty.FAMILY, False, []),
    ("no news to a suspended number", (Reach(pk=1, is_mobile=True, state="suspended"),), Duty.FAMILY, True, []),
    ("the first hello may go to an unproved mobile", (Reach(pk=1, is_mobile=True, state="unproved"),), Duty.FAMILY, True, [(1, "sms")]),
    ("no machine rings an unproved landline", (Reach(pk=2, is_mobile=False, state="unproved"),), Duty.FAMILY, True, []),
    ("a stop on texts leaves the call", (Reach(pk=1, is_mobile=True, stopped=frozenset({"sms"})),), Duty.FAMILY, False, [(1, "call")]),
    ("two stops leave nothing", (Reach(pk=1, is_mobile=True, stopped=frozenset({"sms", "call"})),), Duty.FAMILY, False, []),
    ("a proved number goes before an unproved one", (Reach(pk=3, is_mobile=True, state="unproved"), MOBILE), Duty.FAMILY, True, [(1, "sms")]),
    ("a page goes by everything at once", (MOBILE, LANDLINE), Duty.PAGE, False, [(1, "sms"), (1, "call"), (2, "call")]),
    ("a page goes to a number in doubt", (Reach(pk=1, is_mobile=True, state="suspect"),), Duty.PAGE, False, [(1, "sms"), (1, "call")]),
    ("a code goes by text", (MOBILE,), Duty.CODE, False, [(1, "sms")]),
    ("a code may go to an unproved number", (Reach(pk=1, is_mobile=True, state="unproved"),), Duty.CODE, False, [(1, "sms")]),
    ("a shared number gets no code", (Reach(pk=1, is_mobile=True, is_shared=True),), Duty.CODE, False, []),
    ("a landline gets no code", (LANDLINE,), Duty.CODE, False, []),
    ("a number in doubt gets no code", (Reach(pk=1, is_mobile=True, state="suspect"),), Duty.CODE, False, []),
]  # fmt: skip


@pytest.mark.parametrize(("why", "reaches", "duty", "to_unproved", "expected"), TABLE, ids=[row[0] for row in TABLE])
def test_the_table_of_ways(why, reaches, duty, to_unproved, expected) -> None:
    assert shape(*reaches, duty=duty, to_unproved=to_unproved) == expected


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
