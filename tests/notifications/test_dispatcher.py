"""The dispatcher over real HTTP: every connection busy, nothing sent that was kept waiting too long (N5, N8, F7)."""

from __future__ import annotations

import threading
from collections import Counter

import pytest
from django.db import connections

from notifications import consequences, outbox
from notifications.dispatcher import Dispatcher
from notifications.models import Delivery, DeliveryAttempt, Duty, SendingPause
from notifications.simulator import Simulator
from tests.notifications.conftest import eventually
from tests.notifications.make import make_contact, make_delivery

pytestmark = pytest.mark.django_db(transaction=True)

PAT, SAM, LEE = "+447700900123", "+447700900124", "+447700900125"
SCALE = 10  # an answer is waited for a second, a free connection half of one


@pytest.fixture
def narrow(network: Simulator, settings):
    """A sender with one connection, on a network that is waited for a tenth as long."""
    settings.TIME_SCALE = SCALE
    made = Dispatcher(duties=tuple(Duty), connections=1)
    yield made
    made.close()


def make_text(number: str, *, duty: str = Duty.CODE) -> Delivery:
    return make_delivery(contact=make_contact(number=number), duty=duty, purpose="sign_in_code")


def outcomes(row: Delivery) -> list[str]:
    return list(row.attempts.order_by("pk").values_list("outcome", flat=True))


def test_all_that_is_due_is_sent_once_over_a_few_connections(network, dispatcher: Dispatcher) -> None:
    rows = [make_text(f"+447700900{number}") for number in range(200, 237)]
    assert sum(iter(dispatcher.turn, 0)) == len(rows)  # one turn, on a machine that is not busy
    assert Counter(entry["to"] for entry in network.ledger(kind="text")) == {row.contact.where: 1 for row in rows}
    assert Counter(Delivery.objects.values_list("state", flat=True)) == {"accepted": len(rows)}
    assert dispatcher.turn() == 0


def test_no_more_has_begun_than_the_connections_carry_twice(network, dispatcher: Dispatcher) -> None:
    for number in range(200, 237):
        make_text(f"+447700900{number}")
    network.fault("sms", "slow_ms", times=-1, ms=200)
    most = 0

    def watched(answers) -> None:
        nonlocal most
        most = max(most, DeliveryAttempt.objects.filter(outcome="open").count())
        settle(answers)

    settle, outbox.settle = outbox.settle, watched
    try:
        assert dispatcher.turn() == 37
    finally:
        outbox.settle = settle
    assert 5 < most <= 15  # what is on the wire or waits for a connection, and what has just been answered


def test_what_waits_too_long_for_a_connection_is_asked_about_again(network, narrow: Dispatcher) -> None:
    first, second = make_text(PAT), make_text(SAM)
    network.fault("sms", "hang", to=PAT)
    narrow.turn()
    assert (outcomes(first), outcomes(second)) == (["unanswered"], ["not_made", "accepted"])
    assert (network.texts(PAT), len(network.texts(SAM))) == ([], 1)


def test_a_stop_that_comes_while_a_text_waits_for_a_connection_holds(network, narrow: Dispatcher) -> None:
    make_text(PAT)
    waits = make_text(SAM)
    network.fault("sms", "hang", to=PAT)
    sending = threading.Thread(target=lambda: (narrow.turn(), connections.close_all()))
    sending.start()
    eventually(waits.attempts.exists)
    consequences.stop(waits.contact.where_hash, channel="sms", said="STOP")
    sending.join()
    assert outcomes(waits) == ["not_made"]
    waits.refresh_from_db()
    assert (waits.state, network.texts(SAM)) == ("cancelled", [])


def test_what_waits_stays_here_when_the_network_asks_for_rest_but_a_page_does_not(network, narrow: Dispatcher) -> None:
    page, first, second = make_text(LEE, duty=Duty.PAGE), make_text(PAT), make_text(SAM)
    network.fault("sms", "429", to=PAT, retry_after=600)
    narrow.turn()
    assert (outcomes(page), outcomes(first), outcomes(second)) == (["accepted"], ["later"], ["not_made"])
    assert SendingPause.objects.get().channel == "sms"
    late = make_text(LEE, duty=Duty.PAGE)
    assert narrow.turn() == 1
    assert outcomes(late) == ["accepted"]


def test_a_page_does_not_wait_for_the_answer_about_another(network, dispatcher: Dispatcher, settings) -> None:
    network.fault("sms", "slow_ms", to=PAT, ms=3_000)
    first = make_text(PAT, duty=Duty.PAGE)
    sending = threading.Thread(target=lambda: (dispatcher.turn(), connections.close_all()))
    sending.start()
    eventually(first.attempts.exists)
    second = make_text(SAM, duty=Duty.PAGE)
    eventually(lambda: network.texts(SAM))
    assert outcomes(first) == ["open"]
    sending.join()
    assert (outcomes(first), outcomes(second)) == (["accepted"], ["accepted"])
