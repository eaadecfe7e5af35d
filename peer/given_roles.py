"""What giving and ending a role in a group means, whoever does it: a name there, and the rights at once."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext as _

from peer import clock, grants
from peer.lookalikes import fold
from peer.models import Membership, MembershipRole, Person, SupportGroup, User
from peer.roles import Role
from peer.states import RuleBroken

MODERATES_FROM = 16  # years (U14)


def give(
    group: SupportGroup, *, by: User, user: User, role: Role, name: str, until_at: dt.datetime | None
) -> MembershipRole:
    """Give somebody a dated role in a group, under the name people there will know them by."""
    check(group, by=by, user=user, role=role, name=name)
    membership, is_new = group.memberships.get_or_create(
        person=user.person,
        defaults={
            "user": user,
            "pseudonym": name,
            "skeleton": fold(name),
            "state": Membership.State.ACTIVE,
            "joined_at": clock.now(),
        },
    )
    if not is_new and not membership.is_current():
        raise RuleBroken(_("That person is not in the group now."))
    given = membership.roles.create(role=role, from_at=clock.now(), until_at=until_at)
    grants.sync(membership)
    return given


def end(role: MembershipRole) -> MembershipRole:
    """End a role now; the right is gone with the next request (M7)."""
    role.until_at = clock.now()
    role.save(update_fields=["until_at"])
    grants.sync(role.membership)
    return role


def check(group: SupportGroup, *, by: User, user: User, role: Role, name: str) -> None:
    """Refuse what nobody may give: a role to oneself, a name that is taken, a peer who is no peer or too young."""
    if user == by:
        raise RuleBroken(_("Nobody gives a role to themselves. Ask a colleague."))
    if user.person is None:
        raise RuleBroken(_("That account belongs to nobody. Join it to a person first."))
    if role is Role.PEER_MODERATOR:
        _check_age(user.person)
    _check_apart(group, user, role)
    if group.memberships.exclude(user=user).filter(skeleton=fold(name)).exists():
        raise RuleBroken(_("Somebody here has a name like that already."))


def _check_age(person: Person) -> None:
    """Keep checking posts from who is under 16, or may be (U14)."""
    age = person.age()
    is_unknown = age is None and person.kind == Person.Kind.YOUNG_PERSON
    if is_unknown or (age is not None and age < MODERATES_FROM):
        raise RuleBroken(_("Somebody who checks posts must be 16 or over."))


def _check_apart(group: SupportGroup, user: User, role: Role) -> None:
    """Keep the peer and the clinician two people, so that no group is ever led by a clinician alone (S90)."""
    pair = {Role.PEER_MODERATOR: Role.CLINICIAN, Role.CLINICIAN: Role.PEER_MODERATOR}
    other = pair.get(role)
    if other is None:
        return
    is_clinician = role is Role.PEER_MODERATOR and user.may_in_service(other)
    held = MembershipRole.objects.current().filter(membership__group=group, membership__user=user, role=other)
    if is_clinician or held.exists():
        raise RuleBroken(_("A clinician helps, and a peer checks posts: they are two people. Choose somebody else."))
