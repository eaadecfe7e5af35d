"""Screening: whole words, disguises folded, places that fit the text, and any failure counts as red (safety P5, G24)."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from peer import content_notes, screening
from peer.screening import Kind, Level, screen

RED = [
    "I want to kill myself",
    "i WANT to   k1ll mysélf",
    "kіll myself",  # Cyrillic i
    "im gonna kms tonight",
    "I’ve taken all my mum’s tablets",
    "I don't want to be here any more",
    "better\noff\ndead",
    "su1cide",
    "he's got - has a knife",
    "this is goodbye",
]
AMBER = [
    "I keep cutting myself",
    "how old are you?",
    "What's your snap",
    "nobody would miss me",
    "dm me pls",
    "i feel hopeless",
]
CALM = [
    "Killing time before the bus",
    "This game is to die for",
    "I could murder a pizza",
    "my skills are dead good",
    "we had a cutting-edge lesson",
    "I feel forgotten by my friends more than the list tbh",
    "Ok the resting thing is actually helpful. Thank you.",
    "meet at the school gates was fun",
    "I wish I was a dog",
    "Ring any bells?",
]
TOLD = {
    Kind.PHONE: [
        "ring me on 07700 900123",
        "07700900123",
        "+44 7700 900 123",
        "call 020 7946 0018 after 6",
        "0 7 7 0 0 9 0 0 1 2 3",
        "zero seven seven double zero nine oh oh one two three",
        "(01632) 960 001",
        "07700.900.123",
    ],
    Kind.EMAIL: [
        "fern@example.com",
        "fern dot x at gmail dot com",
        "write to a.b-c@mail.co.uk",
        "fern (at) icloud (dot) com",
    ],
    Kind.HANDLE: [
        "@fern_x",
        "my snap is fernx",
        "insta: fern.xo",
        "discord fern#1234",
        "add fern_99 my ig is fern_99",
        "snap fern123",
    ],
    Kind.POSTCODE: ["I live in SW1A 1AA", "near m1 1ae", "EC1A1BB"],
    Kind.SCHOOL: ["I go to St Mary's High School", "I'm at Elm Park Academy", "I'm in year 9"],
    Kind.AGE: [
        "I'm 14",
        "i am 9 today",
        "im only 13",
        "14 years old",
        "my 15th birthday",
        "just turned... I just turned 12",
    ],
    Kind.LINK: ["https://example.com/x", "go to example.co.uk", "www.example.org", "discord.gg/abc"],
}
PLAIN = [
    "see you at 4.30pm",
    "I slept 6 hours and 30 minutes",
    "I'm 100% sure",
    "page 14 of the book",
    "I'm 3 weeks in",
    "ring 116 123, they were kind",
    "text SHOUT to 85258",
    "Childline is 0800 1111",
    "I am at home",
    "it was the best. me too",
    "it's 2026 already",
    "bus 192 then 43",
]


@pytest.mark.parametrize("text", RED)
def test_red(text: str) -> None:
    assert screen(text).level == Level.RED


@pytest.mark.parametrize("text", AMBER)
def test_amber(text: str) -> None:
    assert screen(text).level == Level.AMBER


@pytest.mark.parametrize("text", CALM)
def test_everyday_words_wake_nobody(text: str) -> None:
    assert screen(text).level == Level.NONE


@pytest.mark.parametrize(("kind", "text"), [(kind, text) for kind, texts in TOLD.items() for text in texts])
def test_what_tells_who_somebody_is_is_found(kind: Kind, text: str) -> None:
    assert kind in {finding.kind for finding in screen(text).findings}


@pytest.mark.parametrize("text", PLAIN)
def test_times_numbers_and_helplines_are_no_contact_details(text: str) -> None:
    assert screen(text).findings == ()


def test_the_place_found_is_the_place_in_the_text() -> None:
    text = "So — it’s ﬁne, ring 07700 900123 please"
    [found] = [finding for finding in screen(text).findings if finding.kind is Kind.PHONE]
    assert text[found.start : found.end] == "07700 900123"


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=400))
def test_places_always_lie_within_the_text(text: str) -> None:
    for finding in screen(text).findings:
        assert 0 <= finding.start < finding.end <= len(text)


PHRASES = [phrase for row in screening._table().values() for phrase in row["phrases"]]
TOPICS = {topic: tuple(row["phrases"]) for topic, row in content_notes.table().items()}
WATCHED = {"self-harm": Level.AMBER, "№ 5 ... o'clock": Level.RED, "#sad": Level.RED, "ſo über it": Level.AMBER}
ALL = [*PHRASES, *WATCHED, *(phrase for phrases in TOPICS.values() for phrase in phrases)]
between = st.sampled_from([" ", "  ", "_", "-", "\n", ", ", "...", " a b ", "", "’"])
phrases = st.builds(lambda phrase, mark: mark.join(phrase.replace("...", "x").split()), st.sampled_from(ALL), between)
words = st.sampled_from([word for phrase in ALL for word in phrase.split()])
odd = st.sampled_from(["k1ll", "ｋｉｌｌ", "MYSELF", "my self", "_", "é", "1", "\u200b"]) | st.text(max_size=3)
sayings = st.lists(st.tuples(phrases | words | odd, between), max_size=8)


@settings(max_examples=600, deadline=None)
@given(sayings)
def test_no_phrase_is_missed_by_looking_only_where_all_its_words_are(said: list[tuple[str, str]]) -> None:
    text = "".join(piece + mark for piece, mark in said)
    found, topics = screen(text, watched=WATCHED), set(screening.speaks_of(text, TOPICS))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(screening.Phrases, "may_stand_among", lambda *_words: True)
        assert screen(text, watched=WATCHED) == found
        assert set(screening.speaks_of(text, TOPICS)) == topics


def test_a_text_without_any_of_the_words_is_spared_the_search() -> None:
    words = frozenset(["slow", "walk"])
    assert not any(phrases.may_stand_among(words) for _level, phrases in screening._table_phrases())


@pytest.mark.parametrize(
    "unit", ["a", "0 7 ", "i go to ", "snap ", "at dot ", "one two ", "@a", "kill ", "(", "\u200b", "-a", "a."]
)
def test_a_whole_post_is_read_in_time(unit: str) -> None:
    screen("warm up")
    started = time.thread_time()
    found = screen((unit * 4_000)[:4_000]).findings
    assert time.thread_time() - started < 0.5
    assert Kind.FAILED not in {finding.kind for finding in found}


def test_a_text_that_swells_when_it_is_read_goes_to_a_person() -> None:
    assert screen("ﷺ" * 40_000).level == Level.RED


def test_what_fails_or_hangs_counts_as_red(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(screening, "TIME_A_TEXT", -1)
    [found] = screen("hello").findings
    assert (found.kind, found.level) == (Kind.FAILED, Level.RED)


def test_each_level_has_its_minutes() -> None:
    assert screening.due_minutes(Level.RED) <= 15
    assert 30 <= screening.due_minutes(Level.AMBER) <= 60
