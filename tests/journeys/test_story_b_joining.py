"""Story B: from an invitation by text to words that the others can read, by the pages alone."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.test import Client

from notifications.models import Delivery
from peer import clock
from peer.models import HelloCall, Invitation, Membership, Person, Post, SupportGroup, Thread, User
from peer.roles import Role
from tests.make import make_member, make_open_group, make_person, make_phone, make_user, make_wait

pytestmark = pytest.mark.django_db


def signed_in(user: User | None) -> Client:
    """Give the browser of somebody who is signed in."""
    assert user
    client = Client()
    client.force_login(user)
    return client


def last_text() -> str:
    """Read what the newest text says."""
    delivery = Delivery.objects.order_by("-pk").first()
    assert delivery
    return str(delivery.body)


@pytest.fixture
def group() -> SupportGroup:
    """Make a group in which one can write now."""
    return make_open_group()


@pytest.fixture
def kim() -> Client:
    """Give the co-ordinator's browser."""
    return signed_in(make_user(roles=(Role.CO_ORDINATOR,)))


@pytest.fixture
def lee() -> Client:
    """Give the clinician's browser."""
    user = User.objects.filter(memberships__pseudonym="Dr Lee").first()
    user = user or make_user(name="Dr Lee")
    user.service_roles.create(role=Role.CLINICIAN)
    return signed_in(user)


@pytest.fixture
def noor() -> Person:
    """Make a 15-year-old who waits and has a phone of her own."""
    person = make_person(given_name="Noor", family_name="Hadley", born_on=born(15))
    make_wait(person=person)
    make_phone(person=person)
    return person


def born(years: int) -> dt.date:
    """Give a birth date of somebody who is that old today."""
    return clock.today().replace(year=clock.today().year - years, day=1)


def offered(kim: Client, noor: Person, group: SupportGroup) -> str:
    """Offer the group on the page; give the link that went out by text."""
    page = f"/staff/invitations/offer/{noor.public_id}/"
    assert kim.get(page).status_code == 200
    assert kim.post(page, {"group": group.pk}).status_code == 302
    found = re.search(r"/i/\S+", last_text())
    assert found
    return found[0]


def answers(code: str, **changes: str) -> dict[str, str]:
    """Fill in the page of the yes."""
    return {"code": code, "join": "on", "limits": "on", "parent_told": "no"} | changes


def accepted(client: Client, link: str) -> None:
    """Ask for the code and say yes."""
    client.post(f"{link}/code")
    code = re.findall(r"\b\d{6}\b", last_text())[0]
    assert client.post(f"{link}/yes", answers(code)).status_code == 302


def test_from_the_text_to_a_post_that_the_others_read(
    kim: Client, lee: Client, noor: Person, group: SupportGroup
) -> None:
    link = offered(kim, noor, group)
    phone = Client()
    assert "Noor" in phone.get(link).content.decode()
    accepted(phone, link)
    assert "call from Dr Lee to say hello" in phone.get("/groups/").content.decode()

    call = HelloCall.objects.get()
    assert noor.full_name() in lee.get("/staff/hello-calls/").content.decode()
    heard = {
        "outcome": "confirm",
        "born_on": born(15).isoformat(),
        "basis": "competent",
        "explained": "A group is not treatment.",
        "understood": "I can leave when I like.",
        "limits_read": "on",
        "apart_asked": "on",
        "safe_ways": "Text first.",
    }
    assert lee.post(f"/staff/hello-calls/{call.public_id}/", heard).status_code == 302

    assert "The last step is yours" in last_text()

    joining = f"/groups/joining/{call.membership.public_id}"
    assert "Choose your name" in phone.get("/groups/").content.decode()
    refused = phone.post(f"{joining}/name/", {"name": "Dr Noor", "colour": "3"})
    assert refused.status_code == 422
    assert "works here" in refused.content.decode()
    assert phone.post(f"{joining}/name/", {"name": "Tide", "colour": "3"}).status_code == 302
    assert "With kindness" in phone.get(f"{joining}/yes/").content.decode()
    assert phone.post(f"{joining}/yes/", {"version": "1", "yes": "on"}).status_code == 302

    page = phone.get(group.get_absolute_url()).content.decode()
    for words in ("Mo", "checks posts", "Dr Lee", "clinician, here until", "Nobody has written yet", "Write something"):
        assert words in page
    sent = phone.post(f"{group.get_absolute_url()}write/", {"title": "Hi", "body": "I am **new**", "send": "1"})
    own = phone.get(sent["Location"]).content.decode()
    assert "waiting to be read" in own
    assert "at the latest" in own

    post = Post.objects.get()
    other = signed_in(make_member(group=group, name="Fern").user)
    assert other.get(post.thread.get_absolute_url()).status_code == 404
    post.move_to(Post.State.APPROVED, approved_hash=post.content_hash, decided_at=clock.now(), due_at=None)
    assert "<strong>new</strong>" in other.get(post.thread.get_absolute_url()).content.decode()
    assert "Hi" in other.get(group.get_absolute_url()).content.decode()


