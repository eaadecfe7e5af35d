"""Webhooks: genuine signatures are taken, forged ones learn nothing and change nothing (N18, G14)."""

from __future__ import annotations

import datetime as dt

import pytest

from notifications import outbox
from notifications.models import CallTask, DeliveryReceipt, Duty, InboundText, OptOut
from notifications.providers.port import Accepted
from peer import clock
from tests.notifications.make import make_contact, make_delivery
from tests.notifications.signing import signed_post

pytestmark = pytest.mark.django_db

PAT = "+447700900123"
NOON = dt.datetime(2026, 11, 18, 12, tzinfo=dt.UTC)
ADDRESSES = [
    "/webhooks/twilio/status/abc/",
    "/webhooks/twilio/call/abc/start/",
    "/webhooks/twilio/sms/",
    "/webhooks/twilio/voice/",
]
TEXT = {"MessageSid": "SM1", "From": PAT, "Body": "STOP"}


@pytest.mark.parametrize("base", ["http://localhost:8000", "https://waiting.example.org"])
def test_a_genuine_request_is_taken_whatever_the_proxy_says_of_the_scheme(client, settings, base: str) -> None:
    settings.PUBLIC_BASE_URL = base
    make_contact(number=PAT)
    assert signed_post(client, "/webhooks/twilio/sms/", **TEXT).status_code == 200
    assert OptOut.objects.current().exists()


@pytest.mark.parametrize("path", ADDRESSES)
@pytest.mark.parametrize(
    "forge",
    ["no signature", "another key", "another address", "another scheme", "another account", "a field more", "GET"],
)
def test_a_forged_request_gets_the_same_few_bytes_and_changes_nothing(client, settings, path: str, forge: str) -> None:
    make_contact(number=PAT)
    settings.PUBLIC_BASE_URL = "https://waiting.example.org"
    answer = {
        "no signature": lambda: client.post(path, TEXT),
        "another key": lambda: signed_post(client, path, token="x" * 32, **TEXT),
        "another address": lambda: signed_post(client, path, base="https://evil.example.org", **TEXT),
        "another scheme": lambda: signed_post(client, path, base="http://waiting.example.org", **TEXT),
        "another account": lambda: signed_post(client, path, AccountSid="AC" + "9" * 32, **TEXT),
        "a field more": lambda: client.post(path, TEXT | {"Body": "x"}, headers={"X-Twilio-Signature": "c2lnbmF0dXJl"}),
        "GET": lambda: client.get(path),
    }[forge]()
    assert (answer.status_code, answer.content) == (403, b"no")
    assert not OptOut.objects.exists()
    assert not InboundText.objects.exists()


def test_an_unknown_token_is_thanked_like_a_known_one(client) -> None:
    row = make_delivery(duty=Duty.PAGE, purpose="page")
    (one,) = outbox.begin(outbox.claim(duties=tuple(Duty), most=1))
    known = signed_post(client, f"/webhooks/twilio/status/{one.attempt.token}/", MessageSid="SM1", MessageStatus="sent")
    unknown = signed_post(client, f"/webhooks/twilio/status/{'0' * 32}/", MessageSid="SM1", MessageStatus="sent")
    assert (known.status_code, known.content) == (unknown.status_code, unknown.content) == (204, b"")
    row.refresh_from_db()
    assert (row.state, row.sid) == ("sent", "SM1")


def test_a_status_told_fifty_times_is_one_row(client) -> None:
    make_delivery(duty=Duty.PAGE, purpose="page")
    (one,) = outbox.begin(outbox.claim(duties=tuple(Duty), most=1))
    for _ in range(50):
        signed_post(client, f"/webhooks/twilio/status/{one.attempt.token}/", MessageSid="SM1", MessageStatus="sent")
    assert DeliveryReceipt.objects.count() == 1


@pytest.mark.parametrize("status", ["no such status", "x" * 500, "DELIVERED", "\x01"])
def test_a_status_that_we_do_not_know_is_kept_and_changes_nothing(client, status: str) -> None:
    row = make_delivery(duty=Duty.PAGE, purpose="page")
    (one,) = outbox.begin(outbox.claim(duties=tuple(Duty), most=1))
    answer = signed_post(
        client, f"/webhooks/twilio/status/{one.attempt.token}/", MessageSid="SM1", MessageStatus=status
    )
    row.refresh_from_db()
    assert (answer.status_code, row.state) == (204, "sending")
    kept = DeliveryReceipt.objects.get()
    assert (kept.status, kept.applied_at is not None) == (status[:20], True)


@pytest.mark.parametrize("code", ["12345", "no code", "9" * 500, "²"])
def test_a_code_that_we_do_not_know_blames_nobody_s_number_and_a_person_rings(client, code: str) -> None:
    with clock.at(NOON):
        row = make_delivery()
        (one,) = outbox.begin(outbox.claim(duties=tuple(Duty), most=1))
        path = f"/webhooks/twilio/status/{one.attempt.token}/"
        signed_post(client, path, MessageSid="SM1", MessageStatus="undelivered", ErrorCode=code)
    row.refresh_from_db()
    row.contact.refresh_from_db()
    assert (row.state, row.reason, row.contact.state) == ("undelivered", code[:20], "proved")
    assert CallTask.objects.get().about == "not_reached"


