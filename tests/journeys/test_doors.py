"""Words that may mean harm, put through every door of the table over HTTP: somebody is woken, or nobody needs to be (U3)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client

from cms.actions import social
from moderation import sweeps
from moderation.actions import claims
from moderation.models import Escalation, PostReport, QueuedPost
from notifications.models import Delivery
from peer import answers, clock, doors, screening
from peer.actions import memberships
from peer.events import emit, on
from peer.models import AuditEvent, JoinRequest, Person, Post, SupportGroup, User
from peer.news import DecidedAbout, InvitationOffered
from peer.roles import Role
from tests.cms.directory import make_service
from tests.cms.social import sent as social_post
from tests.cms.texts import make_check, make_mend
from tests.make import make_duty, make_member, make_open_group, make_person, make_phone, make_post, make_user, make_wait
from tests.notifications.signing import signed_post

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("site_tree")]

RED, AMBER, CALM = "I want to kill myself", "I can't cope", "I like the blue chairs"
secrets: dict[str, str] = {}


@on(InvitationOffered)
def _keep_secret(news: InvitationOffered) -> None:
    secrets["offer"] = news.secret


@dataclass
class Place:
    """An open group at noon, its clinician on call with a phone, and the people who come to its doors."""

    group: SupportGroup
    lee: User
    asha: User
    omar: User
    mo: User


@pytest.fixture
def place() -> Place:
    group = make_open_group()
    SupportGroup.objects.filter(pk=group.pk).update(listed=True)
    lee = User.objects.get(memberships__pseudonym="Dr Lee")
    lee.person = make_person(kind=Person.Kind.STAFF, given_name="Lee")
    lee.save()
    lee.memberships.update(person=lee.person)
    make_phone(person=lee.person)
    lee.service_roles.create(role=Role.CLINICIAN)
    group.duties.all().delete()
    make_duty(group=group, user=lee)
    born = clock.today() - dt.timedelta(days=15 * 366)
    omar = make_person(given_name="Omar", born_on=born)
    make_wait(person=omar)
    make_phone(person=omar)
    asha = make_user(name="Asha", person=make_person(born_on=born))
    make_member(group=group, user=asha, name="Fern")
    mo = User.objects.get(memberships__pseudonym="Mo")
    group.refresh_from_db()
    return Place(group, lee, asha, make_user(name="Omar", person=omar), mo)


def browser(user: User | None = None) -> Client:
    client = Client()
    if user is not None:
        client.force_login(user)
    return client


def post_a_post(place: Place, words: str) -> Any:
    sent = {"title": "Tuesday", "body": words}
    return browser(place.asha).post(f"/groups/{place.group.public_id}/write/", sent, follow=True)


def say_goodbye(place: Place, words: str) -> Any:
    address = f"/groups/{place.group.public_id}/moving-on/"
    member = browser(place.asha)
    member.post(address)
    return member.post(address, {"body": words}, follow=True)


def report(place: Place, words: str) -> Any:
    post = make_post(group=place.group, state=Post.State.APPROVED)
    sent = {"worry": "unkind", "is_urgent": "no", "words": words}
    return browser(place.asha).post(f"/posts/{post.public_id}/report/", sent, follow=True)


def need_somebody(place: Place, words: str) -> Any:
    return browser(place.asha).post("/tell-us/me/", {"words": words, "form_nonce": "three"}, follow=True)


def need_somebody_without_a_name(place: Place, words: str) -> Any:
    return browser().post("/tell-us/me/", {"words": words, "form_nonce": "four"}, follow=True)


def worry_about_somebody(place: Place, words: str) -> Any:
    sent = {"is_urgent": "no", "words": words, "form_nonce": "five"}
    return browser(place.asha).post("/tell-us/someone/", sent, follow=True)


def worry_without_a_name(place: Place, words: str) -> Any:
    return browser().post("/tell-us/someone/", {"is_urgent": "no", "words": words, "form_nonce": "six"}, follow=True)


def ask_to_join(place: Place, words: str) -> Any:
    return browser(place.omar).post(f"/groups/ask/{place.group.public_id}/", {"note": words}, follow=True)


def ask_about_an_offer(place: Place, words: str) -> Any:
    answers.make_offer(place.omar.person, group=place.group, offered_by=place.lee)  # type: ignore[arg-type]
    return browser().post(f"/i/{secrets['offer']}/question", {"question": words}, follow=True)


def propose(place: Place, words: str) -> Any:
    return browser(place.asha).post("/groups/ideas/new/", {"title": "Night owls", "why": words}, follow=True)


def appeal(place: Place, words: str) -> Any:
    member = place.asha.memberships.get()
    asked = memberships.ask_end(member, by=place.lee, kind="remove", reason="You told a school.", note="Note.")
    memberships.agree(asked, by=make_user(roles=(Role.SERVICE_MANAGER,)))
    return browser(place.asha).post(f"/groups/{place.group.public_id}/appeal/", {"words": words}, follow=True)


def say_back(place: Place, words: str) -> Any:
    person = place.asha.person
    assert person
    emit(DecidedAbout(person=person, kind="request", words="We said yes.", role=Role.CLINICIAN, source=place.asha))
    decision = person.shown_decisions.get()
    return browser(place.asha).post(f"/my-data/decisions/{decision.public_id}/reply/", {"words": words}, follow=True)


def ask_about_data(place: Place, words: str) -> Any:
    return browser(place.omar).post("/my-data/ask/objection/", {"words": words}, follow=True)


def tell_once(place: Place, words: str) -> Any:
    return browser(place.omar).post("/my-data/tell-once/know/", {"words": words}, follow=True)


def give_feedback(place: Place, words: str) -> Any:
    return browser().post("/feedback/", {"does_not": words, "form_nonce": "one"}, follow=True)


def complain(place: Place, words: str) -> Any:
    return browser().post("/feedback/complain/", {"does_not": words, "form_nonce": "two"}, follow=True)


def point_out_a_mistake(place: Place, words: str) -> Any:
    address = f"/directory/{make_service().key}/mistake/"
    return browser().post(address, {"words": words, "form_nonce": "seven"}, follow=True)


def send_back(place: Place, words: str) -> Any:
    post = make_post(group=place.group)
    claims.claim(QueuedPost.objects.get(pk=post.pk), by=place.mo)
    sent = {"content_hash": post.content_hash, "own_words": words}
    return browser(place.mo).post(f"/queue/{post.public_id}/return/", sent, follow=True)


def ask_the_clinician(place: Place, words: str) -> Any:
    post = make_post(group=place.group)
    claims.claim(QueuedPost.objects.get(pk=post.pk), by=place.mo)
    return browser(place.mo).post(f"/queue/{post.public_id}/ask/", {"words": words}, follow=True)


def answer_a_report(place: Place, words: str) -> Any:
    post = make_post(group=place.group, state=Post.State.APPROVED)
    owed = {"owner_role": Role.PEER_MODERATOR, "due_at": clock.now()}
    row = PostReport.objects.create(post=post, by=place.asha, reason="unkind", **owed)
    return browser(place.mo).post(f"/reports/{row.public_id}/keep/", {"words": words}, follow=True)


def answer_what_we_say(place: Place, words: str) -> Any:
    post = social_post(by=make_user(person=make_person(kind="staff"), roles=(Role.SERVICE_MANAGER,)))
    social.claim(post, by=place.mo)
    sent = {"seen": post.fingerprint(), "words": words}
    return browser(place.mo).post(f"/social/{post.public_id}/return/", sent, follow=True)


def text(place: Place, words: str) -> Any:
    return signed_post(Client(), "/webhooks/twilio/sms/", MessageSid="SM1", From="+442079460123", Body=words)


def speak(place: Place, words: str) -> Any:
    said = {"RecordingSid": "RE1", "Direction": "inbound", "From": "+442079460123", "TranscriptionText": words}
    return signed_post(Client(), "/webhooks/twilio/transcript/", **said)


def wish_for_a_text(place: Place, words: str) -> Any:
    check = make_check(asks=Role.PEER_MODERATOR)
    sent = {"seen": str(check.revision_id), "begins": "0", "words": words}
    return browser(place.mo).post(f"{check.get_absolute_url()}change/", sent, follow=True)


def doubt_a_change(place: Place, words: str) -> Any:
    return browser(place.mo).post(f"{make_mend().get_absolute_url()}not-right/", {"words": words}, follow=True)


THROUGH: dict[str, list[Callable[[Place, str], Any]]] = {
    "post": [post_a_post],
    "goodbye": [say_goodbye],
    "report": [report],
    "help_me": [need_somebody, need_somebody_without_a_name],
    "help_someone": [worry_about_somebody, worry_without_a_name],
    "join_request": [ask_to_join],
    "question": [ask_about_an_offer],
    "proposal": [propose],
    "appeal": [appeal],
    "decision_reply": [say_back],
    "data_request": [ask_about_data],
    "profile": [tell_once],
    "feedback": [give_feedback, complain],
    "directory": [point_out_a_mistake],
    "kind_words": [send_back],
    "moderator_question": [ask_the_clinician],
    "report_answer": [answer_a_report],
    "social_answer": [answer_what_we_say],
    "text_wish": [wish_for_a_text],
    "mend_answer": [doubt_a_change],
    "text": [text],
    "voicemail": [speak],
}
WAYS = [(door, way) for door, ways in THROUGH.items() for way in ways]
WHATEVER_THE_WORDS = {"help_me", "help_someone"}  # pressing the button is the worry
each_way = pytest.mark.parametrize(("door", "way"), WAYS, ids=[way.__name__ for _door, way in WAYS])


def pages() -> int:
    return Delivery.objects.filter(notification__purpose="page").count()


def test_every_door_of_the_table_is_tried() -> None:
    assert set(THROUGH) == set(doors.table())


@each_way
def test_u3_red_words_page_a_person_at_once_and_the_writer_sees_help(
    place: Place, door: str, way: Callable[[Place, str], Any]
) -> None:
    answer = way(place, RED)
    assert answer.status_code in {200, 204}
    assert pages() >= 1
    one = Escalation.objects.get()
    assert one.owner_role == "clinician"
    assert clock.now() - dt.timedelta(seconds=30) <= one.due_at <= clock.now() + dt.timedelta(minutes=15)
    assert (one.level, one.state) == ("red", "paging")
    if doors.table()[door].cover != "text":
        page = answer.content.decode()
        assert "116 123" in page.split("<main", 1)[1] or door in {
            "kind_words",
            "report_answer",
            "goodbye",
            "moderator_question",
            "social_answer",
            "text_wish",
            "mend_answer",
        }


@each_way
def test_u3_amber_words_are_due_to_a_clinician_and_ring_when_nobody_has_read_them(
    place: Place, door: str, way: Callable[[Place, str], Any]
) -> None:
    way(place, AMBER)
    one = Escalation.objects.get()
    assert one.owner_role == "clinician"
    if door == "help_me":
        assert pages() >= 1
        return
    assert (one.level, pages()) == ("amber", 0)
    waits = one.due_at - one.opened_at
    assert waits == dt.timedelta(minutes=screening.due_minutes(screening.Level.AMBER))
    with clock.at(one.due_at + dt.timedelta(seconds=1)):
        sweeps.run_due_steps()
    assert pages() >= 1


@each_way
def test_harmless_words_wake_nobody_but_at_the_doors_for_help(
    place: Place, door: str, way: Callable[[Place, str], Any]
) -> None:
    assert way(place, CALM).status_code in {200, 204}
    if door in WHATEVER_THE_WORDS:
        assert (Escalation.objects.get().level, pages() > 0) == (
            ("red", True) if door == "help_me" else ("amber", False)
        )
        return
    assert pages() == 0
    assert not Escalation.objects.exists()


@each_way
def test_p5_where_screening_fails_the_words_are_kept_and_a_person_is_woken(
    place: Place, door: str, way: Callable[[Place, str], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken() -> dict[str, Any]:
        raise OSError("levels.toml is gone")

    monkeypatch.setattr(screening, "_table", broken)
    screening._table_phrases.cache_clear()
    try:
        assert way(place, CALM).status_code in {200, 204}
        assert Escalation.objects.get().owner_role == "clinician"
        assert pages() >= 1
    finally:
        screening._table_phrases.cache_clear()


@pytest.mark.parametrize(
    "key", [key for key, door in doors.table().items() if door.cover != "text" and key not in {"post", "goodbye"}]
)
def test_the_clinician_reads_which_door_and_the_words_and_the_look_is_written_down(place: Place, key: str) -> None:
    way = THROUGH[key][0]
    way(place, RED)
    one = Escalation.objects.get()
    lee = browser(place.lee)
    board = lee.get("/escalations/").content.decode()
    assert doors.name_of(key) in board
    assert RED not in board
    assert f"Somebody may need you now: {doors.name_of(key)}" in lee.get("/home/").content.decode()
    page = lee.get(f"/escalations/{one.public_id}/").content.decode()
    assert RED in page
    assert doors.name_of(key) in page
    assert AuditEvent.objects.filter(
        action="looked", target_id=one.pk, by_id=place.lee.pk, reason="escalation"
    ).exists()
    assert browser(place.mo).get(f"/escalations/{one.public_id}/").status_code == 404


def test_somebody_in_no_group_is_found_on_the_act_sheet_by_whoever_has_it(place: Place) -> None:
    ask_to_join(place, RED)
    one = Escalation.objects.get()
    lee = browser(place.lee)
    assert "Omar" not in lee.get("/escalations/").content.decode()
    lee.post(f"/escalations/{one.public_id}/acknowledge/")
    sheet = lee.get(f"/escalations/{one.public_id}/act-sheet/").content.decode()
    assert "Omar" in sheet
    assert RED in sheet
    assert "In no group yet" in sheet
    assert "from the group" not in sheet
    done = {"outcome": "spoke", "told": "Omar", "words": "Safe with his aunt.", "was_needed": "yes"}
    lee.post(f"/escalations/{one.public_id}/do/resolve/", done)
    lee.post(f"/escalations/{one.public_id}/do/close/")
    one.refresh_from_db()
    assert one.state == "closed"
    assert "They talked with you about it" in place.omar.person.shown_decisions.get().words  # type: ignore[union-attr]


def test_words_without_a_name_can_be_settled_and_nobody_looks_for_a_sheet(place: Place) -> None:
    give_feedback(place, RED)
    one = Escalation.objects.get()
    assert one.person is None
    lee = browser(place.lee)
    lee.post(f"/escalations/{one.public_id}/acknowledge/")
    page = lee.get(f"/escalations/{one.public_id}/").content.decode()
    assert "somebody who left no name" in page
    assert "act-sheet" not in page
    assert lee.get(f"/escalations/{one.public_id}/act-sheet/").status_code == 302
    done = {"outcome": "no_risk", "told": "Nobody", "words": "A lyric.", "was_needed": "no"}
    lee.post(f"/escalations/{one.public_id}/do/resolve/", done)
    one.refresh_from_db()
    assert one.state == "resolved"


def test_e11_two_doors_within_ten_minutes_are_one_worry_about_one_person(place: Place) -> None:
    ask_about_data(place, RED)
    tell_once(place, RED)
    give_feedback(place, RED)
    assert Escalation.objects.filter(person=place.omar.person).count() == 1
    assert Escalation.objects.get(person=place.omar.person).heard.count() == 2
    assert Escalation.objects.count() == 2, "words without a name never join"


def test_worrying_words_beside_a_worry_about_somebody_make_it_red_and_are_no_second_one(place: Place) -> None:
    post = make_post(group=place.group, state=Post.State.APPROVED)
    said = {"worry": "worried_about_someone", "is_urgent": "no", "words": "She says she will take an overdose"}
    browser(place.asha).post(f"/posts/{post.public_id}/report/", said)
    one = Escalation.objects.get()
    assert (one.level, one.about) == ("red", post.author)
    assert one.heard.get().door == "report"


def test_a_draft_of_tell_it_once_wakes_nobody_and_says_so_with_help(place: Place) -> None:
    answer = browser(place.omar).post("/my-data/tell-once/know/", {"words": RED, "draft": "1"}, follow=True)
    page = answer.content.decode().split("<main", 1)[1]
    assert "Nobody reads what you keep for later" in page
    assert "116 123" in page
    assert not Escalation.objects.exists()


def test_u3_with_nobody_on_call_people_are_rung_all_the_same(place: Place) -> None:
    place.group.duties.all().delete()
    ask_to_join(place, RED)
    assert pages() >= 1, "a clinician of the group, on call or not"


def test_without_any_group_the_act_goes_through_and_the_words_head_the_list() -> None:
    person = make_person()
    user = make_user(person=person)
    page = browser(user).post("/my-data/ask/objection/", {"words": RED}, follow=True).content.decode()
    assert "One of our clinicians is to read it by" in page
    assert not Escalation.objects.exists()
    asked = person.data_requests.get()
    assert asked.owner_role == "clinician"


def test_the_act_itself_goes_through_as_before(place: Place) -> None:
    ask_to_join(place, RED)
    assert JoinRequest.objects.get().state == "asked"
