"""Staff choose from what is open and checked; the person finds it on their own page, and nobody else does."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from peer.models import Signpost
from peer.roles import Role
from tests.cms.directory import make_service
from tests.make import make_person, make_user

pytestmark = pytest.mark.django_db
WHY = "You like to cook."


def test_from_the_page_of_staff_to_the_page_of_the_person_and_back(client: Client) -> None:
    lee, person = make_user(roles=(Role.CLINICIAN,)), make_person()
    asha, other = make_user(person=person), make_user(person=make_person())
    kitchen = make_service(name="Thursday Kitchen", age_from=13, age_to=18)
    make_service(name="Old one", again=-1)
    make_service(name="For grown-ups", age_from=40)
    page = reverse("signposts-point", args=[person.public_id])

    client.force_login(lee)
    shown = client.get(page).content.decode()
    assert "Thursday Kitchen" in shown
    assert "Old one" not in shown
    assert "For grown-ups" not in shown
    empty = client.post(page, {"why": WHY, "form_nonce": "1"})
    assert empty.status_code == 422
    assert WHY in empty.content.decode()
    client.post(page, {"services": [str(kitchen.key)], "why": WHY, "form_nonce": "2"})
    one = Signpost.objects.get()

    client.force_login(other)
    assert "Thursday Kitchen" not in client.get(reverse("signposts-own")).content.decode()
    assert client.post(reverse("signposts-say", args=[one.public_id]), {"state": "helped"}).status_code == 404
    for staff_page in (page, reverse("signposts-index"), one.get_absolute_url()):
        assert client.get(staff_page).status_code == 404

    client.force_login(asha)
    own = client.get(reverse("signposts-own")).content.decode()
    assert "Thursday Kitchen" in own
    assert WHY in own
    assert kitchen.get_absolute_url() in own
    client.post(reverse("signposts-say", args=[one.public_id]), {"state": "open"})
    client.post(reverse("signposts-say", args=[one.public_id]), {"state": "not_in", "form_nonce": "3"})

    client.force_login(lee)
    assert "Couldn’t get in" in client.get(reverse("signposts-index")).content.decode()
    bad = client.post(one.get_absolute_url(), {"state": "ended", "words": "", "form_nonce": "4"})
    assert bad.status_code == 422
    client.post(one.get_absolute_url(), {"state": "tried", "words": "", "form_nonce": "5"})
    one.refresh_from_db()
    assert (one.state, one.could_not_get_in) == ("tried", True)


def test_a_parent_has_no_such_page_of_their_child(client: Client) -> None:
    pat = make_user(person=make_person(kind="parent_carer"))
    client.force_login(pat)
    assert "Thursday" not in client.get(reverse("signposts-own")).content.decode()
