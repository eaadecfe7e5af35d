"""Where somebody is signed in: listed and ended by themselves, or all at once by who answers for safety (B4)."""

from __future__ import annotations

import datetime as dt

import pytest
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cms import sessions
from cms.celery import app
from peer import clock
from peer.actions import cards
from peer.models import AuditEvent, Person, User
from peer.roles import Role
from tests.make import make_person, make_user

pytestmark = pytest.mark.django_db
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Mobile Safari/604.1"
WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0.0.0 Safari/537.36"
LIST = reverse("account-sessions")


@pytest.fixture(autouse=True)
def fresh_limits() -> None:
    cache.clear()


@pytest.fixture
def asha() -> User:
    user = make_user(name="Asha", person=make_person())
    cards.choose_words(user, by=user, words=["kettle", "otter", "stairs"])
    return user


@pytest.fixture
def number(asha: User) -> str:
    return cards.give(asha.person, by=make_user(roles=(Role.CO_ORDINATOR,))).number


def sign_in(number: str, agent: str) -> Client:
    client = Client(HTTP_USER_AGENT=agent, REMOTE_ADDR="203.0.113.7")
    typed = {"number": number, "words": "kettle otter stairs"}
    assert client.post(reverse("sign-in-card"), typed).status_code == 302
    return client


def is_in(client: Client) -> bool:
    return client.get("/home/").status_code == 200


def test_sessions_are_listed_by_device_and_nothing_keeps_where_they_are(asha: User, number: str) -> None:
    phone, desk = sign_in(number, IPHONE), sign_in(number, WINDOWS)
    page = phone.get(LIST).content.decode()
    assert "Safari on an iPhone" in page
    assert "Chrome on a Windows computer" in page
    assert page.count("You’re here now") == 1
    assert "203.0.113" not in page + str(list(UserSession.objects.values()))
    assert is_in(desk)


def test_one_is_ended_and_the_others_stay(asha: User, number: str) -> None:
    phone, desk, library = sign_in(number, IPHONE), sign_in(number, WINDOWS), sign_in(number, "Firefox Linux")
    pk = UserSession.objects.get(session_key=desk.session.session_key).pk
    phone.post(reverse("account-end-session", args=[pk]))
    assert (is_in(phone), is_in(desk), is_in(library)) == (True, False, True)
    assert AuditEvent.objects.filter(action="peer.actions.accounts.end_session").exists()


def test_each_night_what_has_run_out_is_deleted_and_what_is_open_stays(asha: User, number: str) -> None:
    phone, desk, library = sign_in(number, IPHONE), sign_in(number, WINDOWS), sign_in(number, "Firefox Linux")
    Session.objects.filter(pk=desk.session.session_key).update(expire_date=clock.now() - dt.timedelta(minutes=1))
    Session.objects.filter(pk=library.session.session_key).delete()
    app.loader.import_default_modules()  # as a worker does
    app.tasks[app.conf.beat_schedule["clear-sessions"]["task"]]()
    key = phone.session.session_key
    assert [row.session_key for row in Session.objects.all()] == [key]
    assert [row.session_key for row in UserSession.objects.all()] == [key]
    assert is_in(phone)


def test_all_others_are_ended_and_this_one_stays_listed(asha: User, number: str) -> None:
    phone, desk = sign_in(number, IPHONE), sign_in(number, WINDOWS)
    phone.post(reverse("account-end-others"))
    assert (is_in(phone), is_in(desk)) == (True, False)
    assert [session.device for session in sessions.open_of(asha)] == ["Safari on an iPhone"]


def test_nobody_ends_somebody_else_s_session(asha: User, number: str) -> None:
    phone = sign_in(number, IPHONE)
    pk = UserSession.objects.get(session_key=phone.session.session_key).pk
    other = Client()
    other.force_login(make_user(person=make_person()))
    assert other.post(reverse("account-end-session", args=[pk])).status_code == 404
    assert other.post(reverse("account-end-session", args=[10**6])).status_code == 404
    assert is_in(phone)


