"""Cohorts: together on the day, never silence when too few, nobody missed in a race (U11)."""

from __future__ import annotations

import datetime as dt
import threading

import pytest
from django.db import IntegrityError, connections, transaction
from django.test import Client

from notifications.models import Delivery
from peer import clock, gate, joining
from peer.actions import cohorts, groups, hello_calls
from peer.actions.hello_calls import Said
from peer.models import Cohort, HelloCall, Membership, SupportGroup, User
from peer.roles import Role
from peer.states import RuleBroken, StaleMove
from peer.sweeps.cohorts import start_cohorts
from tests.make import make_member, make_open_group, make_person, make_phone, make_user

pytestmark = pytest.mark.django_db
TUESDAY = dt.date(2026, 11, 24)  # tests begin on Monday 16 November 2026
NOON = dt.datetime(2026, 11, 24, 12, tzinfo=dt.UTC)


@pytest.fixture
def group() -> SupportGroup:
    return make_open_group()


@pytest.fixture
def lee() -> User:
    return make_user(name="Dr Lee", roles=(Role.CLINICIAN,))


@pytest.fixture
def cohort(group: SupportGroup, lee: User) -> Cohort:
    """Plan a start for Tuesday week, with room for six."""
    return cohorts.plan(group, by=lee, starts_on=TUESDAY, largest=6)


def confirmed(group: SupportGroup, lee: User) -> Membership:
    """Make somebody who said yes and was rung."""
    person = make_person(born_on=clock.today() - dt.timedelta(days=15 * 366))
    make_phone(person=person)
    membership = Membership.objects.create(group=group, person=person, user=make_user(person=person))
    call = HelloCall.objects.create(membership=membership, owner_role=Role.CLINICIAN, due_at=clock.now())
    assert person.born_on
    said = Said(
        born_on=person.born_on,
        basis="competent",
        safe_ways="Text",
        explained="What the group is, and who reads there.",
        understood="She can stop at any time.",
    )
    return hello_calls.confirm(call, by=lee, said=said)


def ready(group: SupportGroup, lee: User, name: str) -> Membership:
    """Make somebody who has a name and said yes to how people treat each other."""
    membership = confirmed(group, lee)
    groups.choose_name(membership, by=membership.user, name=name, colour=1)
    groups.start(membership, by=membership.user, protocol=group.protocol())
    membership.refresh_from_db()
    return membership


NAMES = ("Fern", "Tide", "Comet", "Moss", "Plum", "Kestrel", "Bramble")


def page(user: User | None, address: str = "/groups/") -> str:
    assert user
    client = Client()
    client.force_login(user)
    return client.get(address).content.decode()


def test_whoever_is_ready_waits_for_the_day_with_an_honest_card(group: SupportGroup, lee: User, cohort: Cohort) -> None:
    fern = ready(group, lee, "Fern")
    assert (fern.state, fern.cohort) == ("confirmed", cohort)
    assert not gate.can(fern.user, gate.Perm.READ_GROUP, group)
    html = page(fern.user)
    assert "Lantern starts Tuesday 24 November with Ben" in html
    assert "A few are in" in html


def test_the_number_is_told_from_five_and_only_as_it_was_when_the_day_began(
    group: SupportGroup, lee: User, cohort: Cohort
) -> None:
    members = [ready(group, lee, name) for name in NAMES[:5]]
    assert "A few are in" in page(members[0].user)
    with clock.at(clock.now() + dt.timedelta(days=1)):
        late = ready(group, lee, NAMES[5])
        assert "5 of 6 are in so far" in page(members[0].user)
        assert "5 of 6 are in so far" in page(late.user)


def test_on_the_day_all_who_are_ready_start_at_once_and_the_others_later(
    group: SupportGroup, lee: User, cohort: Cohort
) -> None:
    members = [ready(group, lee, name) for name in NAMES[:5]]
    slow = confirmed(group, lee)
    with clock.at(NOON):
        assert start_cohorts() == 1
        assert start_cohorts() == 0
        for membership in members:
            membership.refresh_from_db()
            assert membership.is_current()
            assert membership.joined_at == NOON
            assert gate.can(membership.user, gate.Perm.WRITE_POST, group)
        slow.refresh_from_db()
        assert slow.state == "confirmed"
        groups.choose_name(slow, by=slow.user, name="Otter", colour=1)
        groups.start(slow, by=slow.user, protocol=group.protocol())
        assert slow.is_current()


