"""Many groups and many people in them, written by SQL: memberships, dated roles and the rights they bring."""

from __future__ import annotations

from django.contrib.auth.models import Permission
from django.db import connection

from peer import clock
from peer.models import (
    GroupProtocol,
    Membership,
    MembershipRole,
    Person,
    ProtocolAcceptance,
    SupportGroup,
    SupportGroupUserPermission,
    User,
)
from peer.roles import Role, group_perms

FEW, SOME, MANY = 5, 50, 500  # groups of the first three people, whose pages are measured
TABLES = (Membership, MembershipRole, SupportGroupUserPermission, SupportGroup, Person, User, ProtocolAcceptance)


def gather(*, groups: int, people: int, pairs: int) -> list[User]:
    """Fill an empty database; give the three people whose number of groups is known: 5, 50 and 500."""
    now = clock.now()
    persons = Person.objects.bulk_create(
        Person(kind=Person.Kind.YOUNG_PERSON, given_name=f"Person {number}") for number in range(people)
    )
    users = User.objects.bulk_create(User(handle=f"person-{person.pk}", person=person) for person in persons)
    made = SupportGroup.objects.bulk_create(
        SupportGroup(title=f"Group {number}", state=SupportGroup.State.OPEN) for number in range(groups)
    )
    GroupProtocol.objects.bulk_create(
        GroupProtocol(group=group, version=1, treated="Well", listened="Always", accepted="Yes", published_at=now)
        for group in made
    )
    first = made[0].pk
    _fill(first, groups=groups, users=users, pairs=pairs)
    return users[:3]


def _fill(first: int, *, groups: int, users: list[User], pairs: int) -> None:
    """Draw pairs of a person and a group; the three first people get exactly their number of groups."""
    perms = Permission.objects.filter(codename__in=group_perms(Role.YOUNG_PERSON), content_type__app_label="peer")
    now = clock.now()
    with connection.cursor() as cursor:
        cursor.execute("SELECT setseed(0.5)")
        cursor.execute(
            "CREATE TEMPORARY TABLE pairs AS SELECT DISTINCT u, g FROM ("
            " SELECT %s + floor(random() * %s)::bigint AS u, %s + floor(random() * %s)::bigint AS g"
            " FROM generate_series(1, %s)) AS drawn",
            [users[3].pk, len(users) - 3, first, groups, pairs],
        )
        for user, count in zip(users[:3], (FEW, SOME, MANY), strict=True):
            step = groups // count
            cursor.execute(
                "INSERT INTO pairs SELECT %s, %s + n * %s FROM generate_series(0, %s) AS n",
                [user.pk, first, step, count - 1],
            )
        cursor.execute(
            "INSERT INTO peer_membership (public_id, group_id, person_id, user_id, pseudonym, skeleton, colour, state,"
            " posts_approved, joined_at) SELECT 'bench-' || row_number() OVER (), pairs.g, people.person_id, people.id,"
            " 'name ' || people.id, 'name ' || people.id, 0, 'active', 0, %s"
            " FROM pairs JOIN peer_user AS people ON people.id = pairs.u",
            [now],
        )
        cursor.execute(
            "INSERT INTO peer_membershiprole (membership_id, role, from_at)"
            " SELECT id, 'young_person', %s FROM peer_membership",
            [now],
        )
        cursor.execute(
            "INSERT INTO peer_supportgroupuserpermission (user_id, content_object_id, permission_id)"
            " SELECT user_id, group_id, perm FROM peer_membership, unnest(%s::int[]) AS perm",
            [list(perms.values_list("pk", flat=True))],
        )
        for model in TABLES:
            cursor.execute(f"VACUUM ANALYZE {model._meta.db_table}")
