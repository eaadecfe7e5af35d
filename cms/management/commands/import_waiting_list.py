"""`manage.py import_waiting_list FILE.csv [--dry-run]`: loads a waiting list, on hold, and reports by line number."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any, BinaryIO

from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from cms import importing
from cms.waiting_list.file import Bad, FileRefused, open_file
from peer import clock
from peer.models import ImportRun, Referral


class Command(BaseCommand):
    """Load a waiting list file; good rows come in on hold, bad rows are told with their reason."""

    help = "Load a waiting list from a CSV file (columns: docs/waiting-list-file.md). Families land on hold."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the file, and whether only to look."""
        parser.add_argument("file", type=Path, metavar="FILE.csv")
        parser.add_argument("--dry-run", action="store_true", help="look at the file and change nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        """Load or look, with a progress bar, then say what came of it."""
        path: Path = options["file"]
        try:
            with (
                path.open("rb") as source,
                tqdm(total=path.stat().st_size, unit="B", unit_scale=True, desc=path.name, file=sys.stderr) as bar,
            ):
                self._read(path.name, source, bar, dry_run=options["dry_run"])
        except OSError as problem:
            raise CommandError(f"Cannot open {path}: {problem.strerror}.") from None
        except FileRefused as problem:
            raise CommandError(f"{problem} Nothing was loaded.") from None

    def _read(self, name: str, source: BinaryIO, bar: tqdm, *, dry_run: bool) -> None:  # type: ignore[type-arg]
        def told(bad: list[Bad]) -> None:
            bar.update(source.tell() - bar.n)
            with bar.external_write_mode(file=sys.stdout):
                for row in bad:
                    self.stdout.write(f"line {row.line}: {'; '.join(row.why)}")

        file = open_file(source, today=clock.today())
        if file.columns.unused:
            self.stdout.write(f"Columns that are not used: {', '.join(file.columns.unused)}")
        if dry_run:
            counts = importing.look(file, told=told)
            bar.close()
            self.stdout.write(f"Looked only, nothing was changed: {counts.in_words()}")
            return
        run = importing.load(name, source, file, by=importing.IMPORTER, told=told)
        bar.close()
        self._report(run)

    def _report(self, run: ImportRun) -> None:
        self.stdout.write(importing.counts_of(run).in_words())
        gone = Referral.objects.gone_from(run).count()
        if gone:
            self.stdout.write(f"{gone} people on our list are not in this file. Nobody was taken off.")
        if run.added:
            self.stdout.write("The new families are on hold: nothing is sent until a cohort is released.")
