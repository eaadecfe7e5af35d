"""Words: counted as the network counts, kept to two segments, and harmless in a stranger's hand (N14, G23)."""

from __future__ import annotations

import json
import string
from pathlib import Path

import pytest
from django.conf import settings

from notifications import languages, messages, sessions, speech
from notifications.rules import RULES
from peer.models.sessions import Way

FILES = sorted((Path(settings.BASE_DIR) / "templates" / "notifications").glob("*/*/*.txt"))
IDS = [f"{one.parent.parent.name}-{one.parent.name}-{one.stem}" for one in FILES]
OTHERS = [one for one in FILES if one.parent.parent.name != "en"]
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


@pytest.fixture(autouse=True)
def all_languages(settings) -> None:
    settings.MESSAGE_LANGUAGES = ["all"]


@pytest.mark.parametrize("file", FILES, ids=IDS)
def test_every_file_names_its_purpose_and_tells_a_stranger_nothing(file: Path) -> None:
    words = read(file)
    assert file.read_text().startswith("purpose: ")
    assert words.purpose
    assert words.text
    assert messages.tells_too_much(words.text) == ""
    if file.parent.name == "sms" and file.parent.parent.name in {"en", "so", "pl"}:
        assert messages.is_basic(string.Template(words.text).template.replace("{", "").replace("}", ""))


def read(file: Path) -> messages.Words:
    words = messages.template(file.parent.name, file.stem, file.parent.parent.name)
    assert words.language == file.parent.parent.name
    return words


POLLED = ", ".join(f"{number}: Wed 30 Sep 10.30am" for number in range(1, 7))
OTHER_TIMES = ", ".join(f"{number} for Wednesday 30 September, 10.30am, in person" for number in (4, 5, 6))


def everybody() -> list[str]:
    return NAMES + (json.loads(NAUGHTY.read_text()) if NAUGHTY.exists() else [])


@pytest.mark.parametrize("file", FILES, ids=IDS)
def test_no_value_makes_a_message_longer_than_two_segments_or_telling(file: Path) -> None:
    names = blanks(read(file).text)
    fixed = messages.common() | {"link": "https://example.org/i/" + "x" * 43, "until": "Wednesday 30 September"}
    fixed |= {
        "ring_when": "Wednesday 30 September between 3 and 5",
        "ring_numbers": "30/09 15:00-17:00",
        "read_when": "tomorrow at 8am",
        "way": max(map(sessions.by_way, Way), key=len),
        "code": "123456",
        "host": "example.org",
        "times": POLLED if file.stem == "times_offered" else OTHER_TIMES,
    }
    for name in [*everybody(), "ł" * 60, "ع" * 60, "ক" * 60, "😀" * 60]:
        values = {key: fixed.get(key, name) for key in names}
        body = messages.fill(file.parent.name, file.stem, values, language=file.parent.parent.name)
        assert messages.tells_too_much(body) == ""
        assert "{" not in body or "{" in name
        if file.parent.name == "sms":
            assert messages.segments(body) <= 2, body


def test_a_missing_value_or_file_is_a_fault_that_says_which() -> None:
    with pytest.raises(messages.MissingWords, match="code"):
        messages.fill("sms", "code")
    with pytest.raises(messages.MissingWords, match="no_such"):
        messages.fill("sms", "no_such")


@pytest.mark.parametrize("language", ["yo", "bfi", "tlh", "", "../en"])
def test_a_language_without_texts_and_one_that_there_is_not_speak_english(language: str) -> None:
    assert messages.template("sms", "news", language) == messages.template("sms", "news", "en")


def test_a_text_that_a_language_lacks_is_the_english_one() -> None:
    assert messages.template("sms", "code", "so") == messages.template("sms", "code", "en")


@pytest.mark.parametrize(
    ("chosen", "speaks"),
    [([], ["en"]), (["pl"], ["en", "pl"]), (["tlh", "yo"], ["en"]), (["all"], ["ar", "bn", "en", "pl", "so"])],
)
def test_a_service_offers_what_it_chose_else_english_and_what_was_checked(settings, chosen, speaks) -> None:
    settings.MESSAGE_LANGUAGES = chosen
    assert sorted(languages.offered()) == speaks
    assert messages.template("sms", "news", "so").language == ("so" if "so" in speaks else "en")


def test_no_language_is_called_checked_before_somebody_who_speaks_it_has_read_it() -> None:
    assert [row.code for row in languages.ALL.values() if row.checked] == ["en"]


@pytest.mark.parametrize("file", OTHERS, ids=lambda one: f"{one.parent.parent.name}-{one.parent.name}-{one.stem}")
def test_a_text_of_another_language_has_an_english_one_and_no_english_words_as_values(file: Path) -> None:
    assert messages.template(file.parent.name, file.stem, "en").language == "en"
    names = blanks(read(file).text)
    assert names <= {"service", "phone"} | (
        {"your_word", "ring_numbers", "link", "days"} if file.parent.name == "sms" else set()
    )


OFFERS = ("invitation", "offer_reminder", "offer_yes", "offer_no")


@pytest.mark.parametrize("language", ["ar", "bn", "pl", "so"])
def test_every_written_language_has_every_sentence_of_a_call_and_its_own_first_texts(language: str) -> None:
    for name in speech.NAMES:
        assert messages.template("call", name, language).language == language
    for name in ("first_hello", "news", "we_will_ring", "got_it", "will_ring", "wrong_number", *OFFERS):
        assert messages.template("sms", name, language).language == language


@pytest.mark.parametrize("word", ["szpital", "isbitaalka", "caafimaadka maskaxda", "مستشفى", "মানসিক"])
def test_a_word_of_another_language_that_tells_too_much_goes_too(settings, word: str) -> None:
    assert messages.tame(word) == settings.SERVICE_NAME


@pytest.mark.parametrize(("chosen", "ids"), [(["tlh"], ["notifications.E003"]), (["so"], ["notifications.W001"]), (["en"], [])])  # fmt: skip
def test_a_language_that_there_is_not_or_nobody_has_checked_is_said_at_the_start(settings, chosen, ids) -> None:
    from notifications.checks import languages_are_known

    settings.MESSAGE_LANGUAGES = chosen
    assert [problem.id for problem in languages_are_known()] == ids


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


def test_a_number_in_words_from_right_to_left_keeps_its_order_and_no_voice_speaks_the_marks(settings) -> None:
    settings.SERVICE_PHONE = "020 7946 0000"
    words = speech.written("machine", "ar")
    assert "\u2066020 7946 0000\u2069" in words
    said = languages.ALL["ar"].says(words)
    assert said is not None
    assert "\u2066" not in said.words
    assert "\u2066020 7946 0000\u2069" in messages.fill("sms", "will_ring", language="ar")
