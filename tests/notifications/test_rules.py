"""The table of news: for each piece of news, exactly these people, in these words, and nobody else (U1, U2, U7, U9)."""

from __future__ import annotations

import datetime as dt

import pytest

from notifications import audience
from notifications.models import CallTask, Delivery, Notification
from notifications.rules import RULES
from peer import clock, events, gate
from peer.actions import waiting
from peer.models import Consent, Invitation, ParentRelationship, Person, Referral, WaitingListEntry
from peer.news import InvitationCodeAsked, InvitationOffered
from peer.roles import Role
from peer.states import RuleBroken
from tests.make import make_group, make_person, make_user
from tests.notifications.make import make_contact

pytestmark = pytest.mark.django_db


@pytest.fixture
def kim():
    return make_user(name="Kim Lee", roles=(Role.CO_ORDINATOR, Role.CLINICIAN))


def born(age: int) -> dt.date:
    today = clock.today()
    return dt.date(today.year - age, 1, 1)


def make_entry(child: Person) -> WaitingListEntry:
    referral = Referral.objects.create(person=child, reference=f"R{child.pk}", referred_on=clock.today())
    return WaitingListEntry.objects.create(
        referral=referral, state="released", released_at=clock.now(), owner_role="clinician", due_at=clock.now()
    )


def make_adult(child: Person, *, name: str, may_know: str = "all", **relation: object) -> Person:
    adult = make_person(kind=Person.Kind.PARENT_CARER, given_name=name, born_on=None)
    ParentRelationship.objects.create(young_person=child, adult=adult, may_know=may_know, **relation)
    make_contact(person=adult)
    return adult


def told() -> set[str]:
    return set(Notification.objects.values_list("recipient__given_name", flat=True))


AGES = [
    # age, the young person's word on telling adults → who hears routine news
    (None, None, {"Pat"}),
    (9, None, {"Pat"}),
    (13, None, {"Pat"}),
    (15, None, {"Pat"}),
    (16, None, {"Asha"}),
    (17, None, {"Asha"}),
    (17, False, {"Asha"}),
    (17, True, {"Asha", "Pat"}),
]


@pytest.mark.parametrize(("age", "word", "expected"), AGES)
def test_from_sixteen_the_young_person_hears_and_adults_only_on_their_yes(kim, age, word, expected) -> None:
    child = make_person(born_on=born(age) if age else None)
    make_contact(person=child)
    make_adult(child, name="Pat")
    if word is not None:
        Consent.objects.create(
            person=child,
            purpose=Consent.Purpose.PARENT_NEWS,
            covers=["news"] if word else [],
            given=word,
            basis="asked",
        )
    waiting.decide(make_entry(child), by=kim, outcome="accepted", reason="There is a place.")
    assert told() == expected


KNOWS = [
    ("accepted", "all", {}, {"Pat"}),
    ("accepted", "routine", {}, {"Pat"}),
    ("accepted", "nothing", {}, {"Asha"}),
    ("accepted", "all", {"must_not_be_told": True}, {"Asha"}),
    ("not_accepted", "all", {}, {"Pat"}),
    ("not_accepted", "routine", {}, {"Asha"}),
    ("signposted", "all", {}, {"Pat"}),
    ("signposted", "all", {"must_not_be_told": True}, {"Asha"}),
]


@pytest.mark.parametrize(("outcome", "may_know", "relation", "expected"), KNOWS)
def test_an_adult_hears_only_what_they_may_know(kim, outcome, may_know, relation, expected) -> None:
    child = make_person(born_on=born(13))
    make_adult(child, name="Pat", may_know=may_know, **relation)
    waiting.decide(make_entry(child), by=kim, outcome=outcome, reason="A reason.")
    assert told() == expected
    rung = {"weighty_news"} if outcome in {"not_accepted", "signposted"} else set()
    assert set(CallTask.objects.exclude(about="not_reached").values_list("about", flat=True)) == rung


OUTCOMES = [
    # outcome, channel liked, number proved → deliveries (channel, state), tasks
    ("accepted", "text", True, {("sms", "pending"), ("call", "held")}, set()),
    ("accepted", "call", True, {("call", "pending"), ("sms", "held")}, set()),
    ("offered", "text", True, {("sms", "pending"), ("call", "held")}, set()),
    ("not_accepted", "text", True, {("sms", "pending"), ("call", "held")}, {"weighty_news"}),
    ("accepted", "text", False, set(), {"not_reached"}),
    ("not_accepted", "text", False, set(), {"weighty_news"}),
]


@pytest.mark.parametrize(("outcome", "liked", "proved", "deliveries", "tasks"), OUTCOMES)
def test_outcome_by_channel_by_identity(kim, outcome, liked, proved, deliveries, tasks) -> None:
    child = make_person(born_on=born(13))
    adult = make_person(kind=Person.Kind.PARENT_CARER, given_name="Pat")
    ParentRelationship.objects.create(young_person=child, adult=adult, may_know="all")
    make_contact(person=adult, state="proved" if proved else "unproved", preferred_channel=liked)
    waiting.decide(make_entry(child), by=kim, outcome=outcome, reason="We cannot help with this.")
    assert set(Delivery.objects.values_list("channel", "state")) == deliveries
    assert set(CallTask.objects.values_list("about", flat=True)) == tasks
    for row in Delivery.objects.all():
        assert "cannot help" not in row.body
        assert row.channel == "call" or "Asha" not in row.body


