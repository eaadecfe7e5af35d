"""The queue on a phone: whose posts, how many questions to the database, and one decision at a time."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from moderation.actions import decisions
from moderation.models import ModerationClaim, ModerationDecision
from peer import clock
from peer.models import Post, SupportGroup, User
from peer.roles import Role
from tests.make import make_duty, make_group, make_member, make_person, make_post, make_user

pytestmark = pytest.mark.django_db
SIGNING_IN = ('"django_session"', 'SELECT "peer_user"."id"')  # left out of the budget (decision 34)


def moderator(group: SupportGroup, name: str = "Mo", *, age: int = 17) -> User:
    person = make_person(given_name=name, born_on=dt.date(2026 - age, 1, 2))
    return make_member(group=group, user=make_user(name=name, person=person), role=Role.PEER_MODERATOR).user


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def sent(post: Post, **words: object) -> dict[str, object]:
    return {"content_hash": post.content_hash, **words}


def test_the_queue_shows_ones_own_groups_alone() -> None:
    post = make_post(body="Mine to read")
    make_post(body="Elsewhere")
    page = signed_in(moderator(post.thread.group)).get("/queue/").content.decode()
    assert "Mine to read" in page
    assert "Elsewhere" not in page


@pytest.mark.parametrize("waiting", [1, 30])
def test_the_queue_asks_the_database_the_same_few_questions_however_many_wait(waiting: int) -> None:
    group = make_group()
    author = make_member(group=group)
    for number in range(waiting):
        make_post(author=author, body=f"Post {number}")
    client = signed_in(moderator(group))
    with CaptureQueriesContext(connection) as queries:
        client.get("/queue/")
    own = [query["sql"] for query in queries if not any(name in query["sql"][:60] for name in SIGNING_IN)]
    assert len(own) <= 6, "\n".join(sql[:160] for sql in own)


def test_thirty_posts_are_two_pages_without_a_repeat() -> None:
    group = make_group()
    author = make_member(group=group)
    posts = [make_post(author=author, body=f"Post-{number}.") for number in range(30)]
    client = signed_in(moderator(group))
    first = client.get("/queue/").content.decode()
    second = client.get(f"/queue/?after={posts[19].pk}").content.decode()
    for number in range(30):
        assert (f"Post-{number}." in first) == (number < 20)
        assert (f"Post-{number}." in second) == (number >= 20)


def test_a_post_opens_only_after_a_press() -> None:
    post = make_post(body="Private words of mine that are long enough to be cut")
    client = signed_in(moderator(post.thread.group))
    page = client.get(f"/queue/{post.public_id}/").content.decode()
    assert "Are you somewhere private?" in page
    assert "Private words" not in page
    assert client.get(f"/queue/{post.public_id}/claim/").status_code == 405
    assert client.post(f"/queue/{post.public_id}/claim/", follow=True).status_code == 200
    assert "Private words" in client.get(f"/queue/{post.public_id}/").content.decode()


def test_an_approval_from_the_page_shows_the_post() -> None:
    post = make_post()
    client = signed_in(moderator(post.thread.group))
    client.post(f"/queue/{post.public_id}/claim/")
    page = client.post(f"/queue/{post.public_id}/approve/", sent(post), follow=True)
    post.refresh_from_db()
    assert post.state == "approved"
    assert "shared now" in page.content.decode()


def test_marked_parts_must_be_ticked_and_what_was_typed_is_kept() -> None:
    post = make_post(
        body="Ring 07700 900123 tonight", findings=[{"kind": "phone", "start": 5, "end": 17, "part": "body"}]
    )
    client = signed_in(moderator(post.thread.group))
    client.post(f"/queue/{post.public_id}/claim/")
    page = client.get(f"/queue/{post.public_id}/").content.decode()
    assert "<mark>07700 900123" in page
    answer = client.post(f"/queue/{post.public_id}/approve/", sent(post, kind_words="So glad"))
    assert answer.status_code == 422
    assert "So glad" in answer.content.decode()
    client.post(f"/queue/{post.public_id}/approve/", sent(post, cleared=["0"]))
    post.refresh_from_db()
    assert post.state == "approved"


def test_a_return_with_a_ready_made_beginning_and_own_words_reaches_the_author() -> None:
    post = make_post()
    client = signed_in(moderator(post.thread.group))
    client.post(f"/queue/{post.public_id}/return/", sent(post, starter="private", own_words="Love, Mo"))
    post.refresh_from_db()
    assert post.state == "returned"
    assert "names, schools and numbers" in post.note_to_author
    assert "Love, Mo" in post.note_to_author


@pytest.mark.parametrize(
    ("decision", "words", "sentence"),
    [
        ("return", {"own_words": " "}, "write a few words"),
        ("decline", {"own_words": "No."}, "which rule"),
        ("return", {"own_words": "x" * 1_001}, "1000"),
        ("worried", {"level": "purple"}, "Something needs changing"),
    ],
)
def test_a_wrong_form_says_so_and_changes_nothing(decision: str, words: dict[str, str], sentence: str) -> None:
    post = make_post()
    client = signed_in(moderator(post.thread.group))
    answer = client.post(f"/queue/{post.public_id}/{decision}/", sent(post, **words))
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    post.refresh_from_db()
    assert post.state == "pending"


def test_p8_the_one_who_comes_second_is_told_and_keeps_what_they_wrote() -> None:
    post = make_post()
    group = post.thread.group
    mo, zara = signed_in(moderator(group)), signed_in(moderator(group, "Zara"))
    mo.post(f"/queue/{post.public_id}/claim/")
    ModerationClaim.objects.update(expires_at=clock.now() - dt.timedelta(minutes=1))
    zara.post(f"/queue/{post.public_id}/claim/")
    zara.post(f"/queue/{post.public_id}/approve/", sent(post))
    late = mo.post(f"/queue/{post.public_id}/return/", sent(post, own_words="My long words"))
    assert late.status_code == 409
    assert "My long words" in late.content.decode()
    assert ModerationDecision.objects.count() == 1


def test_somebody_elses_claim_is_named_and_not_taken() -> None:
    post = make_post()
    group = post.thread.group
    signed_in(moderator(group, "Zara")).post(f"/queue/{post.public_id}/claim/")
    mo = signed_in(moderator(group))
    assert "Zara is reading this one" in mo.post(f"/queue/{post.public_id}/claim/", follow=True).content.decode()
    answer = mo.post(f"/queue/{post.public_id}/approve/", sent(post))
    assert answer.status_code == 422
    post.refresh_from_db()
    assert post.state == "pending"


def test_a_break_lets_go_of_everything() -> None:
    post = make_post()
    client = signed_in(moderator(post.thread.group))
    client.post(f"/queue/{post.public_id}/claim/")
    assert "Your break" in client.post("/queue/break/", follow=True).content.decode()
    assert not ModerationClaim.objects.live().exists()


def test_the_risk_lane_answers_a_moderator_as_if_it_were_not_there() -> None:
    post = make_post(state=Post.State.HELD_RISK, body="Risky words")
    client = signed_in(moderator(post.thread.group, age=30))
    nowhere = client.get("/risk/nothing-here/")
    for address in (f"/risk/{post.public_id}/", f"/queue/{post.public_id}/"):
        answer = client.get(address)
        assert answer.status_code == 404 == nowhere.status_code
        assert answer.content == nowhere.content
    assert "Risky" not in client.get("/risk/").content.decode()
    assert client.post(f"/queue/{post.public_id}/approve/", sent(post)).status_code == 404


def test_a_clinician_on_duty_reads_and_decides_in_the_risk_lane() -> None:
    post = make_post(state=Post.State.HELD_RISK, body="Risky words")
    group = post.thread.group
    lee = make_member(group=group, user=make_user(name="Dr Lee", person=make_person()), role=Role.CLINICIAN).user
    client = signed_in(lee)
    assert client.get(f"/risk/{post.public_id}/").status_code == 404
    make_duty(group=group, user=lee)
    assert "Risky words" in client.get(f"/risk/{post.public_id}/").content.decode()
    client.post(f"/risk/{post.public_id}/return/", sent(post, own_words="Thank you for telling us. I ring you now."))
    post.refresh_from_db()
    assert post.state == "returned"


@pytest.mark.parametrize(("decision", "state"), [("restore", "approved"), ("remove", "removed")])
def test_a_post_out_of_sight_rests_with_the_clinician_on_duty(decision: str, state: str) -> None:
    post = make_post(state=Post.State.APPROVED, body="Taken out of sight")
    group = post.thread.group
    mo = moderator(group)
    decisions.hide(post, by=mo, reason="unkind")
    lee = make_member(group=group, user=make_user(name="Dr Lee", person=make_person()), role=Role.CLINICIAN).user
    make_duty(group=group, user=lee)
    client = signed_in(lee)
    assert "Out of sight" in client.get("/risk/").content.decode()
    assert "Show it again" in client.get(f"/risk/{post.public_id}/").content.decode()
    assert signed_in(mo).post(f"/risk/{post.public_id}/{decision}/", sent(post)).status_code == 404
    client.post(f"/risk/{post.public_id}/{decision}/", sent(post, starter="hurts"))
    post.refresh_from_db()
    assert post.state == state


def test_an_outsider_and_a_parent_see_an_empty_queue_and_no_post() -> None:
    post = make_post(body="Nobody else reads this")
    client = signed_in(make_user(person=make_person(kind="parent_carer")))
    assert "Nobody else" not in client.get("/queue/").content.decode()
    assert client.get(f"/queue/{post.public_id}/").status_code == 404
    assert client.post(f"/queue/{post.public_id}/approve/", sent(post)).status_code == 404


def test_first_words_show_without_marks_and_with_their_group() -> None:
    post = make_post(body="**All the gnomes have hats.**", keys=2)
    Post.objects.filter(pk=post.pk).update(html="<p><strong>All the gnomes have hats.</strong></p>")
    page = signed_in(moderator(post.thread.group)).get("/queue/").content.decode()
    assert "All the gnomes have hats." in page
    assert "**" not in page
    assert post.thread.group.title in page


def test_one_group_can_be_read_on_its_own() -> None:
    lantern, harbour = make_group(title="Lantern"), make_group(title="Harbour")
    make_post(group=lantern, body="Under the lantern")
    make_post(group=harbour, body="By the water")
    mo = moderator(lantern)
    make_member(group=harbour, user=mo, role=Role.PEER_MODERATOR)
    client = signed_in(mo)
    only = client.get("/queue/", {"group": lantern.public_id}).content.decode()
    assert "Under the lantern" in only
    assert "By the water" not in only
    elsewhere = make_group(title="Not mine")
    for unknown in (elsewhere.public_id, "x"):
        everything = client.get("/queue/", {"group": unknown}).content.decode()
        assert "By the water" in everything
        assert "Not mine" not in everything
