"""A step of a text: one looks at it at a time, the second of two hears who was quicker, nothing rests without anybody."""

from __future__ import annotations

import datetime as dt
import html
import re
from typing import Any

import pytest
from django.core import mail
from django.test import Client

from cms.actions import approvals
from cms.models import DirectoryService, PageCheck
from notifications.models import Notification
from peer import clock
from peer.models import AuditEvent, User
from peer.roles import Role
from peer.states import RuleBroken
from tests.cms.texts import make_check
from tests.make import make_group, make_member, make_person, make_phone, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _site(site_tree: None) -> None:
    """Let the steps have a root page to stand on."""


def clinician(name: str = "Dr Lee") -> User:
    person = make_person(kind="staff", given_name=name)
    make_phone(person=person)
    return make_user(name=name, person=person, roles=(Role.CLINICIAN,))


def moderator(name: str = "Mo") -> User:
    user = make_member(group=make_group(title=f"Group of {name}"), role=Role.PEER_MODERATOR, name=name).user
    assert user
    User.objects.filter(pk=user.pk).update(display_name=name)
    return User.objects.get(pk=user.pk)


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def words(answer: Any) -> str:
    return re.sub(r"\s+", " ", html.unescape(answer.content.decode()))


def press(user: User, check: PageCheck, verb: str, **sent: str) -> str:
    return words(browser(user).post(f"{check.get_absolute_url()}{verb}/", sent, follow=True))


def test_an_empty_desk_says_so() -> None:
    assert "Nothing waits for you" in words(browser(clinician()).get("/approvals/"))


@pytest.mark.parametrize("role", [Role.CO_ORDINATOR, Role.SAFEGUARDING_LEAD])
def test_who_has_no_part_in_it_finds_nothing(role: Role) -> None:
    user, check = make_user(person=make_person(kind="staff"), roles=(role,)), make_check()
    assert browser(user).get("/approvals/").status_code == 404
    assert browser(user).get(check.get_absolute_url()).status_code == 404


def test_one_looks_at_it_at_a_time_and_may_put_it_down() -> None:
    lee, okafor, check = clinician(), clinician("Dr Okafor"), make_check()
    press(lee, check, "take")
    assert "Dr Lee is looking at this" in words(browser(okafor).get(check.get_absolute_url()))
    said = press(okafor, check, "yes", seen=str(check.revision_id))
    assert "Dr Lee is looking at this now." in said
    press(lee, check, "put-down")
    assert "Thank you for your yes." in press(okafor, check, "yes", seen=str(check.revision_id))


def test_of_two_who_press_at_once_the_second_hears_who_was_quicker() -> None:
    lee, okafor, check = clinician(), clinician("Dr Okafor"), make_check()
    seen = str(check.revision_id)
    approvals.approve(check, by=lee, seen=seen)
    with pytest.raises(RuleBroken, match="Dr Lee was quicker"):
        approvals.ask_change(check, by=okafor, seen=seen, words="Shorter.")
    assert PageCheck.objects.get(pk=check.pk).comment == ""


def test_the_same_form_twice_counts_once() -> None:
    lee, check = clinician(), make_check()
    once = {"seen": str(check.revision_id), "form_nonce": "abc"}
    press(lee, check, "yes", **once)
    press(lee, check, "yes", **once)
    assert AuditEvent.objects.filter(action="cms.actions.approvals.approve").count() == 1


def test_p3_a_yes_to_words_that_have_changed_is_no_yes() -> None:
    lee, check = clinician(), make_check()
    old = str(check.revision_id)
    service = DirectoryService.objects.get()
    service.plain_summary = "Other words."
    PageCheck.objects.filter(pk=check.pk).update(revision=service.save_revision())
    assert "The text has changed since" in press(lee, check, "yes", seen=old)
    assert PageCheck.objects.get(pk=check.pk).is_waiting()


def test_nobody_says_yes_to_their_own_words() -> None:
    both = moderator()
    both.service_roles.create(role=Role.YOUNG_EDITOR)
    check = make_check(writer=both, asks=Role.PEER_MODERATOR)
    page = words(browser(both).get(check.get_absolute_url()))
    assert "Yes, it may go out" not in page
    assert "You wrote this" in press(both, check, "yes", seen=str(check.revision_id))
    assert not DirectoryService.objects.published().exists()


