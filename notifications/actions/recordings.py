"""Recordings that people hear in calls: kept, replaced and taken out by the service manager (U16)."""

from __future__ import annotations

from django.utils.translation import gettext as _

from notifications import languages, sounds, speech
from notifications.models import Recording
from peer import clock
from peer.gate import TheService, action
from peer.models import User
from peer.roles import Perm
from peer.states import RuleBroken


@action(Perm.KEEP_RECORDINGS)
def keep(
    service: TheService, *, by: User, language: str, name: str, sound: bytes, speaker: str, agreed_by: str
) -> Recording:
    """Let people hear a sentence as somebody has recorded it; the recording before it ends."""
    row = languages.ALL.get(language)
    if name not in speech.NAMES or row is None or not row.is_written or language == languages.ENGLISH:
        raise RuleBroken(_("There is no such sentence to record."))
    try:
        kind = sounds.kind_of(sound)
    except sounds.BadSound as bad:
        raise RuleBroken(str(bad)) from bad
    Recording.objects.live().filter(language=language, name=name).update(ended_at=clock.now())
    return Recording.objects.create(
        language=language,
        name=name,
        words=speech.written(name, language),
        sound=sounds.keep(sound),
        kind=kind,
        speaker=speaker,
        agreed_by=agreed_by,
        kept_by=by,
        kept_at=clock.now(),
    )


@action(Perm.KEEP_RECORDINGS)
def stop(recording: Recording, *, by: User) -> Recording:
    """Take a recording out of every call at once: the network's voice speaks again, or English."""
    if recording.ended_at is None:
        recording.ended_at = clock.now()
        recording.save(update_fields=["ended_at"])
    return recording
