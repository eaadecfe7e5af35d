"""What is changed at once: gone for everybody, written down, and asked about; a no changes nothing by itself (U22)."""

from __future__ import annotations

import datetime as dt
import html
import re
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from wagtail.models import Page
from wagtail.signals import page_unpublished, published, unpublished

from cms import editors
from cms.actions import mends
from cms.models import DirectoryService, HomePage, Mend, PageCheck
from cms.site import load_site
from notifications.models import Notification
from peer import clock
from peer.models import AuditEvent, User
from peer.roles import Role
from peer.states import RuleBroken
from tests.cms.directory import make_service
from tests.cms.texts import make_check, make_mend
from tests.make import make_group, make_member, make_person, make_user

pytestmark = pytest.mark.django_db
RIGHT = {"wrong": "0999", "instead": "0111", "reason": "Nobody answers there."}


@pytest.fixture(autouse=True)
def home(site_tree: None) -> HomePage:
    return load_site()


def editor(name: str = "Eve") -> User:
    user = make_user(name=name, person=make_person(kind="staff", given_name=name), roles=(Role.EDITOR,))
    editors.sync(user)
    return user


def moderator(name: str = "Mo") -> User:
    user = make_member(group=make_group(title=f"Group of {name}"), role=Role.PEER_MODERATOR, name=name).user
    assert user
    User.objects.filter(pk=user.pk).update(display_name=name)
    return User.objects.get(pk=user.pk)


def browser(user: User | None = None) -> Client:
    client = Client()
    if user is not None:
        client.force_login(user)
    return client


def words(answer: Any) -> str:
    return re.sub(r"\s+", " ", html.unescape(answer.content.decode()))


@pytest.mark.parametrize(
    ("sent", "says"),
    [
        ({"wrong": ""}, "Copy the wrong words from the page."),
        ({"wrong": "09"}, "That is very short."),
        ({"wrong": "0998"}, "Those words do not stand there like that."),
        ({"instead": "0999"}, "That is the same as before."),
        ({"reason": ""}, "Say in a sentence why."),
        ({"wrong": "020 7946 0999", "instead": "1" * 31}, "The most is 30"),
    ],
    ids=["nothing", "short", "not there", "the same", "no reason", "too long"],
)
def test_what_cannot_be_put_right_is_said_and_changes_nothing(sent: dict[str, str], says: str) -> None:
    service = make_service(phone="020 7946 0999")
    answer = browser(editor()).post(f"/staff/public-texts/service/{service.pk}/", RIGHT | sent)
    assert answer.status_code == 422
    assert says in words(answer)
    assert (RIGHT | sent)["reason"] in words(answer)
    assert DirectoryService.objects.get().phone == "020 7946 0999"
    assert not Mend.objects.exists()


def test_the_first_page_and_help_now_are_never_taken_down(home: HomePage) -> None:
    for page in (home, Page.objects.get(slug="help-now", locale=home.locale).specific):
        address = f"/staff/public-texts/page/{page.pk}/"
        assert "This page must always be there." in words(browser(editor()).get(address))
        assert browser(editor()).post(f"{address}down/", {"reason": "x"}).status_code == 422
        assert Page.objects.get(pk=page.pk).live


def test_it_goes_through_wagtail_so_that_caches_hear_of_it() -> None:
    heard: list[str] = []
    hear = {
        published: lambda **_: heard.append("published"),
        unpublished: lambda **_: heard.append("unpublished"),
        page_unpublished: lambda **_: heard.append("page_unpublished"),
    }
    for signal, receiver in hear.items():
        signal.connect(receiver)
    try:
        service, about = make_service(phone="020 7946 0999"), Page.objects.get(slug="about").specific
        mends.put_right(service, by=editor(), **RIGHT)
        mends.take_down(about, by=editor("Zed"), reason="Wrong.")
    finally:
        for signal, receiver in hear.items():
            signal.disconnect(receiver)
        cache.clear()
    assert heard == ["published", "page_unpublished", "unpublished"]


def test_the_number_that_was_wrong_and_the_one_that_is_right_stand_side_by_side() -> None:
    page = words(browser(moderator()).get(make_mend().get_absolute_url()))
    assert "<del>phone: 020 7946 0999</del>" in page
    assert "<ins>phone: 020 7946 0111</ins>" in page


def test_a_yes_or_a_no_comes_once_and_never_from_who_changed_it() -> None:
    mo, zara = moderator(), moderator("Zara")
    mend = make_mend()
    mends.agree(mend, by=mo)
    with pytest.raises(RuleBroken, match="Mo was quicker"):
        mends.disagree(mend, by=zara, words="No.")
    both = make_user(name="Both", person=make_person(), roles=(Role.EDITOR,))
    make_member(group=make_group(title="Other"), user=both, role=Role.PEER_MODERATOR, name="Both")
    own = make_mend(by=both, name="Own")
    assert "Yes, it is right" not in words(browser(both).get(own.get_absolute_url()))
    with pytest.raises(RuleBroken, match="You changed this"):
        mends.agree(own, by=both)


def test_a_no_needs_words_and_keeps_what_was_typed() -> None:
    mend = make_mend()
    answer = browser(moderator()).post(f"{mend.get_absolute_url()}not-right/", {"words": ""})
    assert answer.status_code == 422
    assert "Say in a sentence what is not right." in words(answer)
    assert Mend.objects.get().state == Mend.State.ASKED


