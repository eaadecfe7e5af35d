"""How many segments a text costs: 160 of the basic alphabet or 70 of UTF-16, less when joined."""

from collections.abc import Iterable

BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENDED = frozenset("\f^{}\\[~]|€")


def segments(body: str) -> int:
    """Count the segments of a body; a character never straddles two segments."""
    if all(letter in BASIC or letter in EXTENDED for letter in body):
        return _fill((2 if letter in EXTENDED else 1 for letter in body), alone=160, joined=153)
    return _fill((2 if ord(letter) > 0xFFFF else 1 for letter in body), alone=70, joined=67)


def _fill(costs: Iterable[int], *, alone: int, joined: int) -> int:
    sizes = list(costs)
    if sum(sizes) <= alone:
        return 1
    count, used = 1, 0
    for size in sizes:
        if used + size > joined:
            count, used = count + 1, 0
        used += size
    return count
