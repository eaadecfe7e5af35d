"""50,000 families through the real import, in a process and a database of its own: rate, CPU and memory."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from cms.sample import waiting_list as sample
from notifications.numbers import DRAMA_LANDLINE

ROWS = 50_000
HERE = Path(__file__).resolve().parents[2]


def run() -> dict[str, object]:
    """Write the file, load it in a child, and give what the child measured."""
    with tempfile.TemporaryDirectory(prefix="meanwhile-import-") as folder:
        file = Path(folder) / "list.csv"
        write(file, rows=ROWS)
        return load(file, state=Path(folder))


def write(file: Path, *, rows: int) -> None:
    """Write a list of invented families, row by row; each drama number stands for about eight homes."""
    with file.open("w", encoding="utf-8", newline="") as target:
        out = csv.DictWriter(target, sample.HEADINGS)
        out.writeheader()
        out.writerows(sample.families(rows, seed=50, mobiles=DRAMA_LANDLINE))


def load(file: Path, *, state: Path) -> dict[str, object]:
    """Load the file into an empty database, in a process whose memory is nobody else's."""
    kept = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "TEST_NAME"}}
    settings = {"ENVIRONMENT": "development", "DEBUG": "false", "STATE_DIR": str(state)}
    child = [sys.executable, "-m", "cms.bench.parts.import_run", str(file)]
    done = subprocess.run(child, cwd=HERE, env=kept | settings, stdout=subprocess.PIPE, text=True, check=True)
    figures: dict[str, object] = json.loads(done.stdout.splitlines()[-1])
    return figures