def test_opening_the_link_changes_nothing(kim: Client, noor: Person, group: SupportGroup) -> None:
    link = offered(kim, noor, group)
    before = list(Invitation.objects.values())
    for path in ("", "/yes", "/no", "/question"):
        assert Client().get(link + path).status_code == 200
    assert Client().get(f"{link}/code").status_code == 405
    assert list(Invitation.objects.values()) == before
    assert not User.objects.filter(person=noor).exists()


def test_wrong_used_and_expired_links_answer_alike(kim: Client, noor: Person, group: SupportGroup) -> None:
    link = offered(kim, noor, group)
    Invitation.objects.update(expires_at=clock.now())
    expired = Client().get(link)
    Invitation.objects.update(expires_at=clock.now() + dt.timedelta(days=1))
    accepted(Client(), link)
    used, wrong = Client().get(link), Client().get("/i/AAAAAAAAAAAAAAAAAAAAAA")
    assert expired.status_code == used.status_code == wrong.status_code == 404
    assert expired.content == used.content == wrong.content
    assert "ring us" in wrong.content.decode()


def test_a_wrong_code_keeps_what_was_ticked_and_makes_no_account(
    kim: Client, noor: Person, group: SupportGroup
) -> None:
    link = offered(kim, noor, group)
    phone = Client()
    phone.post(f"{link}/code")
    code = re.findall(r"\b\d{6}\b", last_text())[0]
    wrong = "000000" if code != "000000" else "111111"
    answer = phone.post(f"{link}/yes", answers(wrong))
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "doesn’t fit" in page
    assert wrong in page
    assert page.count("checked") >= 3
    assert not User.objects.filter(person=noor).exists()
    assert phone.post(f"{link}/yes", answers(f" {code[:3]} {code[3:]}")).status_code == 302


def test_no_thank_you_and_a_question(kim: Client, noor: Person, group: SupportGroup) -> None:
    link = offered(kim, noor, group)
    phone = Client()
    assert phone.post(f"{link}/question", {"question": ""}).status_code == 422
    phone.post(f"{link}/question", {"question": "Do I have to talk?"})
    assert "at the latest" in phone.get(link).content.decode()
    invitation = Invitation.objects.get()
    assert "Do I have to talk?" in kim.get("/staff/invitations/").content.decode()
    kim.post(f"/staff/invitations/{invitation.public_id}/answer/", {"answer": "No, you can just read."})
    assert "No, you can just read." in phone.get(link).content.decode()
    assert "That is completely fine" in phone.get(f"{link}/no").content.decode()
    assert "Thank you for telling us" in phone.post(f"{link}/no").content.decode()
    assert phone.get(link).status_code == 404


def test_worrying_words_in_a_question_get_the_honest_sentence(kim: Client, noor: Person, group: SupportGroup) -> None:
    link = offered(kim, noor, group)
    phone = Client()
    phone.post(f"{link}/question", {"question": "I want to die. Can I come?"})
    page = phone.get(f"{link}/question").content.decode()
    assert "nobody is on the way" in page
    assert "116 123" in page


