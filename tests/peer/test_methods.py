"""An address by the wrong method: a page of ours with crisis help, signed in or out, and no way to land on it."""

from __future__ import annotations

import pytest
from django.http import HttpResponseNotAllowed
from django.test import Client, RequestFactory
from django.urls import URLPattern, URLResolver, get_resolver

from cms import crisis
from peer.methods import MethodMiddleware
from peer.roles import Role
from tests.architecture.test_routes import census
from tests.make import make_group, make_member

pytestmark = pytest.mark.django_db


def methods() -> dict[str, tuple[str, ...]]:
    """Give for a sample of each address of ours the methods its view takes."""
    found: dict[str, tuple[str, ...]] = {}

    def walk(resolver: URLResolver, prefix: str) -> None:
        for entry in resolver.url_patterns:
            if isinstance(entry, URLResolver):
                walk(entry, prefix + str(entry.pattern))
            elif isinstance(entry, URLPattern) and hasattr(entry.callback, "methods"):
                found[census()[prefix + str(entry.pattern)][0]] = entry.callback.methods

    walk(get_resolver(), "")
    return found


def says_who_helps(html: str) -> bool:
    return all(f'href="{line.href}"' in html for line in crisis.LINES)


def form_addresses() -> list[str]:
    return [address for address, taken in methods().items() if "GET" not in taken]


def test_there_are_addresses_that_take_a_form_alone() -> None:
    assert len(form_addresses()) > 20
    assert "/queue/break/" in form_addresses()


def test_every_address_that_takes_a_form_alone_answers_a_visitor_with_our_page(client: Client) -> None:
    wrong = []
    for address in form_addresses():
        answer = client.get(address)
        if answer.status_code != 405 or answer["Allow"] != "POST" or not says_who_helps(answer.content.decode()):
            wrong.append((address, answer.status_code))
    assert wrong == []


def test_somebody_signed_in_meets_the_same_page_and_it_is_not_stored(client: Client) -> None:
    client.force_login(make_member(group=make_group(), role=Role.PEER_MODERATOR).user)
    answer = client.get("/queue/break/")
    assert answer.status_code == 405
    assert says_who_helps(answer.content.decode())
    assert "no-store" in answer["Cache-Control"]


def test_pages_that_are_only_read_answer_a_form_with_our_page(client: Client) -> None:
    wrong = [a for a, taken in methods().items() if "POST" not in taken and client.post(a).status_code != 405]
    assert wrong == []


def test_a_view_of_a_library_shows_our_page_too() -> None:
    answer = MethodMiddleware(lambda _request: HttpResponseNotAllowed(["GET"]))(RequestFactory().post("/x/"))
    assert answer.status_code == 405
    assert answer["Allow"] == "GET"
    assert says_who_helps(answer.content.decode())


def test_signing_in_never_leads_to_an_address_that_takes_a_form_alone(client: Client) -> None:
    answer = client.post("/queue/break/")
    assert answer.status_code == 302
    assert answer["Location"] == "/account/login/"
