"""The caseload as staff meet it: found, decided with a reason, released n a day; for anybody else it never was."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from peer import clock
from peer.models import AuditEvent, TriageDecision, User, WaitingListEntry
from peer.roles import Role
from tests.make import make_person, make_user
from tests.peer.actions.test_waiting import make_entry

pytestmark = pytest.mark.django_db


def nonce(page: Any) -> str:
    found = re.search(rb'name="form_nonce" value="([^"]+)"', page.content)
    assert found
    return found[1].decode()


@pytest.fixture
def kim(client: Client) -> User:
    user = make_user(name="Kim", roles=(Role.CO_ORDINATOR,))
    client.force_login(user)
    return user


def decide(client: Client, entry: WaitingListEntry, **words: str) -> Any:
    address = f"/staff/waiting/places/{entry.public_id}/decide/"
    words = {"form_nonce": nonce(client.get(address)), "outcome": "accepted", "reason": "It fits."} | words
    return client.post(address, words)


@pytest.mark.parametrize(
    "path",
    [
        "/staff/waiting/",
        "/staff/waiting/release/",
        "/staff/waiting/{person}/",
        "/staff/waiting/places/{entry}/decide/",
        "/staff/calls/",
        "/staff/lists/",
        "/staff/lists/changes/",
        "/staff/people/{person}/numbers/",
    ],
)
@pytest.mark.parametrize("role", [None, Role.EDITOR, Role.SERVICE_MANAGER], ids=str)
def test_for_anybody_else_the_page_never_was(client: Client, path: str, role: Role | None) -> None:
    entry = make_entry(state="released")
    client.force_login(make_user(person=entry.person, roles=(role,) if role else ()))
    there = client.get(path.format(person=entry.person.public_id, entry=entry.public_id))
    never = client.get("/staff/never-was/")
    assert there.status_code == never.status_code == 404
    strip = re.compile(rb"/staff/[\w/-]+|csrf\w+\" value=\"[^\"]+")
    assert strip.sub(b"", there.content) == strip.sub(b"", never.content)


def test_signed_out_leads_to_signing_in(client: Client) -> None:
    assert client.get("/staff/waiting/").status_code == 302


def test_the_caseload_costs_the_same_for_five_and_for_five_hundred(client: Client, kim: User) -> None:
    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as seen:
            assert client.get("/staff/waiting/").status_code == 200
        return len(seen)

    make_entry(reference="first", state="released")
    few = queries()
    for number in range(60):
        make_entry(reference=f"R{number}", state="released", person=make_person(given_name=f"Nr {number}"))
    assert queries() == few <= 8


def test_every_page_of_the_list_is_reached_once_the_most_overdue_first(client: Client, kim: User) -> None:
    for number in range(60):
        entry = make_entry(reference=f"R{number:02}", state="released")
        WaitingListEntry.objects.filter(pk=entry.pk).update(due_at=clock.now() - dt.timedelta(days=number // 3))
    found: list[str] = []
    href = ""
    for _page in range(3):
        page = client.get(f"/staff/waiting/{href}")
        found += re.findall(r">(R\d\d)<", page.content.decode())
        href = page.context["older_href"]
    assert href == ""
    assert len(found) == len(set(found)) == 60
    assert set(found[:3]) == {"R57", "R58", "R59"}


def test_somebody_is_found_by_a_part_of_the_name_or_the_start_of_the_reference(client: Client, kim: User) -> None:
    make_entry(reference="BC-77", state="released", person=make_person(given_name="Zofia", family_name="Nowak"))
    make_entry(reference="BC-88", state="released", person=make_person(given_name="Sam", family_name="Holt"))
    for query in ("zof now", "BC-77"):
        page = client.get("/staff/waiting/", {"q": query}).content.decode()
        assert "Zofia Nowak" in page
        assert "Sam Holt" not in page
    assert "Nobody found" in client.get("/staff/waiting/", {"q": "%' OR 1=1"}).content.decode()


def test_a_cursor_that_is_nonsense_gives_the_first_page(client: Client, kim: User) -> None:
    make_entry(state="released")
    assert "R1" in client.get("/staff/waiting/", {"after": "x_'y"}).content.decode()


def test_the_page_of_a_person_leads_only_where_the_reader_may_go(client: Client, kim: User) -> None:
    page = f"/staff/waiting/{make_entry(state='released').person.public_id}/"
    doors = {"wishes/", "numbers/", "decide/", "offer/"}
    for role, hidden in (
        (Role.CO_ORDINATOR, set()),
        (Role.CLINICIAN, {"wishes/", "numbers/"}),
        (Role.SAFEGUARDING_LEAD, doors),
    ):
        client.force_login(make_user(roles=(role,)))
        words = client.get(page).content.decode()
        assert {door for door in doors if door not in words} == hidden


def test_looking_at_a_person_leaves_a_trace(client: Client, kim: User) -> None:
    entry = make_entry(state="released")
    assert client.get(f"/staff/waiting/{entry.person.public_id}/").status_code == 200
    assert AuditEvent.objects.filter(action="looked", by_id=kim.pk, target_id=entry.person.pk).exists()


def test_a_decision_without_a_reason_is_not_saved_and_keeps_what_was_typed(client: Client, kim: User) -> None:
    entry = make_entry(state="released")
    page = decide(client, entry, reason="  ", next_step="We write in May.")
    assert page.status_code == 422
    assert "A decision without a reason cannot be saved" in page.content.decode()
    assert "We write in May." in page.content.decode()
    assert not TriageDecision.objects.exists()


def test_the_same_decision_sent_twice_counts_once(client: Client, kim: User) -> None:
    entry = make_entry(state="released")
    address = f"/staff/waiting/places/{entry.public_id}/decide/"
    words = {"form_nonce": nonce(client.get(address)), "outcome": "accepted", "reason": "It fits."}
    assert client.post(address, words).status_code == 302
    assert client.post(address, words).status_code in {302, 422}
    assert TriageDecision.objects.count() == 1


def test_a_decision_on_a_family_that_has_not_heard_yet_is_not_offered(client: Client, kim: User) -> None:
    entry = make_entry()
    page = client.post(f"/staff/waiting/places/{entry.public_id}/decide/", {"outcome": "accepted", "reason": "Yes."})
    assert page.status_code == 422
    assert not TriageDecision.objects.exists()


def test_more_than_n_a_day_gets_a_plain_sentence(client: Client, kim: User, settings: Any) -> None:
    settings.RELEASE_A_DAY = 2
    make_entry()
    page = client.post("/staff/waiting/release/", {"size": "3"})
    assert page.status_code == 422
    assert "You can release 2 more families today." in page.content.decode()
    assert WaitingListEntry.objects.on_hold().count() == 1


def test_the_page_of_a_decision_promises_only_what_messages_do(client: Client, kim: User) -> None:
    entry = make_entry(state="released")
    page = client.get(f"/staff/waiting/places/{entry.public_id}/decide/").content.decode()
    assert "when they sign in, or hear it when a person rings" in page
    assert "says only that there is news" in page
    assert "get your reason as you write it" not in page
