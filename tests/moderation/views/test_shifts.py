"""Rota, own shifts and pausing, through the pages (matrix rows 12 and 27)."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import transaction
from django.test import Client

from moderation.models import OnCallShift
from notifications.actions import staff_pins
from notifications.models.staff_calls import WRONG_PINS
from peer import clock
from peer.models import Duty, SupportGroup, User
from peer.roles import Role
from tests.make import make_duty, make_group, make_member, make_user

pytestmark = pytest.mark.django_db


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def clinician(group: SupportGroup, name: str = "Dr Lee") -> User:
    lee = make_member(group=group, user=make_user(name=name), role=Role.CLINICIAN).user
    lee.paged_ok_at = clock.now()
    lee.save()
    return lee


def planned(group: SupportGroup, user: User) -> OnCallShift:
    now = clock.now()
    return OnCallShift.objects.create(
        group=group, user=user, from_at=now - dt.timedelta(minutes=5), until_at=now + dt.timedelta(hours=4)
    )


def test_the_co_ordinator_sees_the_gap_and_fills_it() -> None:
    group = make_group()
    lee = clinician(group)
    kim = signed_in(make_user(name="Kim", roles=(Role.CO_ORDINATOR,)))
    assert "nobody is on call" in kim.get("/rota/").content.decode()
    day = clock.today() + dt.timedelta(days=2)
    said = {"group": group.pk, "user": lee.pk, "day": day, "starts": "20:00", "ends": "08:00"}
    page = kim.post("/rota/", said, follow=True).content.decode()
    assert "Planned: 12 hours for Dr Lee." in page
    assert OnCallShift.objects.get().length() == dt.timedelta(hours=12)


def test_b15_a_clinician_without_a_proved_number_is_refused_in_words_and_nothing_is_lost() -> None:
    group = make_group()
    lee = clinician(group)
    User.objects.filter(pk=lee.pk).update(paged_ok_at=None)
    kim = signed_in(make_user(name="Kim", roles=(Role.CO_ORDINATOR,)))
    day = clock.today() + dt.timedelta(days=2)
    said = {"group": group.pk, "user": lee.pk, "day": day, "starts": "20:00", "ends": "08:00"}
    answer = kim.post("/rota/", said)
    assert answer.status_code == 422
    assert "no proved phone number" in answer.content.decode()
    assert day.isoformat() in answer.content.decode()


def test_u4_the_rota_names_who_has_no_pin_for_a_flat_phone() -> None:
    group = make_group()
    lee, okafor = clinician(group), clinician(group, "Dr Okafor")
    planned(group, lee)
    planned(group, okafor)
    kim = signed_in(make_user(name="Kim", roles=(Role.CO_ORDINATOR,)))

    def without() -> list[str]:
        rows = kim.get("/rota/").content.decode().partition("</table>")[0].split("<tr")
        return [
            name
            for row in rows
            if "no PIN for other phones yet" in row
            for name in ("Dr Lee", "Dr Okafor")
            if name in row
        ]

    assert without() == ["Dr Lee", "Dr Okafor"]
    staff_pins.choose(okafor, by=okafor, pin="275319")
    assert without() == ["Dr Lee"]
    for _ in range(WRONG_PINS):
        with transaction.atomic():
            staff_pins.is_right(okafor, "999999")
    assert without() == ["Dr Lee", "Dr Okafor"], "one that is locked opens nothing"


def test_a_clinician_reads_the_rota_of_their_groups_alone_and_plans_nothing() -> None:
    group, other = make_group(title="Quietmeadow"), make_group(title="Elsewhere")
    lee, okafor = clinician(group), clinician(group, "Dr Okafor")
    shift, far = planned(group, okafor), planned(other, clinician(other, "Dr Far"))
    client = signed_in(lee)
    page = client.get("/rota/").content.decode()
    assert "Dr Okafor" in page
    assert "Elsewhere" not in page
    assert "Plan a shift" not in page
    assert "Take off" not in page
    day = clock.today() + dt.timedelta(days=2)
    said = {"group": group.pk, "user": lee.pk, "day": day, "starts": "20:00", "ends": "08:00"}
    assert client.post("/rota/", said).status_code == 404
    for one in (shift, far):
        assert client.post(f"/rota/{one.public_id}/cancel/").status_code == 404
        assert client.post(f"/shifts/{one.public_id}/start/").status_code == 404
    assert set(OnCallShift.objects.values_list("state", flat=True)) == {"planned"}


def test_a_clinician_without_a_group_meets_an_honest_empty_rota() -> None:
    planned(group := make_group(title="Quietmeadow"), clinician(group))
    page = signed_in(make_user(roles=(Role.CLINICIAN,))).get("/rota/").content.decode()
    assert "You cover no group yet" in page
    assert "Quietmeadow" not in page


def test_nobody_else_sees_the_rota() -> None:
    client = signed_in(make_user(roles=(Role.EDITOR,)))
    assert client.get("/rota/").status_code == 404
    assert client.post("/rota/", {}).status_code == 404


def test_a_clinician_starts_and_ends_with_one_press_each() -> None:
    group = make_group()
    lee = clinician(group)
    shift = planned(group, lee)
    client = signed_in(lee)
    assert "You are on call now" in client.post(f"/shifts/{shift.public_id}/start/", follow=True).content.decode()
    assert Duty.objects.current().get().user == lee
    client.post(f"/shifts/{shift.public_id}/end/")
    assert not Duty.objects.current().exists()


def test_a_clinician_hands_over_to_the_one_who_has_started() -> None:
    group = make_group()
    lee, may = clinician(group), clinician(group, "Dr May")
    mine, hers = planned(group, lee), planned(group, may)
    signed_in(lee).post(f"/shifts/{mine.public_id}/start/")
    assert signed_in(lee).post(f"/shifts/{mine.public_id}/hand-over/", {"to": hers.public_id}).status_code == 404
    signed_in(may).post(f"/shifts/{hers.public_id}/start/")
    assert "Hand over to Dr May" in signed_in(lee).get("/shifts/").content.decode()
    signed_in(lee).post(f"/shifts/{mine.public_id}/hand-over/", {"to": hers.public_id})
    mine.refresh_from_db()
    assert mine.state == "handed_over"
    assert Duty.objects.current().get().user == may


def test_somebody_elses_shift_is_not_there() -> None:
    group = make_group()
    shift = planned(group, clinician(group))
    assert signed_in(clinician(group, "Dr May")).post(f"/shifts/{shift.public_id}/start/").status_code == 404


def test_p10_a_moderator_pauses_with_one_press_and_two_people_open_again_with_cover() -> None:
    group = make_group()
    mo = signed_in(make_member(group=group, role=Role.PEER_MODERATOR).user)
    lee = clinician(group)
    mo.post(f"/pause/{group.public_id}/pause/", {"reason": "Somebody was hurt"})
    group.refresh_from_db()
    assert group.state == "frozen"
    assert mo.post(f"/pause/{group.public_id}/read/", {"reason": "x"}).status_code == 404
    said = {"reason": "Talked it over"}
    alone = signed_in(lee).post(f"/pause/{group.public_id}/read/", said)
    assert "Nobody is on call" in alone.content.decode()
    make_duty(group=group, user=lee)
    signed_in(lee).post(f"/pause/{group.public_id}/read/", said)
    group.refresh_from_db()
    assert group.state == "reading"
    again = signed_in(lee).post(f"/pause/{group.public_id}/reopen/", said)
    assert "Somebody else must say" in again.content.decode()
    signed_in(clinician(group, "Dr May")).post(f"/pause/{group.public_id}/reopen/", said)
    group.refresh_from_db()
    assert group.state == "open"


def test_a_member_cannot_pause_and_learns_nothing() -> None:
    group = make_group()
    client = signed_in(make_member(group=group).user)
    assert client.post(f"/pause/{group.public_id}/pause/", {"reason": "x"}).status_code == 404
    assert client.get("/pause/nothing-there/pause/").status_code == 404


def test_the_manager_pauses_any_group() -> None:
    group = make_group()
    signed_in(make_user(roles=(Role.SERVICE_MANAGER,))).post(f"/pause/{group.public_id}/pause/", {"reason": "x"})
    group.refresh_from_db()
    assert group.state == "frozen"
