"""Takes a photo in: decoded and written anew in a process of its own, or refused in one sentence (H12, H26)."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import IO

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.translation import gettext_lazy as _

from cms import reencode

MOST_BYTES = 15 * 2**20
SECONDS = 10  # of waiting, on a machine that is busy; of work it may do `reencode.CPU_SECONDS`
REFUSALS = {
    reencode.NO_PICTURE: _("We cannot read this as a photo. Please save it as JPEG or PNG and try again."),
    reencode.TOO_LARGE: _("This photo is too large. Please make it smaller (at most 3,500 by 3,500) and try again."),
}
TOO_MUCH = _("This photo is too hard to read. Please save it as a smaller JPEG and try again.")
TOO_MANY_BYTES = _("This file is too big. A photo may have up to 15 MB.")
ENDINGS = {b"\xff\xd8\xff": ("photo.jpg", "image/jpeg"), b"\x89PN": ("photo.png", "image/png")}


class PhotoRefused(ValueError):
    """A file that is not taken in; the sentence says why, for whoever sent it."""


class CleanFile(SimpleUploadedFile):
    """A photo that has been written anew, and whose name tells nothing."""


def clean(given: IO[bytes]) -> CleanFile:
    """Give the pixels of a photo in a new file; PhotoRefused where it is none, or too much work."""
    given.seek(0)
    data = given.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise PhotoRefused(str(TOO_MANY_BYTES))
    try:
        done = subprocess.run(
            [sys.executable, "-I", str(Path(reencode.__file__))],
            input=data,
            capture_output=True,
            timeout=SECONDS,
            check=False,
            env={},
        )
    except subprocess.TimeoutExpired:
        raise PhotoRefused(str(TOO_MUCH)) from None
    if done.returncode or done.stdout[:3] not in ENDINGS:
        raise PhotoRefused(str(REFUSALS.get(done.returncode, TOO_MUCH)))
    name, content_type = ENDINGS[done.stdout[:3]]
    return CleanFile(name, done.stdout, content_type)
