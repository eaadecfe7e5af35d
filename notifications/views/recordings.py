"""Languages of calls: which sentences are recorded by people, the page to keep one, and the sound for the network."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from notifications import languages, sounds, speech
from notifications.actions import recordings
from notifications.forms.recordings import RecordingForm
from notifications.languages import Language
from notifications.models import Recording
from notifications.models.recordings import RecordingQuerySet
from notifications.waits import wait
from peer import clock, gate
from peer.methods import require_http_methods, require_POST, require_safe
from peer.models import User
from peer.roles import Perm
from peer.web import acted


@dataclass(frozen=True)
class Line:
    """One fixed sentence of one language, and how it is heard now."""

    name: str
    language: Language
    purpose: str
    words: str
    recording: Recording | None

    @property
    def is_old(self) -> bool:
        """Tell whether the words have changed since somebody recorded them."""
        return self.recording is not None and self.recording.words != self.words


def _recordings(request: HttpRequest) -> RecordingQuerySet:
    """Begin with the recordings this person keeps; whoever keeps none gets the 404 of a page that never was."""
    user = cast(User, request.user)
    if not gate.can(user, Perm.KEEP_RECORDINGS, gate.SERVICE):
        raise Http404
    return Recording.objects.visible_to(user)


def _lines(language: Language, live: dict[tuple[str, str], Recording]) -> list[Line]:
    return [
        Line(
            name=name,
            language=language,
            purpose=speech.purpose(name, language.code),
            words=speech.written(name, language.code),
            recording=live.get((language.code, name)),
        )
        for name in speech.NAMES
    ]


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Show every language that is written, what people hear in it, and which ones nobody has checked."""
    live = {(one.language, one.name): one for one in _recordings(request).live()}
    written = [row for row in languages.ALL.values() if row.is_written and row.code != languages.ENGLISH]
    tables = [(row, _lines(row, live)) for row in sorted(written, key=lambda row: not row.is_offered)]
    return render(request, "notifications/recordings/index.html", {"tables": tables})


@require_http_methods(["GET", "HEAD", "POST"])
def keep(request: HttpRequest, language: str, name: str) -> HttpResponse:
    """Show the words of one sentence, and take in how somebody has spoken it."""
    rows = _recordings(request)
    row = languages.ALL.get(language)
    if row is None or not row.is_written or row.code == languages.ENGLISH or name not in speech.NAMES:
        raise Http404
    form = RecordingForm(request.POST, request.FILES) if request.method == "POST" else RecordingForm()
    if request.method == "POST" and form.is_valid():
        given, user = form.cleaned_data, cast(User, request.user)
        if acted(form, lambda: recordings.keep(gate.SERVICE, by=user, language=language, name=name, **given)):
            messages.success(request, _("Kept. It is heard from the next call on."))
            return redirect("recordings-index")
    live = {(one.language, one.name): one for one in rows.live().filter(language=language, name=name)}
    (line,) = (one for one in _lines(row, live) if one.name == name)
    context = {"line": line, "form": form}
    return render(request, "notifications/recordings/keep.html", context, status=422 if form.errors else 200)


@require_POST
def stop(request: HttpRequest, public_id: str) -> HttpResponse:
    """Take a recording out of use."""
    recording = get_object_or_404(_recordings(request), public_id=public_id)
    recordings.stop(recording, by=cast(User, request.user))
    messages.success(request, _("Taken out. It is not heard any more."))
    return redirect("recordings-index")


@login_not_required
@require_safe
def sound(request: HttpRequest, token: str) -> HttpResponse:
    """Give a sound to the network; one that was replaced is given until the calls of that moment are over."""
    lately = clock.now() - wait("call_lives")
    recording = Recording.objects.live(since=lately).filter(token=token).first()
    if recording is None:
        raise Http404
    try:
        data = sounds.read(recording.sound)
    except FileNotFoundError:
        raise Http404 from None
    return HttpResponse(data, content_type=recording.kind, headers={"Cache-Control": "private, max-age=600"})
