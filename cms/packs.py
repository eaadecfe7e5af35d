"""Puts a released post together, to be posted by hand: words for each network, pictures, and what they show (S11)."""

from __future__ import annotations

import io
import zipfile
from pathlib import PurePath

from django.utils.translation import gettext as _

from cms.models import SocialPost
from peer.clock import LONDON


def name_of(post: SocialPost) -> str:
    """Name the file by the day from which it may go out."""
    day = post.shown_from.astimezone(LONDON) if post.shown_from else None
    return f"post-{day:%Y-%m-%d}-{post.pk}.zip" if day else f"post-{post.pk}.zip"


def pack(post: SocialPost) -> bytes:
    """Give the ZIP; the same post gives the same bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        _put(file, "read-me.txt", _read_me(post).encode())
        for copy in post.copies():
            _put(file, f"words/{copy.network.key}.txt", copy.text.encode())
        for number, image in enumerate(post.images.all(), start=1):
            for size, part in (("wide", image.wide), ("square", image.square)):
                with part.open("rb") as opened:
                    _put(file, f"pictures/{number}-{size}{PurePath(str(part.name)).suffix}", opened.read())
            _put(file, f"pictures/{number}-alt-text.txt", image.alt.encode())
    return out.getvalue()


def _put(file: zipfile.ZipFile, name: str, data: bytes) -> None:
    file.writestr(zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0)), data, compress_type=zipfile.ZIP_DEFLATED)


def _read_me(post: SocialPost) -> str:
    told = {"name": post.released_by.display_name if post.released_by else "", "page": post.permalink()}
    lines = [
        _("%(name)s, a young person who checks what we say, said yes to exactly these words and pictures.") % told,
        _("Copy the words for each network from “words”. Add the picture, and its alt text with it, every time."),
        _("Do not change anything: what is changed has to be read again."),
        _("On our own website: %(page)s") % told,
    ]
    if post.go_out_on:
        lines.insert(1, _("Not before %(day)s.") % {"day": f"{post.go_out_on:%d.%m.%Y}"})
    return "\n\n".join(lines) + "\n"
