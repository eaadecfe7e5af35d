"""The second network passes over real HTTP: yes, no, not now, and nobody knows; each side knows the other (F7–F14)."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.core.exceptions import ImproperlyConfigured

from notifications import messages
from notifications.checks import network_may_be_reached, second_network_is_whole
from notifications.providers import vonage
from notifications.providers.http import Pool
from notifications.providers.port import AmbiguousFailure, Order, PermanentFailure, TemporaryFailure
from notifications.simulator import Simulator
from tests.notifications.conftest import SECOND, eventually, second_keys

LEE = "+447700900301"


@pytest.fixture
def pool(second: Simulator, settings):
    settings.TIME_SCALE = 20  # an answer is waited for half a second
    made = Pool(connections=2)
    yield made
    made.close()


@pytest.fixture(params=["sms", "call"])
def provider(request, pool: Pool):
    return SimpleNamespace(
        kind=f"second_{request.param}",
        send=lambda given: pool.run(vonage.providers(pool)[request.param].send(given)),
    )


def order(*, to: str = LEE) -> Order:
    return Order(attempt="a" * 32, to=to, body="Robin: you are needed now.", valid_for=3600, deadline=0.0)


def test_a_text_arrives_with_its_words_and_its_try(pool: Pool, second: Simulator) -> None:
    taken = pool.run(vonage.VonageSms(pool).send(order()))
    (entry,) = second.ledger(LEE, "text")
    assert (entry["body"], entry["attempt"], entry["service"]) == ("Robin: you are needed now.", "a" * 32, SECOND)
    assert entry["sid"] == taken.sid


def test_a_call_says_twice_that_somebody_is_needed_and_nothing_more(pool: Pool, second: Simulator) -> None:
    second.handset(LEE, answers="person", after_ms=5)
    pool.run(vonage.VonageCall(pool).send(order()))
    eventually(lambda: second.ledger(LEE, "ended"))
    words = messages.fill("call", "page_second")
    said = [one["body"] for one in second.ledger(LEE, "said")]
    assert " ".join(said) == f"{words} {words}"


@pytest.mark.parametrize(
    ("fault", "options", "failure"),
    [
        ("429", {"retry_after": 7}, TemporaryFailure),
        ("auth_revoked", {}, TemporaryFailure),
        ("refuse_500", {}, AmbiguousFailure),
        ("accept_then_500", {}, AmbiguousFailure),
        ("accept_then_hang", {}, AmbiguousFailure),
        ("accept_then_reset", {}, AmbiguousFailure),
        ("hang", {}, AmbiguousFailure),
        ("malformed", {"as": "cut"}, AmbiguousFailure),
        ("malformed", {"as": "html"}, AmbiguousFailure),
        ("error", {"code": 21211}, PermanentFailure),
    ],
)
def test_each_fault_is_one_of_three_failures(provider, second: Simulator, fault, options, failure) -> None:
    second.fault(provider.kind, fault, **options)
    with pytest.raises(failure) as raised:
        provider.send(order())
    assert type(raised.value) is failure


def test_a_number_that_cannot_be_is_refused(provider) -> None:
    with pytest.raises(PermanentFailure):
        provider.send(order(to="+4477"))


@pytest.mark.parametrize("wrong", ["VONAGE_API_SECRET", "VONAGE_APPLICATION_ID"])
def test_who_does_not_name_itself_is_not_let_in(wrong: str, pool: Pool, settings) -> None:
    setattr(settings, wrong, "another")
    channel = {"VONAGE_API_SECRET": "sms", "VONAGE_APPLICATION_ID": "call"}[wrong]
    with pytest.raises(TemporaryFailure, match="401"):
        pool.run(vonage.providers(pool)[channel].send(order()))


def test_a_token_of_another_key_is_not_let_in(pool: Pool, settings) -> None:
    settings.VONAGE_PRIVATE_KEY = second_keys.__wrapped__()[0]
    with pytest.raises(TemporaryFailure, match="401"):
        pool.run(vonage.VonageCall(pool).send(order()))


@pytest.mark.parametrize("answer", [{}, {"message_uuid": None}, {"message_uuid": ""}, {"message_uuid": "x" * 41}])
def test_a_yes_without_an_id_is_no_yes(answer: dict[str, object]) -> None:
    with pytest.raises(AmbiguousFailure):
        vonage._taken(answer, "message")


def test_a_drama_number_never_leaves_this_machine(provider, settings) -> None:
    settings.VONAGE_BASE_URL = ""
    with pytest.raises(PermanentFailure, match="drama_number"):
        provider.send(order())


def test_it_is_not_spoken_to_in_the_clear(second: Simulator, settings) -> None:
    settings.VONAGE_BASE_URL = "http://api.example.org"
    with pytest.raises(ImproperlyConfigured, match="VONAGE_BASE_URL must be https"):
        vonage.base_url()
    assert [one.id for one in network_may_be_reached()] == ["notifications.E002"]


def test_one_that_is_set_up_by_half_is_refused_at_the_start(second: Simulator, settings) -> None:
    assert second_network_is_whole() == []
    settings.VONAGE_PRIVATE_KEY = "no key"
    assert [one.id for one in second_network_is_whole()] == ["notifications.E005"]
    settings.VONAGE_FROM = ""
    (problem,) = second_network_is_whole()
    assert "VONAGE_FROM" in problem.msg
    for name in vonage.NEEDS:
        setattr(settings, name, "")
    assert second_network_is_whole() == []
