"""Questions that are written once: the same rows as a queryset gives, each time anew, and nothing kept that differs."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.db.models import QuerySet
from django.test.utils import CaptureQueriesContext

from peer import clock
from peer.models import Duty, Membership, SupportGroup, User
from peer.models.moderators import may_check
from peer.written import NotWritable, written
from tests.make import make_group, make_member, make_person, make_user

pytestmark = pytest.mark.django_db


@written
def places(*, user: int, after: int, states: tuple[str, ...]) -> QuerySet[Membership]:
    return Membership.objects.filter(user=user, pk__gt=after, state__in=states).select_related("group").order_by("pk")


@written
def duties(*, ahead: dt.datetime) -> QuerySet[Duty]:
    late = clock.now() - dt.timedelta(hours=2)
    return Duty.objects.current().filter(until_at__lt=ahead, from_at__gt=late).order_by("pk")


@written
def grown(*, is_checker: bool) -> QuerySet[User]:
    born = {"person__born_on__lte": clock.sixteen_years_ago()}
    return User.objects.filter(may_check("", "checking__")) if is_checker else User.objects.filter(**born)


def test_each_asks_for_their_own_rows_in_one_statement_with_all_that_belongs_to_them() -> None:
    group, other = make_group(), make_group()
    asha, lee = make_user(name="asha"), make_user(name="lee")
    mine, _theirs = make_member(user=asha, group=group), make_member(user=lee, group=group)
    elsewhere = make_member(user=asha, group=other)
    for after, expected in ((0, [mine, elsewhere]), (mine.pk, [elsewhere]), (elsewhere.pk, [])):
        with CaptureQueriesContext(connection) as asked:
            found = places(user=asha.pk, after=after, states=("active", "left"))
            assert [place.group.title for place in found] == [place.group.title for place in expected]
        assert found == expected
        assert len(asked) == 1
    assert places(user=lee.pk, after=0, states=("left",)) == []


def test_the_moment_is_that_of_the_question_not_of_the_first_one() -> None:
    group, user = make_group(), make_user(name="lee")
    now = clock.now()
    duty = Duty.objects.create(group=group, user=user, from_at=now, until_at=now + dt.timedelta(hours=4))
    far = now + dt.timedelta(days=1)
    for hours, expected in ((-1, []), (1, [duty]), (3, []), (5, [])):  # at 3 it began more than two hours ago
        with clock.at(now + dt.timedelta(hours=hours)):
            assert duties(ahead=far) == expected
    with clock.at(now + dt.timedelta(hours=1)):
        assert duties(ahead=now) == []


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite keeps no plans: it is given each place")
def test_a_server_that_keeps_plans_is_given_each_value_but_once() -> None:
    group, user = make_group(), make_user(name="lee")
    now = clock.now()
    duty = Duty.objects.create(group=group, user=user, from_at=now, until_at=now + dt.timedelta(hours=4))
    heard: list[tuple[str, Any]] = []

    def hear(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        heard.append((sql, params))
        return execute(sql, params, many, context)

    moment = now + dt.timedelta(hours=1)
    with clock.at(moment), connection.execute_wrapper(hear):
        assert duties(ahead=now + dt.timedelta(days=1)) == [duty]
    ((sql, params),) = heard
    assert sql.count("$") > len(params) == 3  # the moment, two hours before it, and what was asked
    assert params.count(moment) == 1


def test_days_that_rules_count_from_move_on_too() -> None:
    user = make_user(person=make_person(born_on=dt.date(2010, 3, 1)))
    for day, expected in ((dt.date(2026, 2, 28), []), (dt.date(2026, 3, 1), [user])):
        with clock.at(dt.datetime.combine(day, dt.time(12), dt.UTC)):
            assert [one for one in grown(is_checker=False) if one == user] == expected
    assert user not in grown(is_checker=True)


@pytest.mark.parametrize(
    "write",
    [
        lambda *, user: SupportGroup.objects.visible_to(User(pk=user)),
        lambda *, user: Membership.objects.filter(user=user, pk__lt=user + 1),
        lambda *, user: Duty.objects.filter(user=user, from_at=dt.datetime.now(dt.UTC)),
        lambda *, user: Membership.objects.filter(pk=user)[: user % 2 + 1],
    ],
    ids=["it asks who they are", "it counts with who asks", "it reads another clock", "its words differ"],
)
def test_a_question_that_differs_by_anything_else_is_refused_and_never_kept(write: Any) -> None:
    ask = written(write)
    for _turn in range(2):
        with pytest.raises(NotWritable):
            ask(user=1)


def test_what_it_is_about_is_given_by_name() -> None:
    with pytest.raises(TypeError):
        places(1, after=0, states=())  # type: ignore[misc]
