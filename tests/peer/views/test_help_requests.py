"""The doors on every page to a person: for oneself, for somebody else, with an account and without (row 13, B4, B6)."""

from __future__ import annotations

import datetime as dt
import html
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.template.loader import get_template
from django.test import Client
from django.urls import reverse

from cms import crisis
from moderation.actions import reports
from moderation.models import Escalation
from notifications.models import Notification
from peer import clock
from peer.actions import help_requests
from peer.models import AuditEvent, HelpRequest, Membership, Post, User
from peer.roles import Role
from tests.cms.test_crisis import ERRORS
from tests.make import make_duty, make_group, make_member, make_person, make_phone, make_post, make_user

pytestmark = pytest.mark.django_db
DOORS = ("/tell-us/someone/", "/tell-us/me/")


def signed_in(user: User | None) -> Client:
    client = Client()
    client.force_login(user)  # type: ignore[arg-type]
    return client


def read(page: Any) -> str:
    return re.sub(r"\s+", " ", html.unescape(page.content.decode())).split("<main", 1)[1]


def rung() -> int:
    return Notification.objects.filter(purpose="page").count()


@pytest.fixture
def lee() -> User:
    """Give a clinician with a phone, on call for a group."""
    person = make_person(kind="staff", given_name="Lee")
    make_phone(person=person)
    user = make_user(name="Dr Lee", person=person, roles=(Role.CLINICIAN,))
    group = make_group()
    place = make_member(group=group, role=Role.CLINICIAN, user=user)
    Membership.objects.filter(pk=place.pk).update(person=person)
    make_duty(group=group, user=user)
    return user


@pytest.fixture
def asha(lee: User) -> User:
    """Give a young person with a number of their own, in a group beside the one that is covered."""
    person = make_person(given_name="Ashavera")
    make_phone(person=person, number="07700 900777")
    user = make_user(name="Asha", person=person)
    make_member(group=lee.duties.get().group, user=user, name="Fern")
    return user


@contextmanager
def database_down() -> Iterator[None]:
    """Let every statement fail, as when the server is gone."""

    def fails(*_: object) -> None:
        raise OperationalError("the server has gone away")

    with connection.execute_wrapper(fails):
        yield


# ── The doors stand everywhere ──────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("page", ERRORS)
def test_error_pages_lead_to_both_doors_without_a_database(page: str) -> None:
    told = get_template(f"{page}.html").render()
    assert all(told.count(f'href="{reverse(name)}"') == 2 for name in ("help-requests-someone", "help-requests-me"))


def test_pages_of_strangers_and_of_people_lead_to_both_doors_the_worry_first(client: Client, asha: User) -> None:
    pages = [client.get("/account/login/"), client.get("/feedback/"), signed_in(asha).get("/home/")]
    for page in (*pages, client.get("/nothing-here-at-all/")):
        told = page.content.decode()
        assert -1 < told.index('href="/tell-us/someone/"') < told.index('href="/tell-us/me/"')


# ── At once ─────────────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("door", DOORS)
def test_help_stands_on_the_page_before_the_box_with_the_database_down(client: Client, door: str) -> None:
    with database_down():
        page = client.get(door)
    told = read(page)
    assert page.status_code == 200
    assert all(f'href="{line.href}"' in told.split("<textarea")[0] for line in crisis.LINES)


def test_where_it_cannot_be_kept_the_page_says_so_and_keeps_the_words(client: Client) -> None:
    with database_down():
        page = client.post("/tell-us/me/", {"words": "Please, somebody", "reach": "07700 900123"})
    told = read(page)
    assert page.status_code == 503
    assert "We could not keep this" in told
    assert "116 123" in told.split("<textarea")[0]
    assert "Please, somebody" in told
    assert "07700 900123" in told


def test_e1_i_need_someone_now_rings_the_clinician_on_call_of_ones_own_group(asha: User, lee: User) -> None:
    page = signed_in(asha).post("/tell-us/me/", {"words": ""}, follow=True)
    escalation = Escalation.objects.get()
    assert (escalation.level, escalation.person, escalation.about) == ("red", asha.person, asha.memberships.get())
    assert escalation.steps.get(state="fired").user == lee
    assert "We are ringing a clinician this minute" in read(page)
    assert "116 123" in read(page)


def test_a_visitor_rings_whoever_is_on_call_and_nobody_is_said_to_be_known(client: Client, lee: User) -> None:
    page = client.post("/tell-us/me/", {"words": "Now please", "reach": "My own phone, 07700 900123"})
    escalation = Escalation.objects.get()
    assert (escalation.level, escalation.person) == ("red", None)
    assert escalation.steps.get(state="fired").user == lee
    assert rung() == 1
    assert HelpRequest.objects.get().reference in read(page)
    assert "sessionid" not in client.cookies


