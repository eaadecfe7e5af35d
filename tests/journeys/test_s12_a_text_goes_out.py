"""A young editor drafts, a clinician checks the facts, a young moderator says yes, all on the site itself (S7, S12)."""

from __future__ import annotations

import datetime as dt
import html
import re
from dataclasses import dataclass

import pytest
from django.test import Client
from django.urls import reverse
from wagtail.models import Page

from cms import editors
from cms.models import DirectoryService, Mend, PageCheck, StandardPage
from cms.site import load_site
from notifications.models import Delivery, Notification
from peer import clock
from peer.models import AuditEvent, Person, User
from peer.roles import Role
from tests.cms.directory import make_service
from tests.make import make_group, make_member, make_person, make_phone, make_user

pytestmark = pytest.mark.django_db

WISH = "Say that it can take three weeks."


@dataclass
class Place:
    """A site with its steps, and those who take them, each with a phone of their own."""

    jude: User
    lee: User
    mo: User
    eve: User
    sam: User
    page: StandardPage


def somebody(name: str, *roles: Role, kind: str = Person.Kind.STAFF) -> User:
    person = make_person(kind=kind, given_name=name, born_on=dt.date(1990 if kind == "staff" else 2009, 5, 4))
    make_phone(person=person)
    user = make_user(name=name, person=person, roles=roles)
    editors.sync(user)
    return user


def young_moderator(name: str = "Mo") -> User:
    user = somebody(name, kind=Person.Kind.YOUNG_PERSON)
    make_member(group=make_group(title=f"Group of {name}"), user=user, role=Role.PEER_MODERATOR, name=name)
    return user


@pytest.fixture
def place(site_tree: None) -> Place:
    home = load_site()
    page = StandardPage(
        title="How long a letter takes",
        slug="letters",
        plain_summary="A letter to us is read within two weeks.",
        review_on=clock.today() + dt.timedelta(days=90),
        live=False,
    )
    page.body = page.body.stream_block.to_python([{"type": "prose", "value": "<p>Two people read it.</p>"}])
    home.add_child(instance=page)
    return Place(
        somebody("Jude", Role.YOUNG_EDITOR, kind=Person.Kind.YOUNG_PERSON),
        somebody("Dr Lee", Role.CLINICIAN),
        young_moderator(),
        somebody("Eve", Role.EDITOR),
        somebody("Sam", Role.SERVICE_MANAGER),
        page,
    )


def browser(user: User | None = None) -> Client:
    client = Client()
    if user is not None:
        client.force_login(user)
    return client


def submit(place: Place, words: str = "Two people read it.") -> None:
    """Write in the editor's pages and press "Submit", as a young editor does."""
    data = {
        "title": place.page.title,
        "slug": "letters",
        "plain_summary": "A letter to us is read within two weeks.",
        "review_on": str(place.page.review_on),
        "picture": "",
        "photo": "",
        "easy_read": "",
        "audio": "",
        "seo_title": "",
        "search_description": "",
        "body-count": "1",
        "body-0-deleted": "",
        "body-0-order": "0",
        "body-0-type": "notice",
        "body-0-id": "",
        "body-0-value-title": "From us",
        "body-0-value-text": words,
        "comments-TOTAL_FORMS": "0",
        "comments-INITIAL_FORMS": "0",
        "comments-MIN_NUM_FORMS": "0",
        "comments-MAX_NUM_FORMS": "",
        "action-submit": "yes",
    }
    answer = browser(place.jude).post(reverse("wagtailadmin_pages:edit", args=[place.page.pk]), data)
    assert answer.status_code == 302, re.findall(r"error-message[^>]*>([^<]+)", answer.content.decode())


def step() -> PageCheck:
    return PageCheck.objects.waiting().latest("pk")


def words(answer) -> str:
    return re.sub(r"\s+", " ", html.unescape(answer.content.decode()))


