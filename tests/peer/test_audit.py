"""The trail is written once: Python refuses to change it, and on PostgreSQL so does the database."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection, transaction

from peer import clock
from peer.models import AuditEvent
from peer.states import IllegalMove, purge

pytestmark = pytest.mark.django_db


def make_event() -> AuditEvent:
    return AuditEvent.objects.create(at=clock.now(), action="a.b", as_role="own", target_kind="peer.post")


def test_a_row_of_the_trail_cannot_be_saved_again() -> None:
    event = make_event()
    event.action = "other"
    with pytest.raises(IllegalMove):
        event.save()


def test_a_row_of_the_trail_cannot_be_deleted() -> None:
    with pytest.raises(IllegalMove):
        make_event().delete()


@pytest.mark.parametrize("change", [lambda rows: rows.update(action="other"), lambda rows: rows.delete()])
def test_the_trail_cannot_be_changed_in_bulk(change) -> None:
    make_event()
    with pytest.raises(IllegalMove):
        change(AuditEvent.objects.all())


def test_retention_may_purge_it() -> None:
    event = make_event()
    with purge():
        event.delete()
    assert not AuditEvent.objects.exists()


@pytest.mark.postgres
@pytest.mark.parametrize("sql", ["UPDATE peer_auditevent SET action = 'other'", "DELETE FROM peer_auditevent"])
def test_postgresql_refuses_what_goes_round_python(sql: str) -> None:
    make_event()
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
    assert AuditEvent.objects.get().action == "a.b"


@pytest.mark.postgres
def test_postgresql_lets_retention_delete_but_never_change() -> None:
    event = make_event()
    with purge():
        event.delete()
        make_event()
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("UPDATE peer_auditevent SET action = 'other'")


@pytest.mark.postgres
def test_after_a_purge_postgresql_refuses_again() -> None:
    with purge():
        pass
    make_event()
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM peer_auditevent")