@pytest.mark.parametrize("missing", ["plain_summary", "check_again_on"])
def test_s7_nothing_goes_out_without_a_summary_and_a_day_to_check_again(missing: str) -> None:
    lee, check = clinician(), make_check()
    service = DirectoryService.objects.get()
    setattr(service, missing, "" if missing == "plain_summary" else None)
    revision = service.save_revision(clean=False)
    PageCheck.objects.filter(pk=check.pk).update(revision=revision)
    name = {"plain_summary": "plain summary", "check_again_on": "check again by"}[missing]
    assert f"“{name}”" in press(lee, check, "yes", seen=str(revision.pk))
    assert PageCheck.objects.get(pk=check.pk).is_waiting()


@pytest.mark.parametrize(
    ("sent", "says"),
    [
        ({"begins": "0", "words": ""}, "Say in a sentence what would make it better."),
        ({"begins": "", "words": "Shorter please"}, "Choose how it begins."),
        ({"begins": "0", "words": "x" * 1001}, "That is a little long."),
    ],
)
def test_a_wish_without_words_is_asked_for_again_and_what_was_typed_stays(sent: dict[str, str], says: str) -> None:
    lee, check = clinician(), make_check()
    answer = browser(lee).post(f"{check.get_absolute_url()}change/", sent | {"seen": str(check.revision_id)})
    assert answer.status_code == 422
    assert says in words(answer)
    assert sent["words"] in words(answer)
    assert PageCheck.objects.get(pk=check.pk).is_waiting()


def test_what_nobody_looks_at_climbs_to_the_service_manager_who_asks_somebody_by_name() -> None:
    check, mo = make_check(asks=Role.PEER_MODERATOR), moderator()
    zara, lee = moderator("Zara"), clinician()
    sam = make_user(name="Sam", person=make_person(kind="staff"), roles=(Role.SERVICE_MANAGER,))
    with clock.at(check.due_at - dt.timedelta(minutes=1)):
        assert not PageCheck.objects.late().exists()
        approvals.take(check, by=mo)
    with clock.at(check.due_at + dt.timedelta(minutes=1)):
        assert "Texts nobody has looked at" in words(browser(sam).get("/home/"))
        page = browser(sam).get(check.get_absolute_url())
        assert f'value="{zara.pk}"' in page.content.decode()
        assert f'value="{lee.pk}"' not in page.content.decode(), "only who may look at it"
        browser(sam).post(f"/staff/public-texts/hand-on/{check.public_id}/", {"to": zara.pk})
        check.refresh_from_db()
        assert check.owner == zara
        assert not check.is_late()
        assert Notification.objects.get(purpose="text_news").recipient == zara.person


def test_a_text_that_is_stopped_is_a_draft_again_and_who_looked_at_it_hears_of_it() -> None:
    check = make_check(asks=Role.PEER_MODERATOR)
    looked = User.objects.get(display_name="Dr Quist")
    looked.person = make_person(kind="staff")
    looked.save()
    young = check.writer
    browser(young).post(f"/staff/public-texts/stop/{check.public_id}/")
    assert not PageCheck.objects.waiting().exists()
    assert Notification.objects.get(purpose="text_news").recipient == looked.person
    assert browser(moderator()).get(check.get_absolute_url()).status_code == 404


def test_another_young_editor_sees_and_stops_nothing_of_it() -> None:
    check = make_check()
    other = make_user(roles=(Role.YOUNG_EDITOR,))
    assert browser(other).get(check.get_absolute_url()).status_code == 404
    assert browser(other).post(f"/staff/public-texts/stop/{check.public_id}/").status_code == 404
    assert PageCheck.objects.waiting().exists()


def test_nothing_is_sent_inside_a_request() -> None:
    lee, check = clinician(), make_check()
    User.objects.filter(pk=check.writer.pk).update(email="jude@example.org")
    press(lee, check, "change", seen=str(check.revision_id), begins="0", words="Shorter.")
    assert mail.outbox == []


def test_a_lost_role_ends_what_one_may_see() -> None:
    lee, check = clinician(), make_check()
    press(lee, check, "yes", seen=str(check.revision_id))
    assert browser(lee).get(check.get_absolute_url()).status_code == 200
    lee.service_roles.update(until_at=clock.now())
    assert browser(lee).get(check.get_absolute_url()).status_code == 404
