"""The card of a social post, in our colours: sizes, contrast by pixel, and what it cannot show (S11)."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from cms import cards, networks


def opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data))


def lightness(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((lightness(one), lightness(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def test_both_sizes_carry_the_words_and_nothing_else() -> None:
    card = cards.draw("You are on the list.", signed="Northfields")
    assert opened(card.wide).size == (1200, 630)
    assert opened(card.square).size == (1080, 1080)
    assert opened(card.wide).info == {}, "no note, no name, no time"
    assert cards.draw("You are on the list.", signed="Northfields") == card, "the same words, the same bytes"


@pytest.mark.parametrize(
    ("words", "ground"), [("ink", "paper"), ("ink", "lamp-soft"), ("soft", "paper"), ("soft", "lamp-soft")]
)
def test_words_stand_out_from_every_ground_they_may_stand_on(words: str, ground: str) -> None:
    shades = cards.colours()
    assert contrast(shades[words], shades[ground]) >= 4.5
    if words == "ink":
        assert contrast(shades[words], shades[ground]) >= 7


@pytest.mark.parametrize("size", ["wide", "square"])
def test_the_pixels_are_those_colours(size: str) -> None:
    picture = opened(getattr(cards.draw("You are on the list.", signed="N"), size))
    seen = {f"#{red:02x}{green:02x}{blue:02x}" for _count, (red, green, blue) in picture.getcolors(100_000) or []}
    shades = cards.colours()
    assert {shades[name] for name in ("paper", "ink", "lamp", "lamp-soft")} <= seen


def test_long_words_get_smaller_letters_and_no_letter_leaves_the_card() -> None:
    picture = opened(
        cards.draw("Nobody drops off the list because they did not answer a text or a call. " * 2, signed="N").wide
    )
    paper = tuple(int(cards.colours()["paper"][at : at + 2], 16) for at in (1, 3, 5))
    edge = [picture.getpixel((x, y)) for x in (2, 40) for y in range(0, 630, 3)]
    assert set(edge) == {paper}


@pytest.mark.parametrize("letter", "éłšőñÅ’“–…£€")
def test_letters_of_our_neighbours_are_drawn(letter: str) -> None:
    cards.draw(f"A{letter}a", signed="N")


@pytest.mark.parametrize("letter", "🙂你ع")
def test_a_sign_our_letters_lack_is_named(letter: str) -> None:
    with pytest.raises(cards.CardRefused, match=letter):
        cards.draw(f"Hello {letter}", signed="N")


def test_each_network_counts_in_its_own_way() -> None:
    known = networks.every()
    link = "https://meanwhile.example/" + "a" * 60
    assert known["x"].length("abc", link) == 3 + 2 + 23
    assert known["bluesky"].length("abc", link) == 3 + 2 + len(link)
    assert (known["bluesky"].length("👩‍👩‍👧"), known["x"].length("👩‍👩‍👧")) == (1, 2)
    assert (known["x"].length("你好"), known["mastodon"].length("你好")) == (4, 2)
    assert (known["x"].length("“don’t – stop”"), known["x"].length("é")) == (14, 1)
    assert known["x"].takes("a" * 280)
    assert not known["x"].takes("a" * 281)
