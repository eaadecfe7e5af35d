"""Pure: what a text speaks of, for those who chose not to read about it; whatever goes wrong counts as everything."""

from __future__ import annotations

import logging
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from peer import screening

log = logging.getLogger(__name__)

TABLE = Path(__file__).with_name("content_notes.toml")


@cache
def table() -> dict[str, dict[str, Any]]:
    """Read every topic, with its title and its phrases."""
    return tomllib.loads(TABLE.read_text())


def titles() -> list[tuple[str, str]]:
    """Give the topics to choose from, in the order of the table."""
    return [(topic, str(row["title"])) for topic, row in table().items()]


def of(*texts: str) -> frozenset[str]:
    """Name the topics of a post's texts."""
    phrases = {topic: tuple(row["phrases"]) for topic, row in table().items()}
    try:
        return frozenset(topic for text in texts for topic in screening.speaks_of(text, phrases))
    except Exception:  # noqa: BLE001 - nobody who stays away from a topic is offered a text that could not be read
        log.warning("content notes failed; the text has all of them")
        return frozenset(phrases)
