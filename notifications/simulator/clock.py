"""The network's clock: real time plus the same offset that the product's clock has."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime


@dataclass(slots=True)
class Clock:
    """Tells the time; the demo moves it together with its own clock."""

    offset: timedelta = timedelta(0)

    def now(self) -> datetime:
        """Return the moment it is for this network, in UTC."""
        return datetime.now(UTC) + self.offset


def rfc2822(moment: datetime | None) -> str | None:
    """Write a moment as the provider does: whole seconds, RFC 2822, or nothing."""
    return None if moment is None else format_datetime(moment.replace(microsecond=0))


def iso(moment: datetime) -> str:
    """Write a moment for the ledger: ISO 8601 with milliseconds."""
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
