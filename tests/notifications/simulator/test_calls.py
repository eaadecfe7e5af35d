"""Calls over the real HTTP API: ringing, scripts, keys, voicemail, and what the service is told."""

import asyncio

import pytest
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client
from twilio.twiml.voice_response import Gather, VoiceResponse

from notifications.simulator import Simulator
from notifications.simulator.lines import Act, Line

from .conftest import LEE, PAT, SERVICE, Service, eventually

EVENTS = ["initiated", "ringing", "answered", "completed"]
PAGE = (
    '<Response><Gather numDigits="1" timeout="20" action="/ack?page=7"><Say>This is Meanwhile. Press 1 to take it.'
    "</Say></Gather><Say>Nobody pressed a key.</Say></Response>"
)


def heard(simulator: Simulator, handset: str = PAT) -> list[tuple[str, str]]:
    return [(entry["kind"], entry["body"]) for entry in simulator.ledger(handset)]


def ended(client: Client, sid: str) -> str:
    eventually(lambda: client.calls(sid).fetch().status in {"completed", "busy", "no-answer", "failed", "canceled"})
    return str(client.calls(sid).fetch().status)


def test_a_person_answers_hears_the_script_and_presses_one(
    simulator: Simulator, client: Client, service: Service
) -> None:
    simulator.handset(PAT, name="Pat", answers="person", keys="1")
    service.scripts["/page"] = PAGE
    service.scripts["/ack"] = "<Response><Say>Thank you.</Say><Hangup/></Response>"
    call = client.calls.create(
        to=PAT,
        from_=SERVICE,
        url=service.url + "/page?attempt=a9",
        status_callback=service.url + "/status?attempt=a9",
        status_callback_event=EVENTS,
        machine_detection="Enable",
    )
    assert call.status == "queued"
    assert ended(client, str(call.sid)) == "completed"
    assert heard(simulator) == [
        ("ring", ""),
        ("answered", "person"),
        ("said", "This is Meanwhile."),
        ("said", "Press 1 to take it."),
        ("pressed", "1"),
        ("said", "Thank you."),
        ("ended", "completed"),
    ]
    assert {entry["attempt"] for entry in simulator.ledger(PAT)} == {"a9"}
    eventually(lambda: len(service.forms("/status")) == 4)
    assert service.values("/status", "CallStatus") == ["initiated", "ringing", "in-progress", "completed"]
    assert service.values("/status", "SequenceNumber") == ["0", "1", "2", "3"]
    assert service.forms("/page")[0]["AnsweredBy"] == "human"
    assert service.forms("/ack")[0]["Digits"] == "1"
    assert all(signed for _, _, signed in service.requests)


def test_without_a_key_the_script_goes_on_after_the_question(
    simulator: Simulator, client: Client, service: Service
) -> None:
    simulator.handset(PAT, answers="person")
    service.scripts["/page"] = PAGE
    ended(client, str(client.calls.create(to=PAT, from_=SERVICE, url=service.url + "/page").sid))
    assert ("said", "Nobody pressed a key.") in heard(simulator)
    assert service.forms("/ack") == []


def test_several_questions_take_the_keys_in_turn(simulator: Simulator, client: Client, service: Service) -> None:
    simulator.handset(PAT, answers="person", keys="1,2009")
    service.scripts["/one"] = (
        '<Response><Gather numDigits="1" timeout="20" action="two"><Say>One?</Say></Gather></Response>'
    )
    service.scripts["/two"] = (
        '<Response><Gather timeout="20" action="/three"><Say>Year, then hash?</Say></Gather></Response>'
    )
    ended(client, str(client.calls.create(to=PAT, from_=SERVICE, url=service.url + "/one").sid))
    assert (service.values("/two", "Digits"), service.values("/three", "Digits")) == (["1"], ["2009"])


