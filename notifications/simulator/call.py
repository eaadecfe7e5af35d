"""One call as the provider keeps it."""

import asyncio
from dataclasses import dataclass, field
from datetime import datetime

from .clock import rfc2822
from .handsets import Answers
from .lines import Jump, Line
from .numbers import shown

FINAL = frozenset({"completed", "busy", "no-answer", "failed", "canceled"})


@dataclass(slots=True, kw_only=True)
class Call:
    """One call as the provider keeps it, and the line while it lasts."""

    sid: str
    account: str
    handset: str
    service: str
    direction: str
    created: datetime
    updated: datetime
    status: str = "queued"
    started: datetime | None = None
    ended: datetime | None = None
    answered_by: str | None = None
    on_machine: bool = False
    parent: str | None = None
    callback: str = ""
    callback_method: str = "POST"
    events: frozenset[str] = frozenset({"completed"})
    first: Jump = field(default_factory=Jump)
    detection: str = ""
    detected_url: str = ""
    timeout: float = 60.0
    line: Line = field(default_factory=Line)
    keys: list[str] = field(default_factory=list)
    says: str = ""
    reported: int = 0
    last_report: asyncio.Task[None] | None = None

    @property
    def inbound(self) -> bool:
        """Say whether the person rang the service."""
        return self.direction == "inbound"

    @property
    def live(self) -> bool:
        """Say whether the call still goes on."""
        return self.status not in FINAL

    @property
    def sender(self) -> str:
        """The number that rings."""
        return self.handset if self.inbound else self.service

    @property
    def to(self) -> str:
        """The number that is rung."""
        return self.service if self.inbound else self.handset

    @property
    def attempt_url(self) -> str:
        """The address that carries the attempt's id: the status callback, else the script."""
        return self.callback or self.first.url

    @property
    def seconds(self) -> int:
        """How long the two have been speaking."""
        return int((self.ended - self.started).total_seconds()) if self.started and self.ended else 0

    def as_json(self) -> dict[str, object]:
        """Show the call in the provider's shape."""
        uri = f"/2010-04-01/Accounts/{self.account}/Calls/{self.sid}"
        return {
            "account_sid": self.account,
            "annotation": None,
            "answered_by": self.answered_by,
            "api_version": "2010-04-01",
            "caller_name": None,
            "date_created": rfc2822(self.created),
            "date_updated": rfc2822(self.updated),
            "direction": self.direction,
            "duration": None if self.live else str(self.seconds),
            "end_time": rfc2822(self.ended),
            "forwarded_from": None,
            "from": self.sender,
            "from_formatted": shown(self.sender),
            "group_sid": None,
            "parent_call_sid": self.parent,
            "phone_number_sid": None,
            "price": None,
            "price_unit": "USD",
            "queue_time": "0",
            "sid": self.sid,
            "start_time": rfc2822(self.started),
            "status": self.status,
            "subresource_uris": {"recordings": f"{uri}/Recordings.json"},
            "to": self.to,
            "to_formatted": shown(self.to),
            "trunk_sid": None,
            "uri": f"{uri}.json",
        }

    def as_form(self) -> dict[str, str]:
        """Show the call as the form of a request for a script."""
        form = {
            "AccountSid": self.account,
            "ApiVersion": "2010-04-01",
            "CallSid": self.sid,
            "CallStatus": self.status,
            "Called": self.to,
            "Caller": self.sender,
            "Direction": self.direction,
            "From": self.sender,
            "To": self.to,
        }
        if self.parent:
            form["ParentCallSid"] = self.parent
        return form | ({"AnsweredBy": self.answered_by} if self.answered_by and not self.detected_url else {})


def detected(by: Answers, detection: str) -> str:
    """Name who answered in the provider's words."""
    if by is Answers.MACHINE:
        return "machine_end_beep" if detection == "DetectMessageEnd" else "machine_start"
    return {Answers.FAX: "fax", Answers.UNKNOWN: "unknown"}.get(by, "human")
