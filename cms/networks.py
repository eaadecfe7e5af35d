"""Where the service speaks in public, and how each network counts a post: cms/networks.toml; no network is asked."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import regex

TABLE = Path(__file__).with_name("networks.toml")
SEEN = regex.compile(r"\X")  # one letter as people see it, whatever it is made of
LIGHT = ((0, 4351), (8192, 8205), (8208, 8223), (8242, 8247))  # what x.com counts as one; everything else is two


@dataclass(frozen=True)
class Network:
    """One row of the table."""

    key: str
    name: str
    most: int
    counts: str
    link: int

    def length(self, words: str, link: str = "") -> int:
        """Count words and the link below them as this network does."""
        count = sum(self._weight(letter) for letter in SEEN.findall(words))
        return count + (2 + (self.link or len(link)) if link else 0)

    def takes(self, words: str, link: str = "") -> bool:
        """Tell whether the post is short enough."""
        return self.length(words, link) <= self.most

    def _weight(self, letter: str) -> int:
        if self.counts == "letters":
            return 1
        if len(letter) > 1 and any(ord(part) > LIGHT[-1][1] for part in letter):
            return 2
        return sum(1 if any(first <= ord(part) <= last for first, last in LIGHT) else 2 for part in letter)


@cache
def every() -> dict[str, Network]:
    """Read the table."""
    return {key: Network(key=key, **row) for key, row in tomllib.loads(TABLE.read_text()).items()}


def text(words: str, link: str) -> str:
    """Put words and link together, as they are posted: the link stands below."""
    return f"{words}\n\n{link}" if link else words
