"""Recordings at Twilio: fetched for the person of staff who listens, and kept nowhere else."""

from __future__ import annotations

import base64
import urllib.error
import urllib.request

from django.conf import settings

from notifications.providers.http import MOST_BYTES
from notifications.providers.twilio_http import base_url
from notifications.waits import wait


class NoRecording(LookupError):
    """The network does not give it: it is gone, or nobody answers."""


def fetch(sid: str) -> bytes:
    """Fetch the sound (WAV) of one recording of our account; `NoRecording` where it cannot be had."""
    account, token = settings.TWILIO_ACCOUNT_SID, settings.TWILIO_AUTH_TOKEN
    login = base64.b64encode(f"{account}:{token}".encode()).decode()
    asked = urllib.request.Request(  # noqa: S310 - our own provider's address
        f"{base_url()}/2010-04-01/Accounts/{account}/Recordings/{sid}.wav", headers={"Authorization": f"Basic {login}"}
    )
    try:
        with urllib.request.urlopen(asked, timeout=wait("answer").total_seconds()) as answer:  # noqa: S310
            sound: bytes = answer.read(MOST_BYTES)
    except (OSError, urllib.error.HTTPError) as problem:
        raise NoRecording(sid) from problem
    return sound
