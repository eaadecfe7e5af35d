"""Calls that a person makes: what came of each, and the number it proves or puts in doubt (U1, U2)."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict, dataclass
from typing import Any

from django.utils.translation import gettext as _

from notifications import consequences
from notifications.models import CallTask, Channel, ContactPoint, Notification, Sign
from peer import clock, workdays
from peer.events import emit
from peer.gate import System, action
from peer.models import ParentRelationship, Person, TimelineEntry, TriageDecision, User
from peer.news import DecisionTold
from peer.roles import Perm, Role

AGAIN_AFTER, PROVE_WITHIN = 1, 3  # working days until the next try, and until a new number is proved


@dataclass(frozen=True, kw_only=True)
class Wishes:
    """How somebody likes to be reached, asked at the first conversation (S94)."""

    preferred_channel: str = ContactPoint.Liked.TEXT
    language: str = "en"
    voicemail_allowed: bool = False
    safe_from: dt.time | None = None
    safe_to: dt.time | None = None


@action(Perm.KEEP_CONTACTS)
def ask(contact: ContactPoint, *, by: User | System, subject: Person) -> CallTask:
    """Put a call on the list that proves a new number by conversation (U1)."""
    return CallTask.objects.create(
        event_key=f"contact:{contact.pk}",
        person=contact.person,
        subject=subject,
        contact=contact,
        about=CallTask.About.FIRST_HELLO,
        language=contact.language,
        owner_role=Role.CO_ORDINATOR,
        due_at=workdays.due(days=PROVE_WITHIN),
        created_at=clock.now(),
    )


@action(Perm.MAKE_CALL)
def take(task: CallTask, *, by: User) -> CallTask:
    """Say that one is ringing now, so that nobody else does."""
    task.move_to(CallTask.State.TAKEN, owner=by)
    return task


@action(Perm.MAKE_CALL)
def hand_back(task: CallTask, *, by: User) -> CallTask:
    """Give a task back to the list without a call."""
    task.move_to(CallTask.State.OPEN, owner=None)
    return task


@action(Perm.MAKE_CALL)
def spoke(task: CallTask, *, by: User, your_word: str = "", wishes: Wishes | None = None, note: str = "") -> CallTask:
    """Write down a conversation: it proves the number, agrees "your word", and has given the news (U1, U2)."""
    if task.contact is not None:
        _prove(task.contact, your_word=your_word, wishes=wishes)
    _end(task, CallTask.Outcome.ANSWERED, note=note)
    _tell_timeline(task, kind=TimelineEntry.Kind.CALL, words=_("We spoke on the phone."))
    decision = _decision(task)
    if decision is not None and not _was_told(decision):
        decision.write_down(told=True)
        emit(DecisionTold(decision))
    if task.about == CallTask.About.INTERPRETER:
        for news in Notification.objects.filter(event_key=task.event_key, recipient=task.person):
            consequences.confirm(news, Sign.TOLD)
    return task


@action(Perm.MAKE_CALL)
def no_answer(task: CallTask, *, by: User, left_word: bool = False, note: str = "") -> CallTask:
    """Write down that nobody answered; the task comes back on the next working day, and never ends by silence."""
    if task.state == CallTask.State.OPEN:
        task.move_to(CallTask.State.TAKEN)
    task.move_to(
        CallTask.State.OPEN,
        outcome=CallTask.Outcome.LEFT_WORD if left_word else CallTask.Outcome.NO_ANSWER,
        tries=task.tries + 1,
        note=note,
        due_at=workdays.due(days=AGAIN_AFTER),
        owner=None,
    )
    _tell_timeline(task, kind=TimelineEntry.Kind.NOTE, words=_("We rang and nobody answered. We will try again."))
    return task


@action(Perm.MAKE_CALL)
def wrong_number(task: CallTask, *, by: User, note: str = "") -> CallTask:
    """Write down that a stranger answered: nothing more goes to this number, and another way is looked for (H04)."""
    if task.contact is not None and task.contact.state != ContactPoint.State.SUSPENDED:  # else it is put aside already
        state = ContactPoint.State.SUSPECT if task.contact.is_proved else ContactPoint.State.SUSPENDED
        task.contact.move_to(state, doubt="wrong number")
    _end(task, CallTask.Outcome.WRONG_NUMBER, note=note)
    return _another_way(task)


@action(Perm.MAKE_CALL)
def refused(task: CallTask, *, by: User, note: str = "") -> CallTask:
    """Write down that somebody asked not to be rung: no call goes to this number, and another way is looked for."""
    if task.contact is not None:
        consequences.stop(task.contact.where_hash, channel=Channel.CALL, said="asked on the phone")
    _end(task, CallTask.Outcome.REFUSED, note=note)
    return _another_way(task)


def _prove(contact: ContactPoint, *, your_word: str, wishes: Wishes | None) -> None:
    changes: dict[str, Any] = asdict(wishes) if wishes else {}
    if not contact.takes_texts:
        changes.pop("preferred_channel", None)
    if your_word:
        changes["your_word"] = your_word
    if not contact.is_proved:
        contact.move_to(
            ContactPoint.State.PROVED, proved_at=clock.now(), proved_how="conversation", doubt="", **changes
        )
        return
    changes |= {"proved_at": clock.now(), "proved_how": "conversation"}
    for name, value in changes.items():
        setattr(contact, name, value)
    contact.save(update_fields=list(changes))


def _end(task: CallTask, outcome: CallTask.Outcome, *, note: str) -> None:
    task.move_to(
        CallTask.State.DONE,
        outcome=outcome,
        note=note,
        tries=task.tries + 1,
        done_at=clock.now(),
        due_at=None,
    )


def _tell_timeline(task: CallTask, *, kind: TimelineEntry.Kind, words: str) -> None:
    """Write what happened into the wait; calls about a group are no adult's business (promise 4)."""
    levels = TimelineEntry.ForAdults
    TimelineEntry.objects.create(
        person=task.subject or task.person,
        kind=kind,
        words=words,
        for_adults=levels.NEVER if task.is_about_group() else levels.ROUTINE,
    )


