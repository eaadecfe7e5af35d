"""Two senders, the web and the network as real processes, killed at sixteen points: nothing lost, nothing twice."""

from __future__ import annotations

import sys
import tempfile
from collections import Counter
from collections.abc import Collection, Mapping
from pathlib import Path

from cms import servers
from cms.faults.parts.plan import draw, named
from cms.faults.parts.play import TOYS, Played, play
from cms.faults.parts.stage import copied, migrated

BESIDES = ("code_doubled", "code_unsure", "unasked", "pages", "page_doubled", "freezes")


def run(*, seeds: int) -> dict[str, object]:
    """Play once a seed, each with other deaths and other faults of the network, and add up what the judge found."""
    total: Counter[str] = Counter()
    hit: set[str] = set()
    fooled: dict[str, Counter[str]] = {toy: Counter() for toy in TOYS}
    with (
        tempfile.TemporaryDirectory(prefix="meanwhile-faults-") as name,
        servers.postgres() as (server, told),
        servers.redis() as (redis, _),
        migrated(Path(name), postgres=server) as template,
    ):
        print(f"  on {told}", file=sys.stderr, flush=True)
        for seed in range(1, seeds + 1):
            played = once(template, Path(name), seed=seed, broker=_own(redis))
            total.update(vars(played.verdict))
            total.update(kills=played.kills, freezes=played.freezes, not_good=not played.verdict.is_good())
            hit |= {named(point) for point in played.hit}
            for toy in TOYS:
                fooled[toy].update(vars(played.toys[toy]))
            print(f"  seed {seed}: {played}", file=sys.stderr, flush=True)
    return summary(total, hit, fooled, seeds=seeds)


def _own(redis: str) -> str:
    """Give a database of the broker that nothing else uses."""
    return f"{redis.rpartition('/')[0]}/13"


def once(template: str, folder: Path, *, seed: int, broker: str) -> Played:
    """Play one seed on a copy of the migrated database."""
    with copied(template, f"seed{seed}") as database:
        return play(database, folder, draw(seed), broker=broker)


def summary(
    total: Mapping[str, int], hit: Collection[str], fooled: Mapping[str, Mapping[str, int]], *, seeds: int
) -> dict[str, object]:
    """Give the one line."""
    return {
        "seeds": seeds,
        "intents": total["intents"],
        "lost": total["lost"],
        "family_doubled": total["family_doubled"],
        "page_doubled_pct": round(100 * total["page_doubled"] / max(1, total["pages"]), 2),
        "sent_after_stop": total["sent_after_stop"],
        "crash_points": sorted(hit, key=lambda point: int(point[1:])),
        "kills": total["kills"],
        "stuck": total["stuck"],
        **{name: total[name] for name in BESIDES},
        "toys": {
            "claim_then_send": {"lost": fooled["claim_then_send"]["lost"]},
            "send_then_save": {"doubled": fooled["send_then_save"]["family_doubled"]},
        },
    }