@pytest.mark.parametrize("why", ["too few", "group paused"])
def test_too_few_on_the_day_is_a_task_with_an_owner_and_a_page_that_says_so(
    group: SupportGroup, lee: User, cohort: Cohort, why: str
) -> None:
    members = [ready(group, lee, name) for name in (NAMES[:4] if why == "too few" else NAMES[:5])]
    if why == "group paused":
        SupportGroup.objects.update(state="frozen")
    with clock.at(NOON):
        start_cohorts()
        cohort.refresh_from_db()
        assert (cohort.state, cohort.owner_role) == ("to_decide", "clinician")
        assert cohort.due_at == dt.datetime(2026, 11, 25, 17, tzinfo=dt.UTC)
        assert "starts a little later" in page(members[0].user)
        assert not Membership.objects.filter(state="active", person=members[0].person).exists()


@pytest.mark.parametrize("choice", ["anyway", "move", "merge"])
def test_a_person_decides_start_anyway_move_or_join(
    group: SupportGroup, lee: User, cohort: Cohort, choice: str
) -> None:
    fern = ready(group, lee, "Fern")
    client = Client()
    client.force_login(lee)
    with clock.at(NOON):
        start_cohorts()
        address = f"/staff/cohorts/{cohort.public_id}/"
        assert "Too few are ready" in client.get(address).content.decode()
        if choice == "anyway":
            client.post(f"{address}begin/")
        elif choice == "move":
            assert client.post(address, {"starts_on": "2026-11-20"}).status_code == 422
            client.post(address, {"starts_on": "2026-12-08"})
        else:
            other = cohorts.plan(group, by=lee, starts_on=dt.date(2026, 12, 8), largest=8)
            client.post(f"{address}merge/", {"into": other.pk})
        fern.refresh_from_db()
        cohort.refresh_from_db()
        assert fern.is_current() is (choice == "anyway")
        assert cohort.state == {"anyway": "started", "move": "gathering", "merge": "merged"}[choice]
        if choice != "anyway":
            assert fern.cohort
            assert fern.cohort.starts_on == dt.date(2026, 12, 8)
            assert "Tuesday 8 December" in page(fern.user)


def test_a_full_cohort_is_followed_by_another_so_that_nobody_is_turned_away(
    group: SupportGroup, lee: User, cohort: Cohort
) -> None:
    members = [confirmed(group, lee) for _ in range(7)]
    for membership in members:
        membership.refresh_from_db()
    assert [membership.cohort == cohort for membership in members] == [True] * 6 + [False]
    after = members[6].cohort
    assert after
    assert (after.starts_on, after.owner_role) == (TUESDAY + dt.timedelta(weeks=4), "clinician")


def test_where_too_few_wait_for_a_decision_the_next_one_joins_them(
    group: SupportGroup, lee: User, cohort: Cohort
) -> None:
    ready(group, lee, "Fern")
    with clock.at(NOON):
        start_cohorts()
        tide = ready(group, lee, "Tide")
        assert (tide.cohort, tide.state) == (cohort, "confirmed")


def test_a_group_without_cohorts_takes_people_one_by_one(group: SupportGroup, lee: User) -> None:
    assert ready(group, lee, "Fern").is_current()


def test_the_day_before_everybody_who_waits_is_reminded_once_by_day_and_by_harmless_words(
    group: SupportGroup, lee: User, cohort: Cohort
) -> None:
    ready(group, lee, "Fern")
    Delivery.objects.all().delete()
    with clock.at(NOON - dt.timedelta(days=1, hours=6)):
        assert start_cohorts() == 0
    with clock.at(NOON - dt.timedelta(days=1)):
        assert start_cohorts() == 1
        assert start_cohorts() == 0
    assert Delivery.objects.get().body.startswith("Meanwhile: hello Asha, tomorrow is the day.")


def test_leaving_before_the_day_frees_the_place(group: SupportGroup, lee: User, cohort: Cohort) -> None:
    fern = ready(group, lee, "Fern")
    groups.leave(fern, by=fern.user)
    assert cohort.people().count() == 0
    assert cohort.ready().count() == 0


