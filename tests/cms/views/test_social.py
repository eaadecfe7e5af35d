"""What we say in public over HTTP: waiting, a yes, the page, the feeds, the pictures, the pack, and taking it back (S11, S12)."""

from __future__ import annotations

import io
import json
import zipfile
from xml.etree import ElementTree

import pytest
from django.test import Client
from django.urls import reverse
from PIL import Image

from cms.actions import social
from cms.models import SocialPost
from peer.models import User
from peer.roles import Role
from tests.cms.social import ALT, fresh, make_mo, make_sam, released, sent, written
from tests.make import make_group, make_member, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("site_tree")]
ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture(autouse=True)
def files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    settings.SERVICE_NAME = "Northfields"


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def sam() -> User:
    return make_sam()


@pytest.fixture
def mo() -> User:
    return make_mo()


@pytest.fixture
def eve(monkeypatch: pytest.MonkeyPatch) -> User:
    """Make an editor whose session has shown its second step."""
    monkeypatch.setattr("cms.second_factor.must", lambda _user: False)
    return make_user(name="Eve", roles=(Role.EDITOR,))


@pytest.mark.usefixtures("eve")
def test_s12_from_a_manager_s_words_to_the_feed_by_a_young_person_s_yes(sam: User, mo: User, client: Client) -> None:
    """S12: it waits; after the yes it is released; the log names who said it. S11: it is in the feed and the pack."""
    writer = signed_in(sam)
    given = {"words": "We have a new room. It has a door.", "networks": ["x", "instagram"], "link": "/directory/"}
    page = writer.post(reverse("social-write"), given)
    post = SocialPost.objects.get()
    assert page["Location"] == reverse("social-detail", args=[post.public_id])
    refused = writer.post(reverse("social-send", args=[post.public_id]))
    assert (refused.status_code, fresh(post).state) == (422, "draft")
    assert b"Add a picture first" in refused.content
    none = writer.post(reverse("social-card", args=[post.public_id]), {"words": "A room with a door.", "alt": ""})
    assert none.status_code == 422
    assert b"Nothing goes out without these words" in none.content
    assert b"A room with a door." in none.content, "what was typed stays"
    writer.post(reverse("social-card", args=[post.public_id]), {"words": "A room with a door.", "alt": ALT})
    writer.post(reverse("social-send", args=[post.public_id]))
    waits = writer.get(page["Location"])
    assert b"Waiting for a young-person moderator" in waits.content
    assert b"Yes, say it" not in waits.content
    assert b"We have a new room" not in client.get(reverse("social")).content

    phone = signed_in(mo)
    assert b"We have a new room" in phone.get(reverse("social-index")).content
    phone.post(reverse("social-act", args=[post.public_id, "claim"]))
    seen = fresh(post).fingerprint()
    phone.post(reverse("social-act", args=[post.public_id, "release"]), {"seen": seen})
    assert fresh(post).state == "released"
    assert b"Mo said yes: it may go out" in writer.get(page["Location"]).content
    out = client.get(reverse("social")).content.decode()
    assert "We have a new room" in out
    assert f'alt="{ALT}"' in out
    assert "Mo" not in out.split("<main")[1].split("</main>")[0], "no young person is named in public"
    assert writer.get(reverse("social-pack", args=[post.public_id])).status_code == 200


def test_a_moderator_needs_no_account_in_the_admin_and_sees_no_draft(sam: User, mo: User) -> None:
    post = written(sam)
    phone = signed_in(mo)
    assert phone.get("/admin/").status_code == 404
    assert phone.get(post.get_absolute_url()).status_code == 404
    assert phone.get(reverse("social-write")).status_code == 404
    social.send(post, by=sam)
    assert phone.get(post.get_absolute_url()).status_code == 200


def test_members_and_strangers_find_no_desk(sam: User) -> None:
    post = sent(sam)
    member = signed_in(make_member(group=make_group()).user)
    for client in (Client(), member):
        for address in (reverse("social-index"), post.get_absolute_url()):
            answer = client.get(address)
            assert answer.status_code == 404 or answer["Location"].startswith(reverse("account_login"))


