"""Conferences over the real HTTP API: who begins one, who is heard, who ends it, and what the service is told."""

from twilio.rest import Client
from twilio.twiml.voice_response import Dial, VoiceResponse

from notifications.simulator import Simulator

from .conftest import LEE, PAT, SERVICE, Service, eventually

ROOM = "r4nd0m"


def script(service: Service, **how: object) -> str:
    answer = VoiceResponse()
    dial = Dial(action=service.url + "/after")
    dial.conference(ROOM, status_callback=service.url + "/told", status_callback_event="join leave end", **how)
    answer.append(dial)
    return str(answer)


def said(simulator: Simulator, handset: str) -> list[str]:
    return [entry["body"] for entry in simulator.ledger(handset) if entry["kind"] == "said"]


def inside(client: Client) -> list[str]:
    rooms = client.conferences.list(friendly_name=ROOM, status="in-progress")
    return [str(one.call_sid) for room in rooms for one in room.participants.list()]


def test_nobody_is_heard_before_the_host_comes_and_all_go_when_the_host_goes(
    simulator: Simulator, client: Client, service: Service
) -> None:
    service.scripts["/after"] = "<Response><Say>It is over.</Say></Response>"
    for phone in (LEE, PAT):
        simulator.handset(phone, answers="person")
    guest = client.calls.create(to=LEE, from_=SERVICE, twiml=script(service, start_conference_on_enter=False))
    eventually(lambda: service.values("/told", "StatusCallbackEvent") == ["participant-join"])
    simulator.do(LEE, "say", words="Is anybody there?")
    assert inside(client) == []
    host = client.calls.create(to=PAT, from_=SERVICE, twiml=script(service, end_conference_on_exit=True))
    eventually(lambda: inside(client) == [str(guest.sid), str(host.sid)])
    simulator.do(LEE, "say", words="Hello.")
    eventually(lambda: said(simulator, PAT) == ["Hello."])
    simulator.do(PAT, "hangup")
    eventually(lambda: said(simulator, LEE) == ["It is over."])
    assert inside(client) == []
    assert service.values("/after", "CallSid") == [str(guest.sid)]
    eventually(lambda: service.values("/told", "StatusCallbackEvent")[-1] == "conference-end")
    assert not {"From", "To", "Caller", "Called"} & set(service.forms("/told")[0]), "it is told without a number"


def test_who_is_muted_is_not_heard(simulator: Simulator, client: Client, service: Service) -> None:
    for phone in (LEE, PAT):
        simulator.handset(phone, answers="person")
    client.calls.create(to=PAT, from_=SERVICE, twiml=script(service))
    client.calls.create(to=LEE, from_=SERVICE, twiml=script(service, muted=True))
    eventually(lambda: len(inside(client)) == 2)
    simulator.do(LEE, "say", words="Nobody hears this.")
    simulator.do(PAT, "say", words="You are muted.")
    eventually(lambda: said(simulator, LEE) == ["You are muted."])
    assert said(simulator, PAT) == []
