"""E-mail addresses, pure: what was typed in, one plain address out, refusals in plain sentences."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _


class WrongEmail(ValueError):
    """The address cannot be used; the message says why, in words for the person who typed it."""


def parse(typed: str) -> str:
    """Read an address as people type it and give it in lower case; `WrongEmail` says why not."""
    address = typed.strip().casefold()
    try:
        validate_email(address)
    except ValidationError:
        raise WrongEmail(_("That does not look like an e-mail address. It needs a name, an @ and a place.")) from None
    return address


def masked(address: str) -> str:
    """Show the first letter and the place, as staff see an address: p…@example.org."""
    name, at, place = address.partition("@")
    return f"{name[:1]}…{at}{place}"
