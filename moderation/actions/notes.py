"""A note on what a shown post talks about, put there by whoever checks posts (B5, B9)."""

from __future__ import annotations

from django.utils.translation import gettext as _

from moderation import notes
from peer.gate import action
from peer.models import Post, User
from peer.roles import Perm
from peer.states import RuleBroken, StaleMove


@action(Perm.DECIDE_POST)
def put(post: Post, *, by: User, note: str) -> Post:
    """Let people choose, from this moment, whether they open a post that is shown already; its writer reads so."""
    held = Post.objects.select_for_update(of=("self",)).select_related("thread__group", "author").get(pk=post.pk)
    if held.state != Post.State.APPROVED:
        raise StaleMove("out of sight meanwhile")
    if held.is_own(by):
        raise RuleBroken(_("Nobody decides about their own post."))
    words = notes.write_on(held, note)
    if not words:
        raise RuleBroken(_("That note is on it already."))
    held.note_to_author = "\n\n".join(filter(None, [held.note_to_author, words]))
    held.save(update_fields=["note_to_author"])
    return held