@pytest.mark.parametrize(
    ("detection", "answered_by"), [("Enable", "machine_start"), ("DetectMessageEnd", "machine_end_beep")]
)
def test_a_machine_keeps_what_was_said_as_voicemail(
    simulator: Simulator, client: Client, service: Service, detection: str, answered_by: str
) -> None:
    simulator.handset(PAT, answers="machine", keys="1")
    service.scripts["/page"] = PAGE
    sid = client.calls.create(to=PAT, from_=SERVICE, url=service.url + "/page", machine_detection=detection).sid
    ended(client, str(sid))
    assert client.calls(str(sid)).fetch().answered_by == answered_by
    assert [kind for kind, _ in heard(simulator)] == ["ring", "answered", *["voicemail"] * 3, "ended"]
    assert service.forms("/page")[0]["AnsweredBy"] == answered_by


@pytest.mark.parametrize(
    ("answers", "status"),
    [("nobody", "no-answer"), ("busy", "busy"), ("failed", "failed"), ("manual", "no-answer")],
)
def test_a_call_that_is_not_answered_ends_with_its_reason(
    simulator: Simulator, client: Client, service: Service, answers: str, status: str
) -> None:
    simulator.handset(PAT, answers=answers)
    sid = client.calls.create(
        to=PAT, from_=SERVICE, twiml="<Response/>", status_callback=service.url + "/s", timeout=20
    ).sid
    assert ended(client, str(sid)) == status
    eventually(lambda: service.values("/s", "CallStatus") == [status])


def test_somebody_in_the_browser_can_answer_press_and_hang_up(
    simulator: Simulator, client: Client, service: Service
) -> None:
    service.scripts["/page"] = PAGE.replace('timeout="20"', 'timeout="500"')
    service.scripts["/ack"] = '<Response><Pause length="900"/></Response>'
    sid = str(client.calls.create(to=PAT, from_=SERVICE, url=service.url + "/page").sid)
    eventually(lambda: ("ring", "") in heard(simulator))
    simulator.do(PAT, "answer")
    eventually(lambda: ("said", "Press 1 to take it.") in heard(simulator))
    simulator.do(PAT, "press", key="1")
    eventually(lambda: service.values("/ack", "Digits") == ["1"])
    simulator.do(PAT, "hangup")
    assert ended(client, sid) == "completed"


@pytest.mark.parametrize(("what", "status"), [("decline", "busy"), ("voicemail", "completed")])
def test_somebody_in_the_browser_can_turn_a_call_away(
    simulator: Simulator, client: Client, what: str, status: str
) -> None:
    sid = str(client.calls.create(to=PAT, from_=SERVICE, twiml="<Response><Say>Hello.</Say></Response>").sid)
    eventually(lambda: ("ring", "") in heard(simulator))
    simulator.do(PAT, what)
    assert ended(client, sid) == status
    assert (("voicemail", "Hello.") in heard(simulator)) is (what == "voicemail")


def test_the_service_can_end_a_call_or_send_it_elsewhere(simulator: Simulator, client: Client) -> None:
    simulator.handset(PAT, answers="person")
    waiting = '<Response><Pause length="3000"/></Response>'
    sid = str(client.calls.create(to=PAT, from_=SERVICE, twiml=waiting).sid)
    eventually(lambda: client.calls(sid).fetch().status == "in-progress")
    client.calls(sid).update(twiml="<Response><Say>Somewhere else.</Say><Pause length='3000'/></Response>")
    eventually(lambda: ("said", "Somewhere else.") in heard(simulator))
    client.calls(sid).update(status="completed")
    assert ended(client, sid) == "completed"
    with pytest.raises(TwilioRestException) as over:
        client.calls(sid).update(status="completed")
    assert over.value.code == 21220


