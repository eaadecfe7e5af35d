"""Which use of an account is an alarm: the borders of the table, one alarm at a time, and who looks into it (B3, H15)."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse

from cms import sessions
from peer import breach, clock, gate
from peer.actions import breaches
from peer.models import AuditEvent, BreachAlarm, KnownDevice, Person, User
from peer.roles import Role
from peer.states import RuleBroken
from peer.sweeps.breaches import watch_for_breaches
from tests.make import make_person, make_user

pytestmark = pytest.mark.django_db

NOON = dt.datetime(2026, 11, 18, 12, tzinfo=dt.UTC)
MINUTE = dt.timedelta(minutes=1)
COUNTED = ["many_people", "many_records", "many_copies"]
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Version/17.0 Safari/604.1"
WINDOWS = "Mozilla/5.0 (Windows NT 10.0) Firefox/128.0"


@pytest.fixture(autouse=True)
def at_noon():
    with clock.at(NOON):
        yield


@pytest.fixture
def lee() -> User:
    return make_user(name="Dr Lee", roles=(Role.CLINICIAN,))


@pytest.fixture
def sam() -> User:
    return make_user(name="Sam", roles=(Role.SERVICE_MANAGER,))


def did(user: User, kind: str, count: int, *, ago: dt.timedelta = MINUTE) -> None:
    """Let an account do so much of one kind, each thing once."""
    action, target = {
        "many_people": ("looked", "peer.person"),
        "many_records": ("looked", "peer.post"),
        "many_copies": ("peer.actions.data_requests.read_through", "peer.datarequest"),
    }[kind]
    AuditEvent.objects.bulk_create(
        AuditEvent(
            at=clock.now() - ago, action=action, by_id=user.pk, as_role="x", target_kind=target, target_id=number
        )
        for number in range(count)
    )


# ── The rules alone ─────────────────────────────────────────────────────────────────────────────────────────────────
def test_the_table_has_the_numbers_of_the_safety_rules() -> None:
    people, records = breach.limits()["many_people"], breach.limits()["many_records"]
    assert (people.most, people.window) == (20, dt.timedelta(hours=1))
    assert (records.most, records.window) == (100, dt.timedelta(hours=1))
    assert set(breach.limits()) == set(BreachAlarm.Kind.values)
    assert {limit.owner for limit in breach.limits().values()} <= {Role.SERVICE_MANAGER, Role.SAFEGUARDING_LEAD}


@pytest.mark.parametrize("kind", COUNTED)
def test_at_the_border_it_is_in_order_and_one_more_is_an_alarm(kind: str) -> None:
    limit = breach.limits()[kind]
    at, over = ([(7, number) for number in range(count)] for count in (limit.most, limit.most + 1))
    assert breach.passed(limit, at) == {}
    assert breach.passed(limit, over) == {7: limit.most + 1}
    assert breach.passed(limit, [*at, *at]) == {}  # the same thing twice is one
    assert breach.passed(limit, [(number % 2, number) for number in range(limit.most * 2)]) == {}  # two accounts


def test_the_first_device_is_a_beginning_and_another_one_is_new() -> None:
    assert not breach.is_new("Safari on an iPhone", ())
    assert not breach.is_new("Safari on an iPhone", {"Safari on an iPhone"})
    assert breach.is_new("Firefox on a Mac", {"Safari on an iPhone"})


# ── What the clock finds ────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("kind", COUNTED)
def test_one_too_many_within_the_hour_is_one_alarm_with_an_owner_and_a_due_time(lee: User, kind: str) -> None:
    limit = breach.limits()[kind]
    did(lee, kind, limit.most)
    assert watch_for_breaches() == 0
    AuditEvent.objects.create(
        at=clock.now(), action=AuditEvent.objects.get(target_id=0).action, by_id=lee.pk, as_role="x",
        target_kind=AuditEvent.objects.get(target_id=0).target_kind, target_id=9999,
    )  # fmt: skip
    assert watch_for_breaches() == 1
    assert watch_for_breaches() == 0
    alarm = BreachAlarm.objects.get()
    assert (alarm.kind, alarm.about, alarm.seen) == (kind, lee, limit.most + 1)
    assert (alarm.owner_role, alarm.due_at) == (limit.owner, clock.now() + limit.due_minutes * MINUTE)


@pytest.mark.parametrize(("ago", "rings"), [(59 * MINUTE, 1), (60 * MINUTE, 0)])
def test_what_is_an_hour_old_does_not_count(lee: User, ago: dt.timedelta, rings: int) -> None:
    did(lee, "many_people", 21, ago=ago)
    assert watch_for_breaches() == rings


def test_real_looks_count_and_the_clock_process_never_does(lee: User) -> None:
    for _number in range(21):
        gate.looked(make_person(), by=lee, why="caseload")
    AuditEvent.objects.bulk_create(
        AuditEvent(at=clock.now(), action="looked", by_name="clock", as_role="system", target_id=number, target_kind="peer.person")
        for number in range(200)
    )  # fmt: skip
    assert watch_for_breaches() == 1


def test_after_somebody_has_looked_into_it_only_what_came_since_counts(lee: User, sam: User) -> None:
    did(lee, "many_people", 21)
    watch_for_breaches()
    breaches.settle(BreachAlarm.objects.get(), by=sam, outcome="in_order", found="Asked Dr Lee: handing over the list.")
    with clock.at(NOON + MINUTE):
        assert watch_for_breaches() == 0
        did(lee, "many_people", 21, ago=dt.timedelta())
        assert watch_for_breaches() == 1


# ── A device not used before ────────────────────────────────────────────────────────────────────────────────────────
def seen_on(user: User, *agents: str) -> int:
    for agent in agents:
        sessions._watch(user, agent=agent)
    return BreachAlarm.objects.filter(kind="new_device").count()


def test_staff_on_a_device_not_used_before_is_an_alarm_once(sam: User) -> None:
    staff = make_user(person=make_person(kind=Person.Kind.STAFF), roles=(Role.CLINICIAN,))
    assert seen_on(staff, IPHONE, IPHONE) == 0
    assert seen_on(staff, WINDOWS) == 1
    breaches.settle(BreachAlarm.objects.get(), by=sam, outcome="in_order", found="A new laptop.")
    assert seen_on(staff, WINDOWS, IPHONE) == 1
    assert set(KnownDevice.objects.values_list("device", flat=True)) == {
        "Safari on an iPhone", "Firefox on a Windows computer"
    }  # fmt: skip


def test_of_young_people_and_families_no_device_is_remembered() -> None:
    for kind in (Person.Kind.YOUNG_PERSON, Person.Kind.PARENT_CARER):
        assert seen_on(make_user(person=make_person(kind=kind)), IPHONE, WINDOWS) == 0
    assert not KnownDevice.objects.exists()


# ── The board ───────────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.fixture
def alarm(lee: User) -> BreachAlarm:
    did(lee, "many_people", 21)
    watch_for_breaches()
    return BreachAlarm.objects.get()


def test_the_board_says_who_how_many_and_by_when_and_nothing_of_whose_records(alarm, sam, client: Client) -> None:
    for number in range(21):
        Person.objects.filter(pk=number).update(given_name="Asha", family_name="Canary")
    client.force_login(sam)
    board = client.get(reverse("breaches-index")).content.decode()
    page = client.get(reverse("breaches-detail", args=[alarm.public_id])).content.decode()
    assert "Dr Lee: Opened the records of many people" in board
    assert "21 within 60 minutes" in page
    assert "Canary" not in board + page


@pytest.mark.parametrize("data", [{}, {"outcome": "in_order", "found": " "}, {"outcome": "fine", "found": "Asked."}])
def test_a_form_that_lacks_something_says_so_and_changes_nothing(alarm, sam, client: Client, data) -> None:
    client.force_login(sam)
    answer = client.post(reverse("breaches-detail", args=[alarm.public_id]), data)
    assert answer.status_code == 422
    if data.get("found", "").strip():
        assert "Asked." in answer.content.decode()
    alarm.refresh_from_db()
    assert alarm.state == "open"


def test_what_was_found_is_written_down_and_the_alarm_leaves_the_board(alarm, sam, client: Client) -> None:
    client.force_login(sam)
    client.post(reverse("breaches-detail", args=[alarm.public_id]), {"outcome": "breach", "found": "Not her. Ended."})
    alarm.refresh_from_db()
    assert (alarm.state, alarm.due_at, alarm.settled_by, alarm.found) == ("breach", None, sam, "Not her. Ended.")
    assert "Nothing to look into" in client.get(reverse("breaches-index")).content.decode()


def test_nobody_sees_or_settles_an_alarm_about_themselves(sam, client: Client) -> None:
    own = breaches.ring(sam, by=breaches.CLOCK, kind="many_records", seen=101)
    client.force_login(sam)
    there, nowhere = (client.get(reverse("breaches-detail", args=[key])) for key in (own.public_id, "Zq7-notThere_0x"))
    assert (there.status_code, there.content) == (404, nowhere.content)
    with pytest.raises(RuleBroken):
        breaches.settle(own, by=sam, outcome="in_order", found="It was me.")


@pytest.mark.parametrize("role", [Role.CLINICIAN, Role.CO_ORDINATOR, Role.EDITOR])
def test_for_anybody_else_there_is_no_such_page(alarm, client: Client, role: Role) -> None:
    client.force_login(make_user(roles=(role,)))
    pages = [client.get(reverse("breaches-index")), client.get("/staff/nothing-here/")]
    assert {page.status_code for page in pages} == {404}
    assert client.get(reverse("breaches-detail", args=[alarm.public_id])).status_code == 404
    with pytest.raises(gate.NotAllowed):
        breaches.settle(alarm, by=make_user(roles=(role,)), outcome="in_order", found="x")
