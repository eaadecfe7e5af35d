"""Rights about one's data: asked, read by a person, answered within a month; for adults nothing runs by itself (C8)."""

from __future__ import annotations

import json
from typing import Any

from django.db import IntegrityError
from django.utils.translation import gettext as _

from peer import clock, copies, doors
from peer.events import emit
from peer.gate import System, action
from peer.models import DataRequest, LeftOut, ParentRelationship, Person, ShownDecision, User
from peer.models.data_requests import KEPT_FOR, due_in_a_month
from peer.news import CopyReady, DecidedAbout
from peer.roles import Perm, Role
from peer.states import RuleBroken

CLOCK = System("clock", may=frozenset({Perm.KEEP_COPIES}))
State, Kind = DataRequest.State, DataRequest.Kind


@action(Perm.ASK_ABOUT_OWN_DATA)
def ask(person: Person, *, by: User, kind: str, words: str = "", posts: str = "") -> DataRequest:
    """Ask something about one's own data; the law's month runs from now, and worrying words are read at once (U3)."""
    heard = doors.hear("data_request", words=words)
    asked = _write(
        person=person,
        asked_by=person,
        kind=kind,
        words=words,
        level=heard.level,
        posts=posts,
        owner_role=Role.CLINICIAN if heard.level else Role.SERVICE_MANAGER,
        due_at=heard.due(otherwise=due_in_a_month()),
    )
    doors.wake(heard, asked, person=person)
    return asked


@action(Perm.ASK_ABOUT_OWN_DATA)
def ask_of_child(relation: ParentRelationship, *, by: User) -> DataRequest:
    """Ask, as an adult, for a copy of what is held about a child; a clinician reads it, every adult hears the same."""
    return _write(
        person=relation.young_person,
        asked_by=relation.adult,
        kind=Kind.COPY,
        owner_role=Role.CLINICIAN,
        due_at=due_in_a_month(),
    )


def _write(**given: Any) -> DataRequest:
    try:
        return DataRequest.objects.create(**given)
    except IntegrityError:  # one copy and one deletion at a time
        raise RuleBroken(_("We have this from you already, and a person is at it.")) from None


@action(Perm.ASK_ABOUT_OWN_DATA)
def take_back(request: DataRequest, *, by: User) -> DataRequest:
    """Change one's mind, as long as nothing has been handed over or deleted."""
    return _end(request, State.TAKEN_BACK)


@action(Perm.ANSWER_REPLY)
def pass_on(request: DataRequest, *, by: User) -> DataRequest:
    """Say, as the clinician who read worrying words at once, that the request itself can go its way."""
    if not request.level or not by.may_in_service(Role.CLINICIAN):
        raise RuleBroken(_("There is nothing here to pass on."))
    request.level, request.owner_role = "", Role.SERVICE_MANAGER
    request.due_at = due_in_a_month()
    request.save(update_fields=["level", "owner_role", "due_at"])
    return request


# ── A copy ──────────────────────────────────────────────────────────────────────────────────────────────────────────
@action(Perm.KEEP_COPIES)
def draw_up(request: DataRequest, *, by: System) -> DataRequest:
    """Put together, outside of any page, what a copy would hold; a person reads it before anybody gets it."""
    request.move_to(State.IN_REVIEW, draft=json.dumps(copies.draw_up(request.person), ensure_ascii=False))
    return request


@action(Perm.RUN_DATA_REQUEST)
def leave_out(
    request: DataRequest, *, by: User, table: str, row: int, field: str = "", passage: str = "", why: str
) -> LeftOut:
    """Leave a row, a field or a passage out of a copy, for a reason that the copy names."""
    if request.state != State.IN_REVIEW:
        raise RuleBroken(_("This copy is not being read now."))
    words = copies.words_of(copies.read(request), table=table, row=row, field=field)
    if words is None or (passage and (not field or passage not in words)):
        raise RuleBroken(_("Those words do not stand there. Copy them exactly as they are."))
    return request.left_out.create(table=table, row=row, field=field, passage=passage, why=why, by=by)


