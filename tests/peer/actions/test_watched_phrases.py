"""Words that a group's clinicians watch for: whole words, that group alone, a line for each change, never a no."""

from __future__ import annotations

import pytest
from django.test import Client

from moderation.models import Escalation
from peer import clock, gate, screening
from peer.actions import talk, watched_phrases
from peer.models import Post, SupportGroup, User, WatchedPhrase
from peer.roles import Role
from peer.screening import Level
from peer.states import IllegalMove, RuleBroken
from tests.make import make_duty, make_group, make_member, make_open_group

pytestmark = pytest.mark.django_db


def on_call(group: SupportGroup) -> User:
    lee = make_member(group=group, role=Role.CLINICIAN).user
    assert lee
    make_duty(group=group, user=lee)
    return lee


def write(group: SupportGroup, body: str) -> Post:
    return talk.start_thread(group, by=make_member(group=group).user, title="Hello", body=body)


@pytest.mark.parametrize(
    ("phrase", "text", "found"),
    [
        ("the old bridge", "I walked to The Old   Bridge today", True),
        ("the old bridge", "the old bridges are nice", False),
        ("bridge", "Cambridge is far", False),
        ("old ... bridge", "that old and rusty bridge", True),
        ("dont wait", "I don’t wait any more", True),
        ("a.b+c", "say a b c to me", False),
    ],
)
def test_a_phrase_matches_whole_words(phrase: str, text: str, found: bool) -> None:
    assert bool(screening.screen(text, watched={phrase: Level.AMBER}).level) == found


@pytest.mark.parametrize("level", [Level.AMBER, Level.RED])
def test_a_post_with_a_watched_phrase_goes_to_the_clinician_of_that_group_alone(level: Level) -> None:
    lantern, harbour = make_open_group(title="Lantern"), make_open_group(title="Harbour")
    watched_phrases.watch(lantern, by=on_call(lantern), phrase="The  old BRIDGE", level=level)
    here, there = write(lantern, "Meet the sky at the old bridge."), write(harbour, "Meet the sky at the old bridge.")
    assert (here.state, here.level) == ("held_risk", level), "kept for a person, never refused"
    assert (there.state, there.level) == ("pending", "")
    assert Escalation.objects.get().level == level


def test_the_newest_line_counts_and_none_is_rubbed_out() -> None:
    group = make_open_group()
    lee = on_call(group)
    watched_phrases.watch(group, by=lee, phrase="the old bridge", level=Level.AMBER)
    with pytest.raises(RuleBroken, match="already"):
        watched_phrases.watch(group, by=lee, phrase="The Old Bridge", level=Level.AMBER)
    watched_phrases.watch(group, by=lee, phrase="the old bridge", level=Level.RED)
    assert WatchedPhrase.objects.watched(group) == {"the old bridge": Level.RED}
    watched_phrases.drop(group, by=lee, phrase="the old bridge")
    assert WatchedPhrase.objects.watched(group) == {}
    with pytest.raises(RuleBroken):
        watched_phrases.drop(group, by=lee, phrase="the old bridge")
    assert write(group, "At the old bridge.").state == "pending"
    assert [(line.by, line.level) for line in WatchedPhrase.objects.of(group)] == [
        (lee, ""),
        (lee, "red"),
        (lee, "amber"),
    ]
    with pytest.raises(IllegalMove):
        WatchedPhrase.objects.all().delete()
    with pytest.raises(IllegalMove):
        WatchedPhrase.objects.update(phrase="other")


@pytest.mark.parametrize("phrase", ["", " ", "x", "…!", "...", "word ... ", "--"])
def test_what_is_no_phrase_is_refused(phrase: str) -> None:
    group = make_open_group()
    with pytest.raises(RuleBroken):
        watched_phrases.watch(group, by=on_call(group), phrase=phrase, level=Level.AMBER)


def test_only_a_clinician_on_duty_here_keeps_them() -> None:
    group = make_group()
    lee, elsewhere = on_call(group), on_call(make_group(title="Elsewhere"))
    mo = make_member(group=group, role=Role.PEER_MODERATOR).user
    for other in (elsewhere, mo):
        with pytest.raises(gate.NotAllowed):
            watched_phrases.watch(group, by=other, phrase="the old bridge", level=Level.AMBER)
    lee.duties.update(until_at=clock.now())
    with pytest.raises(gate.NotAllowed):
        watched_phrases.watch(group, by=lee, phrase="the old bridge", level=Level.AMBER)


def test_a_hundred_long_phrases_are_read_in_time() -> None:
    watched = {f"{'long word ' * 4}number {number}": Level.AMBER for number in range(watched_phrases.MOST)}
    found = screening.screen("long word " * 400, watched=watched)
    assert [one.kind for one in found.findings] == []


def page(client: Client, address: str) -> str:
    return " ".join(client.get(address).content.decode().split())


def test_the_page_keeps_tries_and_drops() -> None:
    group = make_open_group()
    client = Client()
    client.force_login(on_call(group))
    address = f"/staff/groups/{group.public_id}/phrases/"
    assert "None beside those of every group." in page(client, address)
    wrong = client.post(address, {"phrase": "…", "level": "amber"})
    assert wrong.status_code == 422
    assert "at least two letters" in wrong.content.decode()
    assert 'value="…"' in wrong.content.decode()
    client.post(address, {"phrase": "the old bridge", "level": "amber"})
    assert "the old bridge" in page(client, address)
    tried = client.post(f"{address}try/", {"text": "We go to the OLD bridge. I want to kill myself."}).content.decode()
    assert "“the OLD bridge” – amber" in tried
    assert "“kill myself” – red" in tried
    assert "We go to" in tried, "what was typed is kept in its box"
    assert not Post.objects.exists()
    assert "Nothing." in client.post(f"{address}try/", {"text": "A cat."}).content.decode()
    client.post(f"{address}drop/", {"phrase": "the old bridge"})
    assert "not watched for" in page(client, address)


def test_the_page_is_not_there_for_anybody_else() -> None:
    group = make_open_group()
    for user in (
        make_member(group=group, role=Role.PEER_MODERATOR).user,
        make_member(group=group, role=Role.CLINICIAN).user,
        on_call(make_group(title="Elsewhere")),
    ):
        client = Client()
        client.force_login(user)
        nowhere = client.get("/staff/nothing-here/").content
        for answer in (
            client.get(f"/staff/groups/{group.public_id}/phrases/"),
            client.get("/staff/groups/never-was/phrases/"),
        ):
            assert (answer.status_code, answer.content) == (404, nowhere)
        assert client.post(f"/staff/groups/{group.public_id}/phrases/try/", {"text": "x"}).status_code == 404
