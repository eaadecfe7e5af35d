"""Where the network speaks to us: signature first, a row, then thanks; a forged request learns nothing (N18)."""

from __future__ import annotations

import functools
from collections.abc import Callable

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt

from notifications import messages
from notifications.actions import join_in, on_phone, ring_in, rings, texts, voice, webhooks
from notifications.providers import twilio_voice
from notifications.providers.twilio_signature import is_genuine
from notifications.rings import is_live, is_machine
from notifications.voice import Said

View = Callable[..., HttpResponse]


def signed(view: View) -> View:
    """Refuse whatever the network has not signed, with the same few bytes for every reason."""

    @csrf_exempt
    @login_not_required
    @functools.wraps(view)
    def checked(request: HttpRequest, *args: str, **kwargs: str) -> HttpResponse:
        if request.method != "POST" or not is_genuine(request):
            return HttpResponse("no", status=403, content_type="text/plain")
        return view(request, *args, **kwargs)

    return checked


def script(twiml: str) -> HttpResponse:
    """Answer with a script."""
    return HttpResponse(twiml, content_type="text/xml")


@signed
def status(request: HttpRequest, token: str) -> HttpResponse:
    """Take a status of a text or a call."""
    form = request.POST
    webhooks.take_status(
        token,
        sid=form.get("MessageSid") or form.get("CallSid", ""),
        status=form.get("MessageStatus") or form.get("CallStatus", ""),
        code=form.get("ErrorCode", ""),
        answered_by=form.get("AnsweredBy", ""),
    )
    return HttpResponse(status=204)


@signed
def call(request: HttpRequest, token: str, step: str) -> HttpResponse:
    """Say what comes next in a call we made."""
    form = request.POST
    said = voice.hear(
        token,
        step=step,
        sid=form.get("CallSid", ""),
        digits=form.get("Digits", ""),
        answered_by=form.get("AnsweredBy", ""),
    )
    if said is not None:
        _keep_recording(form, number=form.get("To", ""))
    return _spoken(said, lambda to: reverse("webhooks-voice", args=[token, to]))


@signed
def ring(request: HttpRequest, step: str = "start") -> HttpResponse:
    """Say what comes next in a call that somebody made to us."""
    form = request.POST
    sid, sender, digits = form.get("CallSid", ""), form.get("From", ""), form.get("Digits", "")
    said = ring_in.hear(sid, step=step, sender=sender, digits=digits)
    if said is not None:
        _keep_recording(form, number=sender)
    return _spoken(said, lambda to: reverse("webhooks-ring", args=[to]))


@signed
def staff(request: HttpRequest, step: str) -> HttpResponse:
    """Say what comes next in a call with somebody of staff."""
    form = request.POST
    said = on_phone.hear(
        form.get("CallSid", ""), step=step, digits=form.get("Digits", ""), dialled=form.get("DialCallStatus", "")
    )
    return _spoken(said, lambda to: reverse("webhooks-staff", args=[to]))


@signed
def join(request: HttpRequest, step: str) -> HttpResponse:
    """Say what comes next in a call to a session."""
    form = request.POST
    said = join_in.hear(form.get("CallSid", ""), step=step, digits=form.get("Digits", ""))
    return _spoken(said, lambda to: reverse("webhooks-join", args=[to]))


@signed
def meeting(request: HttpRequest) -> HttpResponse:
    """Take what the network tells of a meeting: who has hung up."""
    form = request.POST
    join_in.told(sid=form.get("CallSid", ""), event=form.get("StatusCallbackEvent", ""))
    return HttpResponse(status=204)


@signed
def through(request: HttpRequest, token: str, moment: str) -> HttpResponse:
    """Go on with the second line of a call that puts somebody through: a machine on it hears no word (N15)."""
    form = request.POST
    if moment == "ended":
        rings.line_ended(token, status=form.get("CallStatus", ""))
        return HttpResponse(status=204)
    if moment == "found":
        rings.found(token, answered_by=form.get("AnsweredBy", ""))
        return HttpResponse(status=204)
    if not is_live(token) or is_machine(token):
        return script(twilio_voice.hang_up())
    address = settings.PUBLIC_BASE_URL + reverse("webhooks-through", args=[token, "ask"])
    if moment == "hello":
        return script(twilio_voice.listen(to=address))
    if moment == "ask":
        to = address.replace("/ask/", "/key/")
        goodbye = messages.fill("call", "goodbye")
        return script(twilio_voice.ask(messages.fill("call", "ring_hello"), to=to, otherwise=goodbye))
    if moment == "key" and form.get("Digits") == "1" and rings.join(token):
        return script(twilio_voice.go_through())
    return script(twilio_voice.hang_up())


def _spoken(said: Said | None, address: Callable[[str], str]) -> HttpResponse:
    """Turn what is said into a script whose keys and words come back to us."""
    if said is None:
        return HttpResponse("no", status=403, content_type="text/plain")
    if said.dials:
        return script(twilio_voice.join(*said.sentences, number=said.dials.number, **_around(said.dials.token)))
    if said.meets:
        return script(twilio_voice.meet(*said.sentences, meeting=said.meets, **_around_meeting()))
    if not said.sentences:
        return script(twilio_voice.hang_up())
    if not said.to:
        return script(twilio_voice.say(*said.sentences))
    elsewhere = "webhooks-staff" if said.with_staff else "webhooks-join" if said.joins else ""
    to = settings.PUBLIC_BASE_URL + (reverse(elsewhere, args=[said.to]) if elsewhere else address(said.to))
    if said.waits:
        return script(twilio_voice.hold(*said.sentences, to=to))
    if said.records:
        transcript_to = settings.PUBLIC_BASE_URL + reverse("webhooks-transcript")
        return script(twilio_voice.record(*said.sentences, to=to, transcript_to=transcript_to))
    goodbye = said.otherwise or messages.fill("call", "goodbye")
    return script(twilio_voice.ask(*said.sentences, to=to, otherwise=goodbye, keys=said.keys))


def _around(token: str) -> dict[str, str]:
    """Give the addresses by which a second line is asked, listened to, and told of."""
    moments = {name: reverse("webhooks-through", args=[token, name]) for name in ("hello", "found", "ended")}
    moments["then"] = reverse("webhooks-staff", args=["over"])
    return {name: settings.PUBLIC_BASE_URL + path for name, path in moments.items()}


def _around_meeting() -> dict[str, str]:
    """Give the addresses at which the network tells of a meeting, and goes on after it."""
    paths = {"then": reverse("webhooks-join", args=["over"]), "told": reverse("webhooks-meeting")}
    return {name: settings.PUBLIC_BASE_URL + path for name, path in paths.items()}


def _keep_recording(form: QueryDict, *, number: str) -> None:
    """Keep what was spoken after a tone, and what the network has written down of it."""
    sid = form.get("RecordingSid", "")
    if sid:
        texts.take_voicemail(sid, number=number, words=form.get("TranscriptionText", ""))


@signed
def transcript(request: HttpRequest) -> HttpResponse:
    """Take what the network has written down of words spoken after a tone."""
    is_to_us = request.POST.get("Direction", "") == "inbound"
    _keep_recording(request.POST, number=request.POST.get("From" if is_to_us else "To", ""))
    return HttpResponse(status=204)


@signed
def text(request: HttpRequest) -> HttpResponse:
    """Take a text that somebody sent us, and answer it."""
    form = request.POST
    answer = texts.take_text(form.get("MessageSid", ""), sender=form.get("From", ""), body=form.get("Body", ""))
    return script(twilio_voice.text(answer))
