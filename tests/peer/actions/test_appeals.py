"""A second look: by somebody who did not decide, in five working days, with a reason that is shown (M5, U3)."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from moderation.models import Escalation
from notifications.models import Delivery
from peer import clock, endings, gate, workdays
from peer.actions import appeals, memberships
from peer.models import Appeal, KeptApart, MembershipDecision, ShownDecision
from peer.roles import Perm, Role
from peer.states import RuleBroken
from tests.make import make_member, make_open_group, make_person, make_phone, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def asha():
    person = make_person()
    make_phone(person=person)
    return make_member(group=make_open_group(), user=make_user(person=person), name="Fern")


@pytest.fixture
def lee(asha):
    return asha.group.memberships.get(pseudonym="Dr Lee").user


@pytest.fixture
def sam():
    return make_user(name="Sam", roles=(Role.SERVICE_MANAGER,))


@pytest.fixture
def lead():
    return make_user(name="Nia", roles=(Role.SAFEGUARDING_LEAD,))


def ended(asha, lee, sam, kind="remove") -> MembershipDecision:
    asked = memberships.ask_end(asha, by=lee, kind=kind, reason="You told a school.", note="Twice.")
    return memberships.agree(asked, by=sam)


def paused(asha, lee) -> MembershipDecision:
    day = clock.today() + dt.timedelta(days=9)
    return memberships.pause(asha, by=lee, until_on=day, reason="Some days of quiet.")


@pytest.mark.parametrize("kind", ["pause", "remove", "ban"])
def test_anyone_paused_removed_or_banned_may_appeal_and_it_is_owed(asha, lee, sam, kind: str) -> None:
    decision = paused(asha, lee) if kind == "pause" else ended(asha, lee, sam, kind)
    made = appeals.appeal(decision, by=asha.user, words="It was not me.")
    assert (made.state, made.owner_role, made.due_at) == ("open", "service_manager", workdays.due(days=5))


def test_whoever_decided_never_answers(asha, lee, sam, lead) -> None:
    made = appeals.appeal(ended(asha, lee, sam), by=asha.user, words="It was not me.")
    lee.service_roles.create(role=Role.CLINICIAN)
    for by in (lee, sam):
        for act in (appeals.uphold, appeals.overturn):
            with pytest.raises(RuleBroken, match="Somebody else"):
                act(made, by=by, answer="No.")
    appeals.uphold(made, by=lead, answer="We talked with everybody, and this is why.")
    made.refresh_from_db()
    assert (made.state, made.answer, made.due_at) == (
        "upheld",
        "We talked with everybody, and this is why.",
        None,
    )


@pytest.mark.parametrize("kind", ["pause", "remove", "ban"])
def test_an_overturned_decision_gives_the_place_back(asha, lee, sam, lead, kind: str) -> None:
    decision = paused(asha, lee) if kind == "pause" else ended(asha, lee, sam, kind)
    appeals.overturn(appeals.appeal(decision, by=asha.user, words="No."), by=lead, answer="You were right.")
    asha.refresh_from_db()
    decision.refresh_from_db()
    assert (asha.state, decision.state) == ("active", "overturned")
    assert gate.can(asha.user, Perm.WRITE_POST, asha.group)


def test_nobody_comes_back_beside_somebody_they_must_be_kept_from(asha, lee, sam, lead) -> None:
    decision = ended(asha, lee, sam)
    other = make_member(group=asha.group).person
    one, two = sorted((asha.person, other), key=lambda half: half.pk)
    KeptApart.objects.create(one=one, other=two, why="x", by=lee)
    appeals.overturn(appeals.appeal(decision, by=asha.user, words="No."), by=lead, answer="You were right.")
    asha.refresh_from_db()
    assert asha.state == "left"


def test_an_answer_without_a_reason_is_refused(asha, lee, sam, lead) -> None:
    made = appeals.appeal(ended(asha, lee, sam), by=asha.user, words="No.")
    with pytest.raises(RuleBroken):
        appeals.overturn(made, by=lead, answer=" ")
    with pytest.raises(IntegrityError), transaction.atomic():
        Appeal.objects.filter(pk=made.pk).update(state="upheld", due_at=None)


def test_one_appeals_once_for_oneself_alone_and_with_words(asha, lee, sam) -> None:
    decision = ended(asha, lee, sam)
    with pytest.raises(RuleBroken):
        appeals.appeal(decision, by=asha.user, words="  ")
    with pytest.raises(gate.NotAllowed):
        appeals.appeal(decision, by=make_user(), words="For her.")
    appeals.appeal(decision, by=asha.user, words="No.")
    with pytest.raises(RuleBroken, match="already"):
        appeals.appeal(decision, by=asha.user, words="No again.")


def test_worrying_words_wake_somebody_and_are_for_clinicians_alone(asha, lee, sam) -> None:
    """U3: an appeal is a door that takes free text."""
    made = appeals.appeal(ended(asha, lee, sam), by=asha.user, words="I want to kill myself tonight")
    assert made.level == "red"
    assert made.owner_role == "clinician"
    assert made.due_at - made.sent_at <= dt.timedelta(hours=1)
    assert Escalation.objects.get().about == asha
    assert Escalation.objects.get().state == "paging"
    assert not Appeal.objects.visible_to(sam).exists()
    assert Appeal.objects.visible_to(make_user(roles=(Role.CLINICIAN,))).get() == made


def test_they_hear_that_there_is_an_answer(asha, lee, sam, lead) -> None:
    made = appeals.appeal(ended(asha, lee, sam), by=asha.user, words="No.")
    before = Delivery.objects.count()
    appeals.uphold(made, by=lead, answer="This is why.")
    assert Delivery.objects.count() > before
    assert "This is why" not in "".join(row.body or "" for row in Delivery.objects.all())


def test_the_table_of_times_holds_what_the_rules_name() -> None:
    assert endings.number("moving_on", "started") == 42
    assert endings.number("moving_on", "eighteen") == 30
    assert endings.number("appeal", "within") == 5


def told(asha) -> list[str]:
    shown = ShownDecision.objects.visible_to(asha.user).filter(kind=ShownDecision.Kind.GROUP)
    return list(shown.order_by("pk").values_list("words", flat=True))


@pytest.mark.parametrize(
    ("kind", "first"),
    [
        ("pause", "Your place in Lantern rests until 28 November. Some days of quiet."),
        ("remove", "You are not in Lantern any more. You told a school."),
        ("ban", "You are not in any of our groups now. You told a school."),
    ],
)
def test_what_is_decided_about_a_place_stands_among_the_decisions_about_them_s100(
    asha, lee, sam, lead, kind: str, first: str
) -> None:
    with clock.at(dt.datetime(2026, 11, 19, 12, tzinfo=dt.UTC)):
        decision = paused(asha, lee) if kind == "pause" else ended(asha, lee, sam, kind)
    assert told(asha) == [first]
    asked = appeals.appeal(decision, by=asha.user, words="It was not me.")
    appeals.overturn(asked, by=lead, answer="We were wrong. Sorry.")
    assert told(asha)[1:] == ["We looked again at your place in Lantern. You have it back. We were wrong. Sorry."]


def test_a_second_person_s_no_is_not_among_the_decisions_about_them(asha, lee, sam) -> None:
    asked = memberships.ask_end(asha, by=lee, kind="remove", reason="You told a school.", note="Twice.")
    memberships.say_no(asked, by=sam)
    assert told(asha) == []
