"""Feedback: heard, talked about, answered, promised, published; each step dated and shown (S28)."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict, dataclass

from django.utils.translation import gettext as _

from peer import clock, doors, knocks, workdays
from peer.events import emit
from peer.gate import System, TheService, action
from peer.models import Commitment, Consent, FeedbackItem, FeedbackStep, Person, ServiceResponse, User
from peer.news import FeedbackAnswered
from peer.roles import Perm, Role
from peer.states import RuleBroken

VISITOR = System("visitor", may=frozenset({Perm.GIVE_FEEDBACK}))

# Working days until the next step is due; for the service and young people to set.
REPLY_WITHIN, DECIDE_WITHIN = 10, 20
ACKNOWLEDGE_COMPLAINT_WITHIN, ANSWER_COMPLAINT_WITHIN = 3, 25


@dataclass(frozen=True)
class Said:
    """What somebody typed, under its headings."""

    works: str = ""
    does_not: str = ""
    would_change: str = ""
    about: str = ""
    age_band: str = ""
    may_share: bool = False


@action(Perm.GIVE_FEEDBACK)
def give(
    service: TheService,
    *,
    by: System,
    said: Said,
    kind: str = FeedbackItem.Kind.FEEDBACK,
    nonce: str,
    sender: str,
    person: Person | None = None,
) -> FeedbackItem:
    """Take in what a visitor says, once, and owe them an answer; a person who asked for it is told of that (S50)."""
    first = FeedbackItem.objects.filter(form_nonce=nonce).first()
    if first is not None:
        return first
    knocks.slow_down(sender)
    return _hear(said, kind=kind, form_nonce=nonce or None, person=person)


@action(Perm.LOG_PHONE_FEEDBACK)
def log_by_phone(
    service: TheService,
    *,
    by: User,
    said: Said,
    kind: str = FeedbackItem.Kind.FEEDBACK,
    person: Person | None = None,
) -> FeedbackItem:
    """Write down what somebody said by phone, read back to them; where we know who, they hear what came of it."""
    return _hear(said, kind=kind, by_phone=True, person=person)


def _hear(said: Said, *, kind: str, person: Person | None, **how: object) -> FeedbackItem:
    heard = doors.hear("feedback", works=said.works, does_not=said.does_not, would_change=said.would_change)
    item = FeedbackItem.objects.create(
        **asdict(said),
        **how,
        kind=kind,
        person=person,
        findings=heard.found.rows(),
        concern=heard.level,
        owner_role=Role.SERVICE_MANAGER,
        due_at=heard.due(otherwise=workdays.due(days=_days(kind))),
    )
    FeedbackStep.objects.create(item=item, state=item.state)
    doors.wake(heard, item, person=person)
    return item


def _days(kind: str) -> int:
    return ACKNOWLEDGE_COMPLAINT_WITHIN if kind == FeedbackItem.Kind.COMPLAINT else REPLY_WITHIN


@action(Perm.ANSWER_FEEDBACK)
def acknowledge(item: FeedbackItem, *, by: User) -> FeedbackItem:
    """Tell somebody who complained that it has been read and by when it will be answered (U23)."""
    if not item.is_complaint() or item.acknowledged_at:
        raise RuleBroken(_("Only a new complaint can be acknowledged."))
    item.acknowledged_at = clock.now()
    item.due_at = workdays.due(days=ANSWER_COMPLAINT_WITHIN)
    item.save(update_fields=["acknowledged_at", "due_at"])
    return item


@action(Perm.ANSWER_FEEDBACK)
def reply(item: FeedbackItem, *, by: User, body: str, signed: str) -> ServiceResponse:
    """Answer in the service's name; the reference shows it at once."""
    response: ServiceResponse = ServiceResponse.objects.create(item=item, body=body, signed=signed, by=by)
    emit(FeedbackAnswered(item, f"reply-{response.pk}"))
    return response


@action(Perm.ANSWER_FEEDBACK)
def move(item: FeedbackItem, *, by: User, state: str, reason: str = "") -> FeedbackStep:
    """Say that it was talked about, done and how, or not done and why."""
    if state in FeedbackItem.FINAL and not reason:
        raise RuleBroken(_("Say what was done, or why not. The person who wrote this will read it."))
    item.move_to(state, due_at=None if state in FeedbackItem.FINAL else workdays.due(days=DECIDE_WITHIN))
    step: FeedbackStep = FeedbackStep.objects.create(item=item, state=state, reason=reason)
    if state in FeedbackItem.FINAL:
        emit(FeedbackAnswered(item, f"step-{step.pk}"))
    return step


@action(Perm.ANSWER_FEEDBACK)
def promise(item: FeedbackItem, *, by: User, what: str, owner_role: str, due_on: dt.date) -> Commitment:
    """Promise something, with an owner and a day that everybody can hold the service to (S88)."""
    if due_on < clock.today():
        raise RuleBroken(_("Choose today or a day to come."))
    return Commitment.objects.create(item=item, what=what, owner_role=owner_role, due_on=due_on)


@action(Perm.ANSWER_FEEDBACK)
def settle(commitment: Commitment, *, by: User, state: str, outcome: str = "") -> Commitment:
    """Say that a promise was kept, or dropped and why."""
    if state == Commitment.State.DROPPED and not outcome:
        raise RuleBroken(_("Say why this promise could not be kept."))
    commitment.move_to(state, outcome=outcome, settled_at=clock.now())
    return commitment


@action(Perm.PUBLISH_FEEDBACK)
def ask_to_publish(item: FeedbackItem, *, by: User, said: str) -> FeedbackItem:
    """Choose the words to show, names taken out, and ask a second person to agree (matrix row 31)."""
    if item.is_complaint():
        raise RuleBroken(_("A complaint is never made public."))
    if not item.may_share:
        raise RuleBroken(_("The person did not say that we may share their words."))
    _check_own_yes(item)
    item.said, item.asked_by, item.asked_at, item.published_at = said, by, clock.now(), None
    item.save(update_fields=["said", "asked_by", "asked_at", "published_at"])
    return item


@action(Perm.SECOND_FEEDBACK)
def publish(item: FeedbackItem, *, by: User, seen: str) -> FeedbackItem:
    """Agree, as the second person, to show exactly the words whose hash was on the page."""
    if item.asked_at is None or item.asked_by_id == by.pk:
        raise RuleBroken(_("Two people agree before feedback is public. You asked, so somebody else says yes."))
    if item.said_hash() != seen:
        raise RuleBroken(_("The words have changed since you opened this page. Please read them again."))
    _check_own_yes(item)
    item.published_at = clock.now()
    item.save(update_fields=["published_at"])
    return item


@action(Perm.PUBLISH_FEEDBACK)
def take_down(item: FeedbackItem, *, by: User, reason: str) -> FeedbackItem:
    """Take published feedback out of sight at once, by one person (U22)."""
    item.published_at = item.asked_at = item.asked_by = None
    item.save(update_fields=["published_at", "asked_at", "asked_by"])
    return item


def _check_own_yes(item: FeedbackItem) -> None:
    """Show nothing of somebody who took back their yes to it, whatever they ticked when they wrote (C3)."""
    if item.person_id is not None and Consent.objects.refuses(item.person_id, Consent.Purpose.FEEDBACK):
        raise RuleBroken(_("The person has taken their yes back. These words are not shown."))
