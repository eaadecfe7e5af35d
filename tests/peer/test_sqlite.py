"""SQLite as the demo runs it: rival writers wait their turn, and none is lost."""

from __future__ import annotations

import threading
import time

import pytest
from django.conf import settings
from django.db import connection, connections

from peer import gate
from peer.models import AuditEvent, SupportGroup
from peer.roles import Perm, Role
from tests.make import make_group, make_member

THREADS, EACH = 6, 40
ON_SQLITE = settings.DATABASES["default"]["ENGINE"].endswith("sqlite3")
pytestmark = pytest.mark.skipif(not ON_SQLITE, reason="speaks of SQLite")


@gate.action(Perm.FREEZE_GROUP)
def rename(group: SupportGroup, *, by: object, about: str) -> None:
    """Say something else about a group."""
    SupportGroup.objects.filter(pk=group.pk).update(about=about)


@pytest.mark.django_db(transaction=True)
def test_240_rival_writes_lose_none() -> None:
    group = make_group()
    mo = make_member(group=group, role=Role.PEER_MODERATOR).user
    errors: list[str] = []
    waits: list[float] = []

    def write(name: int) -> None:
        try:
            for number in range(EACH):
                began = time.monotonic()
                rename(group, by=mo, about=f"{name} {number}")
                waits.append(time.monotonic() - began)
        except Exception as problem:
            errors.append(repr(problem))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=write, args=(name,)) for name in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    assert errors == []
    assert AuditEvent.objects.count() == THREADS * EACH
    assert max(waits) < settings.DATABASES["default"]["OPTIONS"]["timeout"]


@pytest.mark.django_db
def test_it_writes_ahead_in_a_real_file() -> None:
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA journal_mode")
        assert cursor.fetchone() == ("wal",)
        cursor.execute("PRAGMA foreign_keys")
        assert cursor.fetchone() == (1,)
    assert str(connection.settings_dict["NAME"]).endswith(".sqlite3")
