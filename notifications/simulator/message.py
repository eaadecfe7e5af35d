"""One text as the provider keeps it."""

import secrets
from dataclasses import dataclass
from datetime import datetime

from .clock import rfc2822
from .errors import SENTENCES

FINAL = frozenset({"delivered", "undelivered", "failed", "canceled", "received", "read"})


def new_sid() -> str:
    """Invent the id of a text."""
    return "SM" + secrets.token_hex(16)


@dataclass(slots=True, kw_only=True)
class Message:
    """One text as the provider keeps it."""

    sid: str
    account: str
    to: str
    sender: str
    body: str
    direction: str
    status: str
    created: datetime
    updated: datetime
    sent: datetime | None = None
    error: int | None = None
    service_sid: str | None = None
    callback: str = ""
    count: int = 1

    @property
    def uri(self) -> str:
        """The text's own address in the API."""
        return f"/2010-04-01/Accounts/{self.account}/Messages/{self.sid}.json"

    def as_json(self) -> dict[str, object]:
        """Show the text in the provider's shape."""
        return {
            "account_sid": self.account,
            "api_version": "2010-04-01",
            "body": self.body,
            "date_created": rfc2822(self.created),
            "date_sent": rfc2822(self.sent),
            "date_updated": rfc2822(self.updated),
            "direction": self.direction,
            "error_code": self.error,
            "error_message": SENTENCES.get(self.error) if self.error else None,
            "from": self.sender or None,
            "messaging_service_sid": self.service_sid,
            "num_media": "0",
            "num_segments": str(self.count),
            "price": None,
            "price_unit": "USD",
            "sid": self.sid,
            "status": self.status,
            "subresource_uris": {"media": self.uri.replace(".json", "/Media.json")},
            "to": self.to,
            "uri": self.uri,
        }

    def as_form(self) -> dict[str, str]:
        """Show the text as the form of a status callback."""
        form = {
            "AccountSid": self.account,
            "ApiVersion": "2010-04-01",
            "From": self.sender,
            "MessageSid": self.sid,
            "MessageStatus": self.status,
            "SmsSid": self.sid,
            "SmsStatus": self.status,
            "To": self.to,
        }
        if self.service_sid:
            form["MessagingServiceSid"] = self.service_sid
        return form | ({"ErrorCode": str(self.error)} if self.error else {})