def test_days_that_have_gone_or_are_taken_and_sizes_beyond_twelve_are_refused(
    group: SupportGroup, lee: User, cohort: Cohort
) -> None:
    for day in (clock.today(), TUESDAY):
        with pytest.raises(RuleBroken):
            cohorts.plan(group, by=lee, starts_on=day, largest=6)
    client = Client()
    client.force_login(lee)
    address = f"/staff/groups/{group.public_id}/start-together/"
    for largest in ("4", "13", "many"):
        assert client.post(address, {"starts_on": "2026-12-01", "largest": largest}).status_code == 422
    for sizes in ({"smallest": 4}, {"largest": 13}, {"smallest": 8, "largest": 6}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Cohort.objects.filter(pk=cohort.pk).update(**sizes)


def test_only_those_who_run_groups_see_or_move_a_cohort(group: SupportGroup, lee: User, cohort: Cohort) -> None:
    fern = ready(group, lee, "Fern")
    mo = User.objects.get(memberships__pseudonym="Mo")
    for user in (fern.user, mo, make_user(roles=(Role.CO_ORDINATOR,))):
        client = Client()
        client.force_login(user)
        assert client.get(f"/staff/cohorts/{cohort.public_id}/").status_code == 404
        assert client.post(f"/staff/cohorts/{cohort.public_id}/begin/").status_code == 404
        with pytest.raises(gate.NotAllowed):
            cohorts.begin(cohort, by=user)


def test_what_began_does_not_begin_or_join_others_again(group: SupportGroup, lee: User, cohort: Cohort) -> None:
    ready(group, lee, "Fern")
    cohorts.begin(cohort, by=lee)
    other = cohorts.plan(group, by=lee, starts_on=dt.date(2026, 12, 8), largest=8)
    with pytest.raises(Exception, match="cannot go"):
        cohorts.begin(cohort, by=lee)
    with pytest.raises(RuleBroken):
        cohorts.merge(other, by=lee, into=cohort)
    with pytest.raises(RuleBroken):
        cohorts.merge(
            other, by=lee, into=cohorts.plan(make_open_group(title="B"), by=lee, starts_on=TUESDAY, largest=8)
        )


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_on_postgresql_nobody_is_missed_who_says_yes_while_their_cohort_begins(group: SupportGroup, lee: User) -> None:
    cohort = cohorts.plan(group, by=lee, starts_on=TUESDAY, largest=12)
    waiting = [confirmed(group, lee) for _ in NAMES]
    for membership, name in zip(waiting, NAMES, strict=True):
        groups.choose_name(membership, by=membership.user, name=name, colour=1)
    troubles: list[BaseException] = []

    def run(act: object, *args: object, **kwargs: object) -> None:
        try:
            act(*args, **kwargs)  # type: ignore[operator]
        except StaleMove:
            pass
        except BaseException as trouble:
            troubles.append(trouble)
        finally:
            connections.close_all()

    protocol = group.protocol()
    jobs = [
        threading.Thread(target=run, args=(groups.start, one), kwargs={"by": one.user, "protocol": protocol})
        for one in waiting
    ]
    jobs.insert(3, threading.Thread(target=run, args=(cohorts.begin, cohort), kwargs={"by": lee}))
    for job in jobs:
        job.start()
    for job in jobs:
        job.join()
    assert troubles == []
    assert Membership.objects.filter(cohort=cohort, state="active").count() == len(NAMES)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_on_postgresql_no_cohort_grows_beyond_its_room(group: SupportGroup, lee: User) -> None:
    cohorts.plan(group, by=lee, starts_on=TUESDAY, largest=6)
    members = [make_member(group=group, joined=False) for _ in range(10)]
    Membership.objects.filter(pk__in=[one.pk for one in members]).update(state="confirmed")

    def place(membership: Membership) -> None:
        with transaction.atomic():
            joining.place(membership)
        connections.close_all()

    jobs = [threading.Thread(target=place, args=(one,)) for one in members]
    for job in jobs:
        job.start()
    for job in jobs:
        job.join()
    assert sorted(cohort.people().count() for cohort in Cohort.objects.all()) == [4, 6]
