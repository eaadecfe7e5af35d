"""`manage.py import_open_referral FILE.json`: brings services in as drafts, and reports faults by line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from cms.actions import directory
from cms.open_referral.file import MOST_BYTES, FileRefused, read
from peer import gate


class Command(BaseCommand):
    """Bring a file of services into the directory; editors publish what it brought."""

    help = "Bring services and organisations in from a file of Open Referral UK (JSON). They arrive as drafts."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the file."""
        parser.add_argument("file", type=Path, metavar="FILE.json")

    def handle(self, *args: Any, **options: Any) -> None:
        """Read the file, bring it in, and say what came of it."""
        path: Path = options["file"]
        try:
            with path.open("rb") as source:
                found = read(source.read(MOST_BYTES + 1))
        except OSError as problem:
            raise CommandError(f"Cannot open {path}: {problem.strerror}.") from None
        except FileRefused as problem:
            raise CommandError(f"{problem} Nothing was changed.") from None
        for fault in found.faults:
            self.stdout.write(f"line {fault.line}, {fault.what}: {fault.why}")
        outcome = directory.bring_in(gate.SERVICE, by=directory.IMPORTER, read=found)
        for kept in outcome.kept:
            self.stdout.write(f"{kept.row}: {kept.field} stays “{kept.ours}”; the file has “{kept.theirs}”.")
        if outcome.unknown_words:
            self.stdout.write(f"Words we do not have: {', '.join(sorted(outcome.unknown_words))}.")
        self.stdout.write(f"{len(outcome.new)} new, {len(outcome.changed)} changed, {outcome.same} the same.")
        self.stdout.write("Everything is a draft until an editor publishes it.")
