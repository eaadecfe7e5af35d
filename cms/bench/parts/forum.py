"""A service that has run for months, written by SQL in seconds: groups, people, threads, posts, and what waits."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import Permission
from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from django.db.models import Model

from peer import clock
from peer.models import (
    Duty,
    GroupProtocol,
    Membership,
    MembershipRole,
    PeerModerator,
    Person,
    Post,
    ProtocolAcceptance,
    ReadMark,
    ServiceRole,
    SupportGroup,
    SupportGroupUserPermission,
    Thread,
    User,
)
from peer.roles import Role, group_perms

IN_EACH, OF_EACH = 20, 20  # posts in a thread; groups of a person
A_DAY = 5  # posts that a group shows a day: an older service has more of them, a livelier one would too
WRITERS = 16  # by turns, so that no reply waits for the rows that another one of the same person holds
STEP = 10  # the groups of a person lie that far apart
SHARED = (
    "the 'quick' and kind words about waiting school sleep friends music rain walk talk quiet garden letter morning"
)
TABLES: tuple[type[Model], ...] = (
    *(Person, User, SupportGroup, GroupProtocol, ProtocolAcceptance, Membership, MembershipRole),
    *(SupportGroupUserPermission, PeerModerator, Duty, Thread, Post, ReadMark),
)

BODIES = 3_000  # different ones, of 60 words: half from a few that everybody uses, half from 3,000

# Who writes in which group by turns, the words of the posts, and which post goes into which thread, and when.
BEFORE = (
    """
    CREATE TEMPORARY TABLE author ON COMMIT DROP AS
    SELECT m.group_id, m.id, row_number() OVER (PARTITION BY m.group_id ORDER BY m.id) - 1 AS turn
    FROM peer_membership AS m JOIN place ON place.user_id = m.user_id AND place.group_id = m.group_id
    WHERE place.role = 'young_person'
    """,
    """
    CREATE TEMPORARY TABLE words ON COMMIT DROP AS
    SELECT n, (
        SELECT string_agg(
            CASE WHEN w %% 2 = 0 THEN 'word' || (n * 7919 + w * 104729) %% 3000
                ELSE split_part(%(shared)s, ' ', w %% 17 + 1) END, ' ')
        FROM generate_series(1, 60) AS w
    ) AS text
    FROM generate_series(0, %(bodies)s - 1) AS n
    """,
    """
    CREATE TEMPORARY TABLE shown ON COMMIT DROP AS
    SELECT n, n %% %(talking)s + %(first)s AS g,
        n %% %(talking)s + (n / (%(talking)s * %(in_each)s)) * %(talking)s AS t,
        %(now)s - (%(posts)s - n) * %(gap)s AS at
    FROM generate_series(0, %(posts)s - 1) AS n
    """,
    "CREATE UNIQUE INDEX ON author (group_id, turn)",
    "ANALYZE author",
    "ANALYZE words",
    "ANALYZE shown",
)
THREADS = """
    INSERT INTO peer_thread (public_id, group_id, title, started_by_id, is_room, post_count, started_at, last_post_at)
    SELECT 'bench-' || t, g, 'About number ' || t, author.id, false, count(*), min(at), max(at)
    FROM shown JOIN author ON author.group_id = g AND author.turn = 0
    GROUP BY t, g, author.id ORDER BY t
"""
LONG_THREAD = """
    INSERT INTO peer_thread (public_id, group_id, title, started_by_id, is_room, post_count, started_at, last_post_at)
    SELECT 'bench-long', %(first)s, 'A long one', id, false, %(long)s, %(now)s, %(now)s - interval '1 hour'
    FROM author WHERE group_id = %(first)s AND turn = 0
"""
POSTS = """
    INSERT INTO peer_post (
        public_id, thread_id, author_id, body, html, content_hash, approved_hash, findings, author_role,
        note_to_author, adults_only, keys_needed, content_note, created_at, submitted_at, decided_at,
        state, level, owner_role, due_at
    )
    SELECT '{kind}-' || rows.n, thread, author.id, body, '<p>' || body || '</p>', md5(body), {hash}, '[]',
        'young_person', '', FALSE, 1, '', at, at, {decided}, {state}
    FROM ({rows}) AS rows
    JOIN author ON author.group_id = rows.g AND author.turn = rows.n %% %(writers)s
    JOIN (SELECT n, text AS body FROM words) AS words ON words.n = rows.n %% %(bodies)s
    ORDER BY rows.n
