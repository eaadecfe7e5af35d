"""The child of `bench import`: migrates an empty database, loads one file, and prints its figures as JSON."""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path

from cms.bench.parts.machine import cpu_seconds, memory_mb

WARM = 0.1  # share of the file after which memory is first read


def main(path: Path) -> dict[str, object]:
    """Load the file and measure."""
    from django.core.management import call_command  # noqa: PLC0415 - settings come first
    from tqdm import tqdm  # noqa: PLC0415

    from cms import importing  # noqa: PLC0415
    from cms.waiting_list.file import Bad, open_file  # noqa: PLC0415
    from peer import clock  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    held: list[float] = []
    size = path.stat().st_size
    with path.open("rb") as source, tqdm(total=size, unit="B", unit_scale=True, desc="import") as bar:

        def told(_bad: list[Bad]) -> None:
            bar.update(min(source.tell(), size) - bar.n)
            if bar.n >= WARM * size:
                held.append(memory_mb())

        began, cpu = time.monotonic(), cpu_seconds()
        run = importing.load(
            path.name, source, open_file(source, today=clock.today()), by=importing.IMPORTER, told=told
        )
        took, cpu = time.monotonic() - began, cpu_seconds() - cpu
    return {
        "rows": run.added + run.refused,
        "added": run.added,
        "seconds": round(took, 1),
        "rows_per_s": round(run.added / took, 1),
        "cpu_s_per_1000": round(cpu / run.added * 1000, 2),
        "peak_mb": round(max(held), 1),
        "memory_growth": round(max(held) / held[0], 3),
    }


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cms.settings")
    import django

    django.setup()
    sys.stdout.write(json.dumps(main(Path(sys.argv[1]))) + "\n")
