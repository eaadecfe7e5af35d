"""Letters to post: seen and done by those who post them, printed with their address, and on nobody else's page."""

from __future__ import annotations

import re
import zlib

import pytest
from django.urls import reverse

from notifications.models import Letter
from peer import clock
from peer.models import AuditEvent, Person, TimelineEntry
from peer.roles import Role
from tests.make import make_person, make_user
from tests.notifications.make import make_delivery

pytestmark = pytest.mark.django_db


@pytest.fixture
def letter() -> Letter:
    told = make_delivery().notification
    told.subject = make_person(given_name="Asha")
    told.save()
    return Letter.objects.create(
        notification=told,
        recipient=told.recipient,
        address="Pat Lark\n1 Elm Road",
        body="Dear Pat Lark,\n\nplease ring us.",
        is_large_print=True,
        owner_role=Role.CO_ORDINATOR,
        due_at=clock.now(),
    )


@pytest.fixture
def kim(client):
    user = make_user(name="Kim", roles=(Role.CO_ORDINATOR,))
    client.force_login(user)
    return user


def do(client, letter: Letter, what: str, **more: object):
    page = client.post(reverse("letters-index"), {"letters": [letter.public_id], "done": what, **more})
    letter.refresh_from_db()
    return page


def test_a_letter_is_printed_posted_and_told_in_the_wait(client, kim, letter) -> None:
    page = client.get(reverse("letters-index")).content.decode()
    assert "Open 1 letter to print" in page
    assert "large print" in page
    paper = client.get(reverse("letters-paper")).content.decode()
    assert "Pat Lark<br>1 Elm Road" in paper
    assert "letter-large" in paper
    assert AuditEvent.objects.filter(action="looked", target_kind="notifications.letter").count() == 1
    assert do(client, letter, "printed").status_code == 302
    assert letter.state == "printed"
    assert "Nothing to print" in client.get(reverse("letters-paper")).content.decode()
    do(client, letter, "posted")
    assert (letter.state, letter.posted_by, letter.due_at) == ("posted", kim, None)
    words = TimelineEntry.objects.get()
    assert (words.words, words.for_adults) == (f"We posted a letter to {letter.recipient.given_name}.", "routine")
    assert "No letters" in client.get(reverse("letters-index")).content.decode()


def test_the_letters_are_one_pdf_that_a_screen_reader_can_read(client, kim, letter) -> None:
    pytest.importorskip("weasyprint", exc_type=OSError)
    answer = client.get(reverse("letters-pdf"))
    assert answer["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF-")
    inside = b"".join(
        _unpacked(stream) for stream in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", answer.content, re.DOTALL)
    )
    assert b"/StructTreeRoot" in inside + answer.content
    assert b"/Lang" in inside + answer.content
    assert b"Open them as one PDF" in client.get(reverse("letters-paper")).content
    do(client, letter, "printed")
    assert client.get(reverse("letters-pdf")).status_code == 404


def _unpacked(stream: bytes) -> bytes:
    try:
        return zlib.decompress(stream)
    except zlib.error:
        return b""


def test_paper_that_is_lost_is_printed_again(client, kim, letter) -> None:
    do(client, letter, "printed")
    do(client, letter, "again")
    assert (letter.state, letter.printed_at) == ("to_print", None)
    do(client, letter, "not_needed")
    assert letter.state == "cancelled"


def test_what_was_not_printed_is_not_posted_and_says_so(client, kim, letter) -> None:
    page = client.post(
        reverse("letters-index"), {"letters": [letter.public_id], "done": "posted"}, follow=True
    ).content.decode()
    letter.refresh_from_db()
    assert letter.state == "to_print"
    assert "a letter is printed before it is posted" in page


@pytest.mark.parametrize("given", [{"done": "printed"}, {"letters": ["nothing"], "done": "printed"}, {"letters": []}])
def test_a_form_without_a_letter_or_an_act_changes_nothing(client, kim, letter, given) -> None:
    assert client.post(reverse("letters-index"), given).status_code == 422
    letter.refresh_from_db()
    assert letter.state == "to_print"


@pytest.mark.parametrize("role", [Role.CLINICIAN, Role.EDITOR, None])
def test_to_everybody_else_there_are_no_letters(client, letter, role) -> None:
    client.force_login(make_user(roles=(role,) if role else ()))
    for route in ("letters-index", "letters-paper", "letters-pdf"):
        assert client.get(reverse(route)).status_code == 404
    assert not Person.objects.filter(given_name="Lark").exists()
