"""Our own signature agrees with the provider's validator."""

import pytest
from twilio.request_validator import RequestValidator

from notifications.simulator.signing import signature


@pytest.mark.parametrize("url", ["http://localhost:8000/hooks/sms?attempt=a%2Bb&x=1", "https://example.org/hooks/"])
@pytest.mark.parametrize("form", [{}, {"To": "+447700900101", "Body": "£ & = ? ü 😀", "AccountSid": "AC1", "a": ""}])
def test_the_validator_accepts_it_and_nothing_else(url: str, form: dict[str, str]) -> None:
    signed = signature(token="secret", url=url, form=form)
    assert RequestValidator("secret").validate(url, form, signed)
    assert not RequestValidator("other").validate(url, form, signed)
    assert not RequestValidator("secret").validate(url + "0", form, signed)
    assert not RequestValidator("secret").validate(url, form | {"To": "+447700900102"}, signed)
