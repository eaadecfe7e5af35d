"""Finding services: words in names, texts and terms, the house's own filters, and a word that was nearly right."""

from __future__ import annotations

import pytest

from cms.finding import Wanted, did_you_mean, find
from cms.models import DirectoryService
from tests.cms.directory import make_organisation, make_service, make_term

pytestmark = pytest.mark.django_db


@pytest.fixture
def services() -> None:
    worry, sleep = make_term(name="Worry", also="anxiety panic"), make_term(name="Sleep")
    north, mill = make_term(kind="area", name="Northfield", also="NF1"), make_term(kind="area", name="Millbrook")
    make_service(name="Thursday Kitchen", terms=(worry, north), age_from=13, age_to=18)
    make_service(name="Night Owls", summary="Chat when you can’t sleep.", terms=(sleep, mill), age_from=16, cost="paid")
    make_service(
        name="Kite",
        summary="A safe place. There is a kitchen.",
        terms=(worry, mill),
        organisation=make_organisation(name="Boathouse", lived_experience=True),
    )


def names(**wanted: object) -> list[str]:
    return [one.name for one in find(DirectoryService.objects.published(), Wanted(**wanted))]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({"words": "owls"}, ["Night Owls"]),
        ({"words": "anxiety"}, ["Kite", "Thursday Kitchen"]),
        ({"words": "boathouse safe"}, ["Kite"]),
        ({"words": "nf1"}, ["Thursday Kitchen"]),
        ({"words": "kitchen"}, ["Thursday Kitchen", "Kite"]),
        ({"words": "kitchen owls"}, []),
        ({"words": "%_\\ ' \""}, []),
        ({"terms": (("need", "worry"), ("area", "millbrook"))}, ["Kite"]),
        ({"terms": (("area", "worry"),)}, []),
        ({"age": 14}, ["Kite", "Thursday Kitchen"]),
        ({"age": 19}, ["Kite", "Night Owls"]),
        ({"cost": "paid"}, ["Night Owls"]),
        ({"lived_experience": True}, ["Kite"]),
    ],
)
def test_what_matches_all_of_it_is_found_the_named_first(
    services: None, wanted: dict[str, object], found: list[str]
) -> None:
    assert names(**wanted) == found


def test_what_was_not_checked_for_long_comes_last_and_drafts_and_ended_ones_never() -> None:
    make_service(name="A stale one", again=-1)
    make_service(name="Fresh")
    make_service(name="Gone", status="defunct")
    make_service(name="Draft", live=False)
    assert names() == ["Fresh", "A stale one"]
    assert [one.name for one in DirectoryService.objects.suggested()] == ["Fresh"]


def test_a_word_that_was_nearly_right_is_turned(services: None) -> None:
    published = DirectoryService.objects.published()
    assert did_you_mean(published, "kichen") == "kitchen"
    assert did_you_mean(published, "anxeity owls") == "anxiety owls"
    assert did_you_mean(published, "kitchen") == did_you_mean(published, "zzzzqq") == ""
