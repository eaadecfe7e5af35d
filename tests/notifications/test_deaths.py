"""Somebody has died: whatever was queued about them, to anyone and by any way, stays here for good (U6)."""

from __future__ import annotations

import datetime as dt

import pytest

from cms import importing
from notifications import outbox, sweeps
from notifications.actions import codes
from notifications.models import CallTask, ContactPoint, Delivery, Duty, Letter, Notification
from peer import clock
from peer.actions import deaths, waiting
from peer.models import ImportRun, ParentRelationship, Person, Referral, User
from peer.roles import Role
from tests.cms.test_importing import ASHA, HEAD, load
from tests.make import make_user
from tests.notifications.make import make_contact, make_delivery

pytestmark = pytest.mark.django_db

NOON = dt.datetime(2026, 11, 18, 12, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def at_noon():
    with clock.at(NOON):
        yield


@pytest.fixture
def lee() -> User:
    return make_user(name="Lee", roles=(Role.CLINICIAN, Role.CO_ORDINATOR))


@pytest.fixture
def asha() -> Person:
    """A young person as the file brought her, with her mother Uma."""
    load(HEAD + ASHA)
    ContactPoint.objects.update(state="proved", proved_at=NOON, your_word="robin")
    return Person.objects.get(given_name="Asha")


def dies(person: Person, by: User) -> None:
    deaths.record_death(person, by=by, died_on=clock.today(), known_how="Her mother rang.")


def queue_twelve(asha: Person) -> None:
    """Every channel and state in which something may still go: to her, and about her to two adults."""
    uma = Person.objects.get(given_name="Uma")
    school = make_contact()
    mail = ContactPoint.for_email("uma@example.org", person=uma, source="test", state="proved", proved_at=NOON)
    mail.save()
    ways = [
        (asha.contact_points.get(), "sms", "pending"), (asha.contact_points.get(), "call", "held"),
        (uma.contact_points.phones().get(), "sms", "pending"), (uma.contact_points.phones().get(), "call", "pending"),
        (mail, "email", "pending"), (mail, "email", "held"), (school, "sms", "pending"), (school, "sms", "held"),
    ]  # fmt: skip
    for contact, channel, state in ways:
        row = make_delivery(contact=contact, channel=channel, state=state)
        Notification.objects.filter(pk=row.notification_id).update(
            subject=asha, expires_at=NOON + dt.timedelta(days=400), then="letter"
        )
        Delivery.objects.filter(pk=row.pk).update(expires_at=NOON + dt.timedelta(days=400))
    owed = {"owner_role": Role.CO_ORDINATOR, "due_at": NOON}
    for state in ("to_print", "printed"):
        told = Notification.objects.all()[0 if state == "printed" else 2]
        Letter.objects.create(notification=told, recipient=uma, address="1 Elm Road", body="x", state=state, **owed)
    for person in (asha, uma):
        CallTask.objects.create(event_key=f"t:{person.pk}", person=person, subject=asha, about="weighty_news", **owed)


def left_in(days: int) -> list[object]:
    """Let the clock run, and give whatever left or would have been left to a person."""
    found: list[object] = []
    for day in range(0, days, 5):
        with clock.at(NOON + dt.timedelta(days=day)):
            sweeps.sweep()
            token = outbox.claim(duties=tuple(Duty), most=50)
            found += outbox.begin(token) if token else []
    found += Letter.objects.filter(state__in=["to_print", "printed", "posted"])
    found += CallTask.objects.waiting()
    return found


def test_of_twelve_queued_things_none_leaves_in_six_months_and_a_new_list_revives_nobody(asha, lee) -> None:
    queue_twelve(asha)
    assert Delivery.objects.count() + Letter.objects.count() + CallTask.objects.count() == 12
    dies(asha, lee)
    changed = ASHA.replace("Getting advice", "Getting help").replace("07700900301", "07700900309")
    for text in (ASHA, changed, changed.replace("R1,", "R99,")):
        run = load(HEAD + text)
        assert importing.counts_of(run) == importing.Counts(refused=1)
        assert "has died" in run.faults.get().reasons
    assert left_in(185) == []
    asha.refresh_from_db()
    assert asha.deceased_at is not None
    assert (Person.objects.filter(given_name="Asha").count(), Referral.objects.get().pathway) == (1, "Getting advice")
    assert Delivery.objects.exclude(state="cancelled").count() == 0


def test_the_same_queue_would_have_left(asha) -> None:
    queue_twelve(asha)
    assert len(left_in(10)) > 3


def test_news_about_the_dead_makes_no_message_and_no_call(asha, lee) -> None:
    entry = Referral.objects.get().entry
    waiting.release_cohort(gate_service(), by=lee, size=1)
    Notification.objects.all().delete()
    CallTask.objects.all().delete()
    dies(asha, lee)
    from notifications import reactions
    from peer.news import FamilyReleased

    entry.refresh_from_db()
    reactions.tell(FamilyReleased(entry))
    assert not Notification.objects.exists()
    assert not CallTask.objects.exists()


def gate_service():
    from peer import gate

    return gate.SERVICE


def test_a_changed_row_that_waited_is_not_taken_over(asha, lee, client) -> None:
    load(HEAD + ASHA.replace("Getting advice", "Getting help"))
    change = Referral.objects.get().changes.get()
    dies(asha, lee)
    client.force_login(lee)
    page = client.post(f"/staff/lists/changes/{change.public_id}/take/", follow=True).content.decode()
    assert "This person has died" in page
    assert Referral.objects.get().pathway == "Getting advice"


def test_no_code_goes_to_the_phone_of_the_dead(asha, lee) -> None:
    dies(asha, lee)
    assert codes.send(asha.contact_points.get(), by=codes.SIGN_IN, code="123456") is None


def test_when_a_parent_dies_the_child_s_calls_are_owed_on_another_way(asha, lee) -> None:
    uma = Person.objects.get(given_name="Uma")
    owed = {"owner_role": Role.CO_ORDINATOR, "due_at": NOON}
    CallTask.objects.create(event_key="t:1", person=uma, subject=asha, about="first_hello_call", **owed)
    dies(uma, lee)
    task = CallTask.objects.waiting().get()
    assert (task.person, task.subject, task.contact, task.about) == (asha, asha, None, "first_hello_call")
    assert ParentRelationship.objects.get().adult.deceased_at is not None
    assert ImportRun.objects.count() == 1
