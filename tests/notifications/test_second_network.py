"""A page goes by a second network while the first is silent; nothing else ever does (F12, H16)."""

from __future__ import annotations

import pytest

from notifications import outbox, sweeps
from notifications.dispatcher import Dispatcher
from notifications.models import Delivery, DeliveryAttempt, Duty, SendingPause
from notifications.on_call import Kept
from notifications.simulator import Simulator
from notifications.watcher import Pager
from peer import clock
from tests.notifications.conftest import SECOND, SERVICE
from tests.notifications.make import make_contact, make_delivery

LEE = "07700 900301"
State = Delivery.State

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def quick(settings) -> None:
    settings.TIME_SCALE = 20


def page(**fields: object) -> Delivery:
    return make_delivery(contact=make_contact(number=LEE), duty=Duty.PAGE, purpose="page", **fields)


def carry(dispatcher: Dispatcher, row: Delivery, *, turns: int = 2) -> None:
    for _ in range(turns):
        Delivery.objects.filter(pk=row.pk, state=State.PENDING).update(not_before_at=clock.now())
        dispatcher.turn()
        sweeps.sweep()
    row.refresh_from_db()


def senders(network: Simulator, kind: str = "text") -> list[str]:
    return [entry["service"] for entry in network.ledger("", kind)]


@pytest.mark.parametrize("fault", ["refuse_500", "429", "auth_revoked", "hang", "reset"])
def test_the_next_try_of_a_page_goes_by_the_other_network(
    second: Simulator, dispatcher: Dispatcher, fault: str
) -> None:
    second.fault("sms", fault, times=-1)
    row = page()
    carry(dispatcher, row)
    assert row.state == State.ACCEPTED
    assert senders(second) == [SECOND]
    assert list(row.attempts.order_by("pk").values_list("network", flat=True)) == ["first", "second"]


def test_a_call_too(second: Simulator, dispatcher: Dispatcher) -> None:
    second.fault("call", "refuse_500", times=-1)
    carry(dispatcher, page(channel="call"))
    assert senders(second, "ring") == [SECOND]


def test_what_our_own_account_may_not_do_the_other_one_may(second: Simulator, dispatcher: Dispatcher) -> None:
    second.fault("sms", "error", times=-1, code=21606)
    row = page()
    carry(dispatcher, row)
    assert (row.state, senders(second)) == (State.ACCEPTED, [SECOND])


def test_a_number_that_is_wrong_is_wrong_everywhere(second: Simulator, dispatcher: Dispatcher) -> None:
    second.fault("sms", "error", times=-1, code=21211)
    row = page()
    carry(dispatcher, row)
    assert (row.state, senders(second)) == (State.FAILED, [])


def test_where_the_first_network_rests_the_second_one_begins(second: Simulator, dispatcher: Dispatcher) -> None:
    SendingPause.objects.create(
        channel="sms", until_at=clock.now() + outbox.wait("stopped") * 100, reason="no answer", failures=9
    )
    row = page()
    carry(dispatcher, row, turns=1)
    assert (row.state, senders(second)) == (State.ACCEPTED, [SECOND])
    assert SendingPause.objects.filter(channel="sms").exists()  # the second network says nothing about the first


def test_a_second_network_that_is_silent_rests_nothing(second: Simulator, dispatcher: Dispatcher) -> None:
    second.fault("second_sms", "refuse_500", times=-1)
    second.fault("sms", "refuse_500", times=3)
    row = page()
    carry(dispatcher, row, turns=6)
    assert row.attempts.filter(network=DeliveryAttempt.Network.SECOND).count() == 3
    assert SendingPause.objects.get(channel="sms").failures == 3  # the first network's own


def test_news_never_goes_by_it(second: Simulator, dispatcher: Dispatcher) -> None:
    second.fault("sms", "429", times=-1)
    row = make_delivery(contact=make_contact(number=LEE), duty=Duty.CODE)
    carry(dispatcher, row, turns=3)
    assert senders(second) == []
    assert set(row.attempts.values_list("network", flat=True)) == {"first"}


def test_without_one_the_first_is_tried_again(network: Simulator, dispatcher: Dispatcher) -> None:
    network.fault("sms", "refuse_500")
    row = page()
    carry(dispatcher, row)
    assert (row.state, senders(network)) == (State.ACCEPTED, [SERVICE])


def test_the_watcher_too_wakes_by_the_second_network(second: Simulator, tmp_path) -> None:
    second.fault("sms", "refuse_500", times=-1)
    second.fault("call", "hang", times=-1)
    people = Kept(tmp_path / "people")
    people.write([{"where": "+447700900301", "ways": ["sms", "call"]}])
    pager = Pager(people, Kept(tmp_path / "told"))
    try:
        pager.page(["steps"])
    finally:
        pager.pool.close()
    assert senders(second) == [SECOND]
    assert senders(second, "ring") == [SECOND]
