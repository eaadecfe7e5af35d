"""What follows a death in the groups the person was in: paused at once, and every person in them looked after (U6)."""

from __future__ import annotations

import datetime as dt

from peer import clock, endings
from peer.events import emit
from peer.models import (
    AftermathTask,
    Appeal,
    Death,
    Duty,
    Membership,
    MembershipRole,
    SupportGroup,
    User,
)
from peer.news import GroupFrozen
from peer.roles import Role

Kind = AftermathTask.Kind
INSIDE = (Membership.State.ACTIVE, Membership.State.SUSPENDED)


def begin(death: Death) -> None:
    """Pause each group the person was in, and owe what has to be done there; let what was planned for them rest."""
    for place in Membership.objects.filter(person=death.person, state__in=INSIDE).select_related("group"):
        _pause(place.group)
        _owe(death, place)
        endings.call_off_plans(place)
    for appeal in Appeal.objects.open().filter(decision__membership__person=death.person):
        appeal.move_to(Appeal.State.DROPPED, due_at=None)


def take_back(death: Death) -> None:
    """Let go of what nobody needs to do after all; the group is opened again by a person."""
    for task in death.aftermath.filter(state=AftermathTask.State.OPEN):
        task.move_to(AftermathTask.State.NOT_NEEDED, due_at=None)


def _pause(group: SupportGroup) -> None:
    if group.state in {SupportGroup.State.OPEN, SupportGroup.State.READING}:
        group.move_to(SupportGroup.State.FROZEN)
        emit(GroupFrozen(group))


def _owe(death: Death, place: Membership) -> None:
    """Owe the telling, the words and a look in on everybody, shared out among those who can."""
    carers = _carers(place.group, without=place)
    first = carers[0] if carers else None
    _task(death, place, Kind.TELL_GROUP, owner=first, hours=endings.number("after_death", "tell_group"))
    _task(death, place, Kind.WORDS, owner=first, hours=endings.number("after_death", "words"))
    others = place.group.memberships.filter(state__in=INSIDE).exclude(pk=place.pk)
    living = others.exclude(person__deceased_at__isnull=False).order_by("pk")
    for turn, member in enumerate(living):
        able = [carer for carer in carers if carer.pk != member.user_id]
        owner = able[turn % len(able)] if able else None
        _task(death, member, Kind.CHECK_IN, owner=owner, hours=endings.number("after_death", "check_in"))


def _task(death: Death, about: Membership, kind: str, *, owner: User | None, hours: int) -> None:
    AftermathTask.objects.create(
        death=death,
        group=about.group,
        kind=kind,
        about=about,
        owner=owner,
        owner_role=Role.CLINICIAN if owner else Role.SERVICE_MANAGER,
        due_at=clock.now() + dt.timedelta(hours=hours),
        made_at=clock.now(),
    )


def _carers(group: SupportGroup, *, without: Membership) -> list[User]:
    """Name the clinicians of a group, whoever is on duty first."""
    duty = Duty.objects.current().filter(group=group).order_by("from_at", "pk").values_list("user", flat=True)
    held = MembershipRole.objects.in_group(group).filter(role=Role.CLINICIAN).exclude(membership=without)
    known = [*duty, *held.order_by("pk").values_list("membership__user", flat=True)]
    found = User.objects.filter(is_active=True).in_bulk(known)
    return [found[pk] for pk in dict.fromkeys(known) if pk in found]
