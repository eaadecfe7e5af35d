"""News: every handler at once, inside the transaction of the act that made it."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from peer import gate, news
from peer.events import emit, handlers, on
from peer.models import AuditEvent, SupportGroup
from peer.roles import Perm, Role
from tests.make import make_group, make_member


@dataclass(frozen=True)
class Rang:
    """A bell rang."""

    group: SupportGroup


@gate.action(Perm.FREEZE_GROUP)
def pause_and_ring(group: SupportGroup, *, by: object) -> None:
    """Pause a group and say so."""
    group.move_to(SupportGroup.State.FROZEN)
    emit(Rang(group))


def test_every_handler_hears_the_news_in_the_order_they_came() -> None:
    heard: list[str] = []
    on(Rang)(lambda _news: heard.append("first"))
    on(Rang)(lambda _news: heard.append("second"))
    try:
        emit(Rang(SupportGroup()))
    finally:
        _forget()
    assert heard == ["first", "second"]


def test_a_handler_registered_twice_hears_once() -> None:
    heard: list[Rang] = []
    on(Rang)(heard.append)
    on(Rang)(heard.append)
    try:
        emit(Rang(SupportGroup()))
    finally:
        _forget()
    assert len(heard) == 1


@pytest.mark.django_db
def test_a_handler_that_fails_takes_the_act_with_it() -> None:
    def fail(_news: Rang) -> None:
        raise OSError("no paper")

    group = make_group()
    mo = make_member(group=group, role=Role.PEER_MODERATOR).user
    on(Rang)(fail)
    try:
        with pytest.raises(OSError, match="no paper"):
            pause_and_ring(group, by=mo)
    finally:
        _forget()
    group.refresh_from_db()
    assert group.state == SupportGroup.State.OPEN
    assert not AuditEvent.objects.exists()


def test_news_of_one_kind_reaches_no_other() -> None:
    assert Rang not in {kind for kind in vars(news).values() if isinstance(kind, type)}
    assert handlers(Rang) == ()


def _forget() -> None:
    from peer import events

    events._handlers.pop(Rang, None)
