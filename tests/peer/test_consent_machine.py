"""Consent under every order of answers: each purpose apart, the latest word holds, none is ever rewritten (C1–C4)."""

from __future__ import annotations

import datetime as dt
from unittest import mock

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule

from notifications import audience
from peer import clock
from peer.models import Consent, ParentRelationship, Person, consent
from peer.models.consent import Wording
from peer.states import IllegalMove
from tests import machines
from tests.make import make_person, make_user

pytestmark = pytest.mark.django_db

PURPOSES = ("join", "post", "texts", "parent_told", "parent_news")
BASES = ("own", "16-17 presumed", "gillick", "parent")
who = st.sampled_from([0, 1])
purposes = st.sampled_from([*PURPOSES, "parent_news"])


class Consents(machines.Machine):
    """Two young people, one of them older, each with their adults; words change, birthdays come."""

    @initialize()
    def two_young_people(self) -> None:
        self.people = [make_person(born_on=dt.date(born, 12, 1)) for born in (2009, 2011)]
        self.by = make_user()
        for child in self.people:
            for may_know, hidden in (("all", False), ("routine", False), ("nothing", False), ("all", True)):
                adult = make_person(kind=Person.Kind.PARENT_CARER, given_name=f"{may_know} {hidden}", born_on=None)
                ParentRelationship.objects.create(
                    young_person=child, adult=adult, may_know=may_know, must_not_be_told=hidden
                )
        self.said: dict[tuple[int, str], list[tuple[bool, str]]] = {}
        self.versions = dict.fromkeys(PURPOSES, 1)
        self._run.enter_context(mock.patch.object(consent, "wording", self.wording))

    def wording(self, purpose: str) -> Wording:
        return Wording(words=f"May we: {purpose}?", version=f"{self.versions[purpose]}", covers=("news",))

    # ── What happens ────────────────────────────────────────────────────────────────────────────────────────────────
    @rule(who=who, purpose=purposes, given=st.booleans(), basis=st.sampled_from(BASES))
    def answer(self, who: int, purpose: str, given: bool, basis: str) -> None:
        row = Consent.objects.say(self.people[who], purpose, given=given, basis=basis, by=self.by)
        assert row.text_hash == self.wording(purpose).text_hash
        self.said.setdefault((who, purpose), []).append((given, row.version))

    @rule(who=who, purpose=purposes)
    def change_their_mind(self, who: int, purpose: str) -> None:
        given, _version = self._latest(who, purpose)
        self.answer(who, purpose, not given, "own")

    @rule(purpose=purposes)
    def the_words_change(self, purpose: str) -> None:
        self.versions[purpose] += 1

    @rule(days=st.sampled_from([1, 14, 400]))
    def time_goes_by(self, days: int) -> None:
        self.later(days=days)

    @rule(how=st.sampled_from(["update", "delete", "save", "delete one"]))
    def somebody_tries_to_rewrite_it(self, how: str) -> None:
        row = Consent.objects.order_by("?").first()
        if row is None:
            return
        row.given = not row.given
        tries = {
            "update": lambda: Consent.objects.update(given=True),
            "delete": lambda: Consent.objects.all().delete(),
            "save": row.save,
            "delete one": row.delete,
        }
        with pytest.raises(IllegalMove):
            tries[how]()

    # ── What must hold ──────────────────────────────────────────────────────────────────────────────────────────────
    def _latest(self, who: int, purpose: str) -> tuple[bool, str]:
        return self.said.get((who, purpose), [(False, "")])[-1]

    @invariant()
    def the_latest_word_to_the_words_as_they_stand_holds_and_no_other(self) -> None:
        for who, person in enumerate(getattr(self, "people", [])):
            for purpose in PURPOSES:
                given, version = self._latest(who, purpose)
                expected = given and version == f"{self.versions[purpose]}"
                assert Consent.objects.holds(person, purpose) == expected

    @invariant()
    def every_answer_is_still_there_as_it_was_given(self) -> None:
        for (who, purpose), said in getattr(self, "said", {}).items():
            rows = Consent.objects.filter(person=self.people[who], purpose=purpose).order_by("pk")
            assert list(rows.values_list("given", "version")) == said

    @invariant()
    def from_sixteen_adults_are_told_only_on_a_yes(self) -> None:
        for who, person in enumerate(getattr(self, "people", [])):
            age = clock.today().year - person.born_on.year - ((clock.today().month, clock.today().day) < (12, 1))
            yes, _version = self._latest(who, "parent_news")
            for weighty in (False, True):
                told = [one.person.given_name for one in audience.family(person, weighty=weighty)]
                adults = ["all False"] if weighty else ["all False", "routine False"]
                expected = adults if age < 16 else ["Asha", *(adults if yes else [])]
                assert told == expected


def test_the_latest_answer_of_each_purpose_holds_whatever_was_said_before() -> None:
    machines.run(Consents, steps=15)
