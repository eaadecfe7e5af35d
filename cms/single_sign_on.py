"""Single sign-on of the organisation: opens the account whose work e-mail was written down, and makes none (U18)."""

from __future__ import annotations

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialLogin
from django.conf import settings
from django.http import HttpRequest
from django.shortcuts import redirect, render

from cms import second_factor
from peer.models import User


def account_of(email: str) -> User | None:
    """Find the one member of staff whose work e-mail the service manager wrote down."""
    rows = User.objects.filter(email__iexact=email, is_active=True).select_related("person") if email else []
    found = [user for user in rows if second_factor.must(user)]
    return found[0] if len(found) == 1 else None


class SingleSignOn(DefaultSocialAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """Lets in whom the organisation vouches for and the service manager knows; nobody signs up."""

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Match the address that the organisation has checked with the one written down here; refuse all others."""
        if sociallogin.state.get("process") == "connect":  # nobody ties a second way in to an account
            raise ImmediateHttpResponse(redirect(settings.LOGIN_REDIRECT_URL))
        checked = [one.email for one in sociallogin.email_addresses if one.verified or settings.OIDC_EMAIL_IS_CHECKED]
        user = account_of(checked[0]) if len(checked) == 1 else None
        if user is None:
            raise ImmediateHttpResponse(render(request, "account/not_known.html", status=403))
        sociallogin.user = user

    def authenticate_by_email(self, sociallogin: SocialLogin) -> None:
        """Leave it to the act above: the library would end all other sessions of the person."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:  # noqa: ARG002
        """Say no: accounts are made by people here."""
        return False
