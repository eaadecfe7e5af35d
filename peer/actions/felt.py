"""Saying, with one press and no words, that one has felt this too; taken back by one press."""

from __future__ import annotations

from django.utils.translation import gettext as _

from peer.gate import action
from peer.models import FeltToo, Membership, Post, User
from peer.roles import Perm
from peer.states import RuleBroken


@action(Perm.READ_GROUP)
def say(post: Post, *, by: User) -> FeltToo:
    """Say that one has felt this too; the writer reads that others have, once there are two, and never who."""
    shown = Post.objects.select_for_update(of=("self",)).get(pk=post.pk)
    place = Membership.objects.active().filter(group=post.support_group, user=by).first()
    if place is None or shown.state != Post.State.APPROVED or shown.author_id == place.pk:
        raise RuleBroken(_("This is not here any more."))
    return FeltToo.objects.get_or_create(post=shown, membership=place)[0]


@action(Perm.READ_GROUP)
def take_back(post: Post, *, by: User) -> Post:
    """Take it back; nobody is told."""
    FeltToo.objects.filter(post=post, membership__user=by).delete()
    return post
