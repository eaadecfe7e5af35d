"""News to forty families while the sender is killed again and again: nobody hears twice, nobody hears nothing."""

from __future__ import annotations

import random
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from cms.faults.parts.families import phone
from cms.faults.parts.stage import Stage, migrated, stage, until

FAMILIES, FIRST = 40, 100
CALM = 120.0  # seconds at most until everything has come to rest
POINTS = (
    "C5_claim",
    "C6_claimed",
    "C6_begin",
    "C7_begun",
    "C8_bytes_out",
    "C9_answer_save",
    "C10_save_commit",
    "C11_committed",
    "C14_requeue",
    "C15_list_commit",
)


@dataclass(frozen=True)
class Outcome:
    """What the phones saw of one run."""

    lost: int
    doubled: int
    kills: int
    restless: int


def one(base: Path, *, plan: Sequence[str], callbacks: bool = True, families: int = FAMILIES) -> Outcome:
    """Play the story once on a copy of a migrated SQLite file, dying at each point of the plan in turn."""
    folder = base.parent
    copy = folder / "run.sqlite3"
    for beside in folder.glob("run.sqlite3*"):
        beside.unlink()
    shutil.copyfile(base, copy)
    with stage(f"sqlite:///{copy}", folder) as made:
        return play(made, plan=plan, callbacks=callbacks, families=families)


def play(made: Stage, *, plan: Sequence[str], callbacks: bool = True, families: int = FAMILIES) -> Outcome:
    """Decide for the families, kill by plan, wait for calm, and judge by the network's ledger alone."""
    if not callbacks:
        made.network.fault("callback", "drop_callback", times=-1)
    made.manage(
        "shell", "-c", f"from cms.faults.parts.families import decide_for; decide_for({families}, first={FIRST})"
    )
    made.plan = list(plan)
    phones = {phone(number) for number in range(FIRST, FIRST + families)}

    def calm() -> bool:
        made.supervise()
        return phones <= set(_heard(made)) and restless(made) == 0

    until(CALM, calm)
    heard = _heard(made)
    return Outcome(
        lost=len(phones - set(heard)),
        doubled=sum(count - 1 for count in heard.values()),
        kills=made.kills,
        restless=restless(made),
    )


def _heard(made: Stage) -> Counter[str]:
    return Counter(entry["to"] for entry in made.network.ledger(kind="text"))


def restless(made: Stage) -> int:
    """Ask the database how many messages have not come to rest."""
    return made.count(
        "SELECT count(*) FROM notifications_delivery WHERE channel = 'sms'"
        " AND state IN ('pending', 'claimed', 'sending', 'ambiguous')"
    )


def plan_of(seed: int) -> list[str]:
    """Draw where the sender dies, and at which pass; the same seed draws the same."""
    drawn = random.Random(seed)
    return [f"{point}:{drawn.randint(1, 2)}" for point in drawn.sample(POINTS, 3)]


def run(*, seeds: int) -> dict[str, object]:
    """Play the story once a seed, each with other deaths; half of them with every callback lost."""
    total: Counter[str] = Counter()
    with tempfile.TemporaryDirectory(prefix="meanwhile-faults-") as name:
        folder = Path(name)
        with migrated(folder):
            for seed in range(1, seeds + 1):
                plan = plan_of(seed)
                outcome = one(folder / "base.sqlite3", plan=plan, callbacks=seed % 2 == 1)
                total.update(lost=outcome.lost, doubled=outcome.doubled, kills=outcome.kills, stuck=outcome.restless)
                print(f"  seed {seed}: {', '.join(plan)} → {outcome}", file=sys.stderr, flush=True)
    return {**{key: total[key] for key in ("lost", "doubled", "kills", "stuck")}, "seeds": seeds}