def test_a_call_from_a_handset_runs_the_services_script(simulator: Simulator, service: Service) -> None:
    response = VoiceResponse()
    gather = Gather(num_digits=1, action="/menu", timeout=500)
    gather.say("Hello, Meanwhile here. Press 2 to hear a person.")
    response.append(gather)
    service.scripts["/voice"] = str(response)
    service.scripts["/menu"] = "<Response><Redirect>/person</Redirect></Response>"
    service.scripts["/person"] = "<Response><Say>One moment.</Say></Response>"
    simulator.do(PAT, "ring", to=SERVICE)
    eventually(lambda: ("said", "Press 2 to hear a person.") in heard(simulator))
    simulator.do(PAT, "press", key="2")
    eventually(lambda: ("ended", "completed") in heard(simulator))
    first = service.forms("/voice")[0]
    assert (first["Direction"], first["CallStatus"], first["From"]) == ("inbound", "ringing", PAT)
    assert service.values("/menu", "Digits") == ["2"]
    assert ("said", "One moment.") in heard(simulator)


def test_words_left_after_the_tone_reach_the_service_as_a_transcript(simulator: Simulator, service: Service) -> None:
    service.scripts["/voice"] = (
        '<Response><Say>Leave a message.</Say><Record action="/kept" transcribe="true" transcribeCallback="/typed" '
        'timeout="100" finishOnKey="#"/></Response>'
    )
    simulator.do(PAT, "ring", to=SERVICE)
    eventually(lambda: ("played", "beep") in heard(simulator))
    simulator.do(PAT, "say", words="Please ring me after four")
    simulator.do(PAT, "press", key="#")
    eventually(lambda: service.forms("/typed") and service.forms("/kept"))
    assert service.forms("/typed")[0]["TranscriptionText"] == "Please ring me after four"
    assert service.forms("/kept")[0]["Digits"] == "#"
    assert service.forms("/kept")[0]["RecordingUrl"].startswith(simulator.base_url)


def test_a_script_can_join_two_handsets_without_showing_a_number(
    simulator: Simulator, client: Client, service: Service
) -> None:
    simulator.handset(LEE, answers="person")
    service.scripts["/join"] = (
        f'<Response><Dial callerId="{SERVICE}" action="/joined"><Number>{PAT}</Number></Dial></Response>'
    )
    client.calls.create(to=LEE, from_=SERVICE, url=service.url + "/join")
    eventually(lambda: ("ring", "") in heard(simulator))
    assert simulator.ledger(PAT)[0]["service"] == SERVICE
    simulator.do(PAT, "answer")
    eventually(lambda: ("answered", "person") in heard(simulator))
    simulator.do(LEE, "say", words="Hello Asha, Dr Lee here")
    eventually(lambda: ("said", "Hello Asha, Dr Lee here") in heard(simulator))
    simulator.do(PAT, "hangup")
    eventually(lambda: service.values("/joined", "DialCallStatus") == ["completed"])


@pytest.mark.parametrize("script", ["not a script", "<Wrong/>", "", '<Response><Pause length="long"/></Response>'])
def test_a_broken_script_is_said_to_be_broken(
    simulator: Simulator, client: Client, service: Service, script: str
) -> None:
    simulator.handset(PAT, answers="person")
    service.scripts["/broken"] = script
    assert (
        ended(client, str(client.calls.create(to=PAT, from_=SERVICE, url=service.url + "/broken").sid)) == "completed"
    )
    assert "application error" in dict(heard(simulator))["said"]


def test_the_list_of_calls_finds_by_number_and_status(simulator: Simulator, client: Client) -> None:
    simulator.handset(PAT, answers="person")
    sid = str(client.calls.create(to=PAT, from_=SERVICE, twiml="<Response/>").sid)
    ended(client, sid)
    assert [call.sid for call in client.calls.list(to=PAT, status="completed")] == [sid]
    assert client.calls.list(to=PAT, status="busy") == []


@pytest.mark.parametrize(
    ("to", "values", "code"),
    [
        ("+15005550001", {"twiml": "<Response/>"}, 21217),
        ("+15005550002", {"twiml": "<Response/>"}, 21214),
        (PAT, {}, 21218),
        (PAT, {"url": "https://example.com/"}, 21205),
    ],
)
def test_calls_the_provider_refuses_are_refused(client: Client, to: str, values: dict[str, str], code: int) -> None:
    with pytest.raises(TwilioRestException) as refused:
        client.calls.create(to=to, from_=SERVICE, **values)
    assert refused.value.code == code


