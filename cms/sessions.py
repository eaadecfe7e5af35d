"""Where somebody is signed in: each session by its kind of device and since when; no address, no place (B4)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth.signals import user_logged_in
from django.db.models.signals import pre_save
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils.translation import gettext as _

from peer import clock
from peer.actions import breaches
from peer.models import Person, User

NO_ADDRESS = "0.0.0.0"  # noqa: S104 - nothing listens: it stands where the library would keep an address
BROWSERS = (("Edg", "Edge"), ("OPR", "Opera"), ("SamsungBrowser", "Samsung"), ("Firefox", "Firefox"),
            ("FxiOS", "Firefox"), ("CriOS", "Chrome"), ("Chrome", "Chrome"), ("Safari", "Safari"))  # fmt: skip


@dataclass(frozen=True)
class Session:
    """One place where somebody is signed in, in words."""

    pk: int
    device: str
    since: dt.datetime
    is_here: bool


@receiver(pre_save, sender=UserSession)
def keep_no_address(instance: UserSession, **_about: Any) -> None:
    """Write down when it began by our clock, and never where from."""
    instance.ip = NO_ADDRESS
    if instance._state.adding:
        instance.created_at = instance.last_seen_at = clock.now()


@receiver(user_logged_in)
def list_it(request: HttpRequest, **_about: Any) -> None:
    """List a session from its first moment, however somebody came in."""
    user = getattr(request, "user", None)
    if request.META and isinstance(user, User):
        UserSession.objects.create_from_request(request)
        _watch(user, agent=request.META.get("HTTP_USER_AGENT", ""))


def _watch(user: User, *, agent: str) -> None:
    """Let a device that a member of staff never used before be noticed (B3); of families no device is remembered."""
    if user.person is not None and user.person.kind == Person.Kind.STAFF:
        breaches.signed_in(user, by=breaches.SIGN_IN, device=str(device(agent)))


def open_of(user: User, *, here: str = "") -> list[Session]:
    """Give the sessions of an account that still open something, the newest first."""
    rows = sorted(UserSession.objects.purge_and_list(user), key=lambda row: row.created_at, reverse=True)
    return [Session(row.pk, device(row.user_agent), row.created_at, row.session_key == here) for row in rows]


def key_of(user: User, pk: int) -> str:
    """Find the key of one session of this account, or nothing."""
    row = UserSession.objects.filter(user=user, pk=pk).first()
    return str(row.session_key) if row is not None else ""


def go_on(request: HttpRequest) -> None:
    """List the session of this request under its new key."""
    UserSession.objects.create_from_request(request)


def clear_expired() -> None:
    """Delete the sessions that have run out, and from the list whatever opens nothing any more."""
    store = import_module(settings.SESSION_ENGINE).SessionStore
    store.clear_expired()
    open_still = store.get_model_class().objects.values("session_key")
    UserSession.objects.exclude(session_key__in=open_still).delete()


def device(agent: str) -> str:
    """Say in words what kind of device it is: "Safari on an iPhone"."""
    machines = (("iPhone", _("an iPhone")), ("iPad", _("an iPad")), ("Android", _("an Android phone or tablet")),
                ("CrOS", _("a Chromebook")), ("Windows", _("a Windows computer")), ("Mac OS", _("a Mac")),
                ("Linux", _("a Linux computer")))  # fmt: skip
    machine = next((words for mark, words in machines if mark in agent), _("another device"))
    browser = next((name for mark, name in BROWSERS if mark in agent), "")
    return _("%(browser)s on %(machine)s") % {"browser": browser, "machine": machine} if browser else machine
