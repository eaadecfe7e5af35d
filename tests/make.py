"""Keyword-only factories: each makes one row with believable defaults, and returns it."""

from __future__ import annotations

import datetime as dt
import itertools

from django.utils.timezone import now as real_now

from peer import grants
from peer.models import Duty, GroupProtocol, Membership, MembershipRole, Person, ServiceRole, SupportGroup, User
from peer.roles import Role

_numbers = itertools.count(1)


def make_person(
    *,
    kind: str = Person.Kind.YOUNG_PERSON,
    given_name: str = "Asha",
    family_name: str = "Example",
    born_on: dt.date | None = dt.date(2011, 5, 4),
    location_hidden: bool = False,
) -> Person:
    """Make a person whom the service knows."""
    return Person.objects.create(
        kind=kind, given_name=given_name, family_name=family_name, born_on=born_on, location_hidden=location_hidden
    )


def make_user(*, name: str = "", person: Person | None = None, roles: tuple[Role, ...] = ()) -> User:
    """Make an account, with service-wide roles where named."""
    number = next(_numbers)
    user = User.objects.create_user(handle=f"user-{number}", display_name=name or f"User {number}", person=person)
    for role in roles:
        ServiceRole.objects.create(user=user, role=role)
    return user


def make_group(
    *, title: str = "Tuesday group", state: str = SupportGroup.State.OPEN, audience: str = "young_people"
) -> SupportGroup:
    """Make a group with a published protocol."""
    group = SupportGroup.objects.create(title=title, state=state, audience=audience)
    GroupProtocol.objects.create(
        group=group,
        version=1,
        treated="With kindness.",
        listened="To the end.",
        accepted="As mine.",
        published_at=real_now(),
    )
    return group


def make_member(
    *,
    group: SupportGroup,
    user: User | None = None,
    role: Role = Role.YOUNG_PERSON,
    name: str = "",
    joined: bool = True,
) -> Membership:
    """Make somebody an active member of a group in a role, with the rights it brings."""
    number = next(_numbers)
    person = (user and user.person) or make_person(given_name=f"Person {number}")
    user = user or make_user(person=person)
    name = name or f"Robin {number}"
    membership = Membership.objects.create(
        group=group,
        person=person,
        user=user,
        pseudonym=name,
        skeleton=name.casefold(),
        state=Membership.State.ACTIVE,
        joined_at=real_now(),
    )
    MembershipRole.objects.create(membership=membership, role=role)
    grants.sync(membership)
    protocol = group.protocol()
    if joined and protocol:
        protocol.acceptances.create(user=user)
    return membership


def make_duty(*, group: SupportGroup, user: User, hours: float = 8) -> Duty:
    """Put a clinician on duty for a group from a minute ago."""
    start = real_now() - dt.timedelta(minutes=1)
    return Duty.objects.create(group=group, user=user, from_at=start, until_at=start + dt.timedelta(hours=hours))
