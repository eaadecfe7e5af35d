"""What people do after a death in a group: tell it, look in on each other, settle what becomes of the words (U6)."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext as _

from peer import clock, endings
from peer.gate import action
from peer.models import AftermathTask, Post, User
from peer.roles import Perm, Role
from peer.states import RuleBroken

Kind, State, Words = AftermathTask.Kind, AftermathTask.State, AftermathTask.Words


@action(Perm.CARE_AFTER_DEATH)
def done(task: AftermathTask, *, by: User, note: str) -> AftermathTask:
    """Write down that the group was told, or how somebody is."""
    if task.kind == Kind.WORDS:
        raise RuleBroken(_("Say what the family wishes for the words."))
    if task.about.is_own(by):
        raise RuleBroken(_("Somebody else looks in on you. Please let them."))
    _check(note)
    task.move_to(State.DONE, note=note, done_by=by, done_at=clock.now(), due_at=None)
    return task


@action(Perm.CARE_AFTER_DEATH)
def decide_words(task: AftermathTask, *, by: User, words: str, note: str) -> AftermathTask:
    """Keep or hide the words of the person who died, as family and clinician wish; never by itself."""
    if task.kind != Kind.WORDS or words not in Words.values:
        raise RuleBroken(_("Say what the family wishes for the words."))
    _check(note)
    task.move_to(State.DONE, words=words, note=note, done_by=by, done_at=clock.now(), due_at=None)
    if words == Words.HIDE:
        for post in Post.objects.filter(author=task.about, state=Post.State.APPROVED):
            due_at = clock.now() + dt.timedelta(hours=endings.number("after_death", "words"))
            post.move_to(Post.State.HIDDEN, owner_role=Role.CLINICIAN, due_at=due_at)
    return task


@action(Perm.CARE_AFTER_DEATH)
def hand_on(task: AftermathTask, *, by: User, to: User) -> AftermathTask:
    """Hand a task on to a colleague, who owns it from now on; its time stays."""
    if task.state != State.OPEN:
        raise RuleBroken(_("This is done already."))
    if task.kind == Kind.CHECK_IN and task.about.is_own(to):
        raise RuleBroken(_("Nobody looks in on themselves. Choose somebody else."))
    task.owner, task.owner_role = to, Role.CLINICIAN
    task.save(update_fields=["owner", "owner_role"])
    return task


def _check(note: str) -> None:
    if not note.strip():
        raise RuleBroken(_("Write down what you did, in a few words."))
