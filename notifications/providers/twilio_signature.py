"""Whether a request really comes from the network: its signature over our public address and every field (N18)."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest
from twilio.request_validator import RequestValidator


def is_genuine(request: HttpRequest) -> bool:
    """Tell whether the network signed this request, for this account; the address is the public one (trap 37)."""
    signed = request.headers.get("X-Twilio-Signature", "")
    url = settings.PUBLIC_BASE_URL + request.get_full_path()
    account = request.POST.get("AccountSid", "")
    genuine = RequestValidator(settings.TWILIO_AUTH_TOKEN).validate(url, request.POST, signed)
    return bool(genuine) and account == settings.TWILIO_ACCOUNT_SID