def _decision(task: CallTask) -> TriageDecision | None:
    """Find the decision that this call was to bring."""
    pk = task.brings()
    return TriageDecision.objects.filter(pk=pk).select_related("referral").first() if pk else None


def _was_told(decision: TriageDecision) -> bool:
    told = TimelineEntry.objects.filter(kind=TimelineEntry.Kind.DECISION, for_person=True, at__gte=decision.decided_at)
    return told.filter(referral=decision.referral).exists()


def _another_way(task: CallTask) -> CallTask:
    """Owe the family another call: to another number, or to find one; nobody is lost over a wrong number (U1)."""
    contact = _another_contact(task)
    return CallTask.objects.create(
        event_key=f"{task.event_key}+{task.pk}",
        person=contact.person if contact else task.person,
        subject=task.subject,
        contact=contact,
        about=task.about,
        language=contact.language if contact else task.language,
        owner_role=Role.CO_ORDINATOR,
        due_at=workdays.due(days=AGAIN_AFTER),
        created_at=clock.now(),
    )


def _another_contact(task: CallTask) -> ContactPoint | None:
    held = ContactPoint.objects.reachable().exclude(state=ContactPoint.State.SUSPECT).order_by("pk")
    hashes = [task.contact.where_hash] if task.contact else []
    mine = held.filter(person=task.person).exclude(where_hash__in=hashes).first()
    if mine or task.subject is None:
        return mine
    may = ParentRelationship.objects.filter(young_person=task.subject, must_not_be_told=False)
    if task.about == CallTask.About.WEIGHTY_NEWS:
        may = may.filter(may_know=ParentRelationship.MayKnow.ALL)
    may = may.exclude(may_know=ParentRelationship.MayKnow.NOTHING)
    return held.filter(person__in=may.values("adult")).exclude(where_hash__in=hashes).first()