@action(Perm.RUN_DATA_REQUEST)
def put_back(request: DataRequest, *, by: User, left: LeftOut) -> DataRequest:
    """Put back what was left out by mistake."""
    if request.state != State.IN_REVIEW or left.request_id != request.pk:
        raise RuleBroken(_("This copy is not being read now."))
    left.delete()
    return request


@action(Perm.RUN_DATA_REQUEST)
def read_through(request: DataRequest, *, by: User) -> DataRequest:
    """Say that a person has read it all, and that what speaks of others or would do harm is left out."""
    if request.is_own(by):
        raise RuleBroken(_("Nobody reads through their own copy. Ask a colleague."))
    request.move_to(State.READ, read_by=by)
    return request


@action(Perm.KEEP_COPIES)
def make(request: DataRequest, *, by: System) -> DataRequest:
    """Write the two files, without what was left out, and tell the person that they can fetch them for seven days."""
    copies.write(request)
    now = clock.now()
    request.move_to(
        State.READY,
        draft=None,
        file=request.public_id,
        ready_at=now,
        due_at=now + KEPT_FOR,
        owner=User.objects.filter(person=request.person).first(),
        owner_role=request.person.kind,
    )
    emit(CopyReady(request))
    return request


@action(Perm.ASK_ABOUT_OWN_DATA)
def hand_over(request: DataRequest, *, by: User) -> dict[str, bytes]:
    """Hand the copy over to the person it is about, once; the files are gone with the next sweep."""
    if request.until_at is None or request.until_at <= clock.now():
        raise RuleBroken(_("The week is over, so this copy is gone. You can ask for a new one."))
    files = copies.files(request.file)
    _end(request, State.COLLECTED)
    return files


@action(Perm.KEEP_COPIES)
def let_go(request: DataRequest, *, by: System) -> DataRequest:
    """Take away a copy that nobody fetched in its week."""
    return _end(request, State.GONE)


@action(Perm.KEEP_COPIES)
def put_away(request: DataRequest, *, by: System) -> DataRequest:
    """Delete the files of a copy that was handed over or let go."""
    copies.remove(request.file)
    request.file = ""
    request.save(update_fields=["file"])
    return request


@action(Perm.ANSWER_COPY)
def decide(request: DataRequest, *, by: User, outcome: str, note: str) -> DataRequest:
    """Decide what an adult may have, after the young person was asked; nothing leaves by itself (H09)."""
    if not request.is_by_an_adult():
        raise RuleBroken(_("They asked this about themselves. It needs no decision."))
    if not note.strip():
        raise RuleBroken(_("Say why, and what the young person said about it."))
    return _end(request, State.DONE, outcome=outcome, note=note, read_by=by)


# ── Everything else ─────────────────────────────────────────────────────────────────────────────────────────────────
@action(Perm.RUN_DATA_REQUEST)
def settle(request: DataRequest, *, by: User, answer: str) -> DataRequest:
    """Say what was put right, limited or stopped; the person reads it."""
    if request.kind in {Kind.COPY, Kind.DELETION}:
        raise RuleBroken(_("This one is not settled by words alone."))
    _check(answer)
    return _tell(_end(request, State.DONE, answer=answer))


@action(Perm.RUN_DATA_REQUEST)
def refuse(request: DataRequest, *, by: User, reason: str) -> DataRequest:
    """Say no and why, in words for the person, and where they can complain."""
    if request.is_by_an_adult():
        raise RuleBroken(_("A clinician decides this, with the young person."))
    _check(reason)
    return _tell(_end(request, State.REFUSED, answer=reason, draft=None))


def _tell(request: DataRequest) -> DataRequest:
    emit(
        DecidedAbout(
            person=request.person,
            kind=ShownDecision.Kind.ANSWER,
            words=f"{request.get_kind_display()}: {request.answer}",
            role=Role.SERVICE_MANAGER,
            source=request,
        )
    )
    return request


def _end(request: DataRequest, state: str, **changes: Any) -> DataRequest:
    request.move_to(state, ended_at=clock.now(), due_at=None, **changes)
    return request


def _check(words: str) -> None:
    if not words.strip():
        raise RuleBroken(_("Write a few words for the person. They read them."))
