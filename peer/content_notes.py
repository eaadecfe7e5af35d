"""What a post may say of itself before it is opened, so that everybody chooses what they read; pure."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

from django.utils.translation import gettext as _

from peer.states import RuleBroken

TABLE = Path(__file__).with_name("content_notes.toml")


@cache
def notes() -> dict[str, str]:
    """Read the table: a key for the row, words for the page."""
    rows: dict[str, str] = tomllib.loads(TABLE.read_text())["notes"]
    return rows


def words_of(note: str) -> str:
    """Say what a post talks about, or nothing."""
    return _(notes()[note]) if note in notes() else ""


def choices() -> list[tuple[str, str]]:
    """List the notes for a form, with none of them first."""
    return [
        ("", _("No, nothing like that")),
        *((note, _("It %(talks)s") % {"talks": words_of(note)}) for note in notes()),
    ]


def checked(note: str) -> str:
    """Give the note back if it is one."""
    if note and note not in notes():
        raise RuleBroken(_("Choose one of the notes, or none."))
    return note


def told_to_writer(note: str) -> str:
    """Say to a writer that somebody put a note on their words."""
    return _(
        "We put a note on it that says: %(talks)s. So people can choose when to read it. Your words are all there."
    ) % {"talks": words_of(note)}
