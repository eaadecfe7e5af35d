"""The last weeks in a group, as parts that acts, news and the clock share (U12)."""

from __future__ import annotations

from django.db.models import Exists, OuterRef

from peer import clock, endings
from peer.events import emit
from peer.models import (
    Appeal,
    BandMove,
    Membership,
    MembershipRole,
    MovingOn,
    Person,
    Post,
    SupportGroup,
    User,
    WaitingListEntry,
)
from peer.models.groups import SupportGroupQuerySet
from peer.news import PlaceNews, PostWithdrawn
from peer.roles import Role

State, Cause = MovingOn.State, MovingOn.Cause


def begin(
    membership: Membership, cause: str, *, by: User | None = None, next_group: SupportGroup | None = None
) -> MovingOn | None:
    """Let somebody's last weeks begin, and tell them; None where they run already."""
    if MovingOn.objects.under_way().filter(membership=membership).exists():
        return None
    now = clock.now()
    ends_at = now + endings.days("moving_on", cause)
    moving = MovingOn.objects.create(
        membership=membership,
        cause=cause,
        begun_by=by,
        begun_at=now,
        ends_at=ends_at,
        next_group=next_group,
        owner_role=Role.CO_ORDINATOR,
        due_at=ends_at - endings.days("told_again", "before"),
    )
    _tell(moving)
    return moving


def begin_everywhere(person: Person, cause: str) -> None:
    """Let the last weeks begin in every group for people who wait that somebody is in as a young person."""
    held = MembershipRole.objects.current().filter(membership__person=person, role=Role.YOUNG_PERSON)
    for membership in Membership.objects.active().filter(pk__in=held.values("membership")).order_by("pk"):
        begin(membership, cause)


def begin_where_wait_ended(entry: WaitingListEntry, cause: str) -> None:
    """Let the last weeks begin, unless another request of the same person still waits."""
    waits = WaitingListEntry.objects.open().filter(referral__person=entry.person).exclude(pk=entry.pk)
    if not waits.exists():
        begin_everywhere(entry.person, cause)


def remind(moving: MovingOn) -> None:
    """Tell somebody once more that they have a week left."""
    moving.move_to(State.NEARLY, due_at=moving.ends_at)
    _tell(moving)


def _tell(moving: MovingOn) -> None:
    emit(PlaceNews(moving.membership, moving, f"{moving.state}-{moving.ends_at:%Y%m%d}"))


def go(moving: MovingOn) -> None:
    """Let somebody go, with their words left or taken as they chose; the page of the group says so ever after."""
    membership = moving.membership
    moving.move_to(State.GONE, due_at=None)
    if moving.words == MovingOn.Words.TAKE:
        for post in Post.objects.filter(author=membership, state=Post.State.APPROVED):
            post.move_to(Post.State.WITHDRAWN, due_at=None)
            emit(PostWithdrawn(post))
    endings.end(membership, Membership.State.LEFT)


def with_changes(groups: SupportGroupQuerySet, user: User) -> SupportGroupQuerySet:
    """Add, in the same query, what changes for somebody in a group, so that a quiet page costs nothing more."""
    since = clock.now() - endings.days("those_left", "told")
    mine = {"membership__group": OuterRef("pk"), "membership__user": user}
    back = Appeal.objects.filter(decision__membership__group=OuterRef("pk"), decision__membership__user=user)
    gone = MovingOn.objects.filter(state=State.GONE, membership__group=OuterRef("pk"))
    return groups.annotate(
        is_moving=Exists(MovingOn.objects.under_way().filter(**mine)),
        has_birthday=Exists(BandMove.objects.open().filter(**mine).exclude(birthday_on=None)),
        was_given_back=Exists(back.filter(state=Appeal.State.OVERTURNED)),
        somebody_left=Exists(gone.filter(membership__ended_at__gte=since)),
    )
