"""The network's clock: real time plus the same offset that the product's clock has."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path


@dataclass(slots=True)
class Clock:
    """Tells the time; it moves with the product's clock, by a file that both read or by request."""

    offset: timedelta = timedelta(0)
    file: Path | None = None

    def now(self) -> datetime:
        """Return the moment it is for this network, in UTC."""
        return datetime.now(UTC) + self._ahead()

    def _ahead(self) -> timedelta:
        """Read how far ahead it is; before the file is written, the offset given at the start counts."""
        try:
            return timedelta(seconds=float(self.file.read_text())) if self.file else self.offset
        except (OSError, ValueError):
            return self.offset


def rfc2822(moment: datetime | None) -> str | None:
    """Write a moment as the provider does: whole seconds, RFC 2822, or nothing."""
    return None if moment is None else format_datetime(moment.replace(microsecond=0))


def iso(moment: datetime) -> str:
    """Write a moment for the ledger: ISO 8601 with milliseconds."""
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
