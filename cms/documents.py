"""Takes a document in: a PDF, a text or a sound, written anew without what came with it, or refused (H12)."""

from __future__ import annotations

import subprocess
import sys
import unicodedata
from pathlib import Path, PurePath
from typing import IO, Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models.signals import pre_save
from django.dispatch import receiver
from django.utils.translation import gettext_lazy as _

from cms import rewrite_pdf
from notifications import mp3

MOST_BYTES = 15 * 2**20
SECONDS = 10  # of waiting, on a machine that is busy; of work it may do `rewrite_pdf.CPU_SECONDS`
KINDS = {".pdf": "application/pdf", ".txt": "text/plain", ".csv": "text/csv", ".mp3": "audio/mpeg"}
SOUND = KINDS[".mp3"]
REFUSALS = {
    rewrite_pdf.NO_PDF: _("We cannot read this as a PDF. Please save it as a PDF again and try once more."),
    rewrite_pdf.LOCKED: _("This PDF is locked with a password. Please save it without one and try again."),
}
TOO_MUCH = _("This PDF is too hard to read. Please save it again, with fewer pages or smaller pictures.")
TOO_MANY_BYTES = _("This file is too big. A document may have up to 15 MB.")
WRONG_KIND = _(
    "We take PDF, TXT, CSV and MP3. Please save your document as a PDF, or your sound as MP3, and try again."
)
NO_TEXT = _("We cannot read this as text. Please save it as a PDF, or as plain text (UTF-8).")
NO_SOUND = _("We cannot hear this as a sound. Please save it as MP3 again and try once more.")
PLAIN = frozenset("\n\r\t")


class DocumentRefused(ValueError):
    """A file that is not taken in; the sentence says why, for whoever sent it."""


class CleanDocument(SimpleUploadedFile):
    """A document that has been written anew."""


def clean(given: IO[bytes], name: str) -> CleanDocument:
    """Give the pages of a PDF, the letters of a text, or a sound in a new file; DocumentRefused for anything else."""
    name = PurePath(name).name
    kind = KINDS.get(PurePath(name).suffix.lower())
    if kind is None:
        raise DocumentRefused(str(WRONG_KIND))
    given.seek(0)
    data = given.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise DocumentRefused(str(TOO_MANY_BYTES))
    write = {KINDS[".pdf"]: _pdf, SOUND: _sound}.get(kind, _text)
    return CleanDocument(name, write(data), kind)


def _pdf(data: bytes) -> bytes:
    try:
        done = subprocess.run(
            [sys.executable, "-I", str(Path(rewrite_pdf.__file__))],
            input=data,
            capture_output=True,
            timeout=SECONDS,
            check=False,
            env={},
        )
    except subprocess.TimeoutExpired:
        raise DocumentRefused(str(TOO_MUCH)) from None
    if done.returncode or not done.stdout.startswith(b"%PDF-"):
        raise DocumentRefused(str(REFUSALS.get(done.returncode, TOO_MUCH)))
    return done.stdout


def _sound(data: bytes) -> bytes:
    try:
        return mp3.anew(data)
    except mp3.NoSound:
        raise DocumentRefused(str(NO_SOUND)) from None


def _text(data: bytes) -> bytes:
    try:
        words = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise DocumentRefused(str(NO_TEXT)) from None
    if not words.strip() or any(unicodedata.category(letter) == "Cc" and letter not in PLAIN for letter in words):
        raise DocumentRefused(str(NO_TEXT))
    return words.encode()


@receiver(pre_save, sender="wagtaildocs.Document")
def write_anew(instance: Any, **_kwargs: Any) -> None:
    """Let no document in that was not written anew, whichever way it comes; DocumentRefused where it cannot be."""
    given = instance.file
    if given and not given._committed and not isinstance(given.file, CleanDocument):
        instance.file = clean(given.file, given.name)
