"""Phone numbers as the network knows them: which exist, which take texts, which are magic."""

import re

E164 = re.compile(r"\+[1-9]\d{6,14}")
BRITISH = re.compile(r"\+44\d{9,10}")
BRITISH_LANDLINE = re.compile(r"\+44[1238]\d+")
SENDER_NAME = re.compile(r"(?=.*[A-Za-z])[A-Za-z0-9 &+_-]{1,11}")

# The provider's published test numbers (test data: twilio_codes.json).
MAGIC_TEXT_TO = {
    "+15005550001": 21211,
    "+15005550002": 21612,
    "+15005550003": 21408,
    "+15005550004": 21610,
    "+15005550009": 21614,
}
MAGIC_TEXT_FROM = {"+15005550001": 21212, "+15005550007": 21606, "+15005550008": 21611}
MAGIC_CALL_TO = {
    "+15005550001": 21217,
    "+15005550002": 21214,
    "+15005550003": 21215,
    "+15005550004": 21216,
}


def exists(number: str) -> bool:
    """Say whether a number could exist; British ones must have their full length."""
    if not E164.fullmatch(number):
        return False
    return BRITISH.fullmatch(number) is not None if number.startswith("+44") else True


def is_landline(number: str) -> bool:
    """Say whether a number is a British line that takes no texts."""
    return BRITISH_LANDLINE.fullmatch(number) is not None


def text_to_fault(to: str) -> int | None:
    """Name the provider's code that refuses a text to this number, or nothing."""
    if to in MAGIC_TEXT_TO:
        return MAGIC_TEXT_TO[to]
    if not exists(to):
        return 21211
    return 21614 if is_landline(to) else None


def text_from_fault(sender: str) -> int | None:
    """Name the provider's code that refuses a text from this sender, or nothing."""
    if sender in MAGIC_TEXT_FROM:
        return MAGIC_TEXT_FROM[sender]
    return None if exists(sender) or SENDER_NAME.fullmatch(sender) else 21212


def call_to_fault(to: str) -> int | None:
    """Name the provider's code that refuses a call to this number, or nothing."""
    if to in MAGIC_CALL_TO:
        return MAGIC_CALL_TO[to]
    return None if exists(to) else 21217


def typed(raw: str) -> str:
    """Read a number as people and addresses give it: spaces, 07…, or a plus lost to a query."""
    digits = re.sub(r"[^\d+]", "", raw)
    if digits.startswith("00"):
        return "+" + digits[2:]
    if digits.startswith("0"):
        return "+44" + digits[1:]
    return digits if digits.startswith("+") or not digits else "+" + digits


def shown(number: str) -> str:
    """Write a number as people in Britain say it."""
    if not BRITISH.fullmatch(number):
        return number
    local = "0" + number[3:]
    if local.startswith("020"):
        return f"{local[:3]} {local[3:7]} {local[7:]}"
    return f"{local[:5]} {local[5:]}"
