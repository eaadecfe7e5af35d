"""What people and the clock do with an escalation; only a person ends it (safety 2b)."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from moderation import ladder, paging
from moderation.actions import freezes
from moderation.models import Escalation, EscalationNote, EscalationStep
from moderation.news import EscalationAcknowledged, EscalationExhausted, EscalationStepDue
from peer import clock, grants
from peer.events import emit
from peer.gate import System, action
from peer.models import Person, Post, SupportGroup, User
from peer.news import DecidedAbout
from peer.roles import Perm, Role
from peer.states import RuleBroken, StaleMove

MANAGERS = paging.TO_MANAGERS
CHANNELS = ["sms", "call"]  # both at once (E4)
IN_HAND = {Escalation.State.ACKNOWLEDGED, Escalation.State.IN_PROGRESS, Escalation.State.HANDED_OVER}
UNANSWERED = {Escalation.State.OPEN, Escalation.State.PAGING, Escalation.State.REOPENED}
WHAT_WE_DID = {  # the part of an outcome that its young person reads
    Escalation.Outcome.SPOKE: lazy("They talked with you about it."),
    Escalation.Outcome.FAMILY: lazy("They talked with an adult who looks after you."),
    Escalation.Outcome.EMERGENCY: lazy("They got help for you at once."),
    Escalation.Outcome.CRISIS_TEAM: lazy("They asked the crisis team to help you."),
}
TO_A_PERSON = {EscalationStep.Rung.NEWS, EscalationStep.Rung.CHOSEN}


@action(Perm.KEEP_WATCH)
def fire(step: EscalationStep, *, by: System) -> EscalationStep:
    """Page the people of one step, once: whoever comes second finds it fired (E3)."""
    if step.rung == EscalationStep.Rung.EVERYONE:
        freezes.hold(step.escalation.group)  # before the worry itself, as whoever sends a post about it does
    escalation = _locked(step.escalation)
    if escalation.state not in UNANSWERED and step.rung not in TO_A_PERSON:
        step.move_to(EscalationStep.State.CANCELLED)
        return step
    people = (step.user_id,) if step.user_id else _people(step, escalation)
    first, *others = people or (None,)
    now = clock.now()
    step.move_to(EscalationStep.State.FIRED, user_id=first, fired_at=now, channels=CHANNELS)
    pages = [step, *(_same_step(step, for_user=other) for other in others)] if first else []
    if step.rung == EscalationStep.Rung.EVERYONE:
        _exhaust(escalation)
    _keep_ringing(escalation)
    for page in pages:
        emit(EscalationStepDue(page))
    return step


def _people(step: EscalationStep, escalation: Escalation) -> tuple[int, ...]:
    """Ask rota and clock; the second person is one whom this round did not try and who does not have it already."""
    asked = set(escalation.steps.filter(round=step.round, user__isnull=False).values_list("user_id", flat=True))
    return ladder.who(step.rung, paging.rota(escalation.group), asked=asked | {escalation.owner_id or 0})


def _same_step(step: EscalationStep, *, for_user: int) -> EscalationStep:
    return EscalationStep.objects.create(
        escalation_id=step.escalation_id,
        round=step.round,
        number=step.number,
        rung=step.rung,
        user_id=for_user,
        channels=step.channels,
        state=EscalationStep.State.FIRED,
        due_at=step.due_at,
        fired_at=step.fired_at,
    )


def _exhaust(escalation: Escalation) -> None:
    """Nobody answered: it stays open, everyone is paged again and again, and the group is paused (E8)."""
    paging.one_more(escalation, EscalationStep.Rung.EVERYONE, after=paging.span("every"))
    if escalation.exhausted_at is None:
        escalation.exhausted_at = clock.now()
        escalation.save(update_fields=["exhausted_at"])
        emit(EscalationExhausted(escalation))
    if escalation.group.state in {SupportGroup.State.OPEN, SupportGroup.State.READING}:
        freezes.freeze(escalation.group, by=paging.CLOCK, reason="nobody answered a worry")


def _keep_ringing(escalation: Escalation) -> None:
    """Keep the due time at the next step that waits (X1)."""
    if escalation.state not in UNANSWERED:
        return
    waiting = escalation.steps.filter(state=EscalationStep.State.WAITING).order_by("due_at").first()
    due_at = waiting.due_at if waiting else clock.now()
    if escalation.state == Escalation.State.PAGING:
        escalation.due_at = due_at
        escalation.save(update_fields=["due_at"])
    else:
        escalation.move_to(Escalation.State.PAGING, due_at=due_at)


@action(Perm.KEEP_WATCH)
def restart(escalation: Escalation, *, by: System) -> Escalation:
    """Start the ladder again from the second clinician: somebody had it, and nothing happened (E7)."""
    escalation = _locked(escalation)
    if escalation.due_at is None or escalation.due_at > clock.now():
        raise StaleMove("somebody acted meanwhile")
    escalation.move_to(Escalation.State.PAGING, due_at=clock.now())
    paging.start_round(escalation, "restart")
    return escalation


@action(Perm.ACKNOWLEDGE_ESCALATION)
def acknowledge(escalation: Escalation, *, by: User, how: str) -> Escalation:
    """Have it in hand: by key press, signed link or sign-in of a person who was paged or is on duty (E5)."""
    escalation = _locked(escalation)
    paged = escalation.steps.filter(user=by, state=EscalationStep.State.FIRED).exists()
    if how not in {"key", "link", "sign_in"} or not (paged or grants.on_duty(by, escalation.group)):
        raise RuleBroken(_("This call was for somebody else, so nothing was changed."))
    offered_to_me = escalation.state == Escalation.State.HANDED_OVER and escalation.offered_to_id == by.pk
    if escalation.state not in UNANSWERED and not offered_to_me:
        raise StaleMove("somebody has it already")
    now = clock.now()
    manager = by.may_in_service(*paging.TO_MANAGERS)
    escalation.move_to(
        Escalation.State.ACKNOWLEDGED,
        owner=by,
        owner_role=Role.SERVICE_MANAGER if manager else Role.CLINICIAN,
        acknowledged_at=now,
        acknowledged_by_how=how,
        offered_to=None,
        due_at=now + paging.span("act_within"),
    )
    paging.call_off(escalation)
    words = _("%(name)s knows now, and will read this and answer you.") % {"name": by.display_name}
    _tell_young_person(escalation, words)
    emit(EscalationAcknowledged(escalation))
    return escalation


@action(Perm.ACKNOWLEDGE_ESCALATION)
def pass_on(escalation: Escalation, *, by: User) -> Escalation:
    """Have the next person paged at once, by one press of somebody who cannot act: a flat phone is enough (U4).

    Whoever has it in hand keeps it until another has said yes (E9); where nobody has it the ladder goes on besides.
    """
    escalation = _locked(escalation)
    paged = escalation.steps.filter(user=by, state=EscalationStep.State.FIRED).exists()
    is_mine = escalation.is_own(by)
    if not (paged or is_mine or grants.on_duty(by, escalation.group)):
        raise RuleBroken(_("This call was for somebody else, so nothing was changed."))
    if is_mine and escalation.state in IN_HAND:
        escalation.move_to(Escalation.State.PAGING, offered_to=None, due_at=clock.now())
        paging.start_round(escalation, "restart")
        waiting = escalation.steps.filter(round=escalation.round, state=EscalationStep.State.WAITING)
        step = waiting.order_by("number").get(number=0)
    elif escalation.state in UNANSWERED:
        asked = set(
            escalation.steps.filter(round=escalation.round, user__isnull=False).values_list("user_id", flat=True)
        )
        following = ladder.who(EscalationStep.Rung.SECOND, paging.rota(escalation.group), asked=asked | {by.pk})
        step = paging.one_more(escalation, EscalationStep.Rung.SECOND, to=following[0] if following else None)
    else:
        raise StaleMove("somebody has it already")
    fire(step, by=paging.CLOCK)
    return escalation


def _tell_young_person(escalation: Escalation, words: str) -> None:
    """Show beside their own words who has them (E12); nobody else sees it."""
    Post.objects.filter(pk__in=escalation.links.values("post"), state=Post.State.HELD_RISK).update(note_to_author=words)


@action(Perm.ACT_ON_ESCALATION)
def note(escalation: Escalation, *, by: User, words: str) -> EscalationNote:
    """Write down what was done or heard; it counts as acting."""
    escalation = _locked(escalation)
    _in_hand(escalation)
    return EscalationNote.objects.create(escalation=escalation, by=by, words=words, at=clock.now())


@action(Perm.ACT_ON_ESCALATION)
def promise(escalation: Escalation, *, by: User, before_at: dt.datetime) -> Escalation:
    """Tell the young person who read their words and until when they will be rung (E12, word list)."""
    if before_at <= clock.now():
        raise RuleBroken(_("That time has gone. Choose a later one."))
    escalation = _locked(escalation)
    _in_hand(escalation)
    words = _("%(name)s read this and will ring you before %(time)s.") % {
        "name": by.display_name,
        "time": _plain_time(before_at),
    }
    _tell_young_person(escalation, words)
    return escalation


@action(Perm.ACT_ON_ESCALATION)
def offer(escalation: Escalation, *, by: User, to: User) -> Escalation:
    """Ask another clinician to take it; it stays with its owner until they say yes (E9)."""
    escalation = _locked(escalation)
    escalation.move_to(Escalation.State.HANDED_OVER, offered_to=to, due_at=clock.now() + paging.span("act_within"))
    fire(paging.one_more(escalation, EscalationStep.Rung.CHOSEN, to=to.pk), by=paging.CLOCK)
    return escalation


@action(Perm.REASSIGN_ESCALATION)
def reassign(escalation: Escalation, *, by: User, to: User) -> Escalation:
    """Have another clinician paged now, whoever has it at the moment (matrix row 16)."""
    escalation = _locked(escalation)
    if escalation.state not in UNANSWERED:
        escalation.move_to(Escalation.State.HANDED_OVER, offered_to=to, due_at=clock.now() + paging.span("act_within"))
    fire(paging.one_more(escalation, EscalationStep.Rung.CHOSEN, to=to.pk), by=paging.CLOCK)
    return escalation


@action(Perm.ACT_ON_ESCALATION)
def resolve(escalation: Escalation, *, by: User, outcome: str, told: str, words: str, was_needed: bool) -> Escalation:
    """Say what came of it, who was told and whether the page was needed (E12, U5)."""
    if not (outcome.strip() and told.strip() and words.strip()):
        raise RuleBroken(_("Say what came of it, who was told, and a few words more."))
    escalation = _locked(escalation)
    EscalationNote.objects.create(escalation=escalation, by=by, words=words, at=clock.now())
    escalation.move_to(
        Escalation.State.RESOLVED,
        owner=by,
        outcome=outcome,
        told=told,
        was_needed=was_needed and outcome != Escalation.Outcome.NOT_NEEDED,
        resolved_at=clock.now(),
        due_at=clock.now() + dt.timedelta(days=1),
    )
    if escalation.person is not None:
        emit(_as_told(escalation, escalation.person))
    return escalation


def _as_told(escalation: Escalation, person: Person) -> DecidedAbout:
    """Tell the young person what was done about them, and nothing of who had worried (E12, H23)."""
    words = _("A clinician read what you wrote, because we wanted to know how you are.")
    done = WHAT_WE_DID.get(Escalation.Outcome(escalation.outcome), "")
    return DecidedAbout(
        person=person,
        kind="safety",
        words=f"{words} {done}".strip(),
        role=Role.CLINICIAN,
        source=escalation,
    )


@action(Perm.ACT_ON_ESCALATION)
def close(escalation: Escalation, *, by: User) -> Escalation:
    """Close it: everything is written up and every post in it has its decision."""
    escalation = _locked(escalation)
    if escalation.posts.filter(state=Post.State.HELD_RISK).exists():
        raise RuleBroken(_("A post in this is still waiting for your decision."))
    escalation.move_to(Escalation.State.CLOSED, closed_at=clock.now(), due_at=None)
    return escalation


@action(Perm.ACT_ON_ESCALATION)
def reopen(escalation: Escalation, *, by: User) -> Escalation:
    """Open it again; whoever opens it has it in hand."""
    escalation = _locked(escalation)
    escalation.move_to(Escalation.State.REOPENED, owner=by, due_at=clock.now())
    escalation.move_to(
        Escalation.State.ACKNOWLEDGED, acknowledged_at=clock.now(), due_at=clock.now() + paging.span("act_within")
    )
    return escalation


def _locked(escalation: Escalation) -> Escalation:
    return Escalation.objects.select_for_update(of=("self",)).select_related("group").get(pk=escalation.pk)


def _in_hand(escalation: Escalation) -> None:
    """Acting moves it on, and gives time until the next word is due."""
    due_at = clock.now() + paging.span("look_again")
    if escalation.state == Escalation.State.IN_PROGRESS:
        escalation.due_at = due_at
        escalation.save(update_fields=["due_at"])
    else:
        escalation.move_to(Escalation.State.IN_PROGRESS, due_at=due_at)


def _plain_time(moment: dt.datetime) -> str:
    local = moment.astimezone(clock.LONDON)
    minutes = f".{local.minute:02}" if local.minute else ""
    return f"{local.hour % 12 or 12}{minutes}{'am' if local.hour < 12 else 'pm'}"
