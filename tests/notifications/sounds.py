"""Sounds for tests: the smallest files that a telephone can play."""

from __future__ import annotations

import io
import wave


def wav(*, seconds: float = 0.1) -> bytes:
    """Make a short WAV file of silence."""
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(8000)
        out.writeframes(bytes(int(16000 * seconds)))
    return file.getvalue()


FRAME = b"\xff\xfb\x50\xc4" + bytes(204)  # of silence


def mp3(*, tag: bool = False) -> bytes:
    """Make a quarter of a second of silence, behind a tag where asked."""
    return (b"ID3\x04\x00\x00\x00\x00\x00\x05" + bytes(5) if tag else b"") + FRAME * 10