def test_a_change_is_asked_for_in_kind_words_and_an_empty_box_is_refused(sam: User, mo: User) -> None:
    post = social.claim(sent(sam), by=mo)
    phone, address = signed_in(mo), reverse("social-act", args=[post.public_id, "return"])
    empty = phone.post(address, {"seen": post.fingerprint(), "words": ""})
    assert (empty.status_code, fresh(post).state) == (422, "waiting")
    stale = phone.post(address, {"seen": "0" * 64, "words": "Say who to ring?"})
    assert stale.status_code == 422
    assert b"Say who to ring?" in stale.content
    phone.post(address, {"seen": post.fingerprint(), "words": "Say who to ring?"})
    assert fresh(post).state == "returned"


def test_taken_back_it_is_gone_everywhere_in_the_same_second(eve: User, sam: User, mo: User, client: Client) -> None:
    post = released(sam, mo)
    picture = post.images.get().wide_url
    places = [reverse("social"), reverse("social-atom"), reverse("social-json")]
    assert all(b"on our list" in client.get(place).content for place in places)
    assert client.get(picture).status_code == 200
    assert client.get(picture)["Cache-Control"] == "public, max-age=5"
    assert client.get(places[0])["Cache-Control"] == "public, max-age=5"
    signed_in(eve).post(reverse("social-act", args=[post.public_id, "withdraw"]), {"words": "A number was wrong."})
    assert all(b"on our list" not in client.get(place).content for place in places)
    gone = [reverse("social-post", args=[post.public_id]), picture, post.images.get().square_url]
    assert [client.get(address).status_code for address in gone] == [404, 404, 404]
    assert signed_in(eve).get(reverse("social-pack", args=[post.public_id])).status_code == 404


def test_pictures_are_private_until_the_yes(sam: User, mo: User, client: Client) -> None:
    post = sent(sam)
    picture = post.images.get().wide_url
    assert client.get(picture).status_code == 404
    assert signed_in(make_member(group=make_group()).user).get(picture).status_code == 404
    for reader in (sam, mo):
        answer = signed_in(reader).get(picture)
        if answer.status_code == 200:
            assert "no-store" in answer["Cache-Control"]
    assert signed_in(mo).get(picture).status_code == 200
    assert client.get("/out-loud/pictures/..%2fsecret.png").status_code == 404
    assert client.get("/out-loud/pictures/" + "0" * 32 + ".png").status_code == 404


def test_what_was_smuggled_in_behind_the_yes_is_not_shown(sam: User, mo: User, client: Client) -> None:
    post = released(sam, mo)
    SocialPost.objects.filter(pk=post.pk).update(words="Smuggled in.")
    for place in (reverse("social"), reverse("social-atom"), reverse("social-json")):
        assert b"Smuggled in" not in client.get(place).content
    assert client.get(reverse("social-post", args=[post.public_id])).status_code == 404


def many(sam: User, mo: User, count: int) -> None:
    for number in range(count):
        released(sam, mo, words=f"Thought number {number:02}.")


def test_page_and_feeds_are_in_order_and_page_by_page(sam: User, mo: User, client: Client) -> None:
    many(sam, mo, 12)
    root = ElementTree.fromstring(client.get(reverse("social-atom")).content)
    titles = [entry.findtext(f"{ATOM}title") for entry in root.findall(f"{ATOM}entry")]
    assert titles == [f"Thought number {number:02}." for number in range(11, 1, -1)]
    older = next(link.get("href") for link in root.findall(f"{ATOM}link") if link.get("rel") == "next")
    second = ElementTree.fromstring(client.get(older.removeprefix("http://localhost:8000")).content)
    assert [one.findtext(f"{ATOM}title") for one in second.findall(f"{ATOM}entry")] == [
        "Thought number 01.",
        "Thought number 00.",
    ]
    assert not [link for link in second.findall(f"{ATOM}link") if link.get("rel") == "next"]
    feed = json.loads(client.get(reverse("social-json")).content)
    assert [item["content_text"] for item in feed["items"]] == titles
    assert feed["next_url"].endswith("?page=2")
    assert "Thought number 01." in client.get(reverse("social") + "?page=2").content.decode()
    assert client.get(reverse("social") + "?page=²").status_code == 200


