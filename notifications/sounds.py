"""Sound files: told by what is in them, never by their name, and kept by their content where no web server looks."""

from __future__ import annotations

import hashlib
from enum import StrEnum

from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.utils.translation import gettext as _

MOST_BYTES = 2_000_000  # two minutes of speech as the telephone carries it
FORMATS = {1, 6, 7}  # plain samples, A-law, mu-law: what the network plays
BIT_RATES = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)  # kbit/s of MPEG 1, layer III
LOW_BIT_RATES = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)  # of MPEG 2 and 2.5
RATES = {3: (44100, 48000, 32000), 2: (22050, 24000, 16000), 0: (11025, 12000, 8000)}


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
    if _is_mp3(data):
        return Kind.MP3
    raise BadSound(_("This file is no recording that a telephone can play. Save it as WAV or MP3."))


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


def _is_mp3(data: bytes) -> bool:
    """Find two frames, one right behind the other, after the tag if there is one."""
    start = _after_tag(data)
    length = _frame(data, start)
    return bool(length) and bool(_frame(data, start + length))


def _after_tag(data: bytes) -> int:
    if data[:3] != b"ID3" or len(data) < 10:
        return 0
    size = 0
    for part in data[6:10]:
        size = size << 7 | part & 0x7F
    return 10 + size


def _frame(data: bytes, at: int) -> int:
    """Give the length of the layer III frame that begins here, or nought."""
    head = data[at : at + 4]
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE6 != 0xE2:
        return 0
    version, rate, speed = head[1] >> 3 & 3, head[2] >> 4, head[2] >> 2 & 3
    if version == 1 or rate in {0, 15} or speed == 3:
        return 0
    is_first = version == 3
    bits = (BIT_RATES if is_first else LOW_BIT_RATES)[rate] * 1000
    return (144 if is_first else 72) * bits // RATES[version][speed] + (head[2] >> 1 & 1)


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