def test_red_words_are_told_to_the_clinician_and_the_page_says_so(group: SupportGroup) -> None:
    client = signed_in(make_member(group=group).user)
    sent = client.post(f"{group.get_absolute_url()}write/", {"title": "Hi", "body": "I want to die", "send": "1"})
    page = client.get(sent["Location"]).content.decode()
    assert "Dr Lee is being told now" in page
    assert "116 123" in page


def test_a_closed_group_says_why_and_when_and_keeps_every_word(group: SupportGroup) -> None:
    client = signed_in(make_member(group=group).user)
    group.duties.update(until_at=clock.now() - dt.timedelta(seconds=1))
    page = client.get(group.get_absolute_url()).content.decode()
    assert "Writing is closed right now" in page
    assert "no clinician here" in page
    write = f"{group.get_absolute_url()}write/"
    answer = client.post(write, {"title": "Later", "body": "I want to die", "send": "1"})
    assert answer.status_code == 422
    assert "I want to die" in answer.content.decode()
    assert "Nobody has read this" in answer.content.decode()
    kept = client.post(write, {"title": "Later", "body": "my words", "keep": "1"})
    assert "Kept for you" in client.get(kept["Location"]).content.decode()


@pytest.mark.parametrize("body", ["", "x" * 4_001, "x" * 100_000])
def test_what_cannot_be_sent_comes_back_with_a_sentence(group: SupportGroup, body: str) -> None:
    client = signed_in(make_member(group=group).user)
    answer = client.post(f"{group.get_absolute_url()}write/", {"title": "Long", "body": body, "send": "1"})
    assert answer.status_code == 422
    assert body in answer.content.decode()
    assert "Something needs changing" in answer.content.decode()
    assert not Post.objects.exists()


def test_the_same_form_twice_makes_one_post(group: SupportGroup) -> None:
    client = signed_in(make_member(group=group).user)
    words = {"title": "Once", "body": "hello", "send": "1", "form_nonce": "n-1"}
    for _time in range(2):
        assert client.post(f"{group.get_absolute_url()}write/", words).status_code == 302
    assert Post.objects.count() == 1


def test_a_returned_post_is_changed_and_sent_again(group: SupportGroup) -> None:
    client = signed_in(make_member(group=group).user)
    client.post(f"{group.get_absolute_url()}write/", {"title": "Hi", "body": "ring 07700 900123", "send": "1"})
    post = Post.objects.get()
    post.move_to(Post.State.RETURNED, note_to_author="Could you leave out the number?", due_at=None)
    own = f"/my-posts/{post.public_id}/"
    assert "leave out the number" in client.get(own).content.decode()
    page = client.get(f"{own}change/").content.decode()
    assert "ring 07700 900123" in page
    assert client.post(f"{own}change/", {"title": "Hi", "body": "ring me", "send": "1"}).status_code == 302
    post.refresh_from_db()
    assert (post.state, post.note_to_author) == ("pending", "")
    client.post(f"{own}take-back/")
    assert client.get(f"{own}withdraw/").status_code == 200
    client.post(f"{own}withdraw/")
    post.refresh_from_db()
    assert post.state == "withdrawn"


def test_parents_outsiders_and_other_groups_get_the_page_that_never_was(
    group: SupportGroup, django_assert_num_queries: object
) -> None:
    author = make_member(group=group, name="Fern")
    asha = signed_in(author.user)
    asha.post(f"{group.get_absolute_url()}write/", {"title": "Hi", "body": "hello", "send": "1"})
    post = Post.objects.get()
    post.move_to(Post.State.APPROVED, approved_hash=post.content_hash, decided_at=clock.now(), due_at=None)
    parent = make_user(person=make_person(kind=Person.Kind.PARENT_CARER, given_name="Pat"))
    outsider = make_user(person=make_person(given_name="Omar"))
    other = make_member(group=make_open_group(title="Harbour"), name="Ash").user
    for user in (parent, outsider, other):
        client = signed_in(user)
        for real, random in same_routes(group, post.thread, post):
            assert answer_of(client, real) == answer_of(client, random), real