def test_somebody_who_died_is_told_of_by_nobody(kim) -> None:
    child = make_person(born_on=born(13))
    make_adult(child, name="Pat")
    Person.objects.filter(given_name="Pat").update(deceased_at=clock.now())
    waiting.decide(make_entry(child), by=kim, outcome="accepted", reason="A reason.")
    assert told() == {"Asha"}


def offered(person: Person) -> InvitationOffered:
    invitation = Invitation.objects.create(
        person=person,
        group=make_group(title="Lantern therapy group"),
        secret_hash="x" * 64,
        offered_by=make_user(),
        expires_at=clock.now() + dt.timedelta(days=30),
        owner_role="clinician",
        due_at=clock.now(),
    )
    return InvitationOffered(invitation, "s" * 43)


def test_an_invitation_reaches_the_young_person_alone_and_names_no_group() -> None:
    child = make_person(born_on=born(14))
    make_adult(child, name="Pat")
    make_contact(person=child, state="unproved", your_word=None)
    events.emit(offered(child))
    row = Delivery.objects.get()
    assert (row.notification.recipient, row.duty) == (child, "code")
    assert f"/i/{'s' * 43}" in row.body
    assert "Lantern" not in row.body
    assert row.segments <= 2


WAYS = [
    # the number they have → how the offer goes
    ({"number": "07700 900555"}, "sms"),
    ({"number": "07700 900555", "preferred_channel": "call"}, "call"),
    ({"number": "01632 960123"}, "call"),
    ({"number": "01632 960123", "state": "unproved"}, "person"),
    ({"number": "07700 900555", "is_shared": True}, "person"),
    ({"number": "01632 960123", "is_shared": True}, "person"),
    ({"number": "07700 900555", "state": "suspect"}, "person"),
]


@pytest.mark.parametrize(("number", "way"), WAYS)
def test_an_offer_goes_by_the_one_way_that_is_safe(number: dict[str, object], way: str) -> None:
    child = make_person(born_on=born(14))
    make_contact(person=child, **number)
    events.emit(offered(child))
    went = [row.channel for row in Delivery.objects.all()]
    rung = [task.about for task in CallTask.objects.all()]
    assert (went, rung) == (([], ["offer"]) if way == "person" else ([way], []))


def test_an_offer_to_somebody_without_a_number_is_refused_in_words() -> None:
    with pytest.raises(RuleBroken, match="no phone number"):
        events.emit(offered(make_person(born_on=born(14))))


def test_each_code_that_is_asked_for_is_sent() -> None:
    child = make_person(born_on=born(14))
    make_contact(person=child)
    news = offered(child)
    for code in ("111111", "222222"):
        events.emit(InvitationCodeAsked(news.invitation, code))
    assert [row.body[:6] for row in Delivery.objects.order_by("pk")] == ["111111", "222222"]


def test_the_first_hello_greets_by_a_letterbox_s_knowledge_and_a_person_rings(kim) -> None:
    child = make_person(born_on=born(13))
    make_adult(child, name="Pat")
    entry = make_entry(child)
    WaitingListEntry.objects.update(state="on_hold", released_at=None)
    entry.referral.person.contact_points.all().delete()
    from notifications.models import ContactPoint

    ContactPoint.objects.update(state="unproved", your_word=None, proved_at=None)
    waiting.release_cohort(gate.SERVICE, by=kim, size=1)
    assert Delivery.objects.get().body.startswith("A message for Asha's family from Meanwhile.")
    assert CallTask.objects.get().about == "first_hello_call"


def test_a_young_person_of_sixteen_is_greeted_by_their_own_name_without_a_family(kim) -> None:
    child = make_person(born_on=born(17))
    make_contact(person=child, state="unproved", your_word=None)
    entry = make_entry(child)
    WaitingListEntry.objects.filter(pk=entry.pk).update(state="on_hold", released_at=None)
    waiting.release_cohort(gate.SERVICE, by=kim, size=1)
    assert Delivery.objects.get().body.startswith("A message for Asha from Meanwhile.")


def test_every_news_of_the_table_has_its_listener() -> None:
    for rule in RULES:
        assert events.handlers(rule.news), rule.news


def test_nobody_is_told_who_was_never_named() -> None:
    child = make_person(born_on=born(13))
    assert [one.person for one in audience.family(child)] == [child]


def test_brothers_and_sisters_are_one_household_for_a_first_hello_and_its_call() -> None:
    from notifications import reactions
    from peer.news import FamilyReleased

    children = [make_person(given_name=name, born_on=born(9)) for name in ("Asha", "Ravi")]
    uma = make_adult(children[0], name="Uma")
    ParentRelationship.objects.create(young_person=children[1], adult=uma, may_know="all")
    for child in children:
        reactions.tell(FamilyReleased(make_entry(child)))
    assert Notification.objects.filter(recipient=uma, purpose="first_hello").count() == 1
    assert CallTask.objects.filter(person=uma, about=CallTask.About.FIRST_HELLO).count() == 1
    Notification.objects.update(created_at=clock.now() - dt.timedelta(days=31))
    third = make_person(given_name="Mira", born_on=born(9))
    ParentRelationship.objects.create(young_person=third, adult=uma, may_know="all")
    reactions.tell(FamilyReleased(make_entry(third)))
    assert Notification.objects.filter(recipient=uma, purpose="first_hello").count() == 2
