"""How the provider says no: its codes, its sentences, its shape."""

import json

from aiohttp import web

SENTENCES = {
    20001: "The request is not one that can be followed.",
    20003: "Authenticate",
    20009: "It cannot be changed while it is still under way.",
    20404: "The requested resource was not found.",
    20429: "Too Many Requests",
    20500: "An internal server error has occurred.",
    21205: "Url is not a valid URL.",
    21211: "Invalid 'To' Phone Number.",
    21212: "Invalid 'From' Number (caller ID or sender).",
    21213: "Caller phone number is required.",
    21214: "'To' phone number cannot be reached.",
    21215: "Geo permission: this account may not call that number.",
    21216: "Account not allowed to call that number.",
    21217: "Phone number does not appear to be valid.",
    21218: "Invalid ApplicationSid, Url or Twiml: one of them is required.",
    21220: "Invalid call state.",
    21408: "Permission to send a text has not been enabled for the region of the 'To' number.",
    21602: "Message body is required.",
    21603: "A 'From' phone number is required.",
    21604: "A 'To' phone number is required.",
    21606: "The 'From' number is not a valid, text-capable number for this account.",
    21608: "The number is unverified. Trial accounts cannot send messages to unverified numbers.",
    21609: "Invalid 'StatusCallback': this network calls back to this machine only.",
    21610: "Attempt to send to unsubscribed recipient.",
    21611: "This 'From' number has exceeded the maximum number of queued messages.",
    21612: "The 'To' number is not currently reachable by text through this sender.",
    21614: "'To' number is not a valid mobile number.",
    21617: "The message body exceeds the 1600 character limit.",
    30001: "Queue overflow",
    30002: "Account suspended",
    30003: "Unreachable destination handset",
    30004: "Message blocked",
    30005: "Unknown destination handset",
    30006: "Landline or unreachable carrier",
    30007: "Message filtered",
    30008: "Unknown error",
    30409: "Only a scheduled message can be cancelled.",
    35118: "A scheduled message needs a MessagingServiceSid.",
}
STATUSES = {20003: 401, 20009: 409, 20404: 404, 20429: 429, 20500: 500, 30409: 409}


class Refused(Exception):
    """The provider says no."""

    def __init__(self, code: int, *, retry_after: int | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.retry_after = retry_after

    def response(self) -> web.Response:
        """Say it in the provider's shape."""
        status = STATUSES.get(self.code, 400)
        headers = {} if self.retry_after is None else {"Retry-After": str(self.retry_after)}
        if status == 401:
            headers["WWW-Authenticate"] = 'Basic realm="Twilio API"'
        body = {
            "code": self.code,
            "message": SENTENCES.get(self.code, "Unknown error"),
            "more_info": f"https://www.twilio.com/docs/errors/{self.code}",
            "status": status,
        }
        return web.Response(text=json.dumps(body), status=status, headers=headers, content_type="application/json")
