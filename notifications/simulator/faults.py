"""Faults on demand: which request goes wrong next, and how."""

import itertools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

EMAIL = "email"
KINDS = frozenset({"sms", "call", "second_sms", "second_call", "callback", "list", EMAIL})

# How a request to the provider's API is answered.
ANSWERS = frozenset(
    {
        "accept_then_500",
        "accept_then_hang",
        "accept_then_reset",
        "refuse_500",
        "hang",
        "reset",
        "slow_ms",
        "429",
        "malformed",
        "auth_revoked",
        "error",
    }
)
# What becomes of a text that was accepted.
OUTCOMES = frozenset({"undelivered", "failed", "sent_only"})
# What becomes of a callback to the service.
CALLBACKS = frozenset(
    {
        "drop_callback",
        "duplicate_callback",
        "delay_callback",
        "shuffle_callbacks",
        "contradict_callback",
        "forge_callback",
    }
)
# How the mail server answers, by the moment in which it does.
AT_MAIL = frozenset({"busy"})
AT_RCPT = frozenset({"refuse_now", "refuse"})
AT_DATA = frozenset({"reset", "accept_then_reset", "slow_ms"})
OPTIONS = {"ms": 1000, "n": 2, "retry_after": 1, "as": "cut", "code": 30003}


class BadRule(ValueError):
    """A fault rule that nobody could follow; its text says why."""


@dataclass(slots=True)
class Rule:
    """One fault: what it strikes, how often still (below zero: for ever), and what it does."""

    id: int
    kind: str
    to: str
    left: int
    do: str
    options: dict[str, Any] = field(default_factory=dict)
    struck: int = 0

    def number(self, name: str) -> int:
        """Read a whole number that goes with the fault."""
        return int(self.options.get(name, OPTIONS[name]))

    def strikes(self, kind: str, to: str, among: frozenset[str]) -> bool:
        """Say whether this rule is for this request."""
        return self.left != 0 and self.do in among and self.kind == kind and self.to in {"", to}

    def as_json(self) -> dict[str, object]:
        """Show the rule as it was given, with what is left of it."""
        match = {"kind": self.kind} | ({"to": self.to} if self.to else {})
        return {"id": self.id, "match": match, "do": self.do, "left": self.left, "struck": self.struck, **self.options}


class Faults:
    """The rules in force, oldest first."""

    def __init__(self) -> None:
        self._ids = itertools.count(1)
        self._rules: list[Rule] = []

    def add(self, given: object) -> None:
        """Take a list of rules, all or none of them."""
        if not isinstance(given, list):
            raise BadRule("Give a JSON list of rules.")
        self._rules += [self._read(rule) for rule in given]

    def _read(self, given: object) -> Rule:
        if not isinstance(given, Mapping) or not isinstance(given.get("match"), Mapping):
            raise BadRule('A rule looks like {"match": {"kind": "sms"}, "times": 1, "do": "refuse_500"}.')
        kind, do = str(given["match"].get("kind")), str(given.get("do"))
        if kind not in KINDS:
            raise BadRule(f"match.kind is one of {', '.join(sorted(KINDS))}.")
        if do not in _fitting(kind):
            raise BadRule(f"For {kind}, do is one of {', '.join(sorted(_fitting(kind)))}.")
        to = str(given["match"].get("to", "")).lower()
        if to and do in AT_MAIL:
            raise BadRule(f"{do} is said before any address is known; leave match.to out.")
        times = given.get("times", 1)
        if not isinstance(times, int):
            raise BadRule("times is a whole number; -1 is for ever.")
        options = {name: given[name] for name in OPTIONS if name in given}
        return Rule(next(self._ids), kind, to, times, do, options)

    def take(self, kind: str, to: str, among: frozenset[str]) -> Rule | None:
        """Use up one strike of the first rule that is for this request."""
        for rule in self._rules:
            if rule.strikes(kind, to, among):
                rule.left -= 1
                rule.struck += 1
                return rule
        return None

    def clear(self) -> None:
        """Let everything work again."""
        self._rules.clear()

    def as_json(self) -> list[dict[str, object]]:
        """Show every rule."""
        return [rule.as_json() for rule in self._rules]


def _fitting(kind: str) -> Iterable[str]:
    if kind == "callback":
        return CALLBACKS
    if kind == EMAIL:
        return AT_MAIL | AT_RCPT | AT_DATA
    return ANSWERS | OUTCOMES if kind == "sms" else ANSWERS
