"""How the sessions of a group go: the table that holds for all, and the lines its group has written itself (S77)."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256

from peer import run_sheet
from peer.models import RunSheet, SupportGroup
from peer.run_sheet import Step

PARTS = ("before", "during", "after")
KEY = 12  # of the name of a step of a group's own: long enough that two never meet


@dataclass(frozen=True)
class Sheet:
    """The opening words, what guides people, and every step by its key, in order."""

    opening: str
    principles: list[str]
    steps: dict[str, Step]


def of(group: SupportGroup) -> Sheet:
    """Give the sheet of a group; the equal value of what each person knows always comes first, and stays."""
    own = RunSheet.objects.filter(group=group).first()
    steps = [*run_sheet.steps().values(), *(_own_steps(own) if own else [])]
    steps.sort(key=lambda step: PARTS.index(step.part))
    principles = own.lines("principles") if own else run_sheet.principles()
    return Sheet(run_sheet.opening(), principles, {step.key: step for step in steps})


def as_written(group: SupportGroup) -> dict[str, str]:
    """Give the lines of a group as somebody may change them; at first those that hold for all."""
    own = RunSheet.objects.filter(group=group).first()
    if own is None:
        return {"principles": "\n".join(run_sheet.principles())}
    return {part: getattr(own, part) for part in ("principles", *PARTS)}


def _own_steps(own: RunSheet) -> list[Step]:
    return [Step(_key(part, words), part, words) for part in PARTS for words in own.lines(part)]


def _key(part: str, words: str) -> str:
    """Name a step by its words, so that a tick stays with what was ticked."""
    return "own_" + sha256(f"{part} {words}".encode()).hexdigest()[:KEY]
