"""What was sent: one's own with its words, the log without, and a person settles what is stuck (rows 29, 30)."""

from __future__ import annotations

import pytest

from notifications.models import CallTask, Delivery, InboundText
from peer import clock
from peer.roles import Role
from tests.make import make_person, make_user
from tests.notifications.make import make_contact, make_delivery
from tests.notifications.signing import signed_post

pytestmark = pytest.mark.django_db

PAT = "+447700900123"


@pytest.fixture
def kim(client):
    user = make_user(name="Kim", roles=(Role.CO_ORDINATOR,))
    client.force_login(user)
    return user


def stuck(**fields: object) -> Delivery:
    fields = {"state": "ambiguous"} | fields
    return make_delivery(contact=make_contact(number=PAT), stuck_at=clock.now(), **fields)


def test_somebody_reads_their_own_messages_and_nobody_else_s(client) -> None:
    pat = make_person(given_name="Pat")
    make_delivery(contact=make_contact(person=pat, number=PAT), state="delivered", body="robin: there is news for you")
    make_delivery(contact=make_contact(number="07700 900555"), state="delivered", body="otter: other words")
    make_delivery(contact=make_contact(person=pat, number="07700 900666"), state="pending", body="not yet gone")
    client.force_login(make_user(person=pat))
    page = client.get("/messages/").content.decode()
    assert "robin: there is news for you" in page
    assert "other words" not in page
    assert "not yet gone" not in page
    assert "••• 123" in page


def test_an_account_without_a_person_has_no_messages(client) -> None:
    make_delivery(state="delivered")
    client.force_login(make_user())
    assert "robin" not in client.get("/messages/").content.decode()


def test_the_log_shows_what_became_of_a_message_and_neither_words_nor_number(client, kim) -> None:
    make_delivery(contact=make_contact(number=PAT), state="delivered", body="robin: secret words")
    page = client.get("/staff/messages/").content.decode()
    assert "Arrived" in page
    assert "••• 123" in page
    assert "secret words" not in page
    assert "7700900123" not in page.replace(" ", "")
    assert "Nothing here" in client.get("/staff/messages/?state=failed").content.decode()


@pytest.mark.parametrize(
    "path", ["/staff/messages/", "/staff/messages/stuck/", "/staff/messages/stuck/1/", "/staff/texts/"]
)
def test_whoever_may_not_see_the_log_finds_nothing_there(client, path: str) -> None:
    stuck()
    client.force_login(make_user(roles=(Role.YOUNG_PERSON,)))
    assert client.get(path).status_code == 404


def test_a_long_log_is_cut_into_pages(client, kim) -> None:
    contact = make_contact(number=PAT)
    for _ in range(45):
        make_delivery(contact=contact, state="delivered")
    first = client.get("/staff/messages/")
    assert first.content.decode().count('<tr role="row">') == 41
    older = client.get("/staff/messages/" + first.context["older_href"])
    assert older.content.decode().count('<tr role="row">') == 6


@pytest.mark.parametrize(("how", "state"), [("arrived", "delivered"), ("again", "pending"), ("ring", "expired")])
def test_a_person_settles_a_stuck_message(client, kim, how: str, state: str) -> None:
    row = stuck()
    assert "Pat" in client.get("/staff/messages/stuck/").content.decode()
    answer = client.post(f"/staff/messages/stuck/{row.pk}/", {"how": how, "reason": "I rang her"})
    assert answer.status_code == 302
    row.refresh_from_db()
    assert (row.state, row.stuck_at) == (state, None)
    assert CallTask.objects.exists() == (how == "ring")


def test_settling_without_a_reason_changes_nothing_and_keeps_the_choice(client, kim) -> None:
    row = stuck()
    answer = client.post(f"/staff/messages/stuck/{row.pk}/", {"how": "again", "reason": " "})
    assert answer.status_code == 422
    assert "checked" in answer.content.decode()
    row.refresh_from_db()
    assert row.state == "ambiguous"


def test_a_message_that_moved_meanwhile_is_not_settled_again(client, kim) -> None:
    row = stuck()
    Delivery.objects.update(stuck_at=None)
    assert client.post(f"/staff/messages/stuck/{row.pk}/", {"how": "again", "reason": "x"}).status_code == 404


def test_a_text_waits_until_somebody_says_what_they_did(client, kim) -> None:
    make_contact(number=PAT)
    signed_post(client, "/webhooks/twilio/sms/", MessageSid="SM1", From=PAT, Body="can you ring after 4?")
    assert "Pat ••• 123" in client.get("/staff/texts/").content.decode()
    row = InboundText.objects.get()
    page = client.get(f"/staff/texts/{row.public_id}/").content.decode()
    assert "can you ring after 4?" in page
    assert client.post(f"/staff/texts/{row.public_id}/", {"reason": ""}).status_code == 422
    client.post(f"/staff/texts/{row.public_id}/", {"reason": "rang at 4"})
    row.refresh_from_db()
    assert (row.state, row.owner) == ("handled", kim)
    assert "Nothing to read" in client.get("/staff/texts/").content.decode()


def test_a_worrying_text_is_for_clinicians_alone(client, kim) -> None:
    make_contact(number=PAT)
    signed_post(client, "/webhooks/twilio/sms/", MessageSid="SM1", From=PAT, Body="I want to die")
    row = InboundText.objects.get()
    assert client.get(f"/staff/texts/{row.public_id}/").status_code == 404
    client.force_login(make_user(roles=(Role.CLINICIAN,)))
    assert "I want to die" in client.get(f"/staff/texts/{row.public_id}/").content.decode()
