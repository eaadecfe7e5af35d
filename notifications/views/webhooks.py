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
from notifications.actions import ring_in, texts, voice, webhooks
from notifications.providers import twilio_voice
from notifications.providers.twilio_signature import is_genuine
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


def _spoken(said: Said | None, address: Callable[[str], str]) -> HttpResponse:
    """Turn what is said into a script whose keys and words come back to us."""
    if said is None:
        return HttpResponse("no", status=403, content_type="text/plain")
    if not said.sentences:
        return script(twilio_voice.hang_up())
    if not said.to:
        return script(twilio_voice.say(*said.sentences))
    to = settings.PUBLIC_BASE_URL + address(said.to)
    if said.records:
        transcript_to = settings.PUBLIC_BASE_URL + reverse("webhooks-transcript")
        return script(twilio_voice.record(*said.sentences, to=to, transcript_to=transcript_to))
    goodbye = said.otherwise or messages.fill("call", "goodbye")
    return script(twilio_voice.ask(*said.sentences, to=to, otherwise=goodbye, keys=said.keys))


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
