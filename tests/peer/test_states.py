"""States: only along the table, only one winner, the same on both databases."""

from __future__ import annotations

import threading
from collections import Counter

import pytest
from django.db import DatabaseError, connection, connections, transaction
from django.test.utils import CaptureQueriesContext

from peer import clock, gate
from peer.models import AuditEvent, Post, SupportGroup
from peer.roles import Perm, Role
from peer.states import IllegalMove, StaleMove, open_moves
from tests.make import make_group, make_member, make_post


@gate.action(Perm.FREEZE_GROUP)
def pause(group: SupportGroup, *, by: object) -> SupportGroup:
    """Pause a group."""
    group.move_to(SupportGroup.State.FROZEN)
    return group


@pytest.mark.django_db
def test_a_step_that_is_not_in_the_table_is_refused() -> None:
    group = make_group(state="closed")
    with pytest.raises(IllegalMove):
        group.move_to(SupportGroup.State.OPEN)


@pytest.mark.django_db
def test_the_second_to_move_a_row_is_told_so_and_changes_nothing() -> None:
    group = make_group()
    other_hand = SupportGroup.objects.get(pk=group.pk)
    group.move_to(SupportGroup.State.FROZEN)
    with pytest.raises(StaleMove):
        other_hand.move_to(SupportGroup.State.CLOSED)
    group.refresh_from_db()
    assert group.state == SupportGroup.State.FROZEN


@pytest.mark.django_db
def test_what_changes_with_the_move_is_written_in_the_same_statement() -> None:
    group = make_group()
    group.move_to(SupportGroup.State.FROZEN, about="A pause")
    assert group.about == SupportGroup.objects.get(pk=group.pk).about == "A pause"


@pytest.mark.django_db
def test_a_row_that_is_not_kept_yet_is_kept_where_it_goes_in_one_statement_and_the_trail_says_so() -> None:
    author = make_member(group=make_group())
    thread = make_post(author=author).thread
    post = Post(thread=thread, author=author, body="Kind words", due_at=clock.now(), owner_role=Role.PEER_MODERATOR)
    token = open_moves.set(moves := [])
    try:
        with CaptureQueriesContext(connection) as asked:
            post.move_to(Post.State.PENDING, submitted_at=clock.now())
    finally:
        open_moves.reset(token)
    assert [row["sql"].split()[0] for row in asked] == ["INSERT"]
    assert Post.objects.get(pk=post.pk).state == Post.State.PENDING
    assert moves == [{"kind": "peer.post", "pk": post.pk, "from_": "draft", "to": "pending"}]
    with pytest.raises(IllegalMove):
        Post(thread=thread, author=author, body="Words").move_to(Post.State.APPROVED)


@pytest.mark.django_db
def test_the_database_refuses_a_state_nobody_knows() -> None:
    group = make_group()
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE peer_supportgroup SET state = 'gone' WHERE id = %s", [group.pk])


def _twenty_rivals(act) -> Counter[str]:
    """Let twenty threads, each with its own connection, do the same thing at the same moment."""
    start, ends, errors = threading.Barrier(20), Counter(), []

    def rival() -> None:
        try:
            start.wait(timeout=20)
            act()
            ends["won"] += 1
        except StaleMove:
            ends["stale"] += 1
        except gate.AlreadyDone:
            ends["already done"] += 1
        except Exception as problem:
            errors.append(repr(problem))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=rival) for _number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert errors == []
    return ends


def one_winner_of_twenty() -> None:
    group = make_group()
    mo = make_member(group=group, role=Role.PEER_MODERATOR).user
    ends = _twenty_rivals(lambda: pause(SupportGroup(pk=group.pk, state=SupportGroup.State.OPEN), by=mo))
    assert ends == {"won": 1, "stale": 19}
    assert AuditEvent.objects.count() == 1


def one_effect_of_twenty_presses() -> None:
    group = make_group()
    mo = make_member(group=group, role=Role.PEER_MODERATOR).user

    def press() -> None:
        token = gate.request.set(gate.Request(nonce="the same form"))
        try:
            pause(SupportGroup(pk=group.pk, state=SupportGroup.State.OPEN), by=mo)
        finally:
            gate.request.reset(token)

    assert _twenty_rivals(press) == {"won": 1, "already done": 19}
    assert AuditEvent.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_twenty_rivals_on_one_row_have_one_winner() -> None:
    one_winner_of_twenty()


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_twenty_rivals_on_one_row_have_one_winner_on_postgresql() -> None:
    one_winner_of_twenty()


@pytest.mark.django_db(transaction=True)
def test_the_same_form_pressed_twenty_times_counts_once() -> None:
    one_effect_of_twenty_presses()


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_the_same_form_pressed_twenty_times_counts_once_on_postgresql() -> None:
    one_effect_of_twenty_presses()
