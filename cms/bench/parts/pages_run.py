"""The child of `bench pages`: fills a database, counts the statements of each page, and tells how to ask for them."""

from __future__ import annotations

import json
import os
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cms.bench.parts.forum import Forum
    from peer.models import User

CSRF = "c" * 32
LOOK_FOR = "word42"
FLOOR = "django.contrib.auth.backends.ModelBackend"
LEFT_OUT = ("SAVEPOINT", "BEGIN", "COMMIT")  # transaction control
SIGNING_IN = ('"django_session"', 'FROM "peer_user"')  # not in the budget of a page


def main(*, posts: int, talking: int, **sizes: int) -> dict[str, object]:
    """Fill, count, and give the pages as addresses, who asks for them, and the cookies of both sites."""
    from cms.bench.parts.forum import Size, fill  # noqa: PLC0415 - settings come first

    forum = fill(Size(posts=posts, talking=talking, **sizes))
    pages = pages_of(forum)
    _floor_tables()
    people = people_of(forum)
    return {
        "pages": pages,
        "cookies": {name: _signed_in(user, "cms.accounts.Backend") for name, user in people.items()},
        "floor_cookies": {name: _signed_in(user, FLOOR) for name, user in people.items()},
        "sql": {name: count(page, people) for name, page in pages.items()},
    }


def people_of(forum: Forum) -> dict[str, User]:
    """Give those whose pages are asked for, by what they are here."""
    writers = {f"writer {number}": user for number, (user, _thread) in enumerate(forum.writers)}
    return {"reader": forum.reader, "moderator": forum.moderator} | writers


def pages_of(forum: Forum) -> dict[str, dict[str, Any]]:
    """Give each page by name: its address and who asks, or several of these by turns, and what a form is sent."""
    from django.urls import reverse  # noqa: PLC0415

    long, group = forum.long, forum.group
    last_post = long.posts.filter(state="approved").order_by("-pk")[20]
    last_thread = group.threads.order_by("last_post_at", "pk")[20]
    last_waiting = forum.waiting_from_behind(20)
    find = {"words": LOOK_FOR, "before": ""}
    return {
        "thread": {"path": forum.thread.get_absolute_url(), "who": "reader"},
        "thread_first": {"path": long.get_absolute_url(), "who": "reader"},
        "thread_last": {"path": f"{long.get_absolute_url()}?after={last_post.pk}", "who": "reader"},
        "group": {"path": group.get_absolute_url(), "who": "reader"},
        "group_last": {
            "path": f"{group.get_absolute_url()}?before={last_thread.last_post_at.timestamp():.6f}-{last_thread.pk}",
            "who": "reader",
        },
        "my_groups": {"path": reverse("groups-index"), "who": "reader"},
        "queue": {"path": reverse("queue-list"), "who": "moderator"},
        "queue_last": {"path": f"{reverse('queue-list')}?after={last_waiting}", "who": "moderator"},
        "search": {"path": reverse("talk-find"), "who": "reader", "form": find, "status": 200},
        "reply": {
            "turns": [
                {"path": reverse("talk-reply", args=[thread.public_id]), "who": f"writer {number}"}
                for number, (_user, thread) in enumerate(forum.writers)
            ],
            "form": {"body": "I know that feeling well. What helps me is a slow walk. " * 8, "send": "1"},
            "status": 302,
        },
    }


def _floor_tables() -> None:
    """Make the two tables that only the floor has."""
    from django.db import connection  # noqa: PLC0415

    with connection.cursor() as cursor:
        for table, moment in (("floor_outgoing", "due_at"), ("floor_trail", "at")):
            cursor.execute(
                f"CREATE TABLE IF NOT EXISTS {table} (id bigserial PRIMARY KEY, {moment} timestamptz NOT NULL,"
                " post_id bigint NOT NULL REFERENCES peer_post ON DELETE CASCADE)"
            )


def _signed_in(user: User, backend: str) -> str:
    """Begin a session as signing in does, and give the header that carries it."""
    from django.conf import settings  # noqa: PLC0415
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY  # noqa: PLC0415
    from django.contrib.sessions.backends.db import SessionStore  # noqa: PLC0415

    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = backend
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return f"{settings.SESSION_COOKIE_NAME}={session.session_key}; {settings.CSRF_COOKIE_NAME}={CSRF}"


def turns_of(page: dict[str, Any]) -> list[dict[str, str]]:
    """Give the addresses of a page, each with who asks: mostly one."""
    turns: list[dict[str, str]] = page.get("turns", [page])
    return turns


def count(page: dict[str, Any], people: dict[str, User]) -> dict[str, int]:
    """Count the statements of a page: its own, and with those that say who asks."""
    from django.db import connection  # noqa: PLC0415
    from django.test import Client  # noqa: PLC0415
    from django.test.utils import CaptureQueriesContext  # noqa: PLC0415

    turn, said = turns_of(page)[0], list[str]()
    client = Client(headers={"host": "localhost"})
    client.force_login(people[turn["who"]])
    for _time in range(2):  # the first learns what a process keeps, and writes what was read
        with CaptureQueriesContext(connection) as queries:
            form = page.get("form")
            answer = client.get(turn["path"]) if form is None else client.post(turn["path"], form)
        if answer.status_code != page.get("status", 200):
            raise RuntimeError(f"{turn['path']} answered {answer.status_code}.")
        said = [row["sql"] for row in queries if not row["sql"].startswith(LEFT_OUT) and "SAVEPOINT" not in row["sql"]]
    own = [sql for sql in said if not any(mark in sql for mark in SIGNING_IN)]
    return {"own": len(own), "whole": len(said)}


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cms.settings")
    import django

    django.setup()
    sys.stdout.write(json.dumps(main(**json.loads(sys.argv[1]))) + "\n")