def says_yes(user: User, check: PageCheck):
    page = words(browser(user).get(check.get_absolute_url()))
    seen = re.search(r'name="seen" value="(\d+)"', page)
    assert seen, page
    return browser(user).post(f"{check.get_absolute_url()}yes/", {"seen": seen[1]}, follow=True)


def asks_for_a_change(user: User, check: PageCheck, wish: str = WISH):
    sent = {"seen": str(check.revision_id), "begins": "0", "words": wish}
    return browser(user).post(f"{check.get_absolute_url()}change/", sent, follow=True)


def told(user: User) -> list[str]:
    rows = Notification.objects.filter(recipient=user.person, purpose="text_news")
    return list(rows.values_list("event_key", flat=True))


def test_a_young_editors_page_is_checked_said_yes_to_and_live_and_everyone_is_told(place: Place) -> None:
    submit(place)
    facts = step()
    assert facts.asks == facts.owner_role == Role.CLINICIAN
    assert facts.due_at is not None
    assert "How long a letter takes" in words(browser(place.lee).get("/home/")) + words(
        browser(place.lee).get("/approvals/")
    )
    assert browser(place.mo).get(facts.get_absolute_url()).status_code == 404, "not yet asked"
    browser(place.lee).post(f"{facts.get_absolute_url()}take/")
    facts.refresh_from_db()
    assert facts.owner == place.lee
    look = words(browser(place.lee).get(f"{facts.get_absolute_url()}look/"))
    assert "Two people read it." in look
    assert "This is not on the website" in look
    says_yes(place.lee, facts)
    assert browser().get("/letters/").status_code == 404
    last = step()
    assert last.asks == Role.PEER_MODERATOR
    says_yes(place.mo, last)
    shown = browser().get("/letters/")
    assert shown.status_code == 200
    assert "Two people read it." in words(shown)
    assert len(told(place.jude)) == len(told(place.lee)) == 1
    assert told(place.mo) == [], "who has just acted knows it"
    assert "How long a letter takes" in words(browser(place.lee).get("/approvals/"))
    text = Delivery.objects.filter(notification__recipient=place.jude.person).get()
    assert "letter" not in text.notification.purpose
    acts = AuditEvent.objects.filter(action__startswith="cms.actions.approvals").order_by("pk")
    assert list(acts.values_list("action", "as_role")) == [
        ("cms.actions.approvals.take", "clinician"),
        ("cms.actions.approvals.approve", "clinician"),
        ("cms.actions.approvals.approve", "peer_moderator"),
    ]
    assert not Mend.objects.exists(), "what went through the steps is not asked about again"


def test_a_wish_at_the_last_step_tells_the_earlier_ones_and_both_read_the_new_words(place: Place) -> None:
    submit(place)
    says_yes(place.lee, step())
    asks_for_a_change(place.mo, step())
    assert len(told(place.jude)) == len(told(place.lee)) == 1
    assert not PageCheck.objects.waiting().exists()
    owed = PageCheck.objects.to_change(place.jude).get()
    assert owed.due_at is not None
    assert WISH in words(browser(place.jude).get(owed.get_absolute_url()))
    assert WISH in words(browser(place.lee).get(owed.get_absolute_url()))
    assert browser().get("/letters/").status_code == 404
    browser(place.jude).get(reverse("wagtailadmin_pages:edit", args=[place.page.pk]))
    submit(place, words="It can take three weeks.")
    says_yes(place.mo, step())
    assert step().asks == Role.CLINICIAN, "the words are new, so the facts are too"
    says_yes(place.lee, step())
    assert "It can take three weeks." in words(browser().get("/letters/"))


def test_a_service_goes_the_same_way(place: Place) -> None:
    service = make_service(live=False)
    service.save_revision(user=place.jude)
    service.get_workflow().start(service, place.jude)
    assert "Cook with others your age." in words(browser(place.lee).get(f"{step().get_absolute_url()}look/"))
    says_yes(place.lee, step())
    says_yes(place.mo, step())
    assert DirectoryService.objects.published().get() == service


