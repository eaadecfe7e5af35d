"""What one run of the simulator is told at its start."""

from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """One run: where it listens, who may use it, where it calls back, how fast time passes."""

    account_sid: str
    auth_token: str
    ledger: Path
    second_key: str = ""
    host: str = "127.0.0.1"
    port: int = 4010
    smtp_port: int | None = None
    webhook_sms: str = ""
    webhook_voice: str = ""
    home: str = ""
    service_numbers: tuple[str, ...] = ()
    ring_seconds: float = 30.0
    pace: float = 1.0
    clock_file: Path | None = None
    clock_offset: timedelta = field(default=timedelta(0))
