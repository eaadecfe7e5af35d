"""Tell it once: each part with its own readers, drafts that nobody else reads, nothing lost (S59)."""

from __future__ import annotations

import pytest

from peer import gate
from peer.actions import profiles
from peer.models import Person, ProfileNote, User
from peer.states import IllegalMove, RuleBroken
from tests.make import make_person, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def asha() -> User:
    return make_user(person=make_person())


def person_of(user: User) -> Person:
    assert user.person
    return user.person


def write(user: User, words: str = "Music.", part: str = "helps", places: tuple[str, ...] = ("hello",)) -> ProfileNote:
    return profiles.save(person_of(user), by=user, part=part, words=words, places=places)


def read_at(place: str, user: User) -> list[str]:
    return [note.words or "" for note in ProfileNote.objects.all().shown_at(place, person_of(user))]


def test_each_part_is_read_only_where_its_writer_says(asha: User) -> None:
    write(asha)
    write(asha, "Ring after four.", "safe_ways", ("hello", "handover"))
    assert read_at("hello", asha) == ["Music.", "Ring after four."]
    assert read_at("handover", asha) == ["Ring after four."]
    assert read_at("sessions", asha) == []


def test_unticking_a_part_hides_it_at_once(asha: User) -> None:
    write(asha)
    write(asha, places=())
    assert read_at("hello", asha) == []


def test_a_draft_changes_nothing_for_anybody_else(asha: User) -> None:
    write(asha)
    profiles.keep_draft(person_of(asha), by=asha, part="helps", words="Music and", places=["sessions"])
    assert read_at("hello", asha) == ["Music."]
    assert read_at("sessions", asha) == []
    assert ProfileNote.objects.visible_to(asha).newest().get().words == "Music and"


def test_what_was_written_before_stays(asha: User) -> None:
    first = write(asha, "Tea.")
    write(asha, "Music.")
    assert ProfileNote.objects.visible_to(asha).count() == 2
    first.words = "Changed"
    with pytest.raises(IllegalMove):
        first.save()


def test_nobody_writes_for_somebody_else(asha: User) -> None:
    with pytest.raises(gate.NotAllowed):
        profiles.save(person_of(asha), by=make_user(person=make_person()), part="helps", words="x", places=[])


def test_too_long_and_unknown_parts_are_refused(asha: User) -> None:
    with pytest.raises(RuleBroken, match="a little long"):
        write(asha, "x" * 1_001)
    with pytest.raises(RuleBroken, match="no such part"):
        write(asha, part="secrets")
