"""A missed appointment: the right word, an owner and a due time that climbs, and nobody leaves a list (S55, U15)."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client

from notifications.models import Delivery
from peer import clock
from peer.actions import appointments
from peer.gate import NotAllowed
from peer.models import Appointment, Attendance, Person, TimelineEntry, User, WaitingListEntry
from peer.roles import Role
from peer.states import IllegalMove, RuleBroken
from peer.sweeps.appointments import look_after_appointments
from tests.make import make_group, make_member, make_person, make_user, make_wait
from tests.notifications.make import make_contact

pytestmark = pytest.mark.django_db
AT = dt.datetime(2026, 11, 17, 10, tzinfo=clock.LONDON)  # tests begin on Monday 16 November 2026, noon
AFTER = AT + dt.timedelta(hours=1)


@pytest.fixture
def kim() -> User:
    return make_user(name="Kim", roles=(Role.CO_ORDINATOR,))


def plan(kim: User, *, born_on: dt.date | None) -> Appointment:
    person = make_person(given_name="Asha", born_on=born_on)
    make_contact(person=person)
    make_wait(person=person)
    return appointments.plan(person, by=kim, starts_at=AT)


@pytest.mark.parametrize(
    ("born_on", "word"),
    [
        (dt.date(2012, 5, 4), "was_not_brought"),
        (dt.date(2009, 5, 4), "did_not_attend"),
        (None, "was_not_brought"),
    ],
)
def test_the_word_fits_the_age_and_nobody_leaves_the_list(kim, born_on, word: str) -> None:
    planned = plan(kim, born_on=born_on)
    before = WaitingListEntry.objects.get().state
    with pytest.raises(RuleBroken, match="not begun"):
        appointments.missed(planned, by=kim)
    with clock.at(AFTER):
        appointments.missed(planned, by=kim)
    planned.refresh_from_db()
    assert (planned.state, planned.outcome, planned.owner) == ("missed", word, kim)
    assert planned.due_at is not None
    assert WaitingListEntry.objects.get().state == before == "waiting"
    said = TimelineEntry.objects.filter(person=planned.person).order_by("-pk").values_list("words", flat=True)[0]
    assert "stays as it is" in said
    for told in Delivery.objects.filter(notification__purpose="appointment_missed"):
        assert "Nothing changes, your place stays." in str(told.body)
        assert not {"brought", "attend", "appointment"} & set(str(told.body).lower().split())


def test_it_climbs_when_overdue_and_is_followed_up_with_words_once(kim, client: Client) -> None:
    planned = plan(kim, born_on=dt.date(2012, 5, 4))
    with clock.at(AFTER):
        appointments.missed(planned, by=kim)
        client.force_login(kim)
        assert "Was not brought" in client.get("/staff/appointments/").content.decode()
    with clock.at(AT + dt.timedelta(days=3)):
        assert look_after_appointments() == 1
        assert look_after_appointments() == 0
        planned.refresh_from_db()
        assert (planned.owner, planned.owner_role) == (None, "service_manager")
        client.force_login(kim)
        page = client.post(f"/staff/appointments/{planned.public_id}/", {"note": "The bus did not come. Next week."})
        assert page.status_code == 302
        planned.refresh_from_db()
        assert (planned.state, planned.due_at) == ("followed_up", None)
        with pytest.raises(IllegalMove):
            appointments.follow_up(planned, by=kim, note="Again.")


def test_u6_of_somebody_who_died_nothing_is_owed_and_nothing_more_is_written(kim) -> None:
    planned = plan(kim, born_on=dt.date(2012, 5, 4))
    Person.objects.filter(pk=planned.person_id).update(deceased_at=clock.now())
    written = TimelineEntry.objects.count()
    assert look_after_appointments() == 1
    planned.refresh_from_db()
    assert (planned.state, TimelineEntry.objects.count()) == ("cancelled", written)


def test_what_nobody_wrote_down_climbs_too_and_no_peer_and_no_group_has_these_words(kim) -> None:
    planned = plan(kim, born_on=dt.date(2012, 5, 4))
    ben = make_member(group=make_group(), role=Role.PEER_FACILITATOR).user
    with clock.at(AT + dt.timedelta(days=2)):
        with pytest.raises(NotAllowed):
            appointments.missed(planned, by=ben)
        assert look_after_appointments() == 1
    assert set(Attendance.Outcome.values) == {"there", "not_there"}
    assert not Appointment.objects.visible_to(ben).exists()
