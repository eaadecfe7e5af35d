"""The page of a hello call: the number to ring stands on it in full, and each look is written down (U8, row 20)."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from peer.models import AuditEvent, HelloCall
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
