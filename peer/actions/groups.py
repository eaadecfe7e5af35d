"""Setting up a group so that it cannot run unsafely, and a person's last steps into it (S1, S45)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError
from django.utils.translation import gettext as _

from peer import clock, endings, given_roles, joining, names
from peer.gate import TheService, action
from peer.models import (
    Consent,
    GroupProtocol,
    Membership,
    MembershipRole,
    ProtocolAcceptance,
    SupportGroup,
    User,
)
from peer.models.groups import GIVEN
from peer.roles import Perm, Role
from peer.states import RuleBroken

FIXED = ("age_from", "age_to", "audience")  # while people are in it (H24, promise 4)


@action(Perm.RUN_GROUP)
def begin(service: TheService, *, by: User, details: Mapping[str, Any]) -> SupportGroup:
    """Begin a group; nobody can be in it until it opens."""
    return SupportGroup.objects.create(created_at=clock.now(), **details)


@action(Perm.RUN_GROUP)
def change(group: SupportGroup, *, by: User, details: Mapping[str, Any]) -> SupportGroup:
    """Change what a group says of itself and its hours; its ages and its world stay while people are in it (H24)."""
    fixed = {name: details.get(name, getattr(group, name)) for name in FIXED}
    changed = any(value != getattr(group, name) for name, value in fixed.items())
    if changed and group.memberships.active().exists():
        raise RuleBroken(_("People are in this group, so its ages, and who it is for, stay as they are."))
    for name, value in details.items():
        setattr(group, name, value)
    group.save(update_fields=list(details))
    return group


@action(Perm.RUN_GROUP)
def publish_protocol(group: SupportGroup, *, by: User, treated: str, listened: str, accepted: str) -> GroupProtocol:
    """Publish how we treat each other as a new version; everybody is asked again before they write (S45)."""
    if not all(text.strip() for text in (treated, listened, accepted)):
        raise RuleBroken(_("All three headings need words."))
    last = group.protocols.order_by("-version").first()
    return group.protocols.create(
        version=last.version + 1 if last else 1,
        treated=treated,
        listened=listened,
        accepted=accepted,
        published_at=clock.now(),
    )


@action(Perm.RUN_GROUP)
def open_group(group: SupportGroup, *, by: User) -> SupportGroup:
    """Open a group, once its people and its protocol are there (S1)."""
    missing = group.lacks()
    if missing:
        raise RuleBroken(_("Not yet. Still missing: %(missing)s") % {"missing": " ".join(missing)})
    group.move_to(SupportGroup.State.OPEN)
    return group


@action(Perm.GIVE_ROLE)
def give_role(
    group: SupportGroup, *, by: User, user: User, role: Role, name: str, until_at: dt.datetime | None = None
) -> MembershipRole:
    """Give somebody a dated role in a group; a peer moderator takes a clinician on duty, or two (matrix row 26)."""
    if role not in GIVEN or role is Role.PEER_MODERATOR:
        raise RuleBroken(_("That role is not given by hand."))
    return given_roles.give(group, by=by, user=user, role=role, name=name, until_at=until_at)


@action(Perm.GIVE_ROLE)
def end_role(group: SupportGroup, *, by: User, role: MembershipRole) -> MembershipRole:
    """End a role in a group now; the right is gone with the next request (M7)."""
    if role.membership.group_id != group.pk:
        raise RuleBroken(_("That role belongs to another group."))
    return given_roles.end(role)


@action(Perm.CHOOSE_NAME)
def choose_name(membership: Membership, *, by: User, name: str, colour: int) -> Membership:
    """Choose the name and colour the group knows one by."""
    if membership.state != Membership.State.CONFIRMED:
        raise RuleBroken(_("Your name here is already chosen."))
    person = membership.person
    chosen = names.choose(name, real_names=[person.given_name, person.family_name])
    membership.pseudonym, membership.skeleton, membership.colour = chosen.shown, chosen.skeleton, colour
    try:
        membership.save(update_fields=["pseudonym", "skeleton", "colour"])
    except IntegrityError:  # the database knows who was first, also of two at once
        raise RuleBroken(_("Somebody here has a name like that already. Please choose another one.")) from None
    return membership


@action(Perm.CHOOSE_NAME)
def start(membership: Membership, *, by: User, protocol: GroupProtocol) -> Membership:
    """Say yes to how we treat each other, and be in the group: now, or with the others on the day of one's cohort."""
    if membership.state != Membership.State.CONFIRMED:  # nobody who is paused or out lets themselves in (M5)
        raise RuleBroken(_("This step is not open for you now. Ring us, and we’ll look at it together."))
    if not membership.pseudonym:
        raise RuleBroken(_("Choose your name here first."))
    _check_current(protocol, membership.group)
    ProtocolAcceptance.objects.get_or_create(protocol=protocol, user=by, defaults={"at": clock.now()})
    if not joining.waits_for_day(membership):
        return joining.bring_in(membership)
    membership.ready_at = clock.now()
    membership.save(update_fields=["ready_at"])
    return membership


@action(Perm.LEAVE_GROUP)
def leave(membership: Membership, *, by: User) -> Membership:
    """Leave a group, or the way into it: at once, without a reason, and without a word to anybody's parents."""
    if membership.roles.current().filter(role__in=GIVEN).exists():
        raise RuleBroken(_("People look to you here. Please hand over first: talk with your co-ordinator."))
    endings.end(membership, Membership.State.LEFT)
    Consent.objects.say(membership.person, Consent.Purpose.JOIN, given=False, basis="own", by=by)
    return membership


@action(Perm.ACCEPT_PROTOCOL)
def accept_protocol(protocol: GroupProtocol, *, by: User) -> ProtocolAcceptance:
    """Say yes to a new version of how we treat each other."""
    _check_current(protocol, protocol.group)
    said, _is_new = ProtocolAcceptance.objects.get_or_create(protocol=protocol, user=by, defaults={"at": clock.now()})
    return said


def _check_current(protocol: GroupProtocol, group: SupportGroup) -> None:
    if group.protocol() != protocol:
        raise RuleBroken(_("These words have just changed. Please read the new ones."))
