"""Every pair of tokens that meets on a page can be read, in light and in dark (WCAG 2.2 AA)."""

from __future__ import annotations

from pathlib import Path

import pytest
import tinycss2
from django.conf import settings

SHEET = Path(settings.BASE_DIR, "cms/static/cms/theme.css").read_text(encoding="utf-8")
PARTS = Path(settings.BASE_DIR, "cms/static/cms/parts.css").read_text(encoding="utf-8")
TEXT = [
    *[(ink, back) for ink in ("ink", "soft", "link", "danger") for back in ("paper", "surface", "sunk")],
    *[(f"{kind}-ink", f"{kind}-back") for kind in ("calm", "good", "wait", "warn", "urgent")],
    ("on-accent", "accent"),
    ("on-accent", "accent-deep"),
    ("on-danger", "danger"),
    ("on-danger", "danger-deep"),
    ("on-lamp", "lamp"),
    ("ink", "lamp-soft"),
    ("ink", "calm-back"),
    ("on-strip", "strip"),
    ("accent-deep", "paper"),
    ("accent-deep", "surface"),
    ("accent-deep", "sunk"),
]
SHAPES = [(shape, back) for shape in ("edge", "accent", "danger") for back in ("paper", "surface", "sunk")]
SHAPES += [("lamp", "strip"), ("focus", "focus-glow")]


def themes() -> dict[str, dict[str, str]]:
    """Read the colours of the light theme, the chosen dark one, and the dark one of the device."""
    found: dict[str, dict[str, str]] = {}
    for rule in tinycss2.parse_stylesheet(SHEET, skip_comments=True, skip_whitespace=True):
        selector = tinycss2.serialize(rule.prelude).strip()
        if rule.type == "qualified-rule" and "data-theme" in selector and selector.endswith("]"):
            found.setdefault("dark" if '"dark"' in selector else "light", _colours(rule.content))
        if rule.type == "at-rule" and "prefers-color-scheme" in selector:
            inner = tinycss2.parse_rule_list(rule.content, skip_comments=True, skip_whitespace=True)
            found["device"] = _colours(inner[0].content)
    return found


def _colours(content: list[object]) -> dict[str, str]:
    lines = tinycss2.parse_declaration_list(content, skip_comments=True, skip_whitespace=True)
    values = {line.name[2:]: tinycss2.serialize(line.value).strip() for line in lines if line.name.startswith("--")}
    return {name: value for name, value in values.items() if value.startswith("#")}


def contrast(one: str, other: str) -> float:
    """Give the ratio of two colours as WCAG defines it, 1 to 21."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_the_ratio_is_the_published_one() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("ink", "back"), TEXT)
def test_text_can_be_read(theme: str, ink: str, back: str) -> None:
    colours = themes()[theme]
    assert contrast(colours[ink], colours[back]) >= 4.5


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("shape", "back"), SHAPES)
def test_edges_and_shapes_can_be_seen(theme: str, shape: str, back: str) -> None:
    colours = themes()[theme]
    assert contrast(colours[shape], colours[back]) >= 3


def test_dark_is_the_same_by_device_and_by_choice() -> None:
    assert themes()["device"] == themes()["dark"]


def test_light_and_dark_name_the_same_colours() -> None:
    assert themes()["light"].keys() == themes()["dark"].keys()


@pytest.mark.parametrize("number", range(12))
def test_the_letter_of_each_avatar_can_be_read(number: int) -> None:
    back = PARTS.split(f".avatar-{number} {{ --avatar: ")[1][:7]
    assert contrast("#21142e", back) >= 4.5
