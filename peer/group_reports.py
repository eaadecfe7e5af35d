"""What staff see of a group in figures: counts, never names, small ones not at all (S2, S90, matrix row 17)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Count, Q

from peer import clock
from peer.models import JoinRequest, LonelinessAnswer, Membership, MembershipRole, Post, SupportGroup, Welcome
from peer.models.loneliness import Row
from peer.roles import Role

LATELY = dt.timedelta(days=28)


@dataclass(frozen=True)
class GroupReport:
    """The figures of one group at one moment."""

    members: int
    came: int
    left: int
    posts: int
    clinician_posts: int
    hellos_owed: int
    hellos_late: int
    asking: int
    loneliness: tuple[Row, Row] | None

    @property
    def clinician_share(self) -> int | None:
        """Give how many of a hundred shown posts are a clinician's, or None while nothing is shown (S90)."""
        return round(100 * self.clinician_posts / self.posts) if self.posts else None


def of(group: SupportGroup) -> GroupReport:
    """Count what a group is like now, and what happened in the last four weeks."""
    now, since = clock.now(), clock.now() - LATELY
    members = MembershipRole.objects.in_group(group).filter(role__in=[Role.YOUNG_PERSON, Role.PARENT_CARER])
    moves = group.memberships.aggregate(
        came=Count("pk", filter=Q(joined_at__gte=since)),
        left=Count("pk", filter=Q(ended_at__gte=since, joined_at__isnull=False)),
    )
    shown = Post.objects.approved().filter(thread__group=group, submitted_at__gte=since)
    owed = Q(state=Welcome.State.DUE)
    return GroupReport(
        members=members.values("membership").distinct().count(),
        **moves,
        **shown.aggregate(posts=Count("pk"), clinician_posts=Count("pk", filter=Q(author_role=Role.CLINICIAN))),
        **Welcome.objects.filter(membership__group=group, membership__state=Membership.State.ACTIVE).aggregate(
            hellos_owed=Count("pk", filter=owed), hellos_late=Count("pk", filter=owed & Q(due_at__lt=now))
        ),
        asking=JoinRequest.objects.waiting().filter(group=group).count(),
        loneliness=LonelinessAnswer.objects.figures(group),
    )
