"""Templates of groups: what a new group begins with; every word of it can be changed (group_templates.toml)."""

from __future__ import annotations

import datetime as dt
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

TABLE = Path(__file__).with_name("group_templates.toml")


@dataclass(frozen=True)
class GroupTemplate:
    """One table of the file: for staff its label and why one would choose it, then what the group begins with."""

    name: str
    label: str
    why: str
    title: str
    about: str
    audience: str
    eligibility: str
    age_from: int
    age_to: int
    opens: dt.time
    closes: dt.time
    treated: str
    listened: str
    accepted: str

    def details(self) -> dict[str, Any]:
        """Give what a group says of itself; how people treat each other is published apart."""
        names = ("title", "about", "audience", "eligibility", "age_from", "age_to", "opens", "closes")
        return {name: getattr(self, name) for name in names}


@cache
def every() -> dict[str, GroupTemplate]:
    """Read the templates by their names; a missing or unknown word in one stops the start (TypeError)."""
    table = tomllib.loads(TABLE.read_text())
    common = table.pop("common")
    return {name: GroupTemplate(name=name, **common | row) for name, row in table.items()}
