"""What a seed draws for the outbox bench: who dies where, who says STOP when, and what the network does wrong."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from cms.faults.parts import toys
from cms.faults.parts.families import phone
from cms.faults.parts.news import CLINICIANS, FAMILIES

CLOCKS = ("clock 1", "clock 2")
SPEAKER, WEB = "speaker", "web"

# Each point of safety 4a: its names in the code, whose process may die there, and at which passes.
POINTS: Mapping[str, tuple[tuple[str, ...], tuple[str, ...], tuple[int, int]]] = {
    "C1": (("C1_news",), (SPEAKER, WEB), (1, 6)),
    "C2": (("C2_queued",), (SPEAKER, WEB), (1, 6)),
    "C3": (("C3_queued_committed",), (SPEAKER, WEB), (1, 6)),
    "C4": (("C4_nudged",), (SPEAKER, WEB), (1, 6)),
    "C5": (("C5_claim",), CLOCKS, (1, 4)),
    "C6": (("C6_claimed", "C6_begin"), CLOCKS, (1, 4)),
    "C7": (("C7_begun",), CLOCKS, (1, 4)),
    "C8": (("C8_bytes_out",), CLOCKS, (1, 8)),
    "C9": (("C9_answer_save",), CLOCKS, (1, 4)),
    "C10": (("C10_save_commit",), CLOCKS, (1, 4)),
    "C11": (("C11_committed",), CLOCKS, (1, 4)),
    "C12": (("C12_callback",), (WEB,), (1, 20)),
    "C13": (("C13_callback_committed",), (WEB,), (1, 20)),
    "C14": (("C14_requeue",), CLOCKS, (20, 40)),  # passed by every sweep: late enough that a lease has run out
    "C15": (("C15_list_commit",), CLOCKS, (1, 10)),
    "C16": (("C16_stop",), (WEB,), (1, 1)),
}
A_SEED = 8  # points: two seeds, an odd one and the next, die at all sixteen
STOPPERS, WORRIES, FREEZES = 8, 16, 2
SPAN = 10.0  # seconds in which everything begins
STOP_WORDS = ("STOP", "Stop.", "REVOKE", "OPTOUT")  # of three of them the network itself makes nothing

ANSWERS: Sequence[dict[str, Any]] = (
    {"do": "accept_then_500"},
    {"do": "accept_then_reset"},
    {"do": "accept_then_hang"},
    {"do": "malformed", "as": "cut"},
    {"do": "malformed", "as": "html"},
    {"do": "refuse_500"},
    {"do": "reset"},
    {"do": "429", "retry_after": 1},
)
CALLBACKS: Sequence[dict[str, Any]] = (
    {"do": "duplicate_callback", "n": 5, "times": 8},
    {"do": "shuffle_callbacks", "times": 4},
    {"do": "delay_callback", "ms": 3000, "times": 6},
    {"do": "drop_callback", "times": 6},
    {"do": "forge_callback", "times": 4},
)


@dataclass(frozen=True, order=True)
class Act:
    """Something that is done from outside, so many seconds after the beginning."""

    at: float
    what: str
    number: int = 0
    words: str = ""


@dataclass(frozen=True)
class Plan:
    """Everything that a seed decides."""

    seed: int
    deaths: dict[str, list[str]] = field(default_factory=dict)
    acts: list[Act] = field(default_factory=list)
    faults: list[dict[str, Any]] = field(default_factory=list)
    stoppers: tuple[int, ...] = ()
    toy_deaths: list[str] = field(default_factory=list)


def named(point: str) -> str:
    """Give the number that safety 4a has for a point of the code."""
    return point.partition("_")[0]


def deal(seed: int) -> list[str]:
    """Choose the seed's points: a pair of seeds shares out one shuffled deck."""
    deck = list(POINTS)
    random.Random(f"deck {(seed + 1) // 2}").shuffle(deck)
    return deck[:A_SEED] if seed % 2 else deck[A_SEED:]


def draw(seed: int, *, points: Sequence[str] | None = None) -> Plan:
    """Draw a plan; the same seed draws the same."""
    drawn = random.Random(seed)
    chosen = list(points if points is not None else deal(seed))
    stoppers = drawn.sample(FAMILIES, STOPPERS)
    return Plan(
        seed=seed,
        deaths=_deaths(drawn, chosen),
        acts=_acts(drawn, stoppers),
        faults=_waiting(stoppers) + _faults(drawn, sorted({*FAMILIES} - {*stoppers}), listed="C15" in chosen),
        stoppers=tuple(stoppers),
        toy_deaths=[f"{point}:{drawn.randint(1, 3)}" for point in drawn.sample(toys.POINTS, len(toys.POINTS))],
    )


def _deaths(drawn: random.Random, points: Sequence[str]) -> dict[str, list[str]]:
    deaths: dict[str, list[str]] = {who: [] for who in (*CLOCKS, SPEAKER, WEB)}
    for point in sorted(points, key=lambda point: (point != "C15", drawn.random())):  # a list is asked early only
        names, whose, (first, last) = POINTS[point]
        deaths[drawn.choice(whose)].append(f"{drawn.choice(names)}:{drawn.randint(first, last)}")
    return deaths


def _acts(drawn: random.Random, stoppers: Sequence[int]) -> list[Act]:
    stops = [Act(drawn.uniform(SPAN / 3, SPAN), "text", number, drawn.choice(STOP_WORDS)) for number in stoppers]
    worries = [Act(drawn.uniform(0, SPAN), "worry") for _ in range(WORRIES)]
    freezes = [Act(drawn.uniform(1, SPAN), "freeze", turn % len(CLOCKS)) for turn in range(FREEZES)]
    return sorted([*stops, *worries, *freezes, Act(drawn.uniform(1, SPAN), "empty the broker")])


def _waiting(stoppers: Sequence[int]) -> list[dict[str, Any]]:
    """Let the news of some who say STOP be refused at first, so that it waits for its next try when they do."""
    unsure, later = stoppers[: len(stoppers) // 2], stoppers[len(stoppers) // 2 :][:2]
    rules = [_rule("sms", to=number, do="refuse_500") for number in unsure]
    return rules + [_rule("sms", to=number, do="429", retry_after=int(SPAN / 2)) for number in later]


def _faults(drawn: random.Random, phones: Sequence[int], *, listed: bool) -> list[dict[str, Any]]:
    """Draw what goes wrong for single phones, what of callbacks, and one page that is refused."""
    answers = drawn.sample(ANSWERS, 4)
    struck = drawn.sample(phones, len(answers) + 2)
    rules = [_rule("sms", to=number, **answer) for number, answer in zip(struck, answers, strict=False)]
    rules += [_rule("callback", **callback) for callback in drawn.sample(CALLBACKS, 3)]
    rules.append(_rule("sms", to=drawn.choice(CLINICIANS), do="refuse_500"))
    if listed:
        rules.append(_rule("sms", to=struck[-1], do="refuse_500"))
        rules.append(_rule("sms", to=struck[-2], do="accept_then_500"))
        rules.insert(0, _rule("callback", to=struck[-2], do="drop_callback", times=-1))
    return rules


def _rule(kind: str, *, do: str, to: int = 0, times: int = 1, **options: Any) -> dict[str, Any]:
    match = {"kind": kind} | ({"to": phone(to)} if to else {})
    return {"match": match, "do": do, "times": times, **options}
