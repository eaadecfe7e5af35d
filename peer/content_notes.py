"""Pure: what a post says of itself before it is opened, and what it talks about for those who stay away from that."""

from __future__ import annotations

import logging
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from peer import screening
from peer.states import RuleBroken

log = logging.getLogger(__name__)

TABLE = Path(__file__).with_name("content_notes.toml")


@cache
def table() -> dict[str, dict[str, Any]]:
    """Read every topic, with its words, its title and its phrases."""
    return tomllib.loads(TABLE.read_text())


def words_of(note: str) -> str:
    """Say what a post talks about, or nothing."""
    return _(table()[note]["words"]) if note in table() else ""


def choices() -> list[tuple[str, str]]:
    """List the notes for a form, with none of them first."""
    return [
        ("", _("No, nothing like that")),
        *((note, _("It %(talks)s") % {"talks": words_of(note)}) for note in table()),
    ]


def titles() -> list[tuple[str, str]]:
    """Give the topics that somebody who checks posts may stay away from, in the order of the table."""
    return [(topic, str(row["title"])) for topic, row in table().items()]


def checked(note: str) -> str:
    """Give the note back if it is one."""
    if note and note not in table():
        raise RuleBroken(_("Choose one of the notes, or none."))
    return note


def told_to_writer(note: str) -> str:
    """Say to a writer that somebody put a note on their words."""
    return _(
        "We put a note on it that says: %(talks)s. So people can choose when to read it. Your words are all there."
    ) % {"talks": words_of(note)}


def of(*texts: str) -> frozenset[str]:
    """Name the topics of a post's texts; whatever goes wrong counts as all of them."""
    phrases = {topic: tuple(row["phrases"]) for topic, row in table().items()}
    try:
        return frozenset(topic for text in filter(None, texts) for topic in screening.speaks_of(text, phrases))
    except Exception:  # noqa: BLE001 - nobody who stays away from a topic is offered a text that could not be read
        log.warning("content notes failed; the text has all of them")
        return frozenset(phrases)
