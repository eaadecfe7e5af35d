"""Beside the queue: practice, topics, the end of a turn, the page of those who look after moderators, and lost signal."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client

from moderation import checking
from moderation.actions import claims
from moderation.models import CheckingTurn, ModerationClaim, ModerationDecision, ShiftDebrief
from peer import clock
from peer.models import AuditEvent, PeerModerator, Person, Post, SupervisorTask, SupportGroup, User
from peer.readability import AIM, read
from peer.roles import Role
from tests.make import make_duty, make_group, make_member, make_person, make_post, make_ready, make_user

pytestmark = pytest.mark.django_db


def moderator(group: SupportGroup, *, name: str = "Mo", confirmed: int = 10) -> User:
    person = make_person(given_name=name, born_on=dt.date(2007, 1, 2))
    user = make_member(group=group, user=make_user(name=name, person=person), role=Role.PEER_MODERATOR, name=name).user
    assert user
    make_ready(user=user, confirmed=confirmed)
    return user


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def words(client: Client, address: str) -> str:
    return " ".join(client.get(address).content.decode().split())


def test_before_the_first_real_post_the_queue_shows_the_steps_and_no_post() -> None:
    post = make_post(body="Real words")
    mo = moderator(post.thread.group)
    PeerModerator.objects.filter(user=mo).update(practised_at=None)
    client = signed_in(mo)
    page = words(client, "/queue/")
    assert "Before your first real post" in page
    assert "Answer the practice posts." in page
    assert "Be 16 or older." not in page
    assert "Real words" not in page
    assert client.post(f"/queue/{post.public_id}/claim/").status_code == 404
    assert client.post(f"/queue/{post.public_id}/approve/", {"content_hash": post.content_hash}).status_code == 404
    assert not ModerationClaim.objects.exists()


def test_practice_leads_from_one_post_to_the_next_with_kind_words() -> None:
    client = signed_in(moderator(make_group()))
    first, second = list(checking.practice().values())[:2]
    page = client.get("/queue/practice/")
    assert page["Location"] == f"/queue/practice/{first.key}/"
    assert first.words in words(client, page["Location"]).replace("&#x27;", "'")
    empty = client.post(page["Location"], {})
    assert empty.status_code == 422
    assert "Choose what you would do" in empty.content.decode()
    wrong = client.post(page["Location"], {"kind": "decline"}).content.decode()
    assert "We would do something else here" in wrong
    assert f"/queue/practice/{second.key}/" in wrong, "another one comes next, and this one later"
    right = client.post(page["Location"], {"kind": first.right[0]}).content.decode()
    assert "Yes, that fits" in right
    assert client.get("/queue/practice/")["Location"] == f"/queue/practice/{second.key}/"
    assert client.get("/queue/practice/no-such-post/").status_code == 404
    for post in list(checking.practice().values())[1:]:
        client.post(f"/queue/practice/{post.key}/", {"kind": post.right[0]})
    assert "All practice posts are done" in words(client, "/queue/practice/")


def test_what_is_said_on_practice_posts_reads_easily() -> None:
    said = " ".join(post.why for post in checking.practice().values())
    assert read(said).age <= AIM


def test_topics_are_kept_and_a_topic_that_is_none_changes_nothing() -> None:
    mo = moderator(make_group())
    client = signed_in(mo)
    client.post("/queue/topics/", {"topics": ["death", "eating"]})
    assert set(mo.avoided_topics.values_list("topic", flat=True)) == {"death", "eating"}
    page = words(client, "/queue/topics/")
    assert page.count("checked") == 2
    assert client.post("/queue/topics/", {"topics": ["nonsense"]}).status_code == 422
    assert mo.avoided_topics.count() == 2


def test_the_end_of_a_turn_asks_three_questions_and_a_talk_is_owed() -> None:
    post = make_post()
    mo = moderator(post.thread.group)
    client = signed_in(mo)
    assert "done for now" not in words(client, "/queue/")
    client.post(f"/queue/{post.public_id}/claim/")
    assert "done for now" in words(client, "/queue/")
    page = client.post("/queue/stop/")
    turn = CheckingTurn.objects.get()
    assert page["Location"] == f"/queue/turns/{turn.public_id}/"
    assert not ModerationClaim.objects.live().exists()
    unfinished = client.post(page["Location"], {"felt": "heavy"})
    assert unfinished.status_code == 422
    assert not ShiftDebrief.objects.exists()
    assert "How was your last turn?" in words(client, "/queue/")
    thanks = client.post(page["Location"], {"felt": "heavy", "stays": "no", "wants_talk": "yes"}).content.decode()
    assert "Somebody talks to you within a day" in thanks
    assert SupervisorTask.objects.get().owner == mo.checking.supervisor
    assert "How was your last turn?" not in words(client, "/queue/")
    again = client.post(page["Location"], {"felt": "fine", "stays": "no", "wants_talk": "yes"})
    assert again.status_code == 422
    assert SupervisorTask.objects.count() == 1
    other = signed_in(moderator(post.thread.group, name="Zara"))
    assert other.get(page["Location"]).status_code == 404


def test_who_has_read_enough_sees_kind_words_and_no_post() -> None:
    post = make_post(body="One too many")
    mo = moderator(post.thread.group)
    for _ in range(checking.table()["day"]["posts"]):
        ModerationClaim.objects.create(
            post=make_post(group=post.thread.group), by=mo, expires_at=clock.now(), released_at=clock.now()
        )
    client = signed_in(mo)
    page = words(client, "/queue/")
    assert "enough for today" in page
    assert "One too many" not in page
    told = client.post(f"/queue/{post.public_id}/claim/", follow=True).content.decode()
    assert "enough for today" in told
    assert not ModerationClaim.objects.live().exists()


def test_u14_pressing_twice_is_one_decision_and_the_same_page() -> None:
    post = make_post()
    client = signed_in(moderator(post.thread.group))
    client.post(f"/queue/{post.public_id}/claim/")
    sent = {"content_hash": post.content_hash, "form_nonce": "once-only-0123456789"}
    first, second = (client.post(f"/queue/{post.public_id}/approve/", sent) for _ in range(2))
    assert first.status_code == second.status_code == 302
    assert first["Location"] == second["Location"] == f"/queue/{post.public_id}/done/"
    assert "shared now" in words(client, second["Location"])
    assert ModerationDecision.objects.count() == 1
    assert AuditEvent.objects.filter(action="moderation.actions.decisions.approve").count() == 1


def test_u14_a_return_sent_again_after_a_lost_answer_is_one_and_another_press_is_told() -> None:
    post = make_post()
    client = signed_in(moderator(post.thread.group))
    client.post(f"/queue/{post.public_id}/claim/")
    sent = {"content_hash": post.content_hash, "own_words": "Without the school?", "form_nonce": "lost-012345"}
    for _ in range(3):
        assert client.post(f"/queue/{post.public_id}/return/", sent)["Location"] == f"/queue/{post.public_id}/done/"
    late = client.post(
        f"/queue/{post.public_id}/approve/", sent | {"kind_words": "So glad", "form_nonce": "other-0123"}
    )
    assert late.status_code == 409
    assert "Without the school?" in late.content.decode()
    assert ModerationDecision.objects.count() == 1


def test_what_somebody_else_decided_has_no_result_page_for_me() -> None:
    post = make_post()
    mo, zara = moderator(post.thread.group), moderator(post.thread.group, name="Zara")
    signed_in(mo).post(f"/queue/{post.public_id}/approve/", {"content_hash": post.content_hash})
    assert signed_in(mo).get(f"/queue/{post.public_id}/done/").status_code == 200
    assert signed_in(zara).get(f"/queue/{post.public_id}/done/").status_code == 404


@pytest.mark.parametrize("taken", [False, True])
def test_a_claim_that_ran_out_while_writing_keeps_the_words(taken: bool) -> None:
    post = make_post()
    mo, zara = moderator(post.thread.group), moderator(post.thread.group, name="Zara")
    client = signed_in(mo)
    client.post(f"/queue/{post.public_id}/claim/")
    ModerationClaim.objects.update(expires_at=clock.now() - dt.timedelta(minutes=1))
    if taken:
        claims.claim(post, by=zara)
    sent = {"content_hash": post.content_hash, "own_words": "My long and careful words", "form_nonce": "slow-0123"}
    answer = client.post(f"/queue/{post.public_id}/return/", sent)
    if taken:
        assert answer.status_code == 422
        assert "My long and careful words" in answer.content.decode()
        assert "Zara is reading this one" in answer.content.decode()
        assert not ModerationDecision.objects.exists()
    else:
        assert answer["Location"] == f"/queue/{post.public_id}/done/"


def test_the_second_person_finds_a_beginner_s_words_ready_to_send() -> None:
    post = make_post()
    group = post.thread.group
    new, zara = signed_in(moderator(group, name="Ines", confirmed=0)), signed_in(moderator(group, name="Zara"))
    new.post(f"/queue/{post.public_id}/claim/")
    sent = {"content_hash": post.content_hash, "own_words": "Could you leave out the school?"}
    done = new.post(f"/queue/{post.public_id}/return/", sent, follow=True).content.decode()
    assert "A second person reads your words first" in done
    assert f"/queue/{post.public_id}/" not in new.get("/queue/").content.decode()
    zara.post(f"/queue/{post.public_id}/claim/")
    page = words(zara, f"/queue/{post.public_id}/")
    assert "Ines is new to this" in page
    assert "Could you leave out the school?" in page


def test_those_who_look_after_moderators_see_where_each_is_and_what_is_due() -> None:
    group = make_group(title="Lantern")
    mo = moderator(group, confirmed=4)
    PeerModerator.objects.filter(user=mo).update(practised_at=None)
    first = next(iter(checking.practice().values()))
    signed_in(mo).post(f"/queue/practice/{first.key}/", {"kind": first.right[0]})
    sam = make_user(name="Sam", person=make_person(kind=Person.Kind.STAFF), roles=(Role.SERVICE_MANAGER,))
    lee = make_user(name="Dr Lee", person=make_person(kind=Person.Kind.STAFF), roles=(Role.CLINICIAN,))
    client = signed_in(sam)
    page = words(client, "/staff/moderators/")
    for told in ("Mo", "Lantern", "1 of 20, tries: 1", "4 of 10", "Not yet", "Answer the practice posts."):
        assert told in page
    address = f"/staff/moderators/{mo.person.public_id}/"
    wrong = client.post(address, {"trained_on": "2031-01-01", "supervisor": lee.pk})
    assert wrong.status_code == 422
    assert "2031-01-01" in wrong.content.decode()
    client.post(address, {"trained_on": "2026-11-01", "supervisor": lee.pk})
    row = PeerModerator.objects.get(user=mo)
    assert (row.trained_on, row.supervisor) == (dt.date(2026, 11, 1), lee)


def test_a_talk_that_is_owed_stands_at_home_and_is_written_down_when_it_has_been() -> None:
    post = make_post()
    mo = moderator(post.thread.group)
    vera = mo.checking.supervisor
    signed_in(mo).post(f"/queue/{post.public_id}/worried/", {"content_hash": post.content_hash, "level": "red"})
    client = signed_in(vera)
    assert "Talks with those who check posts" in words(client, "/home/")
    assert "Met a worrying post" in words(client, "/staff/moderators/")
    task = SupervisorTask.objects.get()
    client.post(f"/staff/moderators/talks/{task.public_id}/")
    task.refresh_from_db()
    assert task.state == "done"
    assert "Nobody waits for a talk." in words(client, "/staff/moderators/")


def test_the_page_of_moderators_is_for_those_who_look_after_them() -> None:
    group = make_group()
    mo = moderator(group)
    task = SupervisorTask.objects.create(
        moderator=mo, why="talk", owner_role=Role.CLINICIAN, due_at=clock.now() + dt.timedelta(hours=1)
    )
    for user in (mo, make_member(group=group).user, make_user(roles=(Role.CO_ORDINATOR,))):
        client = signed_in(user)
        nowhere = client.get("/staff/nothing-here/").content
        for address in ("/staff/moderators/", f"/staff/moderators/{mo.person.public_id}/"):
            answer = client.get(address)
            assert (answer.status_code, answer.content) == (404, nowhere)
        assert client.post(f"/staff/moderators/talks/{task.public_id}/").status_code == 404
    task.refresh_from_db()
    assert task.state == "open"


def test_a_clinician_has_none_of_this_in_the_way() -> None:
    post = make_post(body="To read on duty")
    group = post.thread.group
    lee = make_member(group=group, user=make_user(name="Dr Lee", person=make_person()), role=Role.CLINICIAN).user
    make_duty(group=group, user=lee)
    client = signed_in(lee)
    assert "To read on duty" in words(client, "/queue/")
    client.post(f"/queue/{post.public_id}/approve/", {"content_hash": post.content_hash})
    assert Post.objects.get(pk=post.pk).state == "approved"
    assert not CheckingTurn.objects.exists()
