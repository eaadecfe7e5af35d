"""A worry finds a person: the ladder, who may take it, and how it ends (safety 2b)."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from django.db import connection, transaction

from moderation import sweeps
from moderation.actions import decisions, escalations
from moderation.models import Escalation, EscalationStep, RiskFlag
from moderation.news import EscalationStepDue
from moderation.paging import CLOCK
from peer import clock, events, gate
from peer.events import emit
from peer.models import AuditEvent, Membership, Post, SupportGroup, User
from peer.news import PostHeldForRisk
from peer.roles import Role
from peer.states import RuleBroken, StaleMove
from tests.make import make_duty, make_group, make_member, make_person, make_post, make_user

pytestmark = pytest.mark.django_db
NOON = dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC)


@dataclass
class Night:
    """A group with its people, and everything that was paged."""

    group: SupportGroup
    asha: Membership
    lee: User
    may: User
    sam: User
    pages: list[tuple[str, int]] = field(default_factory=list)

    def risky(self, *, level: str = "red", author: Membership | None = None) -> Post:
        post = make_post(author=author or self.asha, state=Post.State.HELD_RISK)
        with transaction.atomic():  # as the act of sending does
            emit(PostHeldForRisk(post, level))
        return post

    def minutes(self, number: float) -> dt.datetime:
        return NOON + dt.timedelta(minutes=number)

    def sweep(self, minutes: float) -> None:
        with clock.at(self.minutes(minutes)):
            sweeps.run_due_steps()


@pytest.fixture
def night() -> Iterator[Night]:
    group = make_group()
    lee = make_member(group=group, user=make_user(name="Dr Lee", person=make_person()), role=Role.CLINICIAN).user
    may = make_member(group=group, user=make_user(name="Dr May", person=make_person()), role=Role.CLINICIAN).user
    sam = make_user(name="Sam", roles=(Role.SERVICE_MANAGER,))
    made = Night(group=group, asha=make_member(group=group), lee=lee, may=may, sam=sam)
    duty = make_duty(group=group, user=lee)
    duty.from_at, duty.until_at = NOON - dt.timedelta(hours=1), NOON + dt.timedelta(hours=12)
    duty.save()

    def heard(news: EscalationStepDue) -> None:
        made.pages.append((news.step.rung, news.step.user_id or 0))

    events.on(EscalationStepDue)(heard)
    with clock.at(NOON):
        yield made
    events._handlers[EscalationStepDue].remove(heard)


def test_e1_a_risky_post_pages_the_clinician_on_duty_in_the_same_act(night: Night) -> None:
    night.risky()
    assert night.pages == [("first", night.lee.pk)]
    step = EscalationStep.objects.get(state="fired")
    assert step.channels == ["sms", "call"]  # E4
    assert Escalation.objects.get().state == "paging"


def test_e1_a_page_that_cannot_be_written_leaves_post_and_step_for_the_sweep(night: Night) -> None:
    def broken(news: EscalationStepDue) -> None:
        raise RuntimeError("no room")

    events.on(EscalationStepDue)(broken)
    try:
        post = night.risky()
    finally:
        events._handlers[EscalationStepDue].remove(broken)
    night.pages.clear()
    assert post.escalations.get().steps.filter(state="waiting", rung="first").exists()
    night.sweep(0.1)
    assert night.pages == [("first", night.lee.pk)]


def test_e3_steps_fire_in_order_each_at_its_time_and_none_before(night: Night) -> None:
    night.risky()
    for minutes in (2.9, 3, 5.9, 6, 9.9, 10):
        night.sweep(minutes)
    assert night.pages == [
        ("first", night.lee.pk),
        ("again", night.lee.pk),
        ("second", night.may.pk),
        ("manager", night.sam.pk),
    ]
    fired = EscalationStep.objects.filter(state="fired").order_by("number")
    assert [(step.fired_at - NOON).total_seconds() / 60 for step in fired] == [0, 3, 6, 10]


def test_e3_a_late_sweeper_runs_what_is_overdue_at_once_and_in_order(night: Night) -> None:
    night.risky()
    night.sweep(11)
    assert [rung for rung, _ in night.pages] == ["first", "again", "second", "manager"]


def test_e3_two_sweepers_fire_a_step_once(night: Night) -> None:
    night.risky()
    with clock.at(night.minutes(3)):
        step = EscalationStep.objects.get(rung="again")
        twin = EscalationStep.objects.get(rung="again")
        escalations.fire(step, by=CLOCK)
        with pytest.raises(StaleMove):
            escalations.fire(twin, by=CLOCK)
    assert [rung for rung, _ in night.pages] == ["first", "again"]


def test_e5_only_a_person_who_was_paged_or_is_on_duty_may_acknowledge(night: Night) -> None:
    night.risky()
    escalation = Escalation.objects.get()
    with pytest.raises(RuleBroken):
        escalations.acknowledge(escalation, by=night.may, how="key")
    with pytest.raises(gate.NotAllowed):
        escalations.acknowledge(escalation, by=night.asha.user, how="key")
    with pytest.raises(RuleBroken):
        escalations.acknowledge(escalation, by=night.lee, how="picked_up")
    escalations.acknowledge(escalation, by=night.lee, how="key")
    escalation.refresh_from_db()
    assert (escalation.state, escalation.owner, escalation.acknowledged_by_how) == ("acknowledged", night.lee, "key")


def test_e5_whoever_the_ladder_rings_can_take_it_and_have_another_rung(night: Night) -> None:
    lead = make_user(name="Lou", person=make_person(), roles=(Role.SAFEGUARDING_LEAD,))
    night.risky()
    night.sweep(16)
    worry = Escalation.objects.get()
    rung = {step.user for step in worry.steps.filter(state="fired").select_related("user")}
    assert lead in rung
    for user in rung:
        assert gate.can(user, escalations.acknowledge.perm, worry), f"{user} is rung in vain"  # type: ignore[attr-defined]
    escalations.acknowledge(worry, by=lead, how="key")
    escalations.reassign(worry, by=lead, to=night.may)
    assert Escalation.objects.get().offered_to == night.may


def test_e6_acknowledged_stops_the_steps(night: Night) -> None:
    night.risky()
    escalations.acknowledge(Escalation.objects.get(), by=night.lee, how="key")
    night.sweep(16)
    assert night.pages == [("first", night.lee.pk)]
    assert not EscalationStep.objects.filter(state="waiting").exists()


def test_e12_the_young_person_reads_beside_their_words_who_has_them(night: Night) -> None:
    night.risky()
    escalations.acknowledge(Escalation.objects.get(), by=night.lee, how="key")
    assert f"{night.lee.display_name} knows now" in Post.objects.get(state="held_risk").note_to_author


def test_the_second_press_hears_that_somebody_has_it(night: Night) -> None:
    night.risky()
    night.sweep(6)
    escalation = Escalation.objects.get()
    escalations.acknowledge(escalation, by=night.may, how="key")
    with pytest.raises(StaleMove):
        escalations.acknowledge(escalation, by=night.lee, how="key")
    assert Escalation.objects.get().owner == night.may


def test_e7_acknowledged_but_nothing_done_starts_again_from_the_second_clinician(night: Night) -> None:
    night.risky()
    escalations.acknowledge(Escalation.objects.get(), by=night.lee, how="key")
    night.sweep(19.9)
    assert len(night.pages) == 1
    night.sweep(20)
    assert night.pages[1:] == [("second", night.may.pk)]
    assert Escalation.objects.get().owner == night.lee, "the old owner keeps it until somebody else has it (E9)"
    night.sweep(24)
    assert night.pages[2:] == [("manager", night.sam.pk)]


def test_e7_a_note_is_acting(night: Night) -> None:
    night.risky()
    escalation = Escalation.objects.get()
    escalations.acknowledge(escalation, by=night.lee, how="key")
    with clock.at(night.minutes(15)):
        escalations.note(escalation, by=night.lee, words="Rang, no answer, trying again.")
    night.sweep(30)
    assert len(night.pages) == 1
    assert Escalation.objects.get().state == "in_progress"


def test_e8_exhausted_stays_open_pages_everyone_each_five_minutes_and_pauses_the_group(night: Night) -> None:
    night.risky()
    night.sweep(15)
    escalation = Escalation.objects.get()
    assert (escalation.state, escalation.exhausted_at) == ("paging", night.minutes(15))
    night.group.refresh_from_db()
    assert night.group.state == "frozen"
    everyone = [who for rung, who in night.pages if rung == "everyone"]
    assert everyone == [night.lee.pk, night.may.pk, night.sam.pk]
    night.sweep(19)
    assert len(night.pages) == 7
    night.sweep(20)
    assert len(night.pages) == 10


def test_e8_it_is_never_closed_by_time(night: Night) -> None:
    night.risky()
    for hours in range(1, 30):
        night.sweep(60 * hours)
    escalation = Escalation.objects.get()
    assert escalation.state == "paging"
    assert escalation.due_at > night.minutes(60 * 29)


def test_amber_rings_nobody_until_it_is_overdue(night: Night) -> None:
    night.risky(level="amber")
    night.sweep(44)
    assert night.pages == []
    assert Escalation.objects.get().due_at == night.minutes(45)
    night.sweep(45)
    assert night.pages == [("first", night.lee.pk)]


def test_e11_two_red_posts_of_one_author_within_ten_minutes_are_one_escalation(night: Night) -> None:
    night.risky()
    with clock.at(night.minutes(9)):
        night.risky()
    assert Escalation.objects.get().posts.count() == 2


def test_e11_different_authors_never_join(night: Night) -> None:
    night.risky()
    night.risky(author=make_member(group=night.group))
    assert Escalation.objects.count() == 2


def test_e11_after_ten_minutes_a_post_opens_its_own(night: Night) -> None:
    night.risky()
    with clock.at(night.minutes(10.5)):
        night.risky()
    assert Escalation.objects.count() == 2


def test_a_red_post_joining_an_amber_worry_pages_at_once(night: Night) -> None:
    night.risky(level="amber")
    night.risky(level="red")
    assert night.pages == [("first", night.lee.pk)]
    assert Escalation.objects.get().level == "red"


def test_who_has_it_in_hand_hears_of_another_post(night: Night) -> None:
    night.risky()
    escalations.acknowledge(Escalation.objects.get(), by=night.lee, how="key")
    night.risky()
    assert night.pages[1:] == [("news", night.lee.pk)]


def test_e9_what_is_offered_stays_with_its_owner_until_the_other_takes_it(night: Night) -> None:
    night.risky()
    escalation = escalations.acknowledge(Escalation.objects.get(), by=night.lee, how="key")
    escalations.offer(escalation, by=night.lee, to=night.may)
    assert Escalation.objects.get().owner == night.lee
    assert night.pages[1:] == [("chosen", night.may.pk)]
    escalations.acknowledge(escalation, by=night.may, how="key")
    assert Escalation.objects.get().owner == night.may


def test_e9_a_clinician_keeps_what_they_own_when_the_shift_ends(night: Night) -> None:
    night.risky()
    escalation = escalations.acknowledge(Escalation.objects.get(), by=night.lee, how="key")
    with clock.at(night.minutes(60 * 13)):
        assert escalation in Escalation.objects.visible_to(night.lee)
        escalations.note(escalation, by=night.lee, words="Still on it.")
        assert not Escalation.objects.visible_to(night.may).exists()


def test_e12_an_end_needs_outcome_words_and_who_was_told(night: Night) -> None:
    post = night.risky()
    escalation = escalations.acknowledge(Escalation.objects.get(), by=night.lee, how="key")
    said = {"outcome": "spoke", "told": "Her mother, with her yes", "words": "We spoke for ten minutes."}
    for missing in said:
        with pytest.raises(RuleBroken):
            escalations.resolve(escalation, by=night.lee, was_needed=True, **(said | {missing: " "}))
    escalations.resolve(escalation, by=night.lee, was_needed=True, **said)
    with pytest.raises(RuleBroken):
        escalations.close(escalation, by=night.lee)
    decisions.send_back_risk(post, by=night.lee, content_hash=post.content_hash, kind_words="Thank you for telling us.")
    escalations.close(escalation, by=night.lee)
    assert Escalation.objects.get().state == "closed"


def test_e12_the_young_person_reads_who_read_it_and_when_they_will_be_rung(night: Night) -> None:
    post = night.risky()
    escalation = escalations.acknowledge(Escalation.objects.get(), by=night.lee, how="key")
    escalations.promise(escalation, by=night.lee, before_at=night.minutes(6 * 60))
    post.refresh_from_db()
    assert post.note_to_author == "Dr Lee read this and will ring you before 6pm."


def test_a_manager_has_another_clinician_paged(night: Night) -> None:
    night.risky()
    escalations.reassign(Escalation.objects.get(), by=night.sam, to=night.may)
    assert night.pages[1:] == [("chosen", night.may.pk)]


def test_x2_every_step_leaves_its_audit_row(night: Night) -> None:
    night.risky()
    night.sweep(3)
    moves = [move for event in AuditEvent.objects.all() for move in event.moves]
    assert [(move["kind"], move["to"]) for move in moves] == [
        ("moderation.escalationstep", "fired"),
        ("moderation.escalation", "paging"),
        ("moderation.escalationstep", "fired"),
    ]


def test_screening_leaves_a_flag_without_a_person(night: Night) -> None:
    night.risky()
    assert RiskFlag.objects.get().by is None


def rush(night: Night) -> None:
    """Let twenty sweepers find the same overdue steps at the same moment."""
    night.risky()

    def sweep() -> None:
        night.sweep(15)
        connection.close()

    threads = [threading.Thread(target=sweep) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(night.pages) == sorted(set(night.pages))
    assert EscalationStep.objects.filter(state="fired").count() == len(night.pages) == 7


@pytest.mark.django_db(transaction=True)
def test_twenty_sweepers_page_each_person_once(night: Night) -> None:
    rush(night)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_twenty_sweepers_on_postgresql_page_each_person_once(night: Night) -> None:
    rush(night)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_e11_two_red_posts_at_the_same_moment_open_one_escalation(night: Night) -> None:
    posts = [make_post(author=night.asha, state=Post.State.HELD_RISK) for _ in range(2)]
    start = threading.Barrier(2)

    def hold(post: Post) -> None:
        with clock.at(NOON):
            start.wait()
            with transaction.atomic():
                emit(PostHeldForRisk(post, "red"))
        connection.close()

    threads = [threading.Thread(target=hold, args=(post,)) for post in posts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Escalation.objects.get().posts.count() == 2
