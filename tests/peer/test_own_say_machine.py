"""Own say under every order: answers, findings that lapse, birthdays across 16; no adult hears what is not theirs (C3–C7)."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule

from notifications import outbox
from notifications.models import CallTask, Delivery, Duty, Notification
from peer import adults, clock
from peer.actions import competence, consents
from peer.competence import Found
from peer.models import CompetenceAssessment, OwnSay, ParentRelationship, Person, WaitingListEntry
from peer.models.consent import wording
from peer.roles import Role
from peer.states import RuleBroken
from peer.sweeps.competence import watch_competence
from tests import machines
from tests.make import make_person, make_user
from tests.notifications.make import make_contact, make_delivery

pytestmark = pytest.mark.django_db

BORN = (dt.date(2010, 12, 10), dt.date(2012, 2, 29), dt.date(2014, 1, 15), None)  # 15, 14, 12, and nobody knows
who = st.sampled_from(range(len(BORN)))
purposes = st.sampled_from(["parent_news", "parent_news", "parent_told", "texts"])


class OwnSays(machines.Machine):
    """Four young people, each with a parent who may know all; a clinician who asks; a clock that goes on."""

    @initialize()
    def four_families(self) -> None:
        self.lee = make_user(roles=(Role.CLINICIAN,))
        self.young = [make_user(person=make_person(born_on=born)) for born in BORN]
        self.numbers = []
        for user in self.young:
            pat = make_person(kind="parent_carer", given_name="Pat", born_on=None)
            ParentRelationship.objects.create(young_person=user.person, adult=pat, may_know="all")
            self.numbers.append((make_contact(person=user.person), make_contact(person=pat)))
        self.answers: dict[tuple[int, str], bool] = {}
        self.can: dict[int, bool] = {}

    def age(self, who: int) -> int | None:
        born = BORN[who]
        today = clock.today()
        return None if born is None else today.year - born.year - ((today.month, today.day) < (born.month, born.day))

    def hears(self, who: int) -> bool:
        """Say, from what was said alone, whether the parent hears news of the wait."""
        age = self.age(who)
        alone = (age is not None and age >= 16) or self.can.get(who, False)
        return not alone or self.answers.get((who, "parent_news"), False)

    # ── What happens ────────────────────────────────────────────────────────────────────────────────────────────────
    @rule(who=who, purpose=purposes, given=st.booleans())
    def they_press(self, who: int, purpose: str, given: bool) -> None:
        user = self.young[who]
        if given:
            consents.give(user.person, by=user, purpose=purpose, text_hash=wording(purpose).text_hash)
        else:
            consents.take_back(user.person, by=user, purpose=purpose)
        self.answers[who, purpose] = given

    @rule(who=who, able=st.booleans(), days=st.sampled_from([0, 1, 30, 366, 367]))
    def somebody_finds_out(self, who: int, able: bool, days: int) -> None:
        found = Found(
            decision="parent_news", outcome="can" if able else "not_yet", explained="x", understood="y",
            review_on=clock.today() + dt.timedelta(days=days),
        )  # fmt: skip
        age = self.age(who)
        fine = age is not None and age < 16 and (age >= 13 or not able) and 0 < days <= 366
        try:
            competence.assess(self.young[who].person, by=self.lee, found=found)
        except RuleBroken:
            assert not fine
        else:
            assert fine
            self.can[who] = able

    @rule(who=who, to_adult=st.booleans())
    def there_is_news(self, who: int, to_adult: bool) -> None:
        row = make_delivery(contact=self.numbers[who][to_adult])
        Notification.objects.filter(pk=row.notification_id).update(subject=self.young[who].person)

    @rule()
    def it_is_sent(self) -> None:
        token = outbox.claim(duties=tuple(Duty), most=50)
        for begun in outbox.begin(token) if token else []:
            intent = begun.delivery.notification
            who = next(who for who, user in enumerate(self.young) if user.person_id == intent.subject_id)
            if intent.recipient_id == intent.subject_id:
                assert self.answers.get((who, "texts"), True)
            else:
                assert self.hears(who)

    @rule(days=st.sampled_from([1, 25, 60, 400]))
    def time_goes_by(self, days: int) -> None:
        self.later(days=days)

    @rule()
    def the_clock_looks(self) -> None:
        watch_competence()
        today = clock.today()
        assert not CompetenceAssessment.objects.filter(state="holds", review_on__lte=today).exists()
        for row in CompetenceAssessment.objects.current().select_related("person"):
            assert row.person.age() < 16

    # ── What must hold ──────────────────────────────────────────────────────────────────────────────────────────────
    @invariant()
    def the_rule_and_the_pages_agree_with_what_was_said(self) -> None:
        for who, user in enumerate(getattr(self, "young", [])):
            person = Person.objects.get(pk=user.person_id)
            assert adults.hear_news(person) == self.hears(who)
            assert (person.pk in adults.closed([person.pk])) != self.hears(who)

    @invariant()
    def nothing_that_is_not_theirs_is_on_its_way_to_an_adult_since_somebody_spoke(self) -> None:
        waiting = Delivery.objects.filter(reason="not theirs").exclude(state="cancelled")
        assert not waiting.exists()
        assert not CallTask.objects.filter(state="open", owner_role="").exists()
        for task in CallTask.objects.filter(state="open"):
            assert task.person_id == task.subject_id

    @invariant()
    def every_finding_and_every_talk_has_an_owner_and_a_day_until_it_ends(self) -> None:
        for row in [*CompetenceAssessment.objects.current(), *OwnSay.objects.waiting()]:
            assert row.owner_role == Role.CLINICIAN
            assert row.due_at is not None
        current = CompetenceAssessment.objects.current().values_list("person", "decision")
        assert len(set(current)) == len(current)

    @invariant()
    def a_no_under_sixteen_is_never_met_with_silence(self) -> None:
        for (who, purpose), given in getattr(self, "answers", {}).items():
            age = self.age(who)
            if purpose != "parent_news" or given or (age is not None and age >= 16) or who in self.can:
                continue
            assert OwnSay.objects.waiting().filter(person=self.young[who].person, about="parent_news").exists()
        assert not WaitingListEntry.objects.exists()  # no place on a list was touched by any of it


def test_no_adult_hears_what_is_not_theirs_in_any_order_of_answers_findings_and_birthdays() -> None:
    machines.run(OwnSays, steps=15)
