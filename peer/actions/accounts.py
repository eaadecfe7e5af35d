"""Accounts: sessions ended by their owner or by whoever answers for safety, and the work e-mail of staff (B4, U18)."""

from __future__ import annotations

from importlib import import_module

from django.conf import settings
from django.utils.translation import gettext as _

from peer.gate import action
from peer.models import User
from peer.roles import Perm
from peer.states import RuleBroken


@action(Perm.KEEP_OWN_ACCOUNT)
def end_session(user: User, *, by: User, key: str) -> User:
    """End one session of one's own, on another device."""
    import_module(settings.SESSION_ENGINE).SessionStore().delete(key)
    return user


@action(Perm.KEEP_OWN_ACCOUNT)
def end_own_sessions(user: User, *, by: User) -> User:
    """End every session of one's own; the page that asked keeps its own alive."""
    user.end_sessions()
    return user


@action(Perm.END_SESSIONS)
def end_sessions(user: User, *, by: User, reason: str) -> User:
    """End every session of somebody in one act, at their next request (B4)."""
    if not reason.strip():
        raise RuleBroken(_("Say why, in a sentence."))
    user.end_sessions()
    return user


@action(Perm.KEEP_STAFF_ACCOUNTS)
def write_email(user: User, *, by: User, email: str) -> User:
    """Write down the work e-mail by which single sign-on finds an account of staff; an empty one finds none."""
    if email and User.objects.filter(email__iexact=email).exclude(pk=user.pk).exists():
        raise RuleBroken(_("Somebody else here has this e-mail already."))
    user.email = email.lower()
    user.save(update_fields=["email"])
    return user
