"""Two groups, their people, and how they treat each other."""

from __future__ import annotations

import datetime as dt

from cms.example.cast import CAST, MEMBERS, Player
from moderation import checking
from peer import clock, grants
from peer.lookalikes import fold
from peer.models import (
    Consent,
    GroupProtocol,
    Membership,
    MembershipRole,
    PeerModerator,
    Person,
    ServiceRole,
    SupportGroup,
    User,
)
from peer.roles import Role

TREATED = (
    "People are kind to me here, even when we don’t agree.\n"
    "Nobody asks me for my real name, my school or my number.\n"
    "I can read and say nothing. I can leave when I like."
)
LISTENED = (
    "Somebody reads what I write, all of it, before it shows.\n"
    "Somebody always answers.\n"
    "If I say I am not safe, a grown-up who knows what to do is told at once. They tell me that they know."
)
ACCEPTED = (
    "What I feel is real. Nobody tells me that it isn’t.\n"
    "If a post of mine can’t be shared I am told why, and I can say it another way.\n"
    "I can change these rules too: say so in the group and we vote."
)
HELLO = (
    "Hi, it’s Ben. This week’s question: what is one thing that was a bit less bad than you expected?\n"
    "One word is plenty."
)
GROUPS = {
    "lantern": ("Lantern", "For 14 and 15 year olds who are waiting. Led by Ben, who waited too.", 14, 15),
    "harbour": ("Harbour", "For 16 and 17 year olds who are waiting. Led by Ben, checked by Mo and Zara.", 16, 17),
}


def load_groups() -> dict[str, SupportGroup]:
    """Make the two groups, open, each with its protocol."""
    made = {}
    for key, (title, about, age_from, age_to) in GROUPS.items():
        group = SupportGroup.objects.create(
            title=title,
            about=about,
            age_from=age_from,
            age_to=age_to,
            state=SupportGroup.State.OPEN,
            opens=dt.time(8),
            closes=dt.time(21),  # as the day shift of the rota, so that every page names the same hours
            listed=True,
            hello=HELLO,
        )
        GroupProtocol.objects.create(
            group=group, version=1, treated=TREATED, listened=LISTENED, accepted=ACCEPTED, published_at=clock.now()
        )
        made[key] = group
    return made


def load_cast(groups: dict[str, SupportGroup]) -> dict[str, User]:
    """Make the players of the cast, with their roles."""
    users = {player.handle: _load_player(player, groups) for player in CAST}
    for player in CAST:
        if Role.PEER_MODERATOR in player.group_roles.values():
            let_check(users[player.handle], supervisor=users["dr_okafor"])
    return users


def let_check(user: User, *, supervisor: User) -> None:
    """Write down all that comes before somebody's first real post, as if it had been months ago (U14)."""
    PeerModerator.objects.create(
        user=user,
        trained_on=clock.today() - dt.timedelta(days=90),
        supervisor=supervisor,
        practised_at=clock.now() - dt.timedelta(days=80),
        confirmed=checking.table()["first"]["shadowed"],
    )


def _load_player(player: Player, groups: dict[str, SupportGroup]) -> User:
    person = Person.objects.create(
        kind=player.kind,
        given_name=player.given_name,
        family_name=player.family_name,
        born_on=player.born_on,
        address=player.address or None,
        doctor=player.doctor,
    )
    staff = player.kind == Person.Kind.STAFF
    user = User.objects.create_user(
        handle=player.handle,
        display_name=player.name_here or player.given_name,
        person=person,
        is_staff=False,
        email=f"{player.given_name}.{player.family_name}@example.org".lower() if staff else "",
    )
    for role in player.service_roles:
        ServiceRole.objects.create(user=user, role=role)
    for key, role in player.group_roles.items():
        join(groups[key], user, name=player.name_here, role=role, trusted=staff or role is not Role.YOUNG_PERSON)
    return user


def load_members(groups: dict[str, SupportGroup]) -> None:
    """Fill the groups with 28 more young people, known only by their names here."""
    for key, names in MEMBERS.items():
        group = groups[key]
        for number, name in enumerate(names):
            person = Person.objects.create(
                kind=Person.Kind.YOUNG_PERSON,
                given_name=f"Member {name}",
                family_name="Example",
                born_on=dt.date(clock.today().year - group.age_from - 1, 12, 1 + number),
            )
            user = User.objects.create_user(handle=f"{key}-{name.lower()}", display_name=name, person=person)
            join(group, user, name=name, role=Role.YOUNG_PERSON, trusted=True)


def join(group: SupportGroup, user: User, *, name: str, role: Role, trusted: bool) -> Membership:
    """Put somebody in a group as if the hello call had been weeks ago."""
    if user.person is None:
        raise ValueError("Only a person can join a group.")
    membership = Membership.objects.create(
        group=group,
        person=user.person,
        user=user,
        pseudonym=name,
        skeleton=fold(name),
        colour=sum(map(ord, name)) % 12,
        state=Membership.State.ACTIVE,
        joined_at=clock.now(),
        posts_approved=10 if trusted else 5,
    )
    MembershipRole.objects.create(membership=membership, role=role)
    grants.sync(membership)
    protocol = group.protocol()
    if protocol is not None:
        protocol.acceptances.create(user=user)
    for purpose in (Consent.Purpose.JOIN, Consent.Purpose.LIMITS, Consent.Purpose.POST):
        Consent.objects.say(user.person, purpose, given=True, basis="own", by=user)
    return membership
