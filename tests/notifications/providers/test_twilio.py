"""Both channels of the provider pass one suite over real HTTP: yes, no, not now, and nobody knows (F7–F14)."""

from __future__ import annotations

import datetime as dt
import json
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import urlencode

import pytest
from django.core.exceptions import ImproperlyConfigured

from notifications.checks import network_may_be_reached
from notifications.providers import codes, http, twilio_sms
from notifications.providers.http import Pool
from notifications.providers.port import AmbiguousFailure, Failure, Order, PermanentFailure, TemporaryFailure
from notifications.providers.twilio_call import TwilioCall
from notifications.providers.twilio_http import base_url, encoded
from notifications.providers.twilio_sms import TwilioSms
from notifications.simulator import Simulator

PAT = "+447700900123"
DATA = Path(__file__).resolve().parents[4] / "shared" / "data"


@pytest.fixture
def pool(network: Simulator, settings):
    settings.TIME_SCALE = 20  # an answer is waited for half a second
    made = Pool(connections=5)
    yield made
    made.close()


@pytest.fixture(params=["sms", "call"])
def provider(request, pool: Pool):
    made = {"sms": TwilioSms, "call": TwilioCall}[request.param](pool)
    return SimpleNamespace(
        kind=request.param,
        form=made.form,
        send=lambda order: pool.run(made.send(order)),
        find=lambda to, since: pool.run(made.find(to, since=since)),
    )


def order(*, to: str = PAT, body: str = "robin: there is news.") -> Order:
    return Order(attempt="a" * 32, to=to, body=body, valid_for=3600, deadline=0.0)


def long_ago() -> dt.datetime:
    return dt.datetime(2020, 1, 1, tzinfo=dt.UTC)


def test_a_yes_carries_the_network_s_id(provider) -> None:
    taken = provider.send(order())
    assert taken.sid.startswith({"sms": "SM", "call": "CA"}[provider.kind])


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
        ("reset", {}, AmbiguousFailure),
        ("malformed", {"as": "cut"}, AmbiguousFailure),
        ("malformed", {"as": "html"}, AmbiguousFailure),
        ("malformed", {"as": "empty"}, AmbiguousFailure),
        ("error", {"code": 21211}, PermanentFailure),
        ("error", {"code": 21610}, PermanentFailure),
        ("error", {"code": 21611}, TemporaryFailure),
    ],
)
def test_each_fault_is_one_of_three_failures(provider, network: Simulator, fault, options, failure) -> None:
    network.fault(provider.kind, fault, **options)
    with pytest.raises(failure) as raised:
        provider.send(order())
    assert type(raised.value) is failure
    if fault == "429":
        assert raised.value.retry_after == 7


@pytest.mark.parametrize("channel", [TwilioSms, TwilioCall])
def test_a_refused_connection_is_temporary_because_nothing_has_left(channel, settings, pool: Pool) -> None:
    settings.TWILIO_BASE_URL = "http://127.0.0.1:9"
    with pytest.raises(TemporaryFailure):
        pool.run(channel(pool).send(order()))


def test_the_list_shows_what_was_taken_though_the_answer_was_lost(provider, network: Simulator) -> None:
    network.fault(provider.kind, "accept_then_reset")
    with pytest.raises(AmbiguousFailure):
        provider.send(order())
    (seen,) = provider.find(PAT, long_ago())
    assert seen.body == ("robin: there is news." if provider.kind == "sms" else "")
    assert provider.find("+447700900124", long_ago()) == []
    assert provider.find(PAT, dt.datetime(2100, 1, 1, tzinfo=dt.UTC)) == []


def test_a_list_that_fails_is_a_failure_and_no_empty_list(provider, network: Simulator) -> None:
    network.fault("list", "refuse_500")
    with pytest.raises(AmbiguousFailure):
        provider.find(PAT, long_ago())


def judged(status: int, body: bytes, **headers: str) -> Failure:
    with pytest.raises(Failure) as raised:
        http._judge(status, headers, body)
    return raised.value


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b'"SM1"', b"\xff\xfe", b"[" * 100_000, b"<html>"])
def test_a_yes_that_cannot_be_read_is_no_yes_and_a_no_that_cannot_be_read_is_a_no(body: bytes) -> None:
    assert type(judged(200, body)) is AmbiguousFailure
    assert type(judged(502, body)) is AmbiguousFailure
    assert (type(judged(400, body)), judged(400, body).code) == (PermanentFailure, "400")


@pytest.mark.parametrize(
    ("asked", "waits"),
    [("7", 7.0), ("", None), ("soon", None), ("-1", None), ("²", None), ("9" * 400, 86_400.0), ("9" * 12, 86_400.0)],
)
def test_a_rest_that_no_calendar_holds_is_a_day(asked: str, waits: float | None) -> None:
    assert judged(429, b"", **{"Retry-After": asked}).retry_after == waits


