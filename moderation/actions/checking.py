"""Before the first real post, topics to stay away from, and what somebody says after a turn (U14, W2)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from django.utils.translation import gettext as _

from moderation import checking, talks
from moderation.models import AvoidedTopic, CheckingTurn, PracticeAnswer, ShiftDebrief
from peer import clock
from peer.gate import action
from peer.models import PeerModerator, SupervisorTask, User
from peer.roles import Perm
from peer.states import RuleBroken


@action(Perm.TAKE_BREAK)
def practise(user: User, *, by: User, key: str, kind: str) -> PracticeAnswer:
    """Say what one would do with an invented post; once each has a fitting answer, practice is done."""
    invented = checking.practice()[key]
    answer = PracticeAnswer.objects.create(user=user, key=key, kind=kind, fits=kind in invented.right, at=clock.now())
    if not checking.left_to_practise(user):
        begun, _is_new = PeerModerator.objects.get_or_create(user=user)
        PeerModerator.objects.filter(pk=begun.pk, practised_at=None).update(practised_at=clock.now())
    return answer


@action(Perm.TAKE_BREAK)
def stay_away(user: User, *, by: User, topics: Collection[str]) -> User:
    """Choose what one does not want to read about; such posts are not offered, and nobody asks why (B9)."""
    user.avoided_topics.exclude(topic__in=topics).delete()
    held = set(user.avoided_topics.values_list("topic", flat=True))
    AvoidedTopic.objects.bulk_create(AvoidedTopic(user=user, topic=topic) for topic in sorted(set(topics) - held))
    return user


@action(Perm.TAKE_BREAK)
def say_how_it_was(turn: CheckingTurn, *, by: User, felt: str, stays: bool, wants_talk: bool) -> ShiftDebrief:
    """Say how a turn was, once; who asks for somebody to talk to is talked to within a day."""
    if ShiftDebrief.objects.filter(turn=turn).exists():
        raise RuleBroken(_("You told us how this one was. Thank you."))
    said: ShiftDebrief = ShiftDebrief.objects.create(
        turn=turn, felt=felt, stays=stays, wants_talk=wants_talk, at=clock.now()
    )
    if wants_talk:
        talks.owe(by, why=SupervisorTask.Why.TALK)
    return said


@action(Perm.LOOK_AFTER_MODERATORS)
def write_down(moderator: User, *, by: User, trained_on: dt.date, supervisor: User) -> PeerModerator:
    """Write down when somebody was trained, and who of staff looks after them."""
    if moderator in {by, supervisor}:
        raise RuleBroken(_("Nobody looks after themselves. Choose a colleague."))
    if trained_on > clock.today():
        raise RuleBroken(_("Write down the training once it has been."))
    if not checking.supervisors().filter(pk=supervisor.pk).exists():
        raise RuleBroken(_("A supervisor is a clinician or a service manager who works here now."))
    begun, _is_new = PeerModerator.objects.update_or_create(
        user=moderator, defaults={"trained_on": trained_on, "supervisor": supervisor}
    )
    for owed in SupervisorTask.objects.open().filter(moderator=moderator):
        owed.owner, owed.owner_role = supervisor, talks.role_of(supervisor)
        owed.save(update_fields=["owner", "owner_role"])
    return begun


@action(Perm.LOOK_AFTER_MODERATORS)
def talked(task: SupervisorTask, *, by: User) -> SupervisorTask:
    """Write down that two people have spoken."""
    task.move_to(SupervisorTask.State.DONE, due_at=None, done_at=clock.now())
    return task
