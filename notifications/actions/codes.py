"""Codes to one's own phone: queued like everything else, capped by day, and proof of the number when they come back."""

from __future__ import annotations

import datetime as dt
import logging
import secrets

from django.conf import settings

from notifications import intents
from notifications.intents import Intent
from notifications.models import ContactPoint, Duty, Notification
from notifications.models.contacts import Channel
from notifications.waits import CODES_A_DAY, wait
from peer import clock
from peer.gate import System, action
from peer.roles import Perm

log = logging.getLogger(__name__)

SIGN_IN = System("sign-in", may=frozenset({Perm.SEND_CODE}))
PURPOSE = "sign_in_code"
WORDS = {Channel.SMS: "code", Channel.CALL: "code"}


@action(Perm.SEND_CODE)
def send(contact: ContactPoint, *, by: System, code: str, channel: Channel = Channel.SMS) -> Notification | None:
    """Send somebody the code they asked for, by text or by a call; beyond the day's number of codes nothing goes."""
    today = Notification.objects.filter(
        recipient=contact.person, purpose=PURPOSE, created_at__gt=clock.now() - dt.timedelta(days=1)
    )
    if today.count() >= CODES_A_DAY:
        log.warning("too many codes for %s", contact)
        return None
    return intents.queue(
        Intent(
            event_key=f"contactpoint:{contact.pk}:{secrets.token_hex(8)}",
            person=contact.person,
            purpose=PURPOSE,
            duty=Duty.CODE,
            words={channel: WORDS[channel]},
            values={"code": code, "code_spoken": ", ".join(code), "host": settings.SHORT_ADDRESS},
            lives=wait("code"),
            contact=contact,
        )
    )


@action(Perm.SEND_CODE)
def prove(contact: ContactPoint, *, by: System) -> ContactPoint:
    """Count a number as proved, from now on: its holder typed the code that went there (N9)."""
    if contact.is_proved:
        contact.proved_at, contact.proved_how = clock.now(), "code"
        contact.save(update_fields=["proved_at", "proved_how"])
        return contact
    contact.move_to(ContactPoint.State.PROVED, proved_at=clock.now(), proved_how="code")
    return contact
