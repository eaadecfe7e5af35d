"""Everything that can be made to go wrong, and what the ledger says of it."""

import pytest
import requests
from twilio.base.exceptions import TwilioException
from twilio.rest import Client

from notifications.simulator import Simulator

from .conftest import LEE, PAT, SERVICE, Service, eventually


def post(simulator: Simulator, *, to: str = PAT, timeout: float = 5) -> requests.Response:
    address = f"{simulator.base_url}/2010-04-01/Accounts/{simulator.account_sid}/Messages.json"
    form = {"To": to, "From": SERVICE, "Body": "Hello"}
    return requests.post(address, data=form, auth=(simulator.account_sid, simulator.auth_token), timeout=timeout)


def test_accepted_then_500_is_on_the_handset_and_in_the_list(simulator: Simulator, client: Client) -> None:
    simulator.fault("sms", "accept_then_500", to=PAT)
    assert post(simulator, to=LEE).status_code == 201
    assert post(simulator).status_code == 500
    assert simulator.texts(PAT) == ["Hello"]
    assert [m.body for m in client.messages.list(to=PAT)] == ["Hello"]


def test_refused_500_is_not_on_the_handset_and_strikes_only_so_often(simulator: Simulator) -> None:
    simulator.fault("sms", "refuse_500", times=2)
    assert [post(simulator).status_code for _ in range(3)] == [500, 500, 201]
    assert simulator.texts(PAT) == ["Hello"]


@pytest.mark.parametrize(("do", "texts"), [("accept_then_hang", ["Hello"]), ("hang", [])])
def test_a_hanging_provider_never_answers(simulator: Simulator, do: str, texts: list[str]) -> None:
    simulator.fault("sms", do)
    with pytest.raises(requests.Timeout):
        post(simulator, timeout=0.4)
    assert simulator.texts(PAT) == texts


@pytest.mark.parametrize(("do", "texts"), [("accept_then_reset", ["Hello"]), ("reset", [])])
def test_a_cut_connection_gives_no_answer(simulator: Simulator, do: str, texts: list[str]) -> None:
    simulator.fault("sms", do)
    with pytest.raises(requests.ConnectionError):
        post(simulator)
    assert simulator.texts(PAT) == texts


def test_too_many_requests_says_when_to_come_back(simulator: Simulator) -> None:
    simulator.fault("sms", "429", retry_after=7)
    answer = post(simulator)
    assert (answer.status_code, answer.headers["Retry-After"], answer.json()["code"]) == (429, "7", 20429)


@pytest.mark.parametrize("how", ["cut", "html", "empty"])
def test_a_malformed_yes_is_no_json_but_the_text_arrived(simulator: Simulator, how: str) -> None:
    simulator.fault("sms", "malformed", **{"as": how})
    with pytest.raises(requests.JSONDecodeError):
        post(simulator).json()
    assert simulator.texts(PAT) == ["Hello"]


def test_revoked_credentials_and_named_codes(simulator: Simulator) -> None:
    simulator.fault("sms", "auth_revoked")
    assert post(simulator).json()["code"] == 20003
    simulator.fault("sms", "error", code=21612)
    assert post(simulator).json()["code"] == 21612
    simulator.fault("sms", "slow_ms", ms=300)
    assert post(simulator).elapsed.total_seconds() > 0.29


def test_undelivered_comes_later_with_its_code_and_not_on_the_handset(
    simulator: Simulator, client: Client, service: Service
) -> None:
    simulator.fault("sms", "undelivered", code=30005)
    sid = client.messages.create(to=PAT, from_=SERVICE, body="x", status_callback=service.url + "/s").sid
    eventually(lambda: service.values("/s", "MessageStatus") == ["sent", "undelivered"])
    assert service.forms("/s")[-1]["ErrorCode"] == "30005"
    assert client.messages(sid).fetch().error_code == 30005
    assert simulator.ledger(PAT) == []


@pytest.mark.parametrize(
    ("do", "options", "statuses"),
    [
        ("drop_callback", {"times": 2}, []),
        ("duplicate_callback", {"times": 2, "n": 3}, ["sent"] * 3 + ["delivered"] * 3),
        ("delay_callback", {"ms": 400}, ["delivered", "sent"]),
        ("shuffle_callbacks", {}, ["delivered", "sent"]),
        ("contradict_callback", {}, ["sent", "failed", "delivered"]),
    ],
)
def test_callbacks_can_be_lost_doubled_late_shuffled_and_contradicted(
    simulator: Simulator, client: Client, service: Service, do: str, options: dict[str, int], statuses: list[str]
) -> None:
    simulator.fault("callback", do, to=PAT, **options)
    sid = client.messages.create(to=PAT, from_=SERVICE, body="x", status_callback=service.url + "/s").sid
    eventually(lambda: client.messages(sid).fetch().status == "delivered")
    eventually(lambda: len(service.requests) == len(statuses))
    assert service.values("/s", "MessageStatus") == statuses
    assert all(signed for _, _, signed in service.requests)


def test_a_forged_callback_has_a_wrong_signature(simulator: Simulator, client: Client, service: Service) -> None:
    simulator.fault("callback", "forge_callback")
    client.messages.create(to=PAT, from_=SERVICE, body="x", status_callback=service.url + "/s")
    eventually(lambda: [signed for _, _, signed in service.requests] == [False, True])


def test_the_list_can_fail_too(simulator: Simulator, client: Client) -> None:
    simulator.fault("list", "refuse_500")
    with pytest.raises(TwilioException):
        client.messages.list(to=PAT)
    assert client.messages.list(to=PAT) == []


@pytest.mark.parametrize(
    "rules",
    [{}, [1], [{"match": {"kind": "pigeon"}, "do": "hang"}], [{"match": {"kind": "call"}, "do": "undelivered"}]],
)
def test_a_rule_that_nobody_could_follow_is_refused_in_a_sentence(simulator: Simulator, rules: object) -> None:
    answer = requests.post(simulator.base_url + "/faults", json=rules, timeout=5)
    assert answer.status_code == 400
    assert answer.json()["error"].endswith(".")
    assert simulator.ask("GET", "/faults") == {"faults": []}