def test_a_call_can_be_sent_elsewhere_while_it_still_rings(simulator: Simulator, client: Client) -> None:
    sid = str(client.calls.create(to=PAT, from_=SERVICE, twiml="<Response><Say>First.</Say></Response>").sid)
    eventually(lambda: ("ring", "") in heard(simulator))
    client.calls(sid).update(twiml="<Response><Say>Second.</Say></Response>")
    simulator.do(PAT, "answer")
    assert ended(client, sid) == "completed"
    assert [body for kind, body in heard(simulator) if kind == "said"] == ["Second."]


def test_a_ringing_call_that_the_service_ends_is_cancelled(simulator: Simulator, client: Client) -> None:
    sid = str(client.calls.create(to=PAT, from_=SERVICE, twiml="<Response/>").sid)
    eventually(lambda: ("ring", "") in heard(simulator))
    client.calls(sid).update(status="canceled")
    assert ended(client, sid) == "canceled"


def test_a_script_by_get_is_signed_over_its_whole_address(
    simulator: Simulator, client: Client, service: Service
) -> None:
    simulator.handset(PAT, answers="person")
    service.scripts["/page"] = "<Response><Say>By get.</Say></Response>"
    url = service.url + "/page?attempt=a%2B1"
    assert ended(client, str(client.calls.create(to=PAT, from_=SERVICE, url=url, method="GET").sid)) == "completed"
    assert ("said", "By get.") in heard(simulator)
    assert all(signed for _, _, signed in service.requests)


def test_who_answered_can_be_told_by_a_callback_of_its_own(
    simulator: Simulator, client: Client, service: Service
) -> None:
    simulator.handset(PAT, answers="machine")
    service.scripts["/page"] = PAGE
    client.calls.create(
        to=PAT,
        from_=SERVICE,
        url=service.url + "/page",
        machine_detection="Enable",
        async_amd="true",
        async_amd_status_callback=service.url + "/who",
    )
    eventually(lambda: service.values("/who", "AnsweredBy") == ["machine_start"])
    assert "AnsweredBy" not in service.forms("/page")[0]


def test_a_phone_in_a_call_is_busy_for_a_second_one(simulator: Simulator, client: Client) -> None:
    simulator.handset(PAT, answers="person")
    waiting = '<Response><Pause length="3000"/></Response>'
    first = str(client.calls.create(to=PAT, from_=SERVICE, twiml=waiting).sid)
    eventually(lambda: client.calls(first).fetch().status == "in-progress")
    assert ended(client, str(client.calls.create(to=PAT, from_=SERVICE, twiml=waiting).sid)) == "busy"
    assert client.calls(first).fetch().status == "in-progress"


def test_both_sides_of_a_joined_call_end_when_the_first_hangs_up(simulator: Simulator, client: Client) -> None:
    simulator.handset(LEE, answers="person")
    simulator.handset(PAT, answers="person")
    sid = str(client.calls.create(to=LEE, from_=SERVICE, twiml=f"<Response><Dial>{PAT}</Dial></Response>").sid)
    eventually(lambda: ("answered", "person") in heard(simulator))
    client.calls(sid).update(status="completed")
    eventually(lambda: ("ended", "completed") in heard(simulator) and ("ended", "completed") in heard(simulator, LEE))
    assert client.calls.list(parent_call_sid=sid)[0].status == "completed"


def test_a_key_pressed_in_time_counts_though_the_disk_is_slow() -> None:
    async def play() -> Act | None:
        line = Line()

        async def press() -> None:
            with line.coming():
                await asyncio.sleep(0.05)  # the ledger's disk
                line.put(Act("key", "1"))

        pressing = asyncio.create_task(press())
        heard = await line.next(0.01)
        await pressing
        assert await line.next(0.01) is None
        return heard

    assert asyncio.run(play()) == Act("key", "1")
