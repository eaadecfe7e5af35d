"""Single sign-on: in comes whose work e-mail was written down; nobody signs up, nothing is there until it is set (U18)."""

from __future__ import annotations

import pytest
from allauth.account.models import EmailAddress
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.helpers import complete_social_login
from allauth.socialaccount.models import SocialAccount, SocialLogin
from django.contrib.messages.middleware import MessageMiddleware
from django.contrib.sessions.backends.db import SessionStore
from django.http import HttpResponse
from django.test import Client, RequestFactory

from peer.models import Person, User
from peer.roles import Role
from tests.make import make_person, make_user

pytestmark = pytest.mark.django_db
WORK = "kim.duarte@trust.example"
LOGIN = "/account/oidc/staff/login/"


@pytest.fixture
def kim() -> User:
    user = make_user(name="Kim", person=make_person(kind=Person.Kind.STAFF), roles=(Role.CO_ORDINATOR,))
    User.objects.filter(pk=user.pk).update(email=WORK)
    return user


@pytest.fixture
def work_account(settings) -> None:
    settings.OIDC_SERVER_URL = "https://sso.trust.example"
    app = {"provider_id": "staff", "name": "Trust", "client_id": "x", "secret": "y", "settings": {"server_url": "x"}}
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": [app]}}


def come_from_there(email: str, *, verified: bool = True, process: str = "login") -> tuple[HttpResponse, SessionStore]:
    """Come back from the organisation's server as the library does, with what it said of the person."""
    from allauth.core import context
    from django.contrib.auth.models import AnonymousUser

    request = RequestFactory().get("/account/oidc/staff/login/callback/")
    request.session = SessionStore()
    request.user = AnonymousUser()
    MessageMiddleware(lambda _: HttpResponse()).process_request(request)
    with context.request_context(request):
        provider = get_adapter().get_provider(request, "staff")
        login = SocialLogin(
            user=User(),
            account=SocialAccount(provider="staff", uid="abc"),
            email_addresses=[EmailAddress(email=email, verified=verified, primary=True)],
            provider=provider,
        )
        login.state = {"process": process}
        answer = complete_social_login(request, login)
    request.session.save()
    return answer, request.session


def pages_of(session: SessionStore, client: Client, path: str) -> int:
    client.cookies["sessionid"] = session.session_key
    return client.get(path).status_code


@pytest.mark.parametrize("typed", [WORK, WORK.upper()])
def test_whose_work_e_mail_is_written_down_comes_in_and_needs_no_other_step(
    client: Client, kim: User, work_account, typed: str
) -> None:
    answer, session = come_from_there(typed)
    assert answer.status_code == 302
    assert session["_auth_user_id"] == str(kim.pk)
    assert pages_of(session, client, "/staff/waiting/") == 200
    assert not SocialAccount.objects.exists()


def test_signing_in_again_leaves_the_other_sessions_alone(client: Client, kim: User, work_account) -> None:
    _answer, first = come_from_there(WORK)
    come_from_there(WORK)
    assert pages_of(first, client, "/staff/waiting/") == 200


@pytest.mark.parametrize(
    ("email", "verified", "process"),
    [
        ("nobody@trust.example", True, "login"),
        (WORK, False, "login"),
        ("", True, "login"),
        (WORK, True, "connect"),
    ],
)
def test_nobody_else_comes_in_and_no_account_is_made(
    kim: User, work_account, email: str, verified: bool, process: str
) -> None:
    before = User.objects.count()
    answer, session = come_from_there(email, verified=verified, process=process)
    assert answer.status_code in {302, 403}
    assert "_auth_user_id" not in session
    assert User.objects.count() == before
    assert not SocialAccount.objects.exists()


def test_a_young_person_s_e_mail_opens_nothing(work_account) -> None:
    asha = make_user(person=make_person())
    User.objects.filter(pk=asha.pk).update(email=WORK)
    _answer, session = come_from_there(WORK)
    assert "_auth_user_id" not in session


def test_without_its_settings_there_is_no_such_door(client: Client) -> None:
    assert client.get(LOGIN).status_code == 404
    assert LOGIN not in client.get("/account/login/").content.decode()


def test_with_them_the_sign_in_page_shows_it(client: Client, work_account) -> None:
    assert LOGIN in client.get("/account/login/").content.decode()
