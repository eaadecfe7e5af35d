"""The rows behind the ladder: opens an escalation with its waiting steps, and reads who could be asked now."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.db.models import F, Model

from moderation import ladder
from moderation.models import Escalation, EscalationPost, EscalationStep, EscalationWords, OnCallShift, RiskFlag
from peer import clock
from peer.gate import System
from peer.models import Duty, Membership, MembershipRole, Person, Post, ServiceRole, SupportGroup, User
from peer.roles import Perm, Role

CLOCK = System("clock", may=frozenset({Perm.KEEP_WATCH, Perm.FREEZE_GROUP}))
TO_MANAGERS = (Role.SERVICE_MANAGER, Role.SAFEGUARDING_LEAD)


def worry_about(post: Post, *, level: str) -> Escalation:
    """Open an escalation about the author of a post, or join the one that is open (E1, E11)."""
    author = post.author
    escalation = _worry(author.group, about=author, person=author.person, level=level)
    EscalationPost.objects.get_or_create(escalation=escalation, post=post)
    return escalation


def worry_in_session(about: Membership, *, level: str) -> Escalation:
    """Open an escalation about somebody in a session who asks for a clinician, or join the one that is open (U15)."""
    return _worry(about.group, about=about, person=about.person, level=level)


def worry_about_words(
    row: Model, *, door: str, person: Person | None, group: SupportGroup | None, level: str
) -> Escalation | None:
    """Open an escalation about whoever wrote something where nobody posts, or join the one that is open (U3).

    It is in the group the words belong to, else in the writer's own, else in one that somebody covers now; None where
    there is no group at all, and so nobody on call.
    """
    about = _place_of(person, group)
    where = group or (about.group if about else _covered())
    if where is None:
        return None
    escalation = _worry(where, about=about, person=person, level=level)
    add_words(escalation, row, door=door)
    return escalation


def add_words(escalation: Escalation, row: Model, *, door: str) -> None:
    """Let the words of a row stand with a worry."""
    EscalationWords.objects.get_or_create(escalation=escalation, door=door, row_pk=row.pk)


def _place_of(person: Person | None, group: SupportGroup | None) -> Membership | None:
    """Find somebody's place in a group, or, where none is named, their own: one they are in now before all others."""
    places = Membership.objects.filter(person=person, person__isnull=False).select_related("group")
    if group is not None:
        return places.filter(group=group).order_by("-pk").first()
    return places.active().order_by("-pk").first() or places.order_by("-pk").first()


def _covered() -> SupportGroup | None:
    """Find a group whose clinician is on duty now; at night perhaps none, then one that has clinicians to ring."""
    on_duty = Duty.objects.at(clock.now()).order_by("from_at", "pk").select_related("group").first()
    if on_duty is not None:
        return on_duty.group
    clinicians = MembershipRole.objects.current().filter(role=Role.CLINICIAN)
    staffed = SupportGroup.objects.filter(memberships__roles__in=clinicians).order_by("pk").first()
    return staffed or SupportGroup.objects.order_by("pk").first()


def _worry(group: SupportGroup, *, about: Membership | None, person: Person | None, level: str) -> Escalation:
    level = RiskFlag.Level.AMBER if level == RiskFlag.Level.AMBER else RiskFlag.Level.RED
    found = None
    if person is not None:
        Person.objects.select_for_update(no_key=True).get(pk=person.pk)  # two at once must not both open
        since = clock.now() - span("join_within")
        open_now = Escalation.objects.joinable(about=about, person=person, since=since)
        found = open_now.select_for_update(of=("self",)).first()  # one that is settled in this moment is not joined
    if found is None:
        return _open(group, about=about, person=person, level=level)
    _joined(found, level=level)
    return found


def _open(group: SupportGroup, *, about: Membership | None, person: Person | None, level: str) -> Escalation:
    now = clock.now()
    steps = ladder.rungs(level, scale=settings.TIME_SCALE)
    escalation = Escalation.objects.create(
        group=group,
        about=about,
        person=person,
        level=level,
        opened_at=now,
        owner_role=Role.CLINICIAN,
        due_at=now + steps[0].after,
    )
    plan(escalation, steps, from_at=now)
    return escalation


def _joined(escalation: Escalation, *, level: str) -> None:
    """A second worry: a red one makes an amber ladder red; who already has it is told."""
    if escalation.level != level and level == RiskFlag.Level.RED:
        Escalation.objects.filter(pk=escalation.pk).update(level=level)
        escalation.level = level
        if escalation.state in {Escalation.State.OPEN, Escalation.State.PAGING}:
            call_off(escalation)
            start_round(escalation, "red")
    if escalation.owner_id and escalation.state not in {Escalation.State.OPEN, Escalation.State.PAGING}:
        one_more(escalation, EscalationStep.Rung.NEWS, to=escalation.owner_id)


def plan(escalation: Escalation, steps: tuple[ladder.Rung, ...], *, from_at: dt.datetime) -> None:
    """Write the rungs of a round as waiting steps, each with its time."""
    EscalationStep.objects.bulk_create(
        EscalationStep(
            escalation=escalation,
            round=escalation.round,
            number=rung.number,
            rung=rung.name,
            due_at=from_at + rung.after,
        )
        for rung in steps
    )


def start_round(escalation: Escalation, level: str) -> None:
    """Begin the ladder anew from this moment."""
    Escalation.objects.filter(pk=escalation.pk).update(round=F("round") + 1)
    escalation.refresh_from_db(fields=["round"])
    plan(escalation, ladder.rungs(level, scale=settings.TIME_SCALE), from_at=clock.now())


def one_more(
    escalation: Escalation, rung: str, *, to: int | None = None, after: dt.timedelta = dt.timedelta()
) -> EscalationStep:
    """Add one step behind the last of this round."""
    last = escalation.steps.filter(round=escalation.round).order_by("-number").first()
    return EscalationStep.objects.create(
        escalation=escalation,
        round=escalation.round,
        number=last.number + 1 if last else 0,
        rung=rung,
        user_id=to,
        due_at=clock.now() + after,
    )


def call_off(escalation: Escalation) -> None:
    """Call off every step that waits: somebody has it (E6)."""
    for step in escalation.steps.filter(state=EscalationStep.State.WAITING):
        step.move_to(EscalationStep.State.CANCELLED)


def rota(group: SupportGroup) -> ladder.Rota:
    """Read who could be asked about a group now: on duty, next in the rota, its other clinicians, managers."""
    now = clock.now()
    on_duty = Duty.objects.at(now).filter(group=group).order_by("from_at", "pk").values_list("user_id", flat=True)
    planned = OnCallShift.objects.filter(group=group, state=OnCallShift.State.PLANNED, until_at__gt=now)
    following = planned.order_by("from_at").values_list("user_id", flat=True)
    clinicians = User.objects.filter(
        is_active=True,
        memberships__group=group,
        memberships__state=Membership.State.ACTIVE,
        memberships__roles__in=MembershipRole.objects.current().filter(role=Role.CLINICIAN),
    ).order_by(F("paged_ok_at").desc(nulls_last=True), "pk")
    managers = ServiceRole.objects.current().filter(role__in=TO_MANAGERS, user__is_active=True)
    return ladder.Rota(
        on_duty=tuple(on_duty),
        clinicians=(*following, *clinicians.values_list("pk", flat=True)),
        managers=tuple(managers.order_by("-role", "pk").values_list("user_id", flat=True)),
    )


def span(name: str) -> dt.timedelta:
    """Give a time of the table in this run's scale."""
    return ladder.span(name, scale=settings.TIME_SCALE)
