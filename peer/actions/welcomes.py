"""The welcome of whoever is new: said with a card, or handed on to another peer (S2)."""

from __future__ import annotations

from django.utils.translation import gettext as _

from peer import clock
from peer.gate import action
from peer.models import Membership, User, Welcome
from peer.models.welcomes import WITHIN, hellos
from peer.roles import Perm, Role
from peer.states import RuleBroken, StaleMove
from peer.welcoming import who_greets


@action(Perm.WELCOME_MEMBER)
def say_hello(welcome: Welcome, *, by: User, card: str) -> Welcome:
    """Say hello to somebody new with a card; they alone see it, with the name of who sent it."""
    if card not in hellos():
        raise RuleBroken(_("Choose one of the cards."))
    mine = Membership.objects.active().get(group=welcome.membership.group_id, user=by)
    if mine.pk == welcome.membership_id:
        raise RuleBroken(_("Nobody welcomes themselves."))
    welcome.move_to(Welcome.State.DONE, card=card, greeter=mine, owner=by, done_at=clock.now(), due_at=None)
    return welcome


@action(Perm.WELCOME_MEMBER)
def hand_on(welcome: Welcome, *, by: User) -> Welcome:
    """Hand a welcome to another peer of the group; no reason asked, and the day it is due stays near."""
    if welcome.state != Welcome.State.DUE:
        raise StaleMove("somebody said hello already")
    other = who_greets(welcome.membership, but=by)
    if other is None:
        raise RuleBroken(_("There is nobody else just now. Please ask your co-ordinator."))
    welcome.greeter, welcome.owner, welcome.due_at = other, other.user, clock.now() + WITHIN / 2
    welcome.owner_role = Role.PEER_MODERATOR
    welcome.save(update_fields=["greeter", "owner", "owner_role", "due_at"])
    return welcome
