"""The only writer of guardian rows, and the one query that reads a person's rights (decision 11)."""

from __future__ import annotations

from collections.abc import Collection
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, TypeAlias

from django.contrib.auth.models import Permission
from django.db.models import OuterRef, QuerySet, Subquery, TextField

from peer import clock
from peer.events import emit
from peer.news import RightsLost
from peer.roles import Perm, Role, group_perms
from peer.written import written

if TYPE_CHECKING:
    from peer.models import Membership, SupportGroup, User

NO_GROUP = 0  # no group has this key
ANYWHERE = -1  # nor this one

Memory: TypeAlias = dict[tuple[int, int], frozenset[str]]
kept: ContextVar[Memory | None] = ContextVar("kept", default=None)


def sync(membership: Membership) -> None:
    """Make the guardian rows of one person in one group equal to what their dated roles there bring now."""
    from peer.models import SupportGroupUserPermission  # noqa: PLC0415

    user = membership.user
    if user is None:
        return
    wanted: set[str] = set()
    if membership.is_current():
        for role in membership.roles.current().values_list("role", flat=True):
            wanted |= group_perms(role)
    rows = SupportGroupUserPermission.objects.filter(user=user, content_object=membership.group)
    held = set(rows.values_list("permission__codename", flat=True))
    lost, _by_table = rows.exclude(permission__codename__in=wanted).delete()
    missing = Permission.objects.filter(
        content_type__app_label="peer", content_type__model="supportgroup", codename__in=wanted - held
    )
    SupportGroupUserPermission.objects.bulk_create(
        SupportGroupUserPermission(user=user, content_object=membership.group, permission=perm) for perm in missing
    )
    _forget()
    if lost:
        emit(RightsLost(membership))


def hold(membership: Membership) -> None:
    """Hold a person's rights in a group before their roles there end: every act holds rights first, and roles after."""
    from peer.models import SupportGroupUserPermission  # noqa: PLC0415

    rows = SupportGroupUserPermission.objects.filter(user=membership.user, content_object=membership.group)
    list(rows.order_by("pk").select_for_update(of=("self",)).values_list("pk"))


def rights(user: User, group: SupportGroup) -> frozenset[str]:
    """Read the codenames a person holds in a group, in one query, kept for the request."""
    memory = kept.get()
    key = (user.pk, group.pk)
    if memory is not None and key in memory:
        return memory[key]
    from peer.models import SupportGroupUserPermission  # noqa: PLC0415

    rows = SupportGroupUserPermission.objects.filter(user=user, content_object=group)
    held = frozenset(rows.values_list("permission__codename", flat=True))
    if memory is not None:
        memory[key] = held
    return held


def learn(user: User, groups: Collection[SupportGroup]) -> None:
    """Read what a person holds in many groups, in one query, before a page asks row by row."""
    memory = kept.get()
    if memory is None:
        return
    from peer.models import SupportGroupUserPermission  # noqa: PLC0415

    held: dict[int, set[str]] = {group.pk: set() for group in groups}
    rows = SupportGroupUserPermission.objects.filter(user=user, content_object__in=held)
    for group, codename in rows.values_list("content_object", "permission__codename"):
        held[group].add(codename)
    memory.update({(user.pk, group): frozenset(names) for group, names in held.items()})


def _holds(user: User, group: SupportGroup, perm: Perm, *, locked: bool) -> bool:
    """Tell whether the row of this one right is there; `locked` reads it afresh and holds it (decision 11)."""
    if not locked:
        return perm in rights(user, group)
    return bool(_held_row(user=user.pk, group=group.pk, perm=str(perm)))


@written
def _held_row(*, user: int, group: int, perm: str) -> QuerySet[Any, tuple[int]]:
    from peer.models import SupportGroupUserPermission  # noqa: PLC0415

    row = SupportGroupUserPermission.objects.filter(user=user, content_object=group, permission__codename=perm)
    return row.select_for_update(of=("self",)).values_list("pk")


def roles(user: User, group: SupportGroup | None, *, perm: Perm, locked: bool = False) -> frozenset[Role]:
    """Read the dated roles a person holds now: in the whole service (None), or in a group that gives them `perm`."""
    if group is None:
        return _read_service_roles(user, locked=True) if locked else service_roles(user)
    if not _holds(user, group, perm, locked=locked):
        return frozenset()
    return frozenset(Role(role) for (role,) in _roles_in(user=user.pk, group=group.pk, locked=locked))


@written
def _roles_in(*, user: int, group: int, locked: bool) -> QuerySet[Any, tuple[str]]:
    from peer.models import MembershipRole  # noqa: PLC0415

    in_group = MembershipRole.objects.current().filter(
        membership__user=user, membership__group=group, membership__state="active"
    )
    return (in_group.select_for_update(of=("self",)) if locked else in_group).values_list("role")


