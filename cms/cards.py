"""Draws the card of a social post: a few words in our colours, in the two sizes that networks show (S11).

Pure: words in, pictures out. The colours are those of theme.css; tests/cms/test_cards.py proves their contrast.
"""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.utils.translation import gettext as _
from font_rhd import RedHatDisplayBold, RedHatDisplaySemiBold
from PIL import Image, ImageDraw, ImageFont

WIDE, SQUARE = (1200, 630), (1080, 1080)
MOST = 160  # letters
LARGEST, SMALLEST = 92, 44  # pixels
LINE = 1.18  # of the letters' size
EDGE = 96
THEME = Path(__file__).with_name("static") / "cms" / "theme.css"
TOKEN = re.compile(r"--([a-z-]+):\s*(#[0-9a-f]{6});")
PAPER, INK, SOFT, LAMP, GLOW = "paper", "ink", "soft", "lamp", "lamp-soft"

Font = ImageFont.FreeTypeFont


class CardRefused(ValueError):
    """Words that make no card; the sentence says why, for whoever wrote them."""


@dataclass(frozen=True)
class Card:
    """The same words in both sizes, as PNG."""

    wide: bytes
    square: bytes


@cache
def colours() -> dict[str, str]:
    """Read the light colours of the theme, the only place where a colour is written down."""
    light = THEME.read_text().split("}")[0]
    return dict(TOKEN.findall(light))


def draw(words: str, *, signed: str) -> Card:
    """Draw both sizes, signed with the name of the service; CardRefused where that cannot be."""
    words = " ".join(words.split())
    if len(words) > MOST:
        raise CardRefused(_("That is too much for a card: %(most)d letters at most.") % {"most": MOST})
    strange = sorted({letter for letter in words + signed if not _is_known(letter)})
    if strange:
        raise CardRefused(
            _("Our card cannot show these signs: %(signs)s. Please leave them out.") % {"signs": " ".join(strange)}
        )
    return Card(_draw(words, WIDE, signed=signed), _draw(words, SQUARE, signed=signed))


def _draw(words: str, size: tuple[int, int], *, signed: str) -> bytes:
    shades = colours()
    picture = Image.new("RGB", size, shades[PAPER])
    pen = ImageDraw.Draw(picture)
    width, height = size
    _lamp(pen, at=(width - EDGE - 84, height - EDGE - 8), shades=shades)
    font, lines = _fit(words, (width - 2 * EDGE, height - 3 * EDGE - 24))
    top = EDGE - 16
    for number, line in enumerate(lines):
        pen.text((EDGE, top + number * font.size * LINE), line, font=font, fill=shades[INK])
    name = ImageFont.truetype(RedHatDisplaySemiBold, 34)
    pen.rounded_rectangle((EDGE, height - EDGE - 60, EDGE + 96, height - EDGE - 52), 4, fill=shades[LAMP])
    pen.text((EDGE, height - EDGE - 34), signed, font=name, fill=shades[SOFT])
    out = io.BytesIO()
    picture.save(out, "PNG", optimize=True)
    return out.getvalue()


def _lamp(pen: ImageDraw.ImageDraw, *, at: tuple[int, int], shades: dict[str, str]) -> None:
    """Draw a lit window in the corner: the mark of the house, which says nothing that the words do not."""
    x, y = at
    pen.ellipse((x - 210, y - 210, x + 210, y + 210), fill=shades[GLOW])
    pen.rounded_rectangle((x - 58, y - 74, x + 58, y + 74), 20, fill=shades[LAMP])
    pen.line((x, y - 74, x, y + 74), fill=shades[INK], width=8)
    pen.line((x - 58, y, x + 58, y), fill=shades[INK], width=8)
    pen.rounded_rectangle((x - 58, y - 74, x + 58, y + 74), 20, outline=shades[INK], width=8)


def _fit(words: str, box: tuple[int, int]) -> tuple[Font, list[str]]:
    """Find the largest letters in which the words fit into a box of this width and height."""
    for size in range(LARGEST, SMALLEST - 1, -4):
        font = ImageFont.truetype(RedHatDisplayBold, size)
        lines = _wrap(words, font, box[0])
        is_narrow = all(font.getlength(line) <= box[0] for line in lines)
        if is_narrow and len(lines) * size * LINE <= box[1]:
            return font, lines
    raise CardRefused(_("These words are too long for a card. Please use fewer, or shorter ones."))


def _wrap(words: str, font: Font, width: int) -> list[str]:
    lines = [""]
    for word in words.split():
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and font.getlength(longer) > width:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines


@cache
def _is_known(letter: str) -> bool:
    """Tell whether our letters have this one: what they lack is drawn as an empty box."""
    if letter.isspace():
        return True
    font = ImageFont.truetype(RedHatDisplayBold, SMALLEST)
    return bytes(font.getmask(letter)) != bytes(font.getmask("\uffff"))
