"""Sound files: told by what is in them, never by their name, and kept by their content where no web server looks."""

from __future__ import annotations

import hashlib
from enum import StrEnum

from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.utils.translation import gettext as _

from notifications import mp3

MOST_BYTES = 2_000_000  # two minutes of speech as the telephone carries it
FORMATS = {1, 6, 7}  # plain samples, A-law, mu-law: what the network plays


class Kind(StrEnum):
    """The sounds that the network plays; the value is the content type."""

    WAV = "audio/wav"
    MP3 = "audio/mpeg"


class BadSound(ValueError):
    """A file that the network cannot play; the message is for people."""


def kind_of(data: bytes) -> Kind:
    """Name the kind of a sound by its content; `BadSound` says why it cannot be played."""
    if len(data) > MOST_BYTES:
        raise BadSound(_("This recording is too long. One sentence is enough: at most 2 MB."))
    if data[:4] == b"RIFF" and data[8:12] == b"WAVE":
        return _wav(data)
    try:
        mp3.anew(data)
    except mp3.NoSound:
        raise BadSound(_("This file is no recording that a telephone can play. Save it as WAV or MP3.")) from None
    return Kind.MP3


def _wav(data: bytes) -> Kind:
    chunks = _chunks(data)
    form, samples = chunks.get(b"fmt ", b""), chunks.get(b"data", b"")
    if len(form) < 16 or not samples:
        raise BadSound(_("There is no sound in this WAV file. Record it again."))
    if int.from_bytes(form[:2], "little") not in FORMATS:
        raise BadSound(_("The telephone cannot play this kind of WAV file. Save it as WAV (PCM) or MP3."))
    return Kind.WAV


def _chunks(data: bytes) -> dict[bytes, bytes]:
    found: dict[bytes, bytes] = {}
    at = 12
    while at + 8 <= len(data):
        size = int.from_bytes(data[at + 4 : at + 8], "little")
        found.setdefault(data[at : at + 4], data[at + 8 : at + 8 + size])
        at += 8 + size + size % 2
    return found


def keep(data: bytes) -> str:
    """Keep a sound once, by its content; give the name it is found by."""
    name = hashlib.sha256(data).hexdigest()
    if not storages["private"].exists(_path(name)):
        storages["private"].save(_path(name), ContentFile(data))
    return name


def read(name: str) -> bytes:
    """Give a sound that was kept; FileNotFoundError where the disk has lost it."""
    with storages["private"].open(_path(name)) as file:
        data: bytes = file.read()
    return data


def _path(name: str) -> str:
    return f"recordings/{name}"
