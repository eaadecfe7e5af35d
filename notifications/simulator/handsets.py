"""Handsets: who holds each number and what they do when it rings."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from enum import StrEnum

from .addresses import is_address, is_reachable
from .numbers import shown


class Answers(StrEnum):
    """What happens when the handset rings."""

    MANUAL = "manual"  # someone decides in the browser
    PERSON = "person"
    MACHINE = "machine"
    FAX = "fax"
    UNKNOWN = "unknown"
    NOBODY = "nobody"
    BUSY = "busy"
    FAILED = "failed"

    @property
    def picks_up(self) -> bool:
        """Say whether the call is answered without anyone in the browser."""
        return self in {Answers.PERSON, Answers.MACHINE, Answers.FAX, Answers.UNKNOWN}


class BadHandset(ValueError):
    """A handset that cannot be set so; its text says why."""


@dataclass(frozen=True, slots=True)
class Handset:
    """One phone or mailbox: its number or address, whose it is, and how it behaves."""

    number: str
    name: str = ""
    answers: Answers = Answers.MANUAL
    keys: str = ""
    says: str = ""
    after_ms: int = 0

    @property
    def title(self) -> str:
        """Name the phone for a page."""
        return self.name or shown(self.number)

    @property
    def is_mailbox(self) -> bool:
        """Say whether it takes letters, and neither texts nor calls."""
        return is_address(self.number)

    def key_groups(self) -> list[str]:
        """Return what is pressed at the first question, the second …: `1,2014` is two answers."""
        return [group.strip() for group in self.keys.split(",") if group.strip()]


class Handsets:
    """Every phone the network knows, in the order in which it met them."""

    def __init__(self) -> None:
        self._known: dict[str, Handset] = {}
        self.changes = 0

    def get(self, number: str) -> Handset:
        """Return the phone of a number; a number met for the first time gets one."""
        return self._known.setdefault(number, Handset(number))

    def find(self, number: str) -> Handset | None:
        """Return the phone of a number if the network has met it."""
        return self._known.get(number)

    def __iter__(self) -> Iterator[Handset]:
        return iter(self._known.values())

    def set(self, number: str, given: object) -> Handset:
        """Name a phone or change how it behaves; what is not given stays."""
        if not is_reachable(number):
            raise BadHandset(
                f"{number or 'Nothing'} is not a phone number like +447700900123 or an address like pat@example.org."
            )
        if not isinstance(given, Mapping):
            raise BadHandset('A handset looks like {"name": "Pat", "answers": "person", "keys": "1"}.')
        try:
            changes = {name: READ[name](given[name]) for name in READ if name in given}
        except ValueError:
            raise BadHandset(f"answers is one of {', '.join(Answers)}; after_ms is a whole number.") from None
        self._known[number] = replace(self.get(number), **changes)
        self.changes += 1
        return self._known[number]

    def as_json(self) -> list[dict[str, object]]:
        """Show every phone."""
        return [asdict(handset) for handset in self]


READ = {"name": str, "answers": Answers, "keys": str, "says": str, "after_ms": int}