"""
ORDINARY = "SELECT n, g, at, peer_thread.id AS thread FROM shown JOIN peer_thread ON public_id = 'bench-' || t"
LENGTHY = """
    SELECT n, %(first)s AS g, %(now)s - (%(long)s - n) * interval '1 minute' - interval '1 hour' AS at,
        (SELECT id FROM peer_thread WHERE public_id = 'bench-long') AS thread
    FROM generate_series(0, %(long)s - 1) AS n
"""
WAITING = """
    SELECT n, peer_thread.group_id AS g, %(now)s - (%(pending)s - n) * interval '1 second' AS at,
        peer_thread.id AS thread
    FROM generate_series(0, %(pending)s - 1) AS n JOIN peer_thread ON public_id = 'bench-' || n %% %(threads)s
"""
COUNTERS = """
    UPDATE peer_supportgroup AS g SET thread_count = (SELECT count(*) FROM peer_thread WHERE group_id = g.id)
"""


@dataclass(frozen=True)
class Size:
    """How much there is: groups that talk, of all there are, and the posts shown in them."""

    posts: int
    talking: int
    groups: int = 200
    people: int = 500
    long: int = 10_000  # posts of one long thread
    pending: int = 5_000

    @property
    def threads(self) -> int:
        """Count the ordinary threads."""
        return self.posts // IN_EACH


@dataclass(frozen=True)
class Forum:
    """The people whose pages are measured, a group they share, an ordinary thread of it and a long one."""

    reader: User
    moderator: User
    group: SupportGroup
    thread: Thread
    long: Thread
    writers: list[tuple[User, Thread]]  # each has a thread to answer in, in a group of their own

    def waiting_from_behind(self, count: int) -> int:
        """Give the key of the post behind which so many others wait."""
        return Post.objects.filter(state=Post.State.PENDING).order_by("-pk").values_list("pk", flat=True)[count]


@transaction.atomic  # noqa: TID251 - rows of a bench, which no gate guards
def fill(size: Size) -> Forum:
    """Fill an empty database in one transaction; every group is open, covered and has somebody who checks posts."""
    now = clock.now()
    users = _people(size.people + 3)
    *members, reader, moderator, clinician = users
    Person.objects.filter(user=clinician).update(kind=Person.Kind.STAFF)
    groups = SupportGroup.objects.bulk_create(
        SupportGroup(
            title=f"Group {number:03}",
            about="For people who wait, and like to talk about other things too.",
            state=SupportGroup.State.OPEN,
            opens=dt.time(0),
            closes=dt.time(23, 59, 59),
        )
        for number in range(size.groups)
    )
    GroupProtocol.objects.bulk_create(
        GroupProtocol(group=group, version=1, treated="Well", listened="Always", accepted="Yes", published_at=now)
        for group in groups
    )
    places: list[tuple[User, SupportGroup, Role]] = []
    for number, user in enumerate(members):
        own = [groups[(number + step * STEP) % size.groups] for step in range(min(OF_EACH, size.groups // STEP))]
        places += [(user, group, Role.YOUNG_PERSON) for group in own]
    places += [(reader, group, Role.YOUNG_PERSON) for group in groups[:OF_EACH]]
    places += [(moderator, group, Role.PEER_MODERATOR) for group in groups]
    places += [(clinician, group, Role.CLINICIAN) for group in groups]
    _let_in(places, at=now - dt.timedelta(days=1_000))
    PeerModerator.objects.create(
        user=moderator, supervisor=clinician, trained_on=clock.today(), practised_at=now, confirmed=10
    )
    ServiceRole.objects.create(user=clinician, role=Role.SERVICE_MANAGER)
    begun, ends = now - dt.timedelta(hours=1), now + dt.timedelta(hours=12)
    Duty.objects.bulk_create(Duty(group=group, user=clinician, from_at=begun, until_at=ends) for group in groups)
    _talk(size, groups, now=now)
    _read(reader, now=now)
    _settle()
    long = Thread.objects.get(title="A long one")
    threads = Thread.objects.exclude(pk=long.pk).order_by("-last_post_at", "-pk")
    inside = groups[: min(WRITERS, size.talking)]  # of the groups that talk, person by person the first they are in
    writers = [(members[number], threads.filter(group=group)[4]) for number, group in enumerate(inside)]
    return Forum(reader, moderator, groups[0], threads.filter(group=groups[0])[3], long, writers)


def _people(count: int) -> list[User]:
    persons = Person.objects.bulk_create(
        Person(kind=Person.Kind.YOUNG_PERSON, given_name=f"Person {number}", born_on=dt.date(2005, 1, 1))
        for number in range(count)
    )
    made = (User(handle=f"person-{person.pk}", person=person, display_name=person.given_name) for person in persons)
    return User.objects.bulk_create(made)


def _let_in(places: list[tuple[User, SupportGroup, Role]], *, at: dt.datetime) -> None:
    """Let people into groups in a role, with the rights it brings and their yes to how we treat each other."""
    codenames = {role: group_perms(role) for role in {role for _user, _group, role in places}}
    perms = dict(Permission.objects.filter(content_type__app_label="peer").values_list("codename", "pk"))
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE place (user_id bigint, group_id bigint, role text) ON COMMIT DROP")
        with cursor.copy("COPY place FROM STDIN") as rows:
            for user, group, role in places:
                rows.write_row((user.pk, group.pk, str(role)))
        cursor.execute(
            "INSERT INTO peer_membership (public_id, group_id, person_id, user_id, pseudonym, skeleton, colour, state,"
            " posts_approved, joined_at) SELECT 'bench-' || row_number() OVER (), group_id, person_id, user_id,"
            " 'Name ' || user_id, 'name ' || user_id, user_id %% 12, 'active', 100, %s"
            " FROM place JOIN peer_user ON peer_user.id = user_id",
            [at],
        )
        cursor.execute(
            "INSERT INTO peer_protocolacceptance (protocol_id, user_id, at) SELECT peer_groupprotocol.id, user_id, %s"
            " FROM place JOIN peer_groupprotocol USING (group_id)",
            [at],
        )
        cursor.execute(
            "INSERT INTO peer_membershiprole (membership_id, role, from_at) SELECT peer_membership.id, role, %s"
            " FROM peer_membership JOIN place USING (user_id, group_id)",
            [at],
        )
        for role, names in codenames.items():
            cursor.execute(
                "INSERT INTO peer_supportgroupuserpermission (user_id, content_object_id, permission_id)"
                " SELECT user_id, group_id, perm FROM place, unnest(%s::int[]) AS perm WHERE role = %s",
                [sorted(perms[name] for name in names), str(role)],
            )


def _talk(size: Size, groups: list[SupportGroup], *, now: dt.datetime) -> None:
    """Write threads, the posts in them, one long thread in the first group, and the posts that wait."""
    given: dict[str, Any] = {
        "now": now,
        "gap": dt.timedelta(days=1) / A_DAY / size.talking,  # between two posts of the whole service
        "first": groups[0].pk,
        "talking": size.talking,
        "in_each": IN_EACH,
        "posts": size.posts,
        "threads": size.threads,
        "long": size.long,
        "pending": size.pending,
        "shared": SHARED,
        "bodies": BODIES,
        "writers": size.people // STEP,
    }
    shown = {"hash": "md5(body)", "decided": "at", "state": "'approved', '', 'peer_moderator', NULL::timestamptz"}
    waits = {
        "hash": "''",
        "decided": "NULL",
        "state": "'pending', '', 'peer_moderator', %(now)s + interval '4 hours'",
    }
    with connection.cursor() as cursor, _without_full_text(cursor):
        for statement in (*BEFORE, THREADS, LONG_THREAD):
            cursor.execute(statement, given)
        cursor.execute(POSTS.format(kind="o", rows=ORDINARY, **shown), given)
        cursor.execute(POSTS.format(kind="l", rows=LENGTHY, **shown), given)
        cursor.execute(POSTS.format(kind="w", rows=WAITING, **waits), given)
        cursor.execute(COUNTERS)


@contextmanager
def _without_full_text(cursor: CursorWrapper) -> Iterator[None]:
    """Make the index of words once, at the end: that takes seconds, row by row it takes minutes."""
    cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # an index cannot be made over checks that wait
    cursor.execute("SELECT pg_get_indexdef('post_words'::regclass)")
    (made_by,) = cursor.fetchone()
    cursor.execute("DROP INDEX post_words")
    yield
    cursor.execute(made_by)


def _read(reader: User, *, now: dt.datetime) -> None:
    """Let the reader have read everything up to yesterday."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO peer_readmark (membership_id, thread_id, seen_at)"
            " SELECT m.id, t.id, LEAST(t.last_post_at, %s - interval '1 day') FROM peer_thread AS t"
            " JOIN peer_membership AS m USING (group_id) WHERE m.user_id = %s",
            [now, reader.pk],
        )


def _settle() -> None:
    """Let the database know what it holds, as it does by itself in a running service."""
    with connection.cursor() as cursor:
        for model in TABLES:
            cursor.execute(f"ANALYZE {model._meta.db_table}")