def test_after_a_no_the_editor_leaves_it_with_a_reason_that_the_moderator_reads() -> None:
    eve, mo = editor(), moderator()
    mend = make_mend(by=eve)
    mends.disagree(mend, by=mo, words="I liked the old one.")
    assert "Changed at once: not right" in words(browser(eve).get("/home/"))
    empty = browser(eve).post(f"/staff/public-texts/changed/{mend.public_id}/keep/", {"reason": ""})
    assert empty.status_code == 422
    browser(eve).post(f"/staff/public-texts/changed/{mend.public_id}/keep/", {"reason": "The old line is dead."})
    mend.refresh_from_db()
    assert mend.state == Mend.State.KEPT
    assert "The old line is dead." in words(browser(mo).get(mend.get_absolute_url()))
    assert Notification.objects.filter(recipient=mo.person, purpose="text_news").count() == 1


def test_what_was_put_right_goes_back_unless_it_changed_again() -> None:
    eve, mo = editor(), moderator()
    first = make_mend(by=eve)
    mends.disagree(first, by=mo, words="No.")
    service = DirectoryService.objects.get()
    second = mends.put_right(service, by=eve, wrong="0111", instead="0222", reason="Again.")
    answer = browser(eve).post(f"/staff/public-texts/changed/{first.public_id}/back/", follow=True)
    assert "It has been changed again since." in words(answer)
    mends.disagree(second, by=mo, words="No.")
    mends.put_back(second, by=eve)
    assert DirectoryService.objects.get().phone == "020 7946 0111"
    assert Mend.objects.count() == 2, "to put back is no change to ask about"


def test_what_an_editor_publishes_or_takes_down_in_wagtails_pages_is_asked_about_too() -> None:
    eve, page = editor(), Page.objects.get(slug="about").specific
    page.plain_summary = "Other words."
    page.save_revision(user=eve, log_action=True).publish(user=eve)
    mend = Mend.objects.get()
    assert (mend.what, mend.by, mend.state) == (Mend.What.PUT_OUT, eve, Mend.State.ASKED)
    assert "Other words." not in words(browser(moderator()).get(f"{mend.get_absolute_url()}before/"))
    page.plain_summary = "Still other words."
    page.save_revision(user=eve, log_action=True).publish(user=eve)
    assert Mend.objects.get().after == Page.objects.get(pk=page.pk).live_revision, "one question for one sitting"
    browser(eve).post(reverse("wagtailadmin_pages:unpublish", args=[page.pk]))
    assert Mend.objects.filter(what=Mend.What.TAKEN_DOWN).count() == 1
    assert browser().get("/about/").status_code == 404


def test_what_the_clock_publishes_or_ends_is_nobodys_to_answer() -> None:
    page = Page.objects.get(slug="about").specific
    page.save_revision().publish()
    page.unpublish()
    assert not Mend.objects.exists()


def test_u22_only_summary_and_review_date_stop_a_page_that_is_put_right() -> None:
    page = Page.objects.get(slug="waiting-for-an-assessment").specific
    raw = [{"type": "step", "value": {"title": "Ring 0999", "what": "<p>x</p>", "expect": [], "try_this": []}}]
    page.steps = page.steps.stream_block.to_python(raw)
    page.save_revision().publish()
    mends.put_right(page, by=editor(), **RIGHT)
    assert "Ring 0111" in words(browser().get("/what-happens/waiting-for-an-assessment/"))


def test_a_text_on_its_way_is_stopped_when_the_same_page_is_put_right_and_its_writer_is_told() -> None:
    page = Page.objects.get(slug="about").specific
    young = make_user(name="Jude", person=make_person(), roles=(Role.YOUNG_EDITOR,))
    page.plain_summary = "Ring 0999."
    page.save_revision().publish()
    page.plain_summary = "Ring 0999, please."
    page.save_revision(user=young)
    page.get_workflow().start(page, young)
    mends.put_right(Page.objects.get(pk=page.pk).specific, by=editor(), **RIGHT)
    assert not PageCheck.objects.waiting().exists()
    assert Notification.objects.get(purpose="text_news").recipient == young.person
    draft = Page.objects.get(pk=page.pk).specific.get_latest_revision_as_object()
    assert draft.plain_summary == "Ring 0111, please."


def test_what_nobody_answers_climbs_to_the_service_manager() -> None:
    mend, zara = make_mend(), moderator("Zara")
    sam = make_user(name="Sam", person=make_person(kind="staff"), roles=(Role.SERVICE_MANAGER,))
    assert "Changes nobody has looked at" not in words(browser(sam).get("/home/"))
    with clock.at(mend.due_at + dt.timedelta(minutes=1)):
        assert "Changes nobody has looked at" in words(browser(sam).get("/home/"))
        browser(sam).post(f"/staff/public-texts/changed/{mend.public_id}/hand-on/", {"to": zara.pk})
        mend.refresh_from_db()
        assert mend.owner == zara
        assert not mend.is_late()


def test_the_public_page_leads_an_editor_there_and_nobody_else() -> None:
    about = Page.objects.get(slug="about")
    address = f"/staff/public-texts/page/{about.pk}/"
    assert address in words(browser(editor()).get("/about/"))
    assert address not in words(browser(moderator()).get("/about/"))
    assert address not in words(browser().get("/about/"))


def test_who_and_why_stand_in_the_record() -> None:
    eve, about = editor(), Page.objects.get(slug="about").specific
    browser(eve).post(f"/staff/public-texts/page/{about.pk}/down/", {"reason": "The number was wrong."})
    event = AuditEvent.objects.get(action="cms.actions.mends.take_down")
    assert (event.by_id, event.reason, event.as_role) == (eve.pk, "The number was wrong.", "editor")
    assert make_check().is_waiting()