def same_routes(group: SupportGroup, thread: Thread, post: Post) -> list[tuple[str, str]]:
    """Pair each private address with the same address of something that never was."""
    nothing = "AbCdEfGhIjKlMnOp"
    routes = [
        ("/groups/{}/", group.public_id),
        ("/groups/{}/write/", group.public_id),
        ("/groups/{}/how-we-treat-each-other/", group.public_id),
        ("/talk/{}/", thread.public_id),
        ("/talk/{}/reply/", thread.public_id),
        ("/my-posts/{}/", post.public_id),
        ("/my-posts/{}/change/", post.public_id),
        ("/my-posts/{}/withdraw/", post.public_id),
    ]
    return [(route.format(real), route.format(nothing)) for route, real in routes]


def answer_of(client: Client, address: str) -> tuple[int, bytes, int]:
    """Give what a stranger could compare: status, bytes (tokens of forms apart) and the number of SQL statements."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as queries:
        answer = client.get(address)
    body = re.sub(rb'name="(csrfmiddlewaretoken|form_nonce)" value="[^"]+"', b"", answer.content)
    assert answer.status_code == 404
    return answer.status_code, body, len(queries)


def test_pages_stay_within_six_statements(group: SupportGroup) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    author = make_member(group=group, name="Fern")
    asha = signed_in(author.user)
    asha.post(f"{group.get_absolute_url()}write/", {"title": "Hi", "body": "hello", "send": "1"})
    thread = Thread.objects.get()
    for number in range(25):
        asha.post(f"/talk/{thread.public_id}/reply/", {"body": f"number {number}", "send": "1"})
    for post in Post.objects.all():
        post.move_to(Post.State.APPROVED, approved_hash=post.content_hash, decided_at=clock.now(), due_at=None)
    asha.post(f"/talk/{thread.public_id}/reply/", {"body": "one more", "send": "1"})
    reader = signed_in(make_member(group=group, name="Tide").user)
    for address in (group.get_absolute_url(), thread.get_absolute_url()):
        with CaptureQueriesContext(connection) as queries:
            assert reader.get(address).status_code == 200
        told = [
            row["sql"]
            for row in queries
            if "django_session" not in row["sql"] and '"peer_user"."id" =' not in row["sql"]
        ]
        assert len(told) <= 6, "\n".join(told)
    second = re.search(r"\?after=\d+", reader.get(thread.get_absolute_url()).content.decode())
    assert second
    assert "number 24" in reader.get(thread.get_absolute_url() + second[0]).content.decode()


def test_a_new_version_of_how_we_treat_each_other_is_asked_first(group: SupportGroup) -> None:
    client = signed_in(make_member(group=group).user)
    group.protocols.create(version=2, treated="New", listened="b", accepted="c", published_at=clock.now())
    assert "have a look at how we treat each other" in client.get(group.get_absolute_url()).content.decode()
    page = f"{group.get_absolute_url()}how-we-treat-each-other/"
    assert client.post(page, {"version": "2"}).status_code == 422
    assert client.post(page, {"version": "1", "yes": "on"}).status_code == 422
    assert client.post(page, {"version": "2", "yes": "on"}).status_code == 302
    assert "Write something" in client.get(group.get_absolute_url()).content.decode()


def test_somebody_who_is_no_clinician_finds_no_hello_calls(kim: Client, group: SupportGroup) -> None:
    assert kim.get("/staff/hello-calls/").status_code == 404
    assert kim.get("/staff/groups/").status_code == 404
    member = signed_in(make_member(group=group).user)
    for page in ("/staff/hello-calls/", "/staff/groups/", "/staff/invitations/"):
        assert member.get(page).status_code == 404
    assert Membership.objects.exists()


def test_leaving_is_as_easy_as_joining_and_the_page_says_so_afterwards(group: SupportGroup) -> None:
    client = signed_in(make_member(group=group).user)
    leave = f"{group.get_absolute_url()}leave/"
    assert "you don’t have to say why" in client.get(leave).content.decode()
    assert client.post(leave).status_code == 302
    assert "You left Lantern on" in client.get(group.get_absolute_url()).content.decode()
    assert "You left Lantern" in client.get("/groups/").content.decode()
    assert client.post(leave).status_code == 404
    mo = signed_in(User.objects.get(memberships__pseudonym="Mo", memberships__group=group))
    assert "hand over first" in mo.post(leave).content.decode()
