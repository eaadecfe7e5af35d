"""What rights cost beside a plain membership query, at 10,000 groups and 2,000 people; SQL statements a page."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from cms import servers
from cms.faults.parts.stage import environment, migrated

HERE = Path(__file__).resolve().parents[2]
GROUPS, PEOPLE, PAIRS = 10_000, 2_000, 500_000
ROUNDS = 300


def run() -> dict[str, object]:
    """Measure in a database of its own, in a process of its own."""
    with (
        tempfile.TemporaryDirectory(prefix="meanwhile-permissions-") as name,
        servers.postgres() as (server, _which),
        migrated(Path(name), postgres=server) as database,
    ):
        options = json.dumps({"groups": GROUPS, "people": PEOPLE, "pairs": PAIRS, "rounds": ROUNDS})
        command = [sys.executable, "-m", "cms.bench.parts.permissions_run", options]
        env = environment(Path(name), database)
        done = subprocess.run(command, cwd=HERE, env=env, stdout=subprocess.PIPE, text=True, check=True)
        figures: dict[str, object] = json.loads(done.stdout.splitlines()[-1])
        return figures