def test_with_nobody_on_call_the_page_says_so_before_and_after_and_people_are_rung_all_the_same(
    client: Client, lee: User
) -> None:
    lee.duties.update(from_at=clock.now() - dt.timedelta(hours=9), until_at=clock.now() - dt.timedelta(hours=1))
    assert "Nobody here is on call right now" in read(client.get("/tell-us/me/"))
    assert "it may be later than that" in read(client.post("/tell-us/me/", {"words": "x"}))
    assert Escalation.objects.get().level == "red"


@pytest.mark.parametrize(("urgent", "level", "pages"), [("yes", "red", 1), ("no", "amber", 0)])
def test_a_worry_about_somebody_is_not_about_whoever_tells_us(asha: User, urgent: str, level: str, pages: int) -> None:
    signed_in(asha).post("/tell-us/someone/", {"is_urgent": urgent, "words": "My cousin Bo"})
    escalation = Escalation.objects.get()
    assert (escalation.level, escalation.person, escalation.about) == (level, None, None)
    assert escalation.group == asha.memberships.get().group
    assert rung() == pages


def test_a_worry_without_its_answer_on_danger_is_asked_for_it_and_keeps_the_words(client: Client) -> None:
    page = client.post("/tell-us/someone/", {"words": "My words"})
    assert page.status_code == 422
    assert "My words" in read(page)
    assert not HelpRequest.objects.exists()


@pytest.mark.parametrize("reach", ["ring me", "07700", "at school"])
def test_a_place_nobody_can_ring_is_named_and_nothing_is_sent(client: Client, lee: User, reach: str) -> None:
    page = client.post("/tell-us/me/", {"words": "My words", "reach": reach})
    assert page.status_code == 422
    assert "We could not ring or write to that" in read(page)
    assert reach in read(page)
    assert not Escalation.objects.exists()


# ── Once, and many ──────────────────────────────────────────────────────────────────────────────────────────────────
def test_the_same_form_twice_is_one_and_shows_the_same_reference(client: Client, lee: User) -> None:
    sent = {"words": "Now please", "form_nonce": "n" * 22}
    first, second = (client.post("/tell-us/me/", sent) for _ in range(2))
    asked = HelpRequest.objects.get()
    assert asked.reference in read(first)
    assert asked.reference in read(second)
    assert rung() == 1


def test_many_from_one_place_are_all_kept_and_owed_and_only_the_first_ring(client: Client, lee: User) -> None:
    for turn in range(help_requests.RINGS_AN_HOUR + 2):
        page = client.post("/tell-us/me/", {"words": f"turn {turn}"})
    assert rung() == help_requests.RINGS_AN_HOUR
    assert "If nobody has by then, we ring them" in read(page)
    later = Escalation.objects.latest("pk")
    assert (later.level, later.due_at - later.opened_at) == ("amber", dt.timedelta(minutes=45))
    assert HelpRequest.objects.filter(state="open", owner_role="clinician", due_at__isnull=False).count() == 8
    with clock.at(clock.now() + dt.timedelta(hours=2)):
        client.post("/tell-us/me/", {"words": "later"})
    assert rung() == help_requests.RINGS_AN_HOUR + 1


