"""The address of one's own calendar: made, made anew, and given up, by its owner alone."""

from __future__ import annotations

from peer.gate import action
from peer.models import CalendarAddress, User
from peer.roles import Perm


@action(Perm.KEEP_OWN_ACCOUNT)
def make_address(user: User, *, by: User) -> CalendarAddress:
    """Make an address, or a new one: the old one opens nothing from this moment on."""
    address = CalendarAddress.objects.select_for_update().filter(user=user).first() or CalendarAddress(user=user)
    address.renew()
    return address


@action(Perm.KEEP_OWN_ACCOUNT)
def give_up_address(user: User, *, by: User) -> User:
    """Have no address any more."""
    CalendarAddress.objects.filter(user=user).delete()
    return user
