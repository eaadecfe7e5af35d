"""Staff get nothing but enrolment until this session has shown a passkey, a code app or single sign-on (safety B1)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import urlencode

from allauth.account.internal.flows.login import get_authentication_records, record_authentication
from allauth.account.internal.flows.reauthentication import suspend_request
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from cms.door import ROOMS
from peer import clock, grants
from peer.models import Person, User
from peer.roles import SERVICE_WIDE, Role

KEYS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
DUTIES = SERVICE_WIDE | {Role.CLINICIAN, Role.GROUP_ADMINISTRATOR}
SINGLE_SIGN_ON, ONE_PRESS_DOOR = "socialaccount", "demo"
FRESH_FOR = 5 * 60  # seconds
ENROLMENT = frozenset({
    "second-step", "mfa_index", "mfa_activate_totp", "mfa_add_webauthn", "mfa_reauthenticate",
    "mfa_reauthenticate_webauthn", "account_reauthenticate",
})  # fmt: skip
DOORS = frozenset({"account_login", "account_logout"})


def must(user: User) -> bool:
    """Tell whether this account needs a second factor: staff, whoever has a role in the service, and clinicians."""
    if user.is_staff or user.is_superuser or (user.person is not None and user.person.kind == Person.Kind.STAFF):
        return True
    return not grants.all_roles(user).isdisjoint(DUTIES)


def is_enrolled(user: User) -> bool:
    """Tell whether the account has a passkey or a code app."""
    return bool(is_mfa_enabled(user, KEYS))


def enrolled_among(users: Iterable[User]) -> set[int]:
    """Name the accounts of these that have a passkey or a code app, in one query."""
    rows = Authenticator.objects.filter(user__in=[user.pk for user in users], type__in=KEYS)
    return set(rows.values_list("user_id", flat=True))


def has_shown(request: HttpRequest, user: User) -> bool:
    """Tell whether this very session came in by a second factor that the account still has."""
    methods = {record.get("method") for record in get_authentication_records(request, user)}
    if SINGLE_SIGN_ON in methods or (settings.DEMO and ONE_PRESS_DOOR in methods):
        return True
    return "mfa" in methods and is_enrolled(user)


def is_fresh(request: HttpRequest, user: User) -> bool:
    """Tell whether this session showed its second factor within the last five minutes (safety B2)."""
    records = get_authentication_records(request, user)
    if settings.DEMO and any(record.get("method") == ONE_PRESS_DOOR for record in records):
        return True
    shown = [record["at"] for record in records if record.get("method") in {"mfa", SINGLE_SIGN_ON}]
    now = (clock.now() - clock.offset()).timestamp()  # the library writes down real time
    return bool(shown) and now - max(shown) < FRESH_FOR


def ask_again(request: HttpRequest, user: User) -> HttpResponse:
    """Have the second factor shown once more, and go on from here; a form that was sent is kept meanwhile."""
    if is_enrolled(user):
        kept: HttpResponse = suspend_request(request, reverse("mfa_reauthenticate"))
        return kept
    again = {"process": "login", "auth_params": "prompt=login", "next": request.path}
    return redirect(f"{reverse('openid_connect_login', args=['staff'])}?{urlencode(again)}")


@receiver(authenticator_added)
def count_enrolment(request: HttpRequest, user: User, authenticator: Authenticator, **_: Any) -> None:
    """Count the session that enrols as one that has shown it; other sessions still have to."""
    record_authentication(
        request, user, method="mfa", type=authenticator.type, id=authenticator.pk, reauthenticated=True
    )


class StaffDoor:
    """Sends staff without a second factor to enrolment; public pages show them what any visitor sees."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on; the view decides below."""
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], _args: Any, _kwargs: Any
    ) -> HttpResponse | None:
        """Let pass whoever needs none or has shown one; for others there is enrolment, and what strangers see."""
        if settings.SESSION_COOKIE_NAME not in request.COOKIES or not isinstance(request.user, User):
            return None
        name = request.resolver_match.url_name if request.resolver_match else None
        if name in ENROLMENT | DOORS or not must(request.user) or has_shown(request, request.user):
            return None
        if not getattr(view, "login_required", True) and not request.path_info.startswith(ROOMS):
            request.user = AnonymousUser()
            return None
        return redirect(self._way(request))

    @staticmethod
    def _way(request: HttpRequest) -> str:
        if not (isinstance(request.user, User) and is_enrolled(request.user)):
            return reverse("second-step")
        back = request.get_full_path() if request.method == "GET" else settings.LOGIN_REDIRECT_URL
        return f"{reverse('mfa_reauthenticate')}?{urlencode({'next': back})}"
