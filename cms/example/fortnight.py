"""A fortnight of talk: threads, answers, what waits to be read, and who is on call."""

from __future__ import annotations

import datetime as dt
import tomllib
from pathlib import Path
from typing import Any

from peer import clock, sanitise
from peer.models import Membership, Post, SupportGroup, Thread

WORDS = tomllib.loads(Path(__file__).with_name("words.toml").read_text())
Names = dict[tuple[int, str], Membership]


def load_talk(groups: dict[str, SupportGroup]) -> None:
    """Write the fortnight as rows that people approved days ago; nothing of it sends a message today."""
    names = {(m.group_id, m.pseudonym): m for m in Membership.objects.filter(group__in=groups.values())}
    for told in WORDS["thread"]:
        _load_thread(told, groups[told["group"]], names)
    for waiting in sorted(WORDS["waiting"], key=lambda row: -row["minutes"]):
        _load_waiting(waiting, groups[waiting["group"]], names)
    for group in groups.values():
        SupportGroup.objects.filter(pk=group.pk).update(thread_count=group.threads.count())


def _load_thread(told: dict[str, Any], group: SupportGroup, names: Names) -> None:
    at = clock.now().replace(minute=5) - dt.timedelta(days=told["day"], hours=3)
    first = names[group.pk, told["posts"][0][0]]
    thread = Thread.objects.create(
        group=group, title=told["title"], started_by=first, started_at=at, post_count=len(told["posts"])
    )
    posts = []
    for number, (name, words) in enumerate(told["posts"]):
        at += dt.timedelta(minutes=11 + (len(words) * 7 + number * 13) % 95)
        posts.append(_post(thread, names[group.pk, name], words, at=at, title=told["title"] if number == 0 else ""))
    Post.objects.bulk_create(posts)
    Thread.objects.filter(pk=thread.pk).update(last_post_at=posts[-1].decided_at)


def _post(thread: Thread, author: Membership, words: str, *, at: dt.datetime, title: str) -> Post:
    html = sanitise.to_html(words)
    hashed = sanitise.content_hash(title, html)
    return Post(
        thread=thread,
        author=author,
        author_role=author.roles.values_list("role", flat=True)[0],
        body=words,
        html=html,
        content_hash=hashed,
        approved_hash=hashed,
        state=Post.State.APPROVED,
        created_at=at,
        submitted_at=at,
        decided_at=at + dt.timedelta(minutes=6),
    )


def _load_waiting(waiting: dict[str, Any], group: SupportGroup, names: Names) -> None:
    from peer.actions import talk  # noqa: PLC0415 - the real act, so that screening and lanes are the real ones

    author = names[group.pk, waiting["by"]]
    if author.user is None:
        raise ValueError(f"{author} has no account")
    thread = group.threads.get(title=waiting["thread"])
    with clock.at(clock.now() - dt.timedelta(minutes=waiting["minutes"])):
        talk.reply(thread, by=author.user, body=waiting["words"])
