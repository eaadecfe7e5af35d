"""The door at every post, and hearing back (matrix rows 13 and 14)."""

from __future__ import annotations

import pytest
from django.test import Client

from moderation.models import Escalation, PostReport
from peer.models import Membership, Post, User
from peer.roles import Role
from tests.make import make_duty, make_group, make_member, make_person, make_post, make_user

pytestmark = pytest.mark.django_db


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def post() -> Post:
    return make_post(state=Post.State.APPROVED)


@pytest.fixture
def asha(post: Post) -> Membership:
    user = make_user(name="Canary-Reporter", person=make_person(given_name="Asha"))
    return make_member(group=post.thread.group, user=user, name="Fern")


def test_a_worry_about_somebody_is_due_to_a_clinician_and_the_reporter_is_thanked(post: Post, asha: Membership) -> None:
    client = signed_in(asha.user)
    said = {"worry": "worried_about_someone", "is_urgent": "no", "words": ""}
    page = client.post(f"/posts/{post.public_id}/report/", said, follow=True).content.decode()
    assert "Thank you for telling us" in page
    assert Escalation.objects.get().level == "amber"
    assert PostReport.objects.get().owner_role == "clinician"


def test_e1_danger_now_pages_in_the_same_act(post: Post, asha: Membership) -> None:
    lee = make_member(group=post.thread.group, role=Role.CLINICIAN).user
    make_duty(group=post.thread.group, user=lee)
    signed_in(asha.user).post(f"/posts/{post.public_id}/report/", {"worry": "unkind", "is_urgent": "yes"})
    escalation = Escalation.objects.get()
    assert (escalation.level, escalation.about) == ("red", post.author)
    assert escalation.steps.get(state="fired").user == lee


def test_an_empty_form_says_so_and_keeps_the_words(post: Post, asha: Membership) -> None:
    answer = signed_in(asha.user).post(f"/posts/{post.public_id}/report/", {"words": "My words"})
    assert answer.status_code == 422
    assert "My words" in answer.content.decode()
    assert not PostReport.objects.exists()


def test_the_same_worry_twice_is_one(post: Post, asha: Membership) -> None:
    client = signed_in(asha.user)
    for _ in range(2):
        answer = client.post(f"/posts/{post.public_id}/report/", {"worry": "unkind", "is_urgent": "no"})
    assert "already" in answer.content.decode()
    assert PostReport.objects.count() == 1


def test_u3_with_nobody_on_call_the_page_says_so_before_anything_is_sent(post: Post, asha: Membership) -> None:
    assert (
        "Right now nobody reads this at once"
        in signed_in(asha.user).get(f"/posts/{post.public_id}/report/").content.decode()
    )
    lee = make_member(group=post.thread.group, role=Role.CLINICIAN).user
    make_duty(group=post.thread.group, user=lee)
    assert "Right now nobody" not in signed_in(asha.user).get(f"/posts/{post.public_id}/report/").content.decode()


def test_h23_a_moderator_sees_what_was_reported_and_never_who_did(post: Post, asha: Membership) -> None:
    signed_in(asha.user).post(
        f"/posts/{post.public_id}/report/", {"worry": "unkind", "is_urgent": "no", "words": "Canary-Words"}
    )
    mo = signed_in(make_member(group=post.thread.group, role=Role.PEER_MODERATOR).user)
    page = mo.get("/queue/").content.decode()
    assert "Somebody asked us to look again" in page
    for secret in ("Canary", "Fern"):
        assert secret not in page
    report = PostReport.objects.get()
    assert mo.get(f"/reports/{report.public_id}/").status_code == 404
    mo.post(f"/reports/{report.public_id}/hide/", {"words": "It is out of sight now."})
    post.refresh_from_db()
    assert post.state == "hidden"
    assert "out of sight now" in signed_in(asha.user).get(f"/reports/{report.public_id}/").content.decode()


def test_the_clinician_on_duty_sees_who_reported(post: Post, asha: Membership) -> None:
    signed_in(asha.user).post(f"/posts/{post.public_id}/report/", {"worry": "worried_about_someone", "is_urgent": "no"})
    lee = make_member(group=post.thread.group, role=Role.CLINICIAN).user
    make_duty(group=post.thread.group, user=lee)
    assert "Canary-Reporter" in signed_in(lee).get("/risk/").content.decode()


def test_an_outsider_cannot_report_what_they_cannot_see(post: Post) -> None:
    outsider = signed_in(make_member(group=make_group(title="Other")).user)
    assert outsider.get(f"/posts/{post.public_id}/report/").status_code == 404
    assert outsider.post(f"/posts/{post.public_id}/report/", {"worry": "unkind", "is_urgent": "no"}).status_code == 404
