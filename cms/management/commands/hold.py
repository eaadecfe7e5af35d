"""`manage.py hold --because …`: keeps everything but pages back after a restore, and lets it go again (H27)."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from notifications.actions import holds
from notifications.models import SendingHold
from peer.gate import SERVICE
from peer.states import RuleBroken


class Command(BaseCommand):
    """Hold messages, ask for the comparison, or end the hold; run `hold` before the clock process starts."""

    help = "Hold all messages but pages after a restore; --compare asks the clock process, --end lets them go."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the reason, and which step it is."""
        parser.add_argument("--because", default="", help='for example "restored from the backup of Tuesday"')
        parser.add_argument("--compare", action="store_true", help="compare what is held with the network")
        parser.add_argument("--end", action="store_true", help="let messages go again")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do the step and say what is so now."""
        try:
            if options["compare"] or options["end"]:
                self._go_on(options)
            else:
                holds.begin(SERVICE, by=holds.OPERATOR, reason=options["because"])
                self.stdout.write("On hold: only pages leave. A service manager goes on at /staff/messages/hold/.")
        except RuleBroken as broken:
            raise CommandError(f"{broken} (--because says why.)") from None

    def _go_on(self, options: dict[str, Any]) -> None:
        hold = SendingHold.objects.current().first()
        if hold is None:
            raise CommandError("Messages are not on hold.")
        if options["compare"]:
            holds.compare(hold, by=holds.OPERATOR)
            self.stdout.write("Asked. The clock process compares; the page /staff/messages/hold/ shows how far it is.")
        else:
            holds.end(hold, by=holds.OPERATOR, reason=options["because"])
            self.stdout.write("Messages go again.")
