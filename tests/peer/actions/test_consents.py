"""Each yes is asked apart, given and taken back by one press, and what rests on it stops at once (C1–C5, S69)."""

from __future__ import annotations

import datetime as dt
from unittest import mock

import pytest
from django.test import Client

from notifications import outbox, sweeps
from notifications.models import CallTask, Delivery, Duty, Notification
from peer import adults, clock, gate
from peer.actions import competence, consents, feedback, groups, talk, waiting
from peer.competence import Found
from peer.models import CompetenceAssessment, Consent, FeedbackItem, OwnSay, ParentRelationship, Person, User
from peer.models import consent as consent_module
from peer.models.consent import Wording, wording
from peer.roles import Role
from peer.states import RuleBroken
from peer.sweeps.competence import watch_competence
from tests.make import make_member, make_open_group, make_person, make_user
from tests.notifications.make import make_contact, make_delivery
from tests.peer.actions.test_waiting import make_entry

pytestmark = pytest.mark.django_db

NOON = dt.datetime(2026, 11, 18, 12, tzinfo=dt.UTC)
PRESSED = ["post", "texts", "parent_told", "parent_news", "feedback", "research"]


@pytest.fixture(autouse=True)
def at_noon():
    with clock.at(NOON):
        yield


@pytest.fixture
def lee() -> User:
    return make_user(name="Dr Lee", roles=(Role.CLINICIAN,))


def young(age: int = 15) -> User:
    """Make a young person of that age, born on 1 January, with an account."""
    return make_user(person=make_person(born_on=dt.date(2026 - age, 1, 1)))


def yes(user: User, purpose: str) -> Consent:
    return consents.give(user.person, by=user, purpose=purpose, text_hash=wording(purpose).text_hash)


def no(user: User, purpose: str) -> Consent:
    return consents.take_back(user.person, by=user, purpose=purpose)


def leaving() -> list[outbox.Begun]:
    token = outbox.claim(duties=tuple(Duty), most=50)
    return outbox.begin(token) if token else []


def found(decision: str = "parent_news", outcome: str = "can", days: int = 90) -> Found:
    return Found(
        decision=decision,
        outcome=outcome,
        explained="Who hears what.",
        understood="Then my dad hears nothing.",
        review_on=clock.today() + dt.timedelta(days=days),
    )


# ── One press each ──────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("purpose", PRESSED)
def test_one_press_gives_one_takes_back_and_no_other_purpose_moves(client: Client, purpose: str) -> None:
    user = young()
    client.force_login(user)
    assert client.get("/me/yes/").status_code == 200
    press = f"/me/yes/{purpose}/"
    assert client.post(press, {"answer": "yes", "words": wording(purpose).text_hash}).status_code == 302
    assert Consent.objects.holds(user.person, purpose)
    assert client.post(press, {"answer": "no"}).status_code == 302
    assert not Consent.objects.holds(user.person, purpose)
    assert [(row.purpose, row.given) for row in Consent.objects.order_by("pk")] == [(purpose, True), (purpose, False)]


@pytest.mark.parametrize(
    ("purpose", "data", "status"),
    [
        ("texts", {}, 422),
        ("texts", {"answer": "maybe"}, 422),
        ("texts", {"answer": "yes", "words": "old"}, 422),
        ("join", {"answer": "no"}, 404),
        ("nothing", {"answer": "yes"}, 404),
    ],
)
def test_bad_input_changes_nothing(client: Client, purpose: str, data: dict[str, str], status: int) -> None:
    client.force_login(young())
    assert client.post(f"/me/yes/{purpose}/", data).status_code == status
    assert not Consent.objects.exists()


def test_a_parent_is_not_asked_about_parents_and_staff_have_no_such_page(client: Client) -> None:
    client.force_login(make_user(person=make_person(kind="parent_carer")))
    assert "Telling a parent" not in client.get("/me/yes/").content.decode()
    assert client.post("/me/yes/parent_news/", {"answer": "no"}).status_code == 404
    client.force_login(make_user(person=make_person(kind="staff")))
    assert client.get("/me/yes/").status_code == 404


