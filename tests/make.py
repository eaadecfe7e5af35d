"""Keyword-only factories: each makes one row with believable defaults, and returns it."""

from __future__ import annotations

import datetime as dt
import hashlib
import itertools

from wagtail.models import Collection, GroupApprovalTask, Locale, Page, Site, Workflow, WorkflowTask

from notifications.models import ContactPoint
from peer import clock, grants
from peer.lookalikes import fold
from peer.models import (
    Duty,
    GroupProtocol,
    MeetingPlace,
    Membership,
    MembershipRole,
    PeerModerator,
    Person,
    Post,
    Referral,
    ServiceRole,
    SupportGroup,
    Thread,
    User,
    WaitingListEntry,
)
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
        published_at=clock.now(),
    )
    return group


def make_ready(*, user: User, confirmed: int = 10) -> PeerModerator:
    """Write down all that comes before somebody's first real post, and how many first decisions were confirmed."""
    supervisor = User.objects.filter(handle="supervisor").first()
    if supervisor is None:
        person = make_person(kind=Person.Kind.STAFF, given_name="Vera", born_on=None)
        supervisor = User.objects.create_user(handle="supervisor", display_name="Vera", person=person)
        ServiceRole.objects.create(user=supervisor, role=Role.SERVICE_MANAGER)
    done = {"trained_on": clock.today(), "practised_at": clock.now(), "supervisor": supervisor, "confirmed": confirmed}
    return PeerModerator.objects.update_or_create(user=user, defaults=done)[0]


def make_member(
    *,
    group: SupportGroup,
    user: User | None = None,
    role: Role = Role.YOUNG_PERSON,
    name: str = "",
    joined: bool = True,
) -> Membership:
    """Make somebody an active member of a group in a role, with the rights it brings; a moderator may check posts."""
    number = next(_numbers)
    born_on = dt.date(2009, 5, 4) if role is Role.PEER_MODERATOR else dt.date(2011, 5, 4)
    person = (user and user.person) or make_person(given_name=f"Person {number}", born_on=born_on)
    user = user or make_user(person=person)
    name = name or f"Robin {number}"
    membership = Membership.objects.create(
        group=group,
        person=person,
        user=user,
        pseudonym=name,
        skeleton=fold(name),
        state=Membership.State.ACTIVE,
        joined_at=clock.now(),
    )
    MembershipRole.objects.create(membership=membership, role=role)
    if role is Role.PEER_MODERATOR:
        make_ready(user=user)
    grants.sync(membership)
    protocol = group.protocol()
    if joined and protocol:
        protocol.acceptances.create(user=user)
    return membership


def make_duty(*, group: SupportGroup, user: User, hours: float = 8) -> Duty:
    """Put a clinician on duty for a group from a minute ago."""
    start = clock.now() - dt.timedelta(minutes=1)
    return Duty.objects.create(group=group, user=user, from_at=start, until_at=start + dt.timedelta(hours=hours))


def make_post(
    *,
    group: SupportGroup | None = None,
    author: Membership | None = None,
    body: str = "I am glad that you are all here.",
    state: str = Post.State.PENDING,
    keys: int = 1,
    findings: list[dict[str, object]] | None = None,
) -> Post:
    """Make a post as it lies in the database after it was sent; the news of it is not told."""
    author = author or make_member(group=group or make_group())
    waits = state not in {Post.State.DRAFT, Post.State.WITHDRAWN, Post.State.REJECTED}
    digest = hashlib.sha256(body.encode()).hexdigest()
    thread = Thread.objects.create(group=author.group, title="Waiting", started_by=author, started_at=clock.now())
    post = Post.objects.create(
        thread=thread,
        author=author,
        body=body,
        html=f"<p>{body}</p>",
        content_hash=digest,
        findings=findings or [],
        keys_needed=keys,
        state=Post.State.PENDING if state == Post.State.APPROVED else state,
        owner_role=(Role.CLINICIAN if state == Post.State.HELD_RISK else Role.PEER_MODERATOR) if waits else "",
        due_at=clock.now() + dt.timedelta(hours=4) if waits else None,
        submitted_at=clock.now(),
        level="red" if state == Post.State.HELD_RISK else "",
    )
    if state == Post.State.APPROVED:
        post.move_to(state, approved_hash=digest, decided_at=clock.now(), owner_role="", due_at=None)
    return post


def make_wait(*, person: Person, state: str = WaitingListEntry.State.WAITING) -> WaitingListEntry:
    """Put a person on the waiting list."""
    referral = Referral.objects.create(
        person=person, reference=f"R-{next(_numbers)}", referred_on=dt.date(2026, 1, 5), pathway="Feeling low", row="{}"
    )
    now = clock.now()
    return WaitingListEntry.objects.create(
        referral=referral, state=state, released_at=now, owner_role=Role.CO_ORDINATOR, due_at=now + dt.timedelta(days=9)
    )


def make_open_group(*, title: str = "Lantern") -> SupportGroup:
    """Make a group in which one can write now: all day open, with Mo to check posts, Dr Lee on duty, and a place."""
    group = make_group(title=title)
    MeetingPlace.objects.create(
        group=group, where="The hall.", getting_there="Bus 5.", access="No steps.", from_afar="Ring in."
    )
    SupportGroup.objects.filter(pk=group.pk).update(opens=dt.time(0, 0), closes=dt.time(23, 59, 59))
    make_member(group=group, role=Role.PEER_MODERATOR, name="Mo")
    make_member(group=group, role=Role.PEER_FACILITATOR, name="Ben")
    lee = make_member(group=group, role=Role.CLINICIAN, name="Dr Lee").user
    if lee is not None:
        make_duty(group=group, user=lee)
    group.refresh_from_db()
    return group


def make_phone(*, person: Person, number: str = "", is_shared: bool = False) -> ContactPoint:
    """Give a person a proved mobile number of the drama range."""
    phone = ContactPoint.for_number(
        number or f"07700 900{next(_numbers) % 1000:03}",
        person=person,
        source="test",
        is_shared=is_shared,
        state=ContactPoint.State.PROVED,
        proved_at=clock.now(),
    )
    phone.save()
    return phone


def named(group: SupportGroup, name: str) -> Membership:
    """Find somebody of a group by their name there."""
    return Membership.objects.select_related("user", "person").get(group=group, pseudonym=name)


def user(group: SupportGroup, name: str) -> User:
    """Find the account of somebody of a group by their name there."""
    found = named(group, name).user
    assert found
    return found


def make_site_tree() -> None:
    """Make the root page, the site, the collections and the approval of Wagtail's migrations, where they are gone."""
    Locale.objects.get_or_create(language_code="en-gb")
    root = Page.get_first_root_node() or Page.add_root(instance=Page(title="Root", slug="root"))
    if not Site.objects.exists():
        home = root.get_children().first() or root.add_child(instance=Page(title="Home", slug="home"))
        Site.objects.create(hostname="localhost", root_page=home, is_default_site=True)
    if Collection.get_first_root_node() is None:
        Collection.add_root(instance=Collection(name="Root"))
    if not Workflow.objects.exists():
        approval = GroupApprovalTask.objects.create(name="Approval")
        WorkflowTask.objects.create(workflow=Workflow.objects.create(name="Approval"), task=approval, sort_order=0)
