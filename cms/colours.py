"""Colours that a service may choose: what they are read against, and the shades made from them (WCAG 2.2 AA)."""

from __future__ import annotations

from dataclasses import dataclass

READABLE, STEP = 4.5, 0.04
WHITE, BLACK = "#ffffff", "#000000"


@dataclass(frozen=True)
class Theme:
    """One of the two themes of theme.css, as far as a chosen colour meets it."""

    paper: str
    backs: tuple[str, ...]  # what links and buttons lie on
    on_accent: str  # the words on a button
    away: str  # a shade for hovering goes this way
    calm: float  # how much of the paper is in the calm surface


LIGHT = Theme("#fcf6ec", ("#fcf6ec", "#fffdf9", "#f4eadb"), "#fffdf9", BLACK, 0.88)
DARK = Theme("#17111f", ("#17111f", "#221a2c", "#120c19"), "#241533", WHITE, 0.78)


def contrast(one: str, other: str) -> float:
    """Give the ratio of two colours as WCAG defines it, 1 to 21."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def mix(one: str, other: str, part: float) -> str:
    """Give the first colour with a part, 0 to 1, of the other in it."""
    pairs = zip(_parts(one), _parts(other), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * part):02x}" for a, b in pairs)


def is_readable(colour: str, theme: Theme) -> bool:
    """Tell whether links in this colour can be read on every surface, and words on a button that has it."""
    return min(contrast(colour, back) for back in (*theme.backs, theme.on_accent)) >= READABLE


def for_the_dark(colour: str) -> str:
    """Lighten a colour until it can be read in the dark."""
    part = 0.0
    while not is_readable(shade := mix(colour, WHITE, min(part, 1)), DARK) and part < 1:
        part += STEP
    return shade


def sheet(light: str, dark: str) -> str:
    """Write the stylesheet that lays the chosen colours over those of theme.css."""
    day, night = _tokens(light, LIGHT), _tokens(dark, DARK)
    return (
        f':root, [data-theme="light"] {{ {day} }}\n[data-theme="dark"] {{ {night} }}\n'
        f"@media (prefers-color-scheme: dark) {{ :root:not([data-theme]) {{ {night} }} }}\n"
    )


def shades(colour: str, theme: Theme) -> dict[str, str]:
    """Give every token that follows from the chosen colour."""
    back = mix(colour, theme.paper, theme.calm)
    ink, part = colour, 0.0
    while contrast(ink, back) < READABLE and part < 1:
        part += STEP
        ink = mix(colour, theme.away, part)
    return {
        "accent": colour,
        "link": colour,
        "accent-deep": mix(colour, theme.away, 0.3),
        "calm-back": back,
        "calm-ink": ink,
    }


def _tokens(colour: str, theme: Theme) -> str:
    return " ".join(f"--{name}: {value};" for name, value in shades(colour, theme).items())


def _parts(colour: str) -> list[int]:
    return [int(colour[at : at + 2], 16) for at in (1, 3, 5)]


def _luminance(colour: str) -> float:
    parts = [part / 255 for part in _parts(colour)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