@pytest.mark.parametrize("left_out", ["MessageSid", "MessageStatus"])
def test_a_status_without_its_parts_is_thanked_and_changes_nothing(client, left_out: str) -> None:
    make_delivery(duty=Duty.PAGE, purpose="page")
    (one,) = outbox.begin(outbox.claim(duties=tuple(Duty), most=1))
    form = {"MessageSid": "SM1", "MessageStatus": "sent"}
    del form[left_out]
    assert signed_post(client, f"/webhooks/twilio/status/{one.attempt.token}/", **form).status_code == 204
    assert not DeliveryReceipt.objects.exists()


def test_a_key_press_replayed_later_or_for_another_call_is_refused(client) -> None:
    with clock.at(NOON):
        row = make_delivery(channel="call")
        (one,) = outbox.begin(outbox.claim(duties=tuple(Duty), most=1))
        outbox.settle([(one, Accepted("CA1"))])
    path = f"/webhooks/twilio/call/{one.attempt.token}/word/"
    for sid, minutes in (("CA2", 1), ("", 1), ("CA1", 16)):
        with clock.at(NOON + dt.timedelta(minutes=minutes)):
            answer = signed_post(client, path, CallSid=sid, Digits="76246")
        assert (answer.status_code, answer.content) == (403, b"no")
    row.notification.refresh_from_db()
    assert row.notification.confirmed_at is None
    with clock.at(NOON + dt.timedelta(minutes=1)):
        assert signed_post(client, path, CallSid="CA1", Digits="76246").status_code == 200


def test_a_text_longer_than_any_phone_sends_is_kept_as_far_as_it_fits_and_screened_whole(client) -> None:
    make_contact(number=PAT)
    answer = signed_post(
        client, "/webhooks/twilio/sms/", MessageSid="SM8", From=PAT, Body="long " * 1000 + "I want to die"
    )
    row = InboundText.objects.get()
    assert (answer.status_code, len(row.body), row.is_risk) == (200, 1600, True)


def test_a_text_told_twice_is_stored_once_and_answered_the_same(client) -> None:
    make_contact(number=PAT)
    form = {"MessageSid": "SM2", "From": PAT, "Body": "hello there"}
    first = signed_post(client, "/webhooks/twilio/sms/", **form)
    again = signed_post(client, "/webhooks/twilio/sms/", **form)
    assert InboundText.objects.count() == 1
    assert first.content == again.content


@pytest.mark.parametrize(
    "word", ["STOP", " stop ", "Stop.", "UNSUBSCRIBE", "stopall", "END", "QUIT", "CANCEL", "REVOKE", "OPTOUT"]
)
def test_each_stop_word_alone_stops(client, word: str) -> None:
    contact = make_contact(number=PAT)
    row = make_delivery(contact=contact)
    answer = signed_post(client, "/webhooks/twilio/sms/", MessageSid="SM3", From=PAT, Body=word)
    row.refresh_from_db()
    assert row.state == "cancelled"
    assert OptOut.objects.current().get().where_hash == contact.where_hash
    assert b"<Message" not in answer.content  # the network answers a STOP itself


@pytest.mark.parametrize("words", ["I can't stop crying", "stop it", "please end this", "", "STOP STOP", "quit school"])
def test_stop_inside_a_sentence_stops_nothing_and_is_read(client, words: str) -> None:
    make_contact(number=PAT)
    signed_post(client, "/webhooks/twilio/sms/", MessageSid="SM4", From=PAT, Body=words)
    assert not OptOut.objects.exists()
    assert InboundText.objects.get().state == "new"


@pytest.mark.parametrize("sender", ["+15005550001", "85258", "", "anonymous", PAT])
def test_a_text_from_anybody_is_stored_and_owned(client, sender: str) -> None:
    answer = signed_post(client, "/webhooks/twilio/sms/", MessageSid="SM5", From=sender, Body="who is this?")
    assert answer.status_code == 200
    row = InboundText.objects.get()
    assert row.owner_role
    assert row.due_at


def test_somebody_who_rings_us_is_rung_back(client) -> None:
    contact = make_contact(number=PAT)
    first = signed_post(client, "/webhooks/twilio/voice/", CallSid="CA1", From=PAT)
    assert b"Press 2 if you want us to ring you" in first.content
    signed_post(client, "/webhooks/twilio/voice/choice/", CallSid="CA1", From=PAT, Digits="2")
    assert contact.call_tasks.get().about == "ring_me"


def test_start_takes_back_the_stop_on_texts_and_no_other(client) -> None:
    contact = make_contact(number=PAT)
    for channel in ("sms", "call"):
        OptOut.objects.create(where_hash=contact.where_hash, channel=channel, said="before")
    signed_post(client, "/webhooks/twilio/sms/", MessageSid="SM6", From=PAT, Body="start")
    assert [row.channel for row in OptOut.objects.current()] == ["call"]


@pytest.mark.parametrize("known", [True, False])
def test_a_text_that_asks_for_a_call_rests_with_one_person_not_with_two(client, known: bool) -> None:
    if known:
        make_contact(number=PAT)
    answer = signed_post(client, "/webhooks/twilio/sms/", MessageSid="SM7", From=PAT, Body="call")
    assert b"We will ring you" in answer.content
    assert InboundText.objects.get().state == ("handled" if known else "new")
    assert CallTask.objects.filter(about="ring_me").exists() == known
