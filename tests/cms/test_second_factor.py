"""Staff get nothing but enrolment until this session has shown a second factor (safety B1)."""

from __future__ import annotations

import re

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from notifications.models import ContactPoint, Delivery
from peer.models import Person, User
from peer.roles import Role
from tests.make import make_group, make_member, make_open_group, make_person, make_phone, make_user, make_wait

pytestmark = pytest.mark.django_db
STEP, AGAIN, SET_UP = "/account/second-step/", "/account/2fa/reauthenticate/", "/account/2fa/totp/activate/"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


@pytest.fixture(autouse=True)
def fresh_limits() -> None:
    cache.clear()


def sign_in(client: Client, user: User) -> None:
    """Sign in as people do: a code to their own phone, and nothing else."""
    phone = make_phone(person=user.person)
    client.post("/account/login/", {"login": phone.where})
    code = re.search(r"\d{6}", Delivery.objects.filter(contact=phone).latest("pk").body)[0]
    client.post("/account/login/code/confirm/", {"code": code})


def code_of(secret: str) -> str:
    """Read the code that the app shows now."""
    return format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))


def staff(*roles: Role) -> User:
    return make_user(name="Kim", person=make_person(kind=Person.Kind.STAFF, given_name="Kim"), roles=roles)


def clinician_of_a_group() -> User:
    return make_member(group=make_group(), role=Role.CLINICIAN, user=make_user(person=make_person())).user


def editor_without_staff_record() -> User:
    return make_user(person=make_person(), roles=(Role.YOUNG_EDITOR,))


def members():
    yield "staff without a role", staff
    yield "co-ordinator", lambda: staff(Role.CO_ORDINATOR)
    yield "clinician of a group", clinician_of_a_group
    yield "editor", editor_without_staff_record


@pytest.mark.parametrize(("who", "make"), list(members()), ids=[who for who, _ in members()])
def test_staff_who_came_by_a_code_alone_get_enrolment_and_nothing_else(
    site_tree, client: Client, who: str, make
) -> None:
    sign_in(client, make())
    wait = make_wait(person=make_person())
    for path in ("/home/", "/groups/", "/staff/waiting/", f"/staff/waiting/{wait.person.public_id}/", "/admin/"):
        answer = client.get(path)
        assert (answer.status_code, answer.headers.get("Location")) in {(302, STEP), (404, None)}, path
    assert client.post("/staff/waiting/release/", {}).headers["Location"] == STEP
    page = client.get(STEP).content.decode()
    assert "Set up a passkey" in page
    assert "private things about young people" in page


def test_public_pages_show_them_what_a_visitor_sees_and_signing_out_works(site_tree, client: Client) -> None:
    sign_in(client, staff(Role.CO_ORDINATOR))
    page = client.get("/feedback/")
    assert page.status_code == 200
    assert "999" in page.content.decode()
    assert "/staff/" not in page.content.decode()
    client.post("/account/logout/")
    assert "_auth_user_id" not in client.session


def test_wagtail_s_open_views_stay_shut(site_tree, client: Client) -> None:
    sign_in(client, staff(Role.EDITOR))
    assert client.get("/admin/api/main/pages/").headers["Location"] == STEP


@pytest.mark.parametrize("role", [Role.YOUNG_PERSON, Role.PARENT_CARER, Role.PEER_MODERATOR])
def test_young_people_and_parents_need_none(client: Client, role: Role) -> None:
    user = make_member(group=make_open_group(), role=role).user
    sign_in(client, user)
    assert client.get("/home/").status_code == 200
    assert client.get(STEP).headers["Location"] == "/account/2fa/"


def test_the_pages_of_young_people_cost_not_one_statement_more_for_it(settings) -> None:
    asha = make_member(group=make_open_group()).user
    counts = []
    for middleware in (settings.MIDDLEWARE, [one for one in settings.MIDDLEWARE if "StaffDoor" not in one]):
        settings.MIDDLEWARE = middleware
        client = Client()
        client.force_login(asha)
        with CaptureQueriesContext(connection) as said:
            assert client.get("/groups/").status_code == 200
        counts.append(len(said))
    assert counts[0] == counts[1]


