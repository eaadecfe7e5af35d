"""The page of a hello call: the number to ring stands on it in full, and each look is written down (U8, row 20)."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.html import escape

from peer import clock
from peer.models import AuditEvent, Consent, HelloCall, Membership
from peer.models.consent import wording
from peer.roles import Role
from tests.make import make_open_group, make_phone, make_user
from tests.peer.actions.test_hello_calls import due_call

pytestmark = pytest.mark.django_db


@pytest.fixture
def call() -> HelloCall:
    """Make a call that is due to somebody with a phone of their own."""
    call = due_call(make_open_group())
    make_phone(person=call.membership.person, number="07700 900171")
    return call


def test_a_clinician_reads_the_whole_number_and_the_look_is_on_record(client: Client, call: HelloCall) -> None:
    lee = make_user(roles=(Role.CLINICIAN,))
    client.force_login(lee)
    html = client.get(call.get_absolute_url()).content.decode()
    assert "07700 900171" in html
    assert 'href="tel:+447700900171"' in html
    number = call.membership.person.contact_points.get()
    looks = AuditEvent.objects.filter(action="looked", target_kind="notifications.contactpoint", by_id=lee.pk)
    assert looks.get().target_id == number.pk


def test_a_number_that_is_not_used_any_more_is_not_shown(client: Client, call: HelloCall) -> None:
    call.membership.person.contact_points.get().move_to("suspended")
    client.force_login(make_user(roles=(Role.CLINICIAN,)))
    html = client.get(call.get_absolute_url()).content.decode()
    assert "07700 900171" not in html
    assert "We have no number of their own" in html


def test_when_the_call_is_made_the_number_is_gone_again(client: Client, call: HelloCall) -> None:
    call.move_to("ended", owner_role="", due_at=None)
    client.force_login(make_user(roles=(Role.CLINICIAN,)))
    assert "07700 900171" not in client.get(call.get_absolute_url()).content.decode()
    assert not AuditEvent.objects.filter(target_kind="notifications.contactpoint").exists()


def test_nobody_else_has_such_a_page(client: Client, call: HelloCall) -> None:
    client.force_login(make_user(roles=(Role.CO_ORDINATOR,)))
    assert client.get(reverse("hello-calls-detail", args=[call.public_id])).status_code == 404


# ── What a yes by text left open (C1) ───────────────────────────────────────────────────────────────────────────────
@pytest.fixture
def texted(call: HelloCall) -> HelloCall:
    """Let the yes have come by text: no page was read, and there is no account."""
    Membership.objects.filter(pk=call.membership_id).update(user=None)
    return HelloCall.objects.get(pk=call.pk)


def heard(**also: str) -> dict[str, str]:
    born = clock.today().replace(year=clock.today().year - 15, day=1)
    return {
        "outcome": "confirm", "born_on": born.isoformat(), "basis": "competent", "explained": "What it is.",
        "understood": "I can stop.", "limits_read": "on", "apart_asked": "on", "safe_ways": "Text first.", **also,
    }  # fmt: skip


def answers(call: HelloCall) -> set[tuple[str, bool]]:
    rows = Consent.objects.filter(person=call.membership.person, purpose__in=["post", "texts", "parent_told"])
    return set(rows.values_list("purpose", "given"))


def test_what_a_yes_by_text_left_open_is_read_out_and_each_answer_is_kept_in_its_exact_words(
    client: Client, texted: HelloCall
) -> None:
    client.force_login(make_user(roles=(Role.CLINICIAN,)))
    page = client.get(texted.get_absolute_url()).content.decode()
    for purpose in ("post", "texts", "parent_told"):
        assert escape(wording(purpose).lines[0]) in page
    assert client.post(texted.get_absolute_url(), heard(post="yes", texts="no", parent_told="")).status_code == 302
    assert answers(texted) == {("post", True), ("texts", False)}  # what was left open is no answer
    for row in Consent.objects.filter(purpose__in=["post", "texts"]):
        assert (row.text_hash, row.basis) == (wording(row.purpose).text_hash, "on the phone")


def test_a_form_that_lacks_something_keeps_the_answers_and_records_none(client: Client, texted: HelloCall) -> None:
    client.force_login(make_user(roles=(Role.CLINICIAN,)))
    for wrong in ({"safe_ways": ""}, {"post": "perhaps"}):
        answer = client.post(texted.get_absolute_url(), heard(**{"post": "yes", "texts": "no"} | wrong))
        assert answer.status_code == 422
        assert answers(texted) == set()
    assert 'name="texts" value="no"' in " ".join(answer.content.decode().split())


def test_whoever_came_by_the_link_has_answered_and_is_not_asked_again(client: Client, call: HelloCall) -> None:
    client.force_login(make_user(roles=(Role.CLINICIAN,)))
    assert wording("post").lines[0] not in client.get(call.get_absolute_url()).content.decode()
    client.post(call.get_absolute_url(), heard(post="yes"))
    assert answers(call) == set()