def test_every_picture_in_a_feed_has_its_words(sam: User, mo: User, client: Client) -> None:
    released(sam, mo)
    feed = json.loads(client.get(reverse("social-json")).content)
    item = feed["items"][0]
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert item["attachments"][0]["title"] == ALT
    assert f'alt="{ALT}"' in item["content_html"]
    assert item["image"].startswith("http")
    atom = client.get(reverse("social-atom"))
    assert "atom+xml" in atom["Content-Type"]
    assert ALT in atom.content.decode()


def test_the_pack_has_words_for_each_network_pictures_and_their_words(eve: User, sam: User, mo: User) -> None:
    post = released(sam, mo, link="/directory/")
    answer = signed_in(eve).get(reverse("social-pack", args=[post.public_id]))
    with zipfile.ZipFile(io.BytesIO(answer.content)) as file:
        assert sorted(file.namelist()) == [
            "pictures/1-alt-text.txt",
            "pictures/1-square.png",
            "pictures/1-wide.png",
            "read-me.txt",
            "words/instagram.txt",
            "words/x.txt",
        ]
        assert file.read("pictures/1-alt-text.txt").decode() == ALT
        assert file.read("words/x.txt").decode().endswith("/directory/")
        assert "Mo, a young person" in file.read("read-me.txt").decode()
        assert Image.open(io.BytesIO(file.read("pictures/1-wide.png"))).size == (1200, 630)
        alts = [name for name in file.namelist() if name.endswith("alt-text.txt")]
        pictures = {name.split("-")[0] for name in file.namelist() if name.endswith(".png")}
        assert len(alts) == len(pictures), "none leaves without alt text"


@pytest.mark.parametrize("state", ["draft", "waiting", "returned"])
def test_there_is_no_pack_before_the_yes(eve: User, sam: User, mo: User, state: str) -> None:
    post = written(sam) if state == "draft" else sent(sam)
    if state == "returned":
        post = social.claim(post, by=mo)
        social.ask_for_change(post, by=mo, seen=post.fingerprint(), words="Please change it.")
    assert fresh(post).state == state
    assert signed_in(eve).get(reverse("social-pack", args=[post.public_id])).status_code == 404


def test_a_link_to_it_looks_right_where_somebody_posts_it(sam: User, mo: User, client: Client) -> None:
    post = released(sam, mo)
    page = client.get(reverse("social-post", args=[post.public_id])).content.decode()
    for wanted in (
        'property="og:image" content="http',
        'name="twitter:card" content="summary_large_image"',
        f'content="{ALT}"',
    ):
        assert wanted in page


def test_bad_input_keeps_what_was_typed_and_changes_nothing(eve: User) -> None:
    writer = signed_in(eve)
    given = {
        "words": "A long thought.",
        "networks": ["myspace"],
        "link": "https://elsewhere.example/",
        "go_out_on": "soon",
    }
    answer = writer.post(reverse("social-write"), given)
    assert (answer.status_code, SocialPost.objects.count()) == (422, 0)
    assert b"A long thought." in answer.content
    past = writer.post(reverse("social-write"), given | {"networks": ["x"], "link": "", "go_out_on": "2020-01-01"})
    assert b"Choose today or a day to come." in past.content
    assert SocialPost.objects.count() == 0


@pytest.mark.parametrize("count", [1, 9])
def test_the_public_page_asks_the_same_however_many(
    sam: User, mo: User, client: Client, django_assert_max_num_queries, count: int
) -> None:
    many(sam, mo, count)
    with django_assert_max_num_queries(5):
        client.get(reverse("social"))
