"""Where the network speaks to us: signature first, a row, then thanks; a forged request learns nothing (N18)."""

from __future__ import annotations

import functools
from collections.abc import Callable

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt

from notifications import messages
from notifications.actions import texts, voice, webhooks
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
    if said is None:
        return HttpResponse("no", status=403, content_type="text/plain")
    return script(_twiml(said, token))


def _twiml(said: Said, token: str) -> str:
    if not said.sentences:
        return twilio_voice.hang_up()
    if not said.to:
        return twilio_voice.say(*said.sentences)
    to = settings.PUBLIC_BASE_URL + reverse("webhooks-voice", args=[token, said.to])
    otherwise = messages.fill("call", "goodbye")
    return twilio_voice.ask(*said.sentences, to=to, otherwise=otherwise, keys=said.keys)


@signed
def text(request: HttpRequest) -> HttpResponse:
    """Take a text that somebody sent us, and answer it."""
    form = request.POST
    answer = texts.take_text(form.get("MessageSid", ""), sender=form.get("From", ""), body=form.get("Body", ""))
    return script(twilio_voice.text(answer))


@signed
def ring(request: HttpRequest) -> HttpResponse:
    """Answer somebody who rings us: one key, and a person rings back."""
    form = request.POST
    if not form.get("Digits"):
        to = settings.PUBLIC_BASE_URL + reverse("webhooks-ring")
        words = messages.fill("call", "inbound")
        return script(twilio_voice.ask(words, to=to, otherwise=messages.fill("call", "goodbye")))
    texts.take_text(form.get("CallSid", ""), sender=form.get("From", ""), body="CALL")
    return script(twilio_voice.say(messages.fill("call", "inbound_thanks")))