def test_nobody_answers_for_somebody_else(lee: User) -> None:
    other = young()
    with pytest.raises(gate.NotAllowed):
        consents.give(other.person, by=young(), purpose="texts", text_hash=wording("texts").text_hash)
    with pytest.raises(gate.NotAllowed):
        consents.note(other.person, by=make_user(roles=(Role.CO_ORDINATOR,)), purpose="texts", given=True)
    assert consents.note(other.person, by=lee, purpose="texts", given=True).basis == "on the phone"


# ── What rests on it stops ──────────────────────────────────────────────────────────────────────────────────────────
def test_texts_taken_back_stop_what_is_queued_and_what_comes_and_codes_still_go() -> None:
    user = young(17)
    contact = make_contact(person=user.person)
    queued, code = make_delivery(contact=contact), make_delivery(contact=contact, duty=Duty.CODE)
    no(user, "texts")
    queued.refresh_from_db()
    assert (queued.state, queued.reason, queued.body) == ("cancelled", "no consent", None)
    late = make_delivery(contact=contact)
    assert [one.delivery.pk for one in leaving()] == [code.pk]
    late.refresh_from_db()
    assert late.state == "cancelled"
    yes(user, "texts")
    again = make_delivery(contact=contact)
    assert [one.delivery.pk for one in leaving()] == [again.pk]


def test_new_words_are_asked_again_and_until_then_the_old_scope_holds(client: Client) -> None:
    user = young(17)
    contact = make_contact(person=user.person)
    yes(user, "texts")
    new = Wording(words="You may also text me songs.", version="2", covers=("news", "songs"))
    with mock.patch.object(consent_module, "wording", lambda purpose: new if purpose == "texts" else wording(purpose)):
        assert not Consent.objects.holds(user.person, "texts")
        assert Consent.objects.scopes([user.person.pk], "texts")[user.person.pk] >= {"news", "group"}
        songs = make_delivery(contact=contact)
        Notification.objects.filter(pk=songs.notification_id).update(topic="songs")
        news = make_delivery(contact=contact)
        assert [one.delivery.pk for one in leaving()] == [news.pk]
    with mock.patch("peer.consents.wording", lambda purpose: new if purpose == "texts" else wording(purpose)):
        client.force_login(user)
        page = client.get("/me/yes/").content.decode()
    assert "Please read this again" in page
    assert "You may text me about my wait" in page
    assert "You may also text me songs." in page


def test_whoever_only_wants_to_read_writes_nothing_until_they_say_yes() -> None:
    group = make_open_group()
    user = make_member(group=group).user
    no(user, "post")
    with pytest.raises(RuleBroken, match="only want to read"):
        talk.start_thread(group, by=user, title="Hi", body="Hello")
    yes(user, "post")
    assert talk.start_thread(group, by=user, title="Hi", body="Hello").state == "pending"


def test_feedback_comes_down_at_once_and_is_not_shown_again(lee: User) -> None:
    user = young()
    item = FeedbackItem.objects.create(
        person=user.person, works="x", said="x", may_share=True, asked_at=NOON, published_at=NOON,
        owner_role="service_manager", due_at=NOON,
    )  # fmt: skip
    no(user, "feedback")
    item.refresh_from_db()
    assert item.published_at is None
    with pytest.raises(RuleBroken, match="taken their yes back"):
        feedback.ask_to_publish(item, by=make_user(roles=(Role.SERVICE_MANAGER,)), said="x")


def test_leaving_a_group_takes_the_yes_to_it_back() -> None:
    membership = make_member(group=make_open_group())
    groups.leave(membership, by=membership.user)
    assert Consent.objects.refuses(membership.person.pk, "join")


# ── Parents ─────────────────────────────────────────────────────────────────────────────────────────────────────────
def make_family(age: int) -> tuple[User, Person]:
    user = young(age)
    pat = make_person(kind="parent_carer", given_name="Pat")
    ParentRelationship.objects.create(young_person=user.person, adult=pat, may_know="all")
    for person in (user.person, pat):
        make_contact(person=person)
    return user, pat


