"""E-mail by SMTP: Django's own backend speaks to the mail server; what it says back is a yes or one of the failures."""

from __future__ import annotations

import asyncio
import smtplib

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.smtp import EmailBackend

from notifications.providers.port import Accepted, AmbiguousFailure, Order, PermanentFailure, TemporaryFailure
from notifications.waits import wait

ATTEMPT = "X-Attempt"


class Smtp:
    """The mail server of EMAIL_URL, which lists nothing: an unanswered e-mail stays unknown and never goes twice."""

    async def send(self, order: Order) -> Accepted:
        """Hand over an e-mail by a connection of its own, in a thread of its own."""
        return await asyncio.to_thread(_hand_over, order)


def message(order: Order) -> EmailMessage:
    """Shape the e-mail: its first line is the subject; no receiver but one, no name in any header."""
    subject, _, text = order.body.partition("\n")
    host = settings.PUBLIC_BASE_URL.split("://", 1)[-1].partition(":")[0]
    headers = {"Message-ID": f"<{order.attempt}@{host}>", ATTEMPT: order.attempt, "Auto-Submitted": "auto-generated"}
    return EmailMessage(subject.strip(), text.strip() + "\n", settings.EMAIL_FROM, [order.to], headers=headers)


def _hand_over(order: Order) -> Accepted:
    connection = EmailBackend(timeout=wait("answer").total_seconds())
    try:
        connection.open()
    except smtplib.SMTPAuthenticationError as problem:
        raise TemporaryFailure("smtp_login", retry_after=wait("stopped").total_seconds()) from problem
    except (OSError, smtplib.SMTPException) as problem:
        raise TemporaryFailure("unreachable") from problem
    try:
        connection.send_messages([message(order)])
    except smtplib.SMTPRecipientsRefused as problem:
        raise _refused(next(iter(problem.recipients.values()))[0]) from problem
    except smtplib.SMTPResponseException as problem:
        raise _refused(problem.smtp_code) from problem
    except (OSError, smtplib.SMTPException) as problem:
        raise AmbiguousFailure("no_answer") from problem
    finally:
        connection.close()
    return Accepted(order.attempt)


def _refused(code: int) -> PermanentFailure | TemporaryFailure:
    """Tell "never" from "not now" by the class of the reply (RFC 5321, 4.2.1)."""
    return PermanentFailure(code) if code >= 500 else TemporaryFailure(code)
