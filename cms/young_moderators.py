"""Who judges public words in young people's name: whoever checks posts and is a young person, no parent (S12)."""

from __future__ import annotations

from django.db.models import Q

from peer import grants
from peer.models import MembershipRole, Person, ServiceRole, User
from peer.roles import Role

NOT_YOUNG = Q(role=Role.PEER_MODERATOR) & ~Q(membership__person__kind=Person.Kind.YOUNG_PERSON)


def roles_of(user: User, *, locked: bool = False) -> frozenset[Role]:
    """Read the roles of somebody anywhere, without that of a peer moderator who is no young person."""
    held = grants.anywhere(user, locked=locked)
    is_young = user.person is not None and user.person.kind == Person.Kind.YOUNG_PERSON
    return held if is_young else held - {Role.PEER_MODERATOR}


def is_one(user: User) -> bool:
    """Tell whether this is a young person who checks posts in some group now."""
    return Role.PEER_MODERATOR in roles_of(user)


def holders(*roles: str) -> Q:
    """Find the accounts that hold one of these roles now, in the service or in any group."""
    in_service = ServiceRole.objects.current().filter(role__in=roles).values("user")
    in_groups = MembershipRole.objects.current().filter(role__in=roles, membership__state="active")
    return Q(pk__in=in_service) | Q(pk__in=in_groups.exclude(NOT_YOUNG).values("membership__user"))