def test_a_flood_is_turned_away_with_the_words_kept_and_help_on_the_page(
    client: Client, lee: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(help_requests, "MOST_AN_HOUR", 2)
    for _ in range(3):
        page = client.post("/tell-us/me/", {"words": "Mine"})
    assert page.status_code == 422
    assert HelpRequest.objects.count() == 2
    assert "Mine" in read(page)
    assert "116 123" in read(page).split("<textarea")[0]


# ── Hearing back ────────────────────────────────────────────────────────────────────────────────────────────────────


def answer(lee: User, how: str = "waits") -> Any:
    asked = HelpRequest.objects.get()
    sent = {"words": "Kestrel: we rang and all is well.", "heard_how": how}
    return signed_in(lee).post(f"/staff/worries/{asked.public_id}/", sent, follow=True)


@pytest.mark.parametrize("door", DOORS)
def test_b4_a_visitor_reads_the_answer_with_the_reference_alone(client: Client, lee: User, door: str) -> None:
    client.post(door, {"words": "Please", "is_urgent": "no"})
    reference = HelpRequest.objects.get().reference
    asks = {"reference": reference.lower().replace("-", " ")}
    before = client.post("/tell-us/answer/", asks)
    assert "is to read it by" in read(before)
    answer(lee)
    after = Client().post("/tell-us/answer/", asks)
    assert "Kestrel: we rang" in read(after)
    assert "Please" not in read(after), "what was written shows on no page that others may open"
    assert Client().post("/tell-us/answer/", {"reference": "AAAA-BBBB-CCCC"}).status_code == 422


def test_b4_a_visitor_who_left_a_number_is_rung_by_a_person_and_by_no_machine(client: Client, lee: User) -> None:
    client.post("/tell-us/me/", {"words": "Please", "reach": "07700 900123 after four"})
    desk = signed_in(lee).get(f"/staff/worries/{HelpRequest.objects.get().public_id}/")
    assert "07700 900123 after four" in read(desk)
    before = Notification.objects.count()
    assert "Nobody waits" in read(answer(lee, "spoke"))
    assert Notification.objects.count() == before


@pytest.mark.parametrize("door", DOORS)
def test_b4_somebody_signed_in_hears_by_their_own_channel_and_reads_it_on_their_page(
    asha: User, lee: User, door: str
) -> None:
    client = signed_in(asha)
    page = client.post(door, {"words": "Please", "is_urgent": "no"})
    assert "Please" not in page["Location"]
    answer(lee)
    told = Notification.objects.get(purpose="worry_answered")
    assert told.recipient == asha.person
    words = [delivery.body for delivery in told.deliveries.all()]
    assert words
    assert not [one for one in words if "worr" in one or "Kestrel" in one]
    assert "Kestrel: we rang" in read(client.get(page["Location"]))
    assert "Kestrel: we rang" in read(client.get("/tell-us/"))
    assert make_user(person=make_person()).pk
    assert signed_in(make_user(person=make_person())).get(page["Location"]).status_code == 404


def test_b4_whoever_worried_about_a_post_hears_by_their_own_channel(asha: User, lee: User) -> None:
    post = make_post(group=asha.memberships.get().group, state=Post.State.APPROVED)
    report = reports.report(post, by=asha, worry="unkind", is_urgent=False)
    reports.answer(report, by=lee, words="Kestrel: it is gone.")
    assert Notification.objects.get(purpose="report_answered").recipient == asha.person
    assert "Kestrel: it is gone." in read(signed_in(asha).get("/reports/"))
    assert "Kestrel" not in read(signed_in(make_user(person=make_person())).get("/reports/"))


# ── The desk ────────────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("role", [*Role, None])
def test_h23_who_worried_is_for_clinicians_and_the_safeguarding_lead(asha: User, role: Role | None) -> None:
    signed_in(asha).post("/tell-us/someone/", {"words": "My cousin Bo", "is_urgent": "no"})
    asked = HelpRequest.objects.get()
    reader = signed_in(make_user(person=make_person(kind="staff"), roles=(role,) if role else ()))
    may = role in {Role.CLINICIAN, Role.SAFEGUARDING_LEAD}
    assert reader.get("/staff/worries/").status_code == (200 if may else 404)
    page = reader.get(f"/staff/worries/{asked.public_id}/")
    assert page.status_code == (200 if may else 404)
    assert ("Ashavera" in page.content.decode()) == may
    assert AuditEvent.objects.filter(action="looked", reason="help request").exists() == may


def test_the_clinician_reads_who_it_is_and_what_they_chose_and_home_says_that_it_waits(asha: User, lee: User) -> None:
    signed_in(asha).post("/tell-us/me/", {"words": ""})
    client = signed_in(lee)
    assert "People who need an answer" in read(client.get("/home/"))
    page = read(client.get(f"/escalations/{Escalation.objects.get().public_id}/"))
    assert "“I need someone now”" in page
    assert "No words came with it" in page
    assert f"/staff/worries/{HelpRequest.objects.get().public_id}/" in page


def test_nobody_answers_their_own_and_an_answer_is_given_once(lee: User) -> None:
    signed_in(lee).post("/tell-us/me/", {"words": "Even I"})
    asked = HelpRequest.objects.get()
    assert signed_in(lee).get(f"/staff/worries/{asked.public_id}/").status_code == 404
    lead = make_user(roles=(Role.SAFEGUARDING_LEAD,))
    assert answer(lead).status_code == 200
    second = answer(lead)
    assert "Somebody else has answered this already" in read(second)
    assert AuditEvent.objects.filter(action="peer.actions.help_requests.answer").count() == 1


def test_an_answer_without_words_says_so_and_changes_nothing(asha: User, lee: User) -> None:
    signed_in(asha).post("/tell-us/me/", {"words": ""})
    asked = HelpRequest.objects.get()
    page = signed_in(lee).post(f"/staff/worries/{asked.public_id}/", {"words": " ", "heard_how": "spoke"})
    assert page.status_code == 422
    asked.refresh_from_db()
    assert asked.state == "open"
