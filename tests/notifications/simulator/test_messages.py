"""Texts over the real HTTP API, with the provider's own client."""

from datetime import UTC, datetime, timedelta

import pytest
import requests
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

from notifications.simulator import Simulator

from .conftest import LEE, PAT, SERVICE, Service, eventually


def test_a_text_arrives_on_the_handset_when_the_provider_says_yes(simulator: Simulator, client: Client) -> None:
    message = client.messages.create(to=PAT, from_=SERVICE, body="Heron: there is news.")
    assert message.status == "queued"
    assert message.num_segments == "1"
    entry = simulator.ledger(PAT)[0]
    assert (entry["kind"], entry["sid"], entry["body"]) == ("text", message.sid, "Heron: there is news.")


def test_signed_callbacks_tell_sent_then_delivered(simulator: Simulator, client: Client, service: Service) -> None:
    client.messages.create(to=PAT, from_=SERVICE, body="Hello", status_callback=service.url + "/status?attempt=a1")
    eventually(lambda: len(service.requests) == 2)
    assert service.values("/status", "MessageStatus") == ["sent", "delivered"]
    assert all(signed for _, _, signed in service.requests)
    assert simulator.ledger(PAT)[0]["attempt"] == "a1"


def test_the_list_finds_texts_by_number_and_time_newest_first(client: Client) -> None:
    for body in ("one", "two", "three"):
        client.messages.create(to=PAT, from_=SERVICE, body=body)
    client.messages.create(to=LEE, from_=SERVICE, body="other")
    minute = datetime.now(UTC) - timedelta(minutes=1)
    assert [m.body for m in client.messages.list(to=PAT, date_sent_after=minute)] == ["three", "two", "one"]
    assert [m.body for m in client.messages.list(to=PAT, date_sent_before=minute)] == []
    assert [m.body for m in client.messages.list(to=LEE, from_=SERVICE)] == ["other"]
    assert len(client.messages.list(date_sent=datetime.now(UTC).date())) == 4


def test_paging_loses_and_doubles_nothing_while_texts_arrive(client: Client) -> None:
    sent = [client.messages.create(to=PAT, from_=SERVICE, body=str(n)).sid for n in range(7)]
    seen = []
    for message in client.messages.stream(page_size=2):
        seen.append(message.sid)
        if len(seen) == 3:
            client.messages.create(to=PAT, from_=SERVICE, body="late")
    assert seen == sent[::-1]


@pytest.mark.parametrize(
    ("to", "code"),
    [
        ("12345", 21211),
        ("+4477009", 21211),
        ("+442079460101", 21614),
        ("+441632960101", 21614),
        ("+15005550001", 21211),
        ("+15005550002", 21612),
        ("+15005550003", 21408),
        ("+15005550004", 21610),
        ("+15005550009", 21614),
    ],
)
def test_numbers_that_take_no_text_are_refused_by_code(
    simulator: Simulator, client: Client, to: str, code: int
) -> None:
    with pytest.raises(TwilioRestException) as refused:
        client.messages.create(to=to, from_=SERVICE, body="Hello")
    assert (refused.value.status, refused.value.code) == (400, code)
    assert simulator.ledger() == []


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"from_": SERVICE, "body": ""}, 21602),
        ({"from_": SERVICE, "body": "x" * 1601}, 21617),
        ({"body": "x"}, 21603),
        ({"from_": "+15005550001", "body": "x"}, 21212),
        ({"from_": "+15005550007", "body": "x"}, 21606),
        ({"from_": "+15005550008", "body": "x"}, 21611),
        ({"from_": SERVICE, "body": "x", "status_callback": "https://example.com/x"}, 21609),
    ],
)
def test_what_the_provider_refuses_is_refused(client: Client, values: dict[str, str], code: int) -> None:
    with pytest.raises(TwilioRestException) as refused:
        client.messages.create(to=PAT, **values)
    assert refused.value.code == code


def test_a_body_can_be_taken_away_once_settled_but_the_ledger_keeps_it(simulator: Simulator, client: Client) -> None:
    sid = client.messages.create(to=PAT, from_=SERVICE, body="Private").sid
    eventually(lambda: client.messages(sid).fetch().status == "delivered")
    assert client.messages(sid).update(body="").body == ""
    assert simulator.texts(PAT) == ["Private"]
    client.messages(sid).delete()
    with pytest.raises(TwilioRestException) as gone:
        client.messages(sid).fetch()
    assert (gone.value.status, gone.value.code) == (404, 20404)


def test_a_scheduled_text_can_be_cancelled_and_never_arrives(simulator: Simulator, client: Client) -> None:
    service_sid = "MG" + "0" * 32
    later = datetime.now(UTC) + timedelta(hours=1)
    message = client.messages.create(
        to=PAT, messaging_service_sid=service_sid, body="x", send_at=later, schedule_type="fixed"
    )
    assert message.status == "scheduled"
    assert client.messages(message.sid).update(status="canceled").status == "canceled"
    assert simulator.ledger() == []


def test_without_the_right_token_the_answer_is_401_and_20003(simulator: Simulator) -> None:
    address = f"{simulator.base_url}/2010-04-01/Accounts/{simulator.account_sid}/Messages.json"
    for auth in (None, (simulator.account_sid, "wrong"), ("AC" + "9" * 32, simulator.auth_token)):
        answer = requests.post(address, data={"To": PAT, "From": SERVICE, "Body": "x"}, auth=auth, timeout=5)
        assert (answer.status_code, answer.json()["code"]) == (401, 20003)
    assert simulator.ledger() == []


def test_stop_blocks_later_texts_from_that_number_until_start(
    simulator: Simulator, client: Client, service: Service
) -> None:
    client.messages.create(to=PAT, from_=SERVICE, body="Hello")
    simulator.do(PAT, "text", to=SERVICE, body=" stop ")
    with pytest.raises(TwilioRestException) as blocked:
        client.messages.create(to=PAT, from_=SERVICE, body="Still there?")
    assert blocked.value.code == 21610
    client.messages.create(to=LEE, from_=SERVICE, body="Others hear")
    simulator.do(PAT, "text", to=SERVICE, body="START")
    client.messages.create(to=PAT, from_=SERVICE, body="Welcome back")
    assert simulator.texts(PAT) == ["Hello", "Welcome back"]
    eventually(lambda: service.values("/sms", "Body") == [" stop ", "START"])


def test_a_text_from_a_handset_reaches_the_service_signed_and_its_answer_comes_back(
    simulator: Simulator, service: Service
) -> None:
    service.scripts["/sms"] = "<Response><Message>Thank you, we will read it by 9.</Message></Response>"
    sent = simulator.do(PAT, "text", to=SERVICE, body="CALL me please")
    eventually(lambda: simulator.texts(PAT) == ["Thank you, we will read it by 9."])
    path, form, signed = service.requests[0]
    assert (path, signed) == ("/sms", True)
    assert (form["From"], form["To"], form["Body"]) == (PAT, SERVICE, "CALL me please")
    assert form["MessageSid"] == sent["sid"]
