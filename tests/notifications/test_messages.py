"""Words: counted as the network counts, kept to two segments, and harmless in a stranger's hand (N14, G23)."""

from __future__ import annotations

import json
import string
from pathlib import Path

import pytest
from django.conf import settings

from notifications import messages
from notifications.rules import RULES

FILES = sorted((Path(settings.BASE_DIR) / "templates" / "notifications").glob("*/*/*.txt"))
SEGMENTS = [
    ("", 1),
    ("a" * 160, 1),
    ("a" * 161, 2),
    ("a" * 306, 2),
    ("a" * 307, 3),
    ("€" * 80, 1),  # the extension table costs two each
    ("€" * 81, 2),
    ("a" * 159 + "€", 2),
    ("a" * 152 + "€" + "a" * 152, 3),  # an extended mark does not straddle the cut: 152, then 2 + 152 are too many
    ("a" * 152 + "€" + "a" * 151, 2),
    ("€" * 76 + "a" + "€" * 76, 2),
    ("^{}\\[~]|€", 1),
    ("é" * 160, 1),  # in the basic alphabet
    ("ê" * 70, 1),  # not in it
    ("ê" * 71, 2),
    ("ê" * 134, 2),
    ("ê" * 135, 3),
    ("😀" * 35, 1),  # two units each
    ("😀" * 36, 2),
    ("a" * 66 + "😀" + "a" * 65, 2),  # a pair is not cut
    ("a" * 69 + "’", 1),
    ("a" * 70 + "’", 2),
    ("\n" * 160, 1),
]
# Made once by the provider's own open calculator (TwilioDevEd/message-segment-calculator 1.2.0, its commit a50230f):
# which alphabet a text needs, its length in septets or in units of UTF-16, and its segments.
PROVIDER = json.loads(Path(__file__).with_name("provider_segments.json").read_text())
NAUGHTY = Path(__file__).resolve().parents[3] / "shared" / "data" / "naughty_strings.json"
NAMES = [
    "Asha",
    "Łukasz",
    "阿莎",
    "😀😀😀",
    "O'Brien",
    "{code}",
    "{0.__class__}",
    "%s",
    "CAMHS",
    "x" * 500,
    "a\nb",
    "\x00",
    "",
    "‮abc",
]


@pytest.mark.parametrize(("text", "count"), SEGMENTS)
def test_segments_are_counted_as_the_network_counts(text: str, count: int) -> None:
    assert messages.segments(text) == count


@pytest.mark.parametrize("row", PROVIDER, ids=range(len(PROVIDER)))
def test_the_providers_own_calculator_says_the_same(row: dict[str, str | int]) -> None:
    text = str(row["text"])
    ours = {"alphabet": "basic" if messages.is_basic(text) else "wide", "length": messages.length(text)}
    assert ours | {"text": text, "segments": messages.segments(text)} == row


def test_the_mark_that_opens_the_extension_table_is_in_no_alphabet_of_ours() -> None:
    assert not messages.is_basic("\x1b")


def blanks(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("file", FILES, ids=[f"{one.parent.name}-{one.stem}" for one in FILES])
def test_every_file_names_its_purpose_and_tells_a_stranger_nothing(file: Path) -> None:
    words = messages.template(file.parent.name, file.stem)
    assert file.read_text().startswith("purpose: ")
    assert words.purpose
    assert words.text
    assert messages.tells_too_much(words.text) == ""
    if file.parent.name == "sms":
        assert messages.is_basic(string.Template(words.text).template.replace("{", "").replace("}", ""))


def everybody() -> list[str]:
    return NAMES + (json.loads(NAUGHTY.read_text()) if NAUGHTY.exists() else [])


@pytest.mark.parametrize("file", FILES, ids=[f"{one.parent.name}-{one.stem}" for one in FILES])
def test_no_value_makes_a_message_longer_than_two_segments_or_telling(file: Path) -> None:
    names = blanks(messages.template(file.parent.name, file.stem).text)
    fixed = messages.common() | {"link": "https://example.org/i/" + "x" * 43, "until": "Wednesday 30 September"}
    fixed |= {
        "ring_when": "Wednesday 30 September between 3 and 5",
        "read_when": "tomorrow at 8am",
        "code": "123456",
        "host": "example.org",
    }
    for name in everybody():
        values = {key: fixed.get(key, name) for key in names}
        body = messages.fill(file.parent.name, file.stem, values)
        assert messages.tells_too_much(body) == ""
        assert "{" not in body or "{" in name
        if file.parent.name == "sms":
            assert messages.segments(body) <= 2, body


def test_a_missing_value_or_file_is_a_fault_that_says_which() -> None:
    with pytest.raises(messages.MissingWords, match="code"):
        messages.fill("sms", "code")
    with pytest.raises(messages.MissingWords, match="no_such"):
        messages.fill("sms", "no_such")


def test_another_language_falls_back_to_english_until_it_has_its_file() -> None:
    assert messages.template("sms", "news", "so") == messages.template("sms", "news", "en")


def test_a_word_that_tells_too_much_is_replaced_by_the_name_of_the_service(settings) -> None:
    assert messages.tame("my therapist") == settings.SERVICE_NAME


def test_every_rule_has_its_words_on_disk() -> None:
    for rule in RULES:
        for channel, name in rule.words.items():
            assert messages.template(channel, name).text


def test_a_service_cannot_start_with_a_name_that_tells_too_much(settings) -> None:
    from notifications.checks import names_are_neutral

    assert names_are_neutral() == []
    settings.SERVICE_NAME = "Anytown CAMHS"
    (problem,) = names_are_neutral()
    assert "CAMHS" in problem.msg
