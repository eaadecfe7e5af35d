"""Story C: somebody without an account says what they think, and everybody sees what became of it."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.test import Client

from peer import clock
from peer.models import Commitment, FeedbackItem
from peer.roles import Role
from tests.make import make_user

pytestmark = pytest.mark.django_db


def test_a_visitor_is_heard_answered_promised_and_published() -> None:
    """S13, S28, S88, S93, S97, S126: from three boxes to the public page."""
    visitor, sam, kim = Client(), Client(), Client()
    sam.force_login(make_user(name="Sam", roles=(Role.SERVICE_MANAGER,)))
    kim.force_login(make_user(name="Kim", roles=(Role.CO_ORDINATOR,)))

    # a visitor says what works, what doesn't and what they would change
    sent = visitor.post(
        "/feedback/",
        {
            "works": "Kim on the phone",
            "does_not": "The letters are long",
            "would_change": "One page, big print",
            "about": "news",
            "age_band": "14_17",
            "may_share": "on",
        },
    )
    status = sent.url
    page = visitor.get(status).content.decode()
    assert re.search(r"<strong>[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}</strong>", page)
    assert "We owe one by" in page

    # the service reads it, talks about it, answers and promises
    desk = sam.get("/staff/feedback/").content.decode()
    assert "The letters are long" in desk
    public_id = re.search(r"/staff/feedback/([\w-]{16})/", desk)[1]  # type: ignore[index]
    base = f"/staff/feedback/{public_id}/"
    sam.post(f"{base}move/", {"state": "discussed", "reason": "Six young people read our letters with us."})
    sam.post(f"{base}reply/", {"body": "You are right. We start again.", "signed": "The list team"})
    due = clock.today() + dt.timedelta(days=7)
    sam.post(f"{base}promise/", {"what": "One-page letters", "owner_role": "The list team", "due_on": due.isoformat()})
    page = visitor.get(status).content.decode()
    assert "You are right. We start again." in page
    assert "One-page letters" in page

    # one person asks to publish, with names taken out; a second one agrees
    sam.post(f"{base}ask/", {"said": "The letters are long. One page, big print."})
    assert visitor.get(f"/feedback/said/{public_id}/").status_code == 404
    seen = re.search(r'name="seen" value="(\w+)"', kim.get(base).content.decode())[1]  # type: ignore[index]
    kim.post(f"{base}agree/", {"seen": seen})
    page = visitor.get(f"/feedback/said/{public_id}/").content.decode()
    assert "The letters are long. One page, big print." in page
    assert "Kim on the phone" not in page
    assert FeedbackItem.objects.get().reference not in page

    # the promise runs late, and everybody can see it; then it is kept
    Commitment.objects.update(due_on=clock.today() - dt.timedelta(days=3))
    assert "Late by 3 days" in visitor.get(f"/feedback/said/{public_id}/").content.decode()
    promise = Commitment.objects.get()
    sam.post(f"/staff/feedback/promises/{promise.pk}/", {"state": "kept", "outcome": "Every letter is one page now."})
    sam.post(f"{base}move/", {"state": "acted_upon", "reason": "Letters are one page, in big print."})
    page = visitor.get(f"/feedback/said/{public_id}/").content.decode()
    assert "Late by" not in page
    assert "Letters are one page, in big print." in page


def test_a_complaint_has_its_own_door_and_is_never_public() -> None:
    """U23: acknowledged within three working days, answered by its own reference, in no list but the manager's."""
    visitor, sam, kim = Client(), Client(), Client()
    sam.force_login(make_user(name="Sam", roles=(Role.SERVICE_MANAGER,)))
    kim.force_login(make_user(name="Kim", roles=(Role.CO_ORDINATOR,)))
    assert b"I want to complain" in visitor.get("/feedback/").content
    status = visitor.post("/feedback/complain/", {"does_not": "Nobody rang us back"}).url
    item = FeedbackItem.objects.get()
    assert b"Nobody rang us back" not in kim.get("/staff/feedback/?show=all").content
    assert kim.get(f"/staff/feedback/{item.public_id}/").status_code == 404
    assert b"Nobody rang us back" in sam.get("/staff/feedback/?show=complaints").content
    sam.post(f"/staff/feedback/{item.public_id}/acknowledge/")
    assert "The manager read it on" in visitor.get(status).content.decode()
    sam.post(f"/staff/feedback/{item.public_id}/ask/", {"said": "x"})
    item.refresh_from_db()
    assert item.published_at is None
    assert item.asked_at is None