def service_roles(user: User) -> frozenset[Role]:
    """Read the roles a person holds now in the whole service, in one query, kept for the request."""
    kept_roles = _kept_roles(user, NO_GROUP)
    return _read_service_roles(user, locked=False) if kept_roles is None else kept_roles


def all_roles(user: User) -> frozenset[Role]:
    """Read the roles a person holds now, in the service or in any group, in one query, kept for the request."""
    kept_roles = _kept_roles(user, ANYWHERE)
    return _read_all_roles(user)[1] if kept_roles is None else kept_roles


def anywhere(user: User, *, locked: bool = False) -> frozenset[Role]:
    """Read the roles held now in the service or in any group; `locked` reads them afresh and holds them."""
    if not locked:
        return all_roles(user)
    from peer.models import MembershipRole  # noqa: PLC0415

    in_groups = MembershipRole.objects.current().filter(membership__user=user, membership__state="active")
    held = in_groups.select_for_update(of=("self",)).values_list("role", flat=True)
    return _read_service_roles(user, locked=True) | frozenset(Role(role) for role in held)


def _kept_roles(user: User, where: int) -> frozenset[Role] | None:
    """Give what this request knows of a person's roles, read the first time for both questions; None outside one."""
    memory = kept.get()
    if memory is None:
        return None
    if (user.pk, where) not in memory:
        _keep_roles(memory, user.pk, *_read_all_roles(user))
    return frozenset(Role(role) for role in memory[user.pk, where])


def _keep_roles(memory: Memory, user: int, of_service: frozenset[Role], anywhere: frozenset[Role]) -> None:
    memory[user, NO_GROUP], memory[user, ANYWHERE] = of_service, anywhere


def _read_all_roles(user: User) -> tuple[frozenset[Role], frozenset[Role]]:
    """Read the roles held now in the service, and those held anywhere, in one query."""
    rows = _roles_held(user=user.pk)
    return _named(rows[0]) if rows else (frozenset(), frozenset())


@written
def _roles_held(*, user: int) -> QuerySet[User]:
    from peer.models import User  # noqa: PLC0415

    return with_roles(User.objects.filter(pk=user)).only("pk")


def _named(account: User) -> tuple[frozenset[Role], frozenset[Role]]:
    named = ((names or "").split(",") for names in (account.held_in_service, account.held_in_groups))
    of_service, of_groups = (frozenset(Role(name) for name in names if name) for names in named)
    return of_service, of_service | of_groups


class RoleNames(Subquery):
    """Writes the different roles of some rows as their names with commas between; nothing where there are none."""

    output_field = TextField()
    template = "(SELECT STRING_AGG(DISTINCT held.role, ',') FROM (%(subquery)s) AS held)"

    def as_sqlite(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        """Write the same for SQLite."""
        template = "(SELECT GROUP_CONCAT(DISTINCT held.role) FROM (%(subquery)s) AS held)"
        return self.as_sql(compiler, connection, template=template)


def with_roles(accounts: QuerySet[User]) -> QuerySet[User]:
    """Add to accounts the roles they hold now, in the service and in groups, for `learn_roles`."""
    from peer.models import MembershipRole, ServiceRole  # noqa: PLC0415

    in_service = ServiceRole.objects.current().filter(user=OuterRef("pk"))
    in_groups = MembershipRole.objects.current().filter(membership__user=OuterRef("pk"), membership__state="active")
    return accounts.annotate(  # type: ignore[no-redef]
        held_in_service=RoleNames(in_service.values("role")), held_in_groups=RoleNames(in_groups.values("role"))
    )


def learn_roles(user: User) -> None:
    """Keep for this request what an account holds that was read `with_roles`."""
    memory = kept.get()
    if memory is not None:
        _keep_roles(memory, user.pk, *_named(user))


def _read_service_roles(user: User, *, locked: bool) -> frozenset[Role]:
    from peer.models import ServiceRole  # noqa: PLC0415

    rows = ServiceRole.objects.current().filter(user=user)
    held = (rows.select_for_update() if locked else rows).values_list("role", flat=True)
    return frozenset(Role(role) for role in held)


def on_duty(user: User, group: SupportGroup, *, locked: bool = False) -> bool:
    """Tell whether the rota says that this person covers this group at this second."""
    from peer.models import Duty  # noqa: PLC0415

    rows = Duty.objects.at(clock.now()).filter(user=user, group=group)
    return bool((rows.select_for_update() if locked else rows).values_list("pk"))


def _forget() -> None:
    memory = kept.get()
    if memory is not None:
        memory.clear()
