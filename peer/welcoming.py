"""Who says hello to whom, and what follows when somebody comes in or goes (S2)."""

from __future__ import annotations

from django.db.models import Count, Exists, OuterRef, Q

from peer import clock
from peer.events import on
from peer.models import Membership, MembershipRole, User, Welcome
from peer.models.welcomes import GREETERS, WITHIN
from peer.news import MembershipEnded, MembershipStarted
from peer.roles import Role


def who_greets(newcomer: Membership, *, but: User | None = None) -> Membership | None:
    """Choose who says hello: the peer with the fewest hellos to say, who leads the group before who checks posts."""
    held = MembershipRole.objects.current().filter(role__in=GREETERS, membership__group=newcomer.group_id)
    peers = Membership.objects.active().filter(pk__in=held.values("membership")).exclude(pk=newcomer.pk)
    if but is not None:
        peers = peers.exclude(user=but)
    owes = Count("greetings", filter=Q(greetings__state=Welcome.State.DUE))
    leads = Exists(held.filter(role=Role.PEER_FACILITATOR, membership=OuterRef("pk")))
    return peers.annotate(owes=owes, leads=leads).order_by("owes", "-leads", "id").select_related("user").first()


@on(MembershipStarted)
def owe_a_welcome(news: MembershipStarted) -> None:
    """Give a peer the task to say hello within two days."""
    newcomer = news.membership
    peer = who_greets(newcomer)
    Welcome.objects.get_or_create(
        membership=newcomer,
        defaults={
            "greeter": peer,
            "owner": peer.user if peer else None,
            "owner_role": Role.PEER_FACILITATOR if peer else Role.CO_ORDINATOR,
            "due_at": clock.now() + WITHIN,
        },
    )


@on(MembershipEnded)
def nobody_to_welcome(news: MembershipEnded) -> None:
    """Take the hello off the list when somebody left before it was said."""
    for welcome in Welcome.objects.filter(membership=news.membership, state=Welcome.State.DUE):
        welcome.move_to(Welcome.State.ENDED, due_at=None)