def test_u22_a_wrong_number_is_put_right_at_once_and_a_young_moderator_is_asked_tomorrow(place: Place) -> None:
    page = Page.objects.get(slug="about").specific
    page.body = page.body.stream_block.to_python([{"type": "prose", "value": "<p>Ring 020 7946 0999 &amp; ask.</p>"}])
    page.save_revision().publish()
    draft = page
    draft.plain_summary = "Newer, and not yet shown. 020 7946 0999."
    draft.save_revision()
    address = f"/staff/public-texts/page/{page.pk}/"
    assert browser(place.mo).get(address).status_code == 404
    sent = {"wrong": "020 7946 0999", "instead": "020 7946 0111", "reason": "Nobody answers there."}
    answer = browser(place.eve).post(address, sent, follow=True)
    assert "It is right on the website now." in words(answer)
    shown = words(browser().get("/about/"))
    assert "Ring 020 7946 0111 & ask." in shown
    assert "0999" not in shown
    assert "Newer" not in shown
    page.refresh_from_db()
    assert "Newer, and not yet shown. 020 7946 0111." in page.get_latest_revision_as_object().plain_summary
    mend = Mend.objects.get()
    assert (mend.by, mend.why, mend.owner_role) == (place.eve, "Nobody answers there.", Role.PEER_MODERATOR)
    assert mend.due_at.astimezone(clock.LONDON).date() == clock.today() + dt.timedelta(days=1)
    event = AuditEvent.objects.get(action="cms.actions.mends.put_right")
    assert (event.by_id, event.reason, event.target_id) == (place.eve.pk, "Nobody answers there.", page.pk)
    assert "Changed at once: is it right?" in words(browser(place.mo).get("/home/"))
    shown = words(browser(place.mo).get(mend.get_absolute_url()))
    assert "020 7946 0999" in shown
    browser(place.mo).post(f"{mend.get_absolute_url()}right/")
    mend.refresh_from_db()
    assert mend.state == Mend.State.RIGHT
    assert told(place.eve) == [f"mend:{mend.pk}:right"]


def test_u22_a_page_is_taken_down_at_once_and_a_no_brings_it_back_by_a_person(place: Place) -> None:
    page = Page.objects.get(slug="about").specific
    answer = browser(place.eve).post(f"/staff/public-texts/page/{page.pk}/down/", {"reason": "All wrong."}, follow=True)
    assert "It is off the website now." in words(answer)
    assert browser().get("/about/").status_code == 404
    mend = Mend.objects.get()
    browser(place.mo).post(f"{mend.get_absolute_url()}not-right/", {"words": "People need this page."})
    mend.refresh_from_db()
    assert (mend.state, mend.owner) == (Mend.State.NOT_RIGHT, place.eve)
    assert browser().get("/about/").status_code == 404, "no machine puts it back"
    assert told(place.eve) == [f"mend:{mend.pk}:not_right"]
    assert "People need this page." in words(browser(place.eve).get(mend.get_absolute_url()))
    browser(place.eve).post(f"/staff/public-texts/changed/{mend.public_id}/back/")
    assert browser().get("/about/").status_code == 200
    mend.refresh_from_db()
    assert mend.state == Mend.State.BACK
    assert told(place.mo) == [f"mend:{mend.pk}:back"]


def test_u22_a_service_is_put_right_and_taken_down_at_once(place: Place) -> None:
    service = make_service(phone="020 7946 0999")
    address = f"/staff/public-texts/service/{service.pk}/"
    sent = {"wrong": "020 7946 0999", "instead": "020 7946 0111", "reason": "Nobody answers."}
    browser(place.eve).post(address, sent)
    assert "020 7946 0111" in words(browser().get(service.get_absolute_url()))
    browser(place.eve).post(f"{address}down/", {"reason": "It closed."})
    assert browser().get(service.get_absolute_url()).status_code == 404
    assert [mend.what for mend in Mend.objects.order_by("pk")] == ["put_right", "taken_down"]
