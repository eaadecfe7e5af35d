"""A channel that rests: asked to, not known, or not answered; pages always try, and one probe opens it again (F12)."""

from __future__ import annotations

import datetime as dt
import itertools

import pytest

from notifications import outbox
from notifications.models import Delivery, Duty, SendingHold, SendingPause
from notifications.providers.port import Accepted, AmbiguousFailure, TemporaryFailure
from peer import clock
from tests.notifications.make import make_contact, make_delivery

NOON = dt.datetime(2026, 11, 18, 12, tzinfo=dt.UTC)
ALL = tuple(Duty)
SERIAL = itertools.count()

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def by_day():
    with clock.at(NOON):
        yield


def turn(answer, *, most: int = 10) -> int:
    token = outbox.claim(duties=ALL, most=most)
    begun = outbox.begin(token) if token else []
    outbox.settle([(one, answer(number)) for number, one in enumerate(begun)])
    return len(begun)


def nobody(_: int) -> TemporaryFailure:
    return TemporaryFailure("unreachable")


def yes(_: int) -> Accepted:
    return Accepted(f"SM{next(SERIAL)}")


def queue(count: int, **fields: object) -> None:
    for _ in range(count):
        make_delivery(contact=make_contact(), **fields)


def test_five_tries_that_found_nobody_rest_the_channel_and_one_probe_opens_it() -> None:
    queue(12)
    assert turn(nobody, most=5) == 5
    assert turn(nobody) == 0  # it rests
    with clock.at(NOON + dt.timedelta(seconds=31)):
        assert turn(yes) == 1  # the probe
        assert turn(yes) == 10
    assert not SendingPause.objects.exists()


def test_a_probe_that_finds_nobody_doubles_the_rest() -> None:
    queue(12)
    turn(nobody, most=5)
    with clock.at(NOON + dt.timedelta(seconds=31)):
        for _ in range(5):
            SendingPause.objects.update(until_at=clock.now())
            assert turn(nobody) == 1
        assert SendingPause.objects.get().until_at == clock.now() + dt.timedelta(seconds=60)


def test_a_page_tries_whatever_rests_and_calls_go_while_texts_rest() -> None:
    SendingPause.objects.create(channel="sms", until_at=NOON + dt.timedelta(hours=1), reason="20429", failures=9)
    queue(1, duty=Duty.PAGE)
    queue(1)
    queue(1, channel="call")
    turn(yes)
    went = set(Delivery.objects.filter(state="accepted").values_list("duty", "channel"))
    assert went == {("page", "sms"), ("family", "call")}


def test_fewer_than_five_rest_nothing_and_an_answer_forgets_them() -> None:
    queue(4)
    turn(lambda _: AmbiguousFailure("no_answer"))
    queue(1)
    assert turn(yes) == 1
    assert not SendingPause.objects.exists()


def test_no_more_in_a_second_than_the_network_takes_and_a_page_never_counts(settings) -> None:
    settings.TWILIO_PER_SECOND = 3
    queue(6)
    assert turn(yes, most=3) == 3
    queue(1, duty=Duty.PAGE)
    assert turn(yes) == 1
    with clock.at(NOON + dt.timedelta(seconds=1.1)):
        assert turn(yes, most=3) == 3


def test_while_a_restored_outbox_is_on_hold_nothing_but_pages_leaves() -> None:
    SendingHold.objects.create(why="restored")
    queue(2)
    queue(1, duty=Duty.PAGE)
    assert turn(yes) == 1
    SendingHold.objects.update(ended_at=NOON)
    assert turn(yes) == 2
