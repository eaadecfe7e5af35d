"""Two naive senders over a little table of their own, which the bench must catch; the product never imports them."""

from __future__ import annotations

import http.client
from base64 import b64encode
from collections.abc import Callable
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.db import connection

from cms.faults.parts.families import phone
from cms.faults.parts.judge import Message, Try
from peer import clock
from peer.crash import crash_point

MESSAGES, FIRST = 24, 600
POINTS = (
    "C5_claim",
    "C6_claimed",
    "C7_begun",
    "C8_bytes_out",
    "C9_answer_save",
    "C10_save_commit",
    "C11_committed",
)


def prepare(toy: str) -> None:
    """Queue the messages of one toy."""
    with connection.cursor() as rows:
        rows.execute("CREATE TABLE IF NOT EXISTS toy (name text, number int, sent bool DEFAULT false)")
        for number in range(MESSAGES):
            rows.execute("INSERT INTO toy (name, number) VALUES (%s, %s)", [toy, number])


def claim_then_send(toy: str) -> None:
    """Mark as sent, then send: whoever dies between the two has lost a message."""

    def one(number: int) -> None:
        crash_point("C5_claim")
        _mark(toy, number)
        crash_point("C6_claimed")
        crash_point("C7_begun")
        _send(toy, number)
        crash_point("C9_answer_save")
        crash_point("C10_save_commit")
        crash_point("C11_committed")

    _each(toy, one)


def send_then_save(toy: str) -> None:
    """Send, then mark as sent: whoever dies between the two sends again."""

    def one(number: int) -> None:
        crash_point("C5_claim")
        crash_point("C6_claimed")
        crash_point("C7_begun")
        _send(toy, number)
        crash_point("C9_answer_save")
        _mark(toy, number)
        crash_point("C10_save_commit")
        crash_point("C11_committed")

    _each(toy, one)


def _each(toy: str, act: Callable[[int], None]) -> None:
    with connection.cursor() as rows:
        rows.execute("SELECT number FROM toy WHERE name = %s AND NOT sent ORDER BY number", [toy])
        waiting = [number for (number,) in rows.fetchall()]
    for number in waiting:
        act(number)


def _mark(toy: str, number: int) -> None:
    with connection.cursor() as rows:
        rows.execute("UPDATE toy SET sent = true WHERE name = %s AND number = %s", [toy, number])


def _send(toy: str, number: int) -> None:
    """Hand one text to the network, as the product does: it knows whose it is by the callback's address."""
    secret = b64encode(f"{settings.TWILIO_ACCOUNT_SID}:{settings.TWILIO_AUTH_TOKEN}".encode()).decode()
    headers = {"Authorization": f"Basic {secret}", "Content-Type": "application/x-www-form-urlencoded"}
    callback = f"{settings.PUBLIC_BASE_URL}/toy/{_token(toy, number)}/"
    form = {"To": phone(FIRST + number), "From": settings.TWILIO_FROM, "Body": toy, "StatusCallback": callback}
    network = http.client.HTTPConnection(urlsplit(settings.TWILIO_BASE_URL).netloc, timeout=10)
    path = f"/2010-04-01/Accounts/{settings.TWILIO_ACCOUNT_SID}/Messages.json"
    network.request("POST", path, urlencode(form), headers)
    crash_point("C8_bytes_out")
    network.getresponse().read()
    network.close()


def _token(toy: str, number: int) -> str:
    return f"{toy}-{number}"


def messages(toy: str) -> list[Message]:
    """Give what one toy had to send, for the same judge."""
    now = clock.now()
    return [
        Message(intent=number, duty="family", to=phone(FIRST + number), tries=(Try(_token(toy, number), now),))
        for number in range(MESSAGES)
    ]