def told() -> list[str]:
    return sorted({one.delivery.notification.recipient.given_name for one in leaving()})


def decide(user: User, lee: User) -> None:
    entry = make_entry(state="released", person=user.person, reference=f"R{Notification.objects.count()}")
    waiting.decide(entry, by=lee, outcome="accepted", reason="It fits.")


@pytest.mark.parametrize(
    ("age", "can", "answer", "expected"),
    [
        (15, False, None, ["Pat"]), (15, False, "no", ["Pat"]), (15, True, None, ["Asha"]), (15, True, "no", ["Asha"]),
        (15, True, "yes", ["Asha", "Pat"]), (16, False, None, ["Asha"]), (16, False, "no", ["Asha"]),
        (16, False, "yes", ["Asha", "Pat"]), (12, False, "no", ["Pat"]),
    ],
)  # fmt: skip
def test_a_parent_hears_news_where_nobody_who_can_decide_it_objects(lee, age, can, answer, expected) -> None:
    user, _pat = make_family(age)
    if can:
        competence.assess(user.person, by=lee, found=found())
    if answer:
        (yes if answer == "yes" else no)(user, "parent_news")
    user.person.refresh_from_db()
    decide(user, lee)
    assert told() == expected
    owed = OwnSay.objects.waiting().count()
    assert owed == (1 if answer == "no" and age < 16 and not can else 0)


def test_what_was_queued_for_a_parent_stays_here_and_a_person_rings_the_young_person(lee) -> None:
    user, _pat = make_family(15)
    decide(user, lee)
    assert set(Delivery.objects.values_list("notification__recipient__given_name", flat=True)) == {"Pat"}
    no(user, "parent_news")
    assert [row.state for row in Delivery.objects.filter(channel="sms")] == ["pending"]  # a clinician asks first
    competence.assess(user.person, by=lee, found=found())
    assert set(Delivery.objects.values_list("state", "reason")) == {("cancelled", "not theirs")}
    with clock.at(NOON + dt.timedelta(days=70)):
        sweeps.sweep()
        assert leaving() == []
    task = CallTask.objects.get()
    assert (task.person, task.about) == (user.person, "not_reached")
    assert not OwnSay.objects.waiting().exists()


def test_a_birthday_between_queueing_and_sending_keeps_the_news_from_the_parent(lee) -> None:
    user, _pat = make_family(15)
    decide(user, lee)
    Person.objects.filter(pk=user.person.pk).update(born_on=dt.date(2010, 11, 18))
    assert leaving() == []
    assert CallTask.objects.get().person == user.person


def test_a_call_with_weighty_news_for_a_parent_becomes_a_call_to_the_young_person(lee) -> None:
    user, pat = make_family(15)
    entry = make_entry(state="released", person=user.person)
    waiting.decide(entry, by=lee, outcome="not_accepted", reason="Another team.")
    assert CallTask.objects.get().person == pat
    competence.assess(user.person, by=lee, found=found())
    task = CallTask.objects.get(state="open")
    assert (task.person, task.about) == (user.person, "weighty_news")
    assert task.brings()


def test_an_assessment_that_waits_for_its_review_protects_as_before(lee) -> None:

    user, _pat = make_family(14)
    competence.assess(user.person, by=lee, found=found(days=10))
    with clock.at(NOON + dt.timedelta(days=11)):
        assert watch_competence() == 1
        assert watch_competence() == 0
        row = CompetenceAssessment.objects.get()
        assert (row.state, row.owner_role) == ("lapsed", Role.CLINICIAN)
        assert row.due_at > clock.now()
        assert not adults.hear_news(Person.objects.get(pk=user.person.pk))
        competence.assess(user.person, by=lee, found=found(outcome="not_yet"))
        assert adults.hear_news(Person.objects.get(pk=user.person.pk))
