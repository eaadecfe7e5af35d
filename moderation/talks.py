"""Talks that somebody of staff owes to those who check posts, as a part of acts that have already begun (W4)."""

from __future__ import annotations

import datetime as dt

from moderation import checking
from moderation.news import TalkOwed
from peer import clock
from peer.events import emit
from peer.models import PeerModerator, SupervisorTask, User
from peer.models.moderators import LOOK_AFTER
from peer.roles import Role

HOURS = {SupervisorTask.Why.TALK: "asked", SupervisorTask.Why.CHECK_IN: "met_risk", SupervisorTask.Why.SILENT: "silent"}


def owe(moderator: User, *, why: SupervisorTask.Why) -> SupervisorTask:
    """Let a talk be due: by their supervisor, or by any clinician where there is none now."""
    held = PeerModerator.objects.filter(user=moderator).select_related("supervisor").first()
    supervisor = held.supervisor if held is not None and held.is_looked_after() else None
    now, within = clock.now(), dt.timedelta(hours=checking.table()["talk"][HOURS[why]])
    task = SupervisorTask.objects.create(
        moderator=moderator,
        why=why,
        owner=supervisor,
        owner_role=role_of(supervisor),
        asked_at=now,
        due_at=now + within,
    )
    emit(TalkOwed(task))
    return task


def role_of(supervisor: User | None) -> Role:
    """Name the role in which somebody owes a talk."""
    return next((role for role in LOOK_AFTER if supervisor and supervisor.may_in_service(role)), Role.CLINICIAN)
