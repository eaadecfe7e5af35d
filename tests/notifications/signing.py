"""Requests as the network makes them: signed by the provider's own package."""

from __future__ import annotations

from django.conf import settings
from django.test import Client
from twilio.request_validator import RequestValidator


def signed_post(client: Client, path: str, *, token: str = "", base: str = "", **form: str):
    """Post a form with the signature that the network would give it."""
    form = {"AccountSid": settings.TWILIO_ACCOUNT_SID} | form
    validator = RequestValidator(token or settings.TWILIO_AUTH_TOKEN)
    signature = validator.compute_signature((base or settings.PUBLIC_BASE_URL) + path, form)
    return client.post(path, form, headers={"X-Twilio-Signature": signature})