def enrol(client: Client) -> None:
    """Set up a code app, as the page asks."""
    page = client.get(SET_UP).content.decode()
    secret = re.search(r"<code>(\w+)</code>", page)[1]
    with pytest.MonkeyPatch.context() as patch:  # a test commits nothing, so what waits for it runs in the request
        patch.setattr("django.db.transaction.on_commit", lambda act, **_: act())
        answer = client.post(SET_UP, {"code": code_of(secret)})
    assert answer.status_code == 302, answer.content.decode()


def test_with_a_code_app_the_house_opens_and_the_secret_is_kept_encrypted(client: Client) -> None:
    kim = staff(Role.CO_ORDINATOR)
    sign_in(client, kim)
    enrol(client)
    assert client.get("/staff/waiting/").status_code == 200
    assert client.get("/account/2fa/recovery-codes/").status_code == 200
    app = Authenticator.objects.get(user=kim, type="totp")
    assert app.data["secret"].startswith("gAAAA")
    assert Authenticator.objects.get(user=kim, type="recovery_codes").data["seed"].startswith("gAAAA")


def test_another_session_of_before_has_to_show_it_too(client: Client) -> None:
    kim = staff(Role.CO_ORDINATOR)
    sign_in(client, kim)
    stranger = Client()
    ContactPoint.objects.all().delete()
    sign_in(stranger, kim)
    enrol(client)
    assert stranger.get("/staff/waiting/").headers["Location"] == f"{AGAIN}?next=%2Fstaff%2Fwaiting%2F"
    assert stranger.get(SET_UP).status_code in {302, 403}
    assert stranger.get("/account/2fa/webauthn/add/").headers["Location"].startswith(AGAIN)


def test_the_next_sign_in_asks_for_the_second_step_and_takes_a_kept_code(client: Client) -> None:
    kim = staff(Role.CO_ORDINATOR)
    TOTP.activate(kim, SECRET)
    kept = RecoveryCodes.activate(kim).get_unused_codes()
    sign_in(client, kim)
    assert "_auth_user_id" not in client.session
    page = client.get("/account/2fa/authenticate/").content.decode()
    assert "Your second step" in page
    assert client.post("/account/2fa/authenticate/", {"code": "000000"}).status_code == 200
    assert client.post("/account/2fa/authenticate/", {"code": kept[0]}).headers["Location"] == "/home/"
    assert client.get("/staff/waiting/").status_code == 200


def test_whoever_takes_the_last_second_step_away_is_back_at_enrolment(client: Client) -> None:
    kim = staff(Role.CO_ORDINATOR)
    sign_in(client, kim)
    enrol(client)
    Authenticator.objects.filter(user=kim).delete()
    assert client.get("/staff/waiting/").headers["Location"] == STEP


def test_a_role_given_in_the_middle_of_a_session_asks_at_the_next_page(client: Client) -> None:
    user = make_user(person=make_person())
    sign_in(client, user)
    assert client.get("/home/").status_code == 200
    user.service_roles.create(role=Role.CO_ORDINATOR)
    assert client.get("/home/").headers["Location"] == STEP


def test_the_door_of_the_demo_counts_in_the_demo_alone(client: Client, settings) -> None:
    from allauth.account.internal.flows.login import record_authentication
    from django.http import HttpRequest

    kim = staff(Role.CO_ORDINATOR)
    sign_in(client, kim)
    asked = HttpRequest()
    asked.session = client.session
    record_authentication(asked, kim, method="demo")
    asked.session.save()
    assert client.get("/staff/waiting/").headers["Location"] == STEP
    settings.DEMO = True
    assert client.get("/staff/waiting/").status_code == 200