@pytest.mark.parametrize("code", ["²", "9" * 5000, "x" * 500, None, {"a": 1}, -1, 1.5, True])
def test_a_code_that_nobody_knows_is_kept_as_far_as_it_fits(code: object) -> None:
    failure = judged(400, json.dumps({"code": code}).encode())
    assert type(failure) is PermanentFailure
    assert 0 < len(failure.code) <= 20
    assert codes.blame(failure.code) is codes.Blame.UNKNOWN


@pytest.mark.parametrize(
    "answer",
    [
        {},
        {"sid": None, "to": PAT},
        {"sid": 7, "to": PAT},
        {"sid": "SM1"},
        {"sid": "SM1", "to": "+447700900124"},
        {"sid": "CA1", "to": PAT},
        {"sid": "SM" + "1" * 100, "to": PAT},
    ],
)
def test_a_yes_to_something_else_is_no_yes(answer: dict[str, object]) -> None:
    with pytest.raises(AmbiguousFailure, match="malformed"):
        twilio_sms.taken(answer, to=PAT, prefixes=("SM", "MM"))


@pytest.mark.parametrize("answer", [{}, {"messages": None}, {"messages": {}}, {"messages": [1]}, {"messages": [{}]}])
def test_a_list_of_another_shape_is_no_empty_list(answer: dict[str, object]) -> None:
    with pytest.raises(AmbiguousFailure, match="malformed"):
        twilio_sms.listed(answer, "messages")


@pytest.mark.parametrize("when", [None, "", "yesterday", 7, "2026-11-18T12:00:00Z", "Wed, 99 Nov 2026 12:00:00 +0000"])
def test_a_row_of_the_list_without_its_time_makes_the_list_unreadable(when: object) -> None:
    with pytest.raises(AmbiguousFailure, match="malformed"):
        twilio_sms.moment({"sid": "SM1", "date_created": when})


def test_a_drama_number_never_leaves_this_machine(provider, settings) -> None:
    settings.TWILIO_BASE_URL = "https://api.twilio.com"
    with pytest.raises(PermanentFailure, match="drama"):
        provider.send(order())


def test_a_demo_and_a_plain_address_are_refused_at_the_start(settings) -> None:
    settings.TWILIO_BASE_URL = "http://example.org"
    with pytest.raises(ImproperlyConfigured, match="https"):
        base_url()
    settings.TWILIO_BASE_URL, settings.DEMO = "https://example.org", True
    with pytest.raises(ImproperlyConfigured, match="demo"):
        base_url()
    assert [problem.id for problem in network_may_be_reached()] == ["notifications.E002"]


def test_no_word_of_the_message_and_no_name_is_in_a_call_s_request_or_an_address(provider) -> None:
    form = dict(provider.form(order(body="the news")))
    assert form["StatusCallback"].endswith(f"/webhooks/twilio/status/{'a' * 32}/")
    assert ("the news" in str(form)) == (provider.kind == "sms")
    assert provider.kind == "call" or 1 <= int(form["ValidityPeriod"]) <= 14_400


ANY_MARK = "".join(chr(code) for code in range(0x2FF)) + "€’😀\U0010ffff"


@pytest.mark.parametrize("text", ["", "To+44 7700", "a&b=c", ANY_MARK])
def test_a_form_is_encoded_as_the_standard_library_does(text: str) -> None:
    form = [("To", text), (text, "x"), *((mark, mark) for mark in text)]
    assert encoded(form) == urlencode(form)


def test_every_code_that_the_provider_publishes_means_something_to_us() -> None:
    source = DATA / "twilio_codes.json"
    if not source.exists():
        pytest.skip("the list of the provider's codes is not at hand")
    for row in json.loads(source.read_text())["codes"]:
        assert codes.blame(str(row["code"])) is not codes.Blame.UNKNOWN, row
    assert codes.blame("12345") is codes.Blame.UNKNOWN
    assert codes.blame("no_answer") is codes.Blame.UNKNOWN


CONTRACT = DATA / "twilio_api_v2010_messages_calls.json"


@cache
def description():
    from openapi_core import OpenAPI

    return OpenAPI.from_dict(json.loads(CONTRACT.read_text()))


@pytest.mark.skipif(not CONTRACT.exists(), reason="the provider's published description is not at hand")
@pytest.mark.parametrize(("what", "kind"), [("Messages", TwilioSms), ("Calls", TwilioCall)])
def test_our_requests_keep_the_provider_s_published_description(what: str, kind) -> None:
    from openapi_core.exceptions import OpenAPIError

    form = kind.form(order())
    described(what, form)
    with pytest.raises(OpenAPIError):
        described(what, [pair for pair in form if pair[0] != "To"])


def described(what: str, form) -> None:
    from openapi_core.testing import MockRequest

    request = MockRequest(
        "https://api.twilio.com",
        "post",
        f"/2010-04-01/Accounts/AC{'0' * 32}/{what}.json",
        data=urlencode(form).encode(),
        content_type="application/x-www-form-urlencoded",
        headers={"Authorization": "Basic QUM6eA=="},
    )
    description().validate_request(request)
