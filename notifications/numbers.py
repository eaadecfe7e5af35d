"""Phone numbers, pure: what was typed in, E.164 and the kind of line out, refusals in plain sentences."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from enum import StrEnum

import phonenumbers
from django.conf import settings
from django.utils.translation import gettext as _
from phonenumbers import PhoneNumber, PhoneNumberFormat, PhoneNumberType

HOME = "GB"
COUNTRY_CODE = 44  # the United Kingdom and the Crown dependencies
LONGEST = 40
SHORTEST = 9  # digits; below it stand 999, 111, 116 123 and short codes

# Ofcom's numbers for drama: "possible" to the library, never "valid", and nobody answers them (stack.md trap 11).
DRAMA_MOBILE = ("+447700900",)
DRAMA_LANDLINE = ("+441632960", "+442079460", "+441134960", "+441144960", "+441154960", "+441164960", "+441174960",
                  "+441184960", "+441214960", "+441314960", "+441414960", "+441514960", "+441614960", "+441914980",
                  "+442890180", "+442920180")  # fmt: skip

COSTLY = {
    PhoneNumberType.PREMIUM_RATE,
    PhoneNumberType.SHARED_COST,
    PhoneNumberType.PERSONAL_NUMBER,
    PhoneNumberType.UAN,
}


class Line(StrEnum):
    """What a number can take: a mobile takes texts and calls, a landline takes calls only."""

    MOBILE = "mobile"
    LANDLINE = "landline"


class WrongNumber(ValueError):
    """The number cannot be used; the message says why, in words for the person who typed it."""


@dataclass(frozen=True)
class Number:
    """A number that may be reached: E.164 and the kind of line."""

    e164: str
    line: Line


def parse(typed: str) -> Number:
    """Read a number of the United Kingdom or the Crown dependencies as people type it; `WrongNumber` says why not."""
    number = _read(typed)
    e164 = phonenumbers.format_number(number, PhoneNumberFormat.E164)
    if is_drama(e164):
        return Number(e164, Line.MOBILE if e164.startswith(DRAMA_MOBILE) else Line.LANDLINE)
    if number.country_code != COUNTRY_CODE:
        raise WrongNumber(_("We can only text or ring numbers in the UK. Please give a UK number."))
    kind = phonenumbers.number_type(number)
    if kind in COSTLY:
        raise WrongNumber(_("That number costs extra to ring. Please give a mobile or a home number."))
    if kind == PhoneNumberType.MOBILE:
        return Number(e164, Line.MOBILE)
    if kind in {PhoneNumberType.FIXED_LINE, PhoneNumberType.FIXED_LINE_OR_MOBILE, PhoneNumberType.VOIP}:
        return Number(e164, Line.LANDLINE)
    if kind in {PhoneNumberType.TOLL_FREE, PhoneNumberType.PAGER}:
        raise WrongNumber(_("That number is not somebody’s own phone. Please give a mobile or a home number."))
    raise WrongNumber(_("That does not look like a UK phone number. Please check each digit."))


def _read(typed: str) -> PhoneNumber:
    digits = [mark for mark in typed if mark.isdigit()]
    if not digits or len(typed) > LONGEST:
        raise WrongNumber(_("Please give a phone number, for example 07700 900123."))
    if len(digits) < SHORTEST:
        raise WrongNumber(_("That is a short or emergency number. Please give a mobile or a home number."))
    try:
        number = phonenumbers.parse(typed, HOME)
    except phonenumbers.NumberParseException:
        raise WrongNumber(_("That does not look like a UK phone number. Please check each digit.")) from None
    if number.extension:
        raise WrongNumber(_("We cannot ring an extension. Please give a number that rings straight through."))
    return number


def is_drama(e164: str) -> bool:
    """Tell whether a number is one of Ofcom's for drama: it never costs money and reaches nobody."""
    return e164.startswith((*DRAMA_MOBILE, *DRAMA_LANDLINE)) and len(e164) == len("+447700900123")


def hashed(e164: str) -> str:
    """Give the keyed hash (HMAC-SHA256, hex) by which a number is found without being stored in the clear."""
    return hmac.new(settings.NUMBER_HASH_KEY.encode(), e164.encode(), hashlib.sha256).hexdigest()


def masked(e164: str) -> str:
    """Show the last three digits, as staff see a number (matrix row 20)."""
    return f"••• {e164[-3:]}" if e164 else ""


def withheld(e164: str) -> str:
    """Write what a phone dials so that the caller's own number is not shown: 14107700900123 (141 is for the UK)."""
    return f"141{''.join(mark for mark in national(e164) if mark.isdigit())}"


def national(e164: str) -> str:
    """Write a number as people here do: 07700 900123."""
    return phonenumbers.format_number(phonenumbers.parse(e164, HOME), PhoneNumberFormat.NATIONAL)