@pytest.mark.parametrize("role", [Role.SERVICE_MANAGER, Role.SAFEGUARDING_LEAD])
def test_all_of_somebody_s_sessions_end_in_one_act_at_the_next_request(asha: User, number: str, role: Role) -> None:
    phone, desk, sam = sign_in(number, IPHONE), sign_in(number, WINDOWS), Client()
    sam.force_login(make_user(roles=(role,)))
    page = sam.get(reverse("accounts-detail", args=[asha.person.public_id])).content.decode()
    assert "Signed in on 2 devices now" in page
    act = reverse("accounts-end-sessions", args=[asha.person.public_id])
    assert sam.post(act, {"reason": " "}).status_code == 422
    assert is_in(phone)
    sam.post(act, {"reason": "Her tablet was stolen."})
    assert (is_in(phone), is_in(desk)) == (False, False)
    kept = AuditEvent.objects.get(action="peer.actions.accounts.end_sessions")
    assert (kept.reason, kept.as_role) == ("Her tablet was stolen.", str(role))


@pytest.mark.parametrize("role", [Role.CO_ORDINATOR, Role.CLINICIAN])
def test_those_who_keep_cards_do_not_end_sessions(client: Client, asha: User, role: Role) -> None:
    client.force_login(make_user(roles=(role,)))
    page = client.get(reverse("accounts-detail", args=[asha.person.public_id])).content.decode()
    assert "Sign them out everywhere" not in page
    act = reverse("accounts-end-sessions", args=[asha.person.public_id])
    assert client.post(act, {"reason": "x"}).status_code == 404


def test_somebody_is_found_by_name_and_the_page_costs_the_same_for_many(client: Client, asha: User) -> None:
    client.force_login(make_user(roles=(Role.SERVICE_MANAGER,)))
    url = reverse("accounts-index")
    make_user(name="Lee", person=make_person(kind=Person.Kind.STAFF, given_name="Lee"))
    with CaptureQueriesContext(connection) as few:
        assert asha.person.full_name() in client.get(url, {"q": "ash exam"}).content.decode()
    for number in range(5):
        make_user(name="Kim", person=make_person(kind=Person.Kind.STAFF, given_name=f"Kim {number}"))
    with CaptureQueriesContext(connection) as many:
        page = client.get(url, {"q": "ash exam"}).content.decode()
    assert len(many) <= len(few)
    assert "Kim 4" in page
    assert "Nobody found" in client.get(url, {"q": "zz"}).content.decode()


def test_a_safeguarding_lead_finds_people_and_sees_no_work_e_mails(client: Client, asha: User) -> None:
    make_user(name="Kim", person=make_person(kind=Person.Kind.STAFF, given_name="Kim"))
    client.force_login(make_user(roles=(Role.SAFEGUARDING_LEAD,)))
    assert "Work e-mail" not in client.get(reverse("accounts-index")).content.decode()


def test_the_service_manager_writes_down_the_work_e_mail_of_staff_alone(client: Client, asha: User) -> None:
    kim = make_user(name="Kim", person=make_person(kind=Person.Kind.STAFF, given_name="Kim"))
    client.force_login(make_user(roles=(Role.SERVICE_MANAGER,)))
    assert "Kim" in client.get(reverse("accounts-index")).content.decode()
    email = reverse("accounts-email", args=[kim.person.public_id])
    assert client.post(email, {"email": "no address"}).status_code == 422
    client.post(email, {"email": "Kim.D@Trust.example"})
    kim.refresh_from_db()
    assert kim.email == "kim.d@trust.example"
    assert client.post(reverse("accounts-email", args=[asha.person.public_id]), {"email": "a@b.org"}).status_code == 404
    lee = make_user(name="Lee", person=make_person(kind=Person.Kind.STAFF))
    taken = client.post(reverse("accounts-email", args=[lee.person.public_id]), {"email": "KIM.d@trust.example"})
    assert taken.status_code == 422


@pytest.mark.parametrize(
    ("agent", "words"),
    [(IPHONE, "Safari on an iPhone"), (WINDOWS, "Chrome on a Windows computer"), ("", "another device"), ("curl/8", "another device")],
)  # fmt: skip
def test_a_device_is_named_as_people_do(agent: str, words: str) -> None:
    assert sessions.device(agent) == words


def test_a_session_opens_nothing_once_it_has_run_out_nor_does_one_that_never_was(number: str) -> None:
    client = sign_in(number, IPHONE)
    assert is_in(client)
    Session.objects.update(expire_date=dt.datetime.now(dt.UTC) - dt.timedelta(seconds=1))
    assert not is_in(client)
    client.cookies[settings.SESSION_COOKIE_NAME] = "a" * 32
    assert not is_in(client)
