"""S18: a parent's account reaches nothing of a young person's group by any route, and the reverse; every 404 is alike."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache

import pytest
from django.db import models
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.resolvers import RoutePattern

from notifications.models import Delivery, Notification
from peer import clock
from peer.models import (
    Consent,
    GroupProtocol,
    HelloCall,
    Invitation,
    Membership,
    ParentRelationship,
    Person,
    Post,
    SupportGroup,
    Thread,
    TimelineEntry,
    User,
)
from peer.models.invitations import keyed_hash
from peer.roles import Role
from tests.make import make_group, make_member, make_person, make_post, make_user, make_wait
from tests.notifications.make import make_contact, make_delivery

pytestmark = pytest.mark.django_db

ARGUMENT = re.compile(r"<(?:(\w+):)?(\w+)>")
ALIEN = {
    "int": "987654321",
    "str": "Zq7-notThere_0x",
    "slug": "zq7-not-there",
    "uuid": "0b0e3f0c-7a53-4a3b-9d0e-7a2b6c1d4e5f",
}
# Addresses of Wagtail, of signing in and of the network: other tests walk them, and none names a thing of a group.
OTHERS = ("admin/", "account/", "webhooks/", "django-admin/", "^", "documents/", "_util/", "images/")
SPACE = re.compile(
    rb'(csrfmiddlewaretoken|form_nonce)" value="[^"]+"|nonce="?[\w-]+"?|name="words" value="\w+"|"challenge": ?"[\w-]+"'
)


@pytest.fixture(autouse=True)
def a_thousand_refusals_are_what_is_asked_for(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.CRITICAL, logger="django.request")


@dataclass
class World:
    """One side: who lives there, what it is made of, and the tokens that must never cross."""

    prefix: str
    user: User
    group: SupportGroup
    rows: list[models.Model] = field(default_factory=list)
    secrets: list[str] = field(default_factory=list)

    def ids(self, *, few: bool) -> dict[str, set[str]]:
        """Give the names by which one thing of each kind can be asked for; desks of staff are asked for a few."""
        found: dict[str, set[str]] = {"int": set(), "str": set(self.secrets), "slug": set()}
        one_of_each = {type(row): row for row in reversed(self.rows)}  # the first: of posts the approved one
        for row in (one_of_each[kind] for kind in (DESKS if few else KINDS)):
            found["int"].add(str(row.pk))
            found["str"] |= {str(getattr(row, name)) for name in ("public_id", "reference") if getattr(row, name, "")}
        return found


@cache
def routes() -> dict[str, tuple[str, ...]]:
    """Give every route of ours, with its arguments, and by which of two methods it can be asked."""

    def walk(resolver: URLResolver, so_far: str = "") -> Iterator[tuple[str, tuple[str, ...]]]:
        for entry in resolver.url_patterns:
            told = so_far + (str(entry.pattern) if isinstance(entry.pattern, RoutePattern) else f"^{entry.pattern}")
            if isinstance(entry, URLResolver):
                yield from walk(entry, told)
            elif isinstance(entry, URLPattern):
                takes = getattr(entry.callback, "methods", ("GET", "POST"))  # another one is refused before it looks
                yield told, tuple(method.lower() for method in ("GET", "POST") if method in takes)

    every = walk(get_resolver())
    return {told: takes for told, takes in every if not told.startswith(OTHERS) and "^" not in told}


def canary(row: models.Model, prefix: str) -> list[str]:
    """Put a token into every free text field of a row, and give the tokens."""
    tokens = []
    for one in row._meta.concrete_fields:
        free = isinstance(one, models.TextField) or (isinstance(one, models.CharField) and not one.choices)
        if free and not one.unique and one.name not in LEFT and (one.max_length or 99) >= 30:
            token = f"{prefix}{row._meta.model_name}{one.name.replace('_', '')}"[: one.max_length or 99]
            setattr(row, one.name, token)
            tokens.append(token)
    type(row)._base_manager.filter(pk=row.pk).update(**{name: getattr(row, name) for name in names(row, tokens)})
    return tokens


def names(row: models.Model, tokens: list[str]) -> list[str]:
    """Name the fields of a row that hold one of these tokens."""
    return [one.name for one in row._meta.concrete_fields if getattr(row, one.name, None) in tokens]


KINDS = (SupportGroup, Membership, Thread, Post, Person)  # what an address of a family can name
DESKS = (SupportGroup,)  # each desk is behind a role: it answers before it looks

LEFT = {  # ids, hashes, names of languages and of roles: nobody's words
    "public_id", "secret_hash", "code_hash", "skeleton", "content_hash", "approved_hash", "text_hash", "owner_role",
    "author_role", "language", "version", "basis", "nhs_number", "password", "where_hash", "question_level", "level", "row_hash",
    "reason", "handle",
}  # fmt: skip


def make_world(prefix: str, *, audience: str, kind: str, role: Role) -> World:
    """Build one side with everything a group is made of, each text a token of its own."""
    group = make_group(title="x", audience=audience)
    person = make_person(kind=kind)
    user = make_user(person=person)
    member, other = make_member(group=group, user=user, role=role), make_member(group=group, role=role)
    looked_after = [make_member(group=group, role=one) for one in (Role.PEER_MODERATOR, Role.CLINICIAN)]
    posts = [make_post(author=other, state=state) for state in ("approved", "pending", "hidden")]
    joining = Membership.objects.create(group=group, person=make_person(kind=kind), user=make_user())
    call = HelloCall.objects.create(membership=joining, owner_role=Role.CLINICIAN, due_at=clock.now())
    invitation = Invitation.objects.create(
        person=make_person(kind=kind), group=group, secret_hash=keyed_hash(f"{prefix}Used"), state="accepted",
        offered_by=user, expires_at=clock.now(),
    )  # fmt: skip
    world = World(prefix, user, group, secrets=[f"{prefix}Used"])
    world.rows = [
        group,
        member,
        other,
        *looked_after,
        *posts,
        *(post.thread for post in posts),
        joining,
        call,
        invitation,
    ]
    world.rows += [GroupProtocol.objects.get(group=group), person, other.person, joining.person, user]
    message = make_delivery(contact=make_contact(person=person), purpose="place_ready")
    world.rows += [message.notification, message]
    for row in world.rows:
        if isinstance(row, (Delivery, Notification, User, Person)):
            continue
        canary(row, prefix)
    Delivery.objects.filter(pk=message.pk).update(body=f"{prefix}deliverybody")
    return world


def make_pair() -> tuple[World, World, Person]:
    """Build both sides: a young person's, and that of a parent of theirs who may know all."""
    young = make_world("Qyp", audience="young_people", kind="young_person", role=Role.YOUNG_PERSON)
    parents = make_world("Qpa", audience="parents", kind="parent_carer", role=Role.PARENT_CARER)
    make_wait(person=young.user.person)
    ParentRelationship.objects.create(
        pk=555000, young_person=young.user.person, adult=parents.user.person, may_know="all"
    )
    TimelineEntry.objects.create(person=young.user.person, kind="note", words="Qypnote", for_adults="never")
    Consent.objects.say(young.user.person, "parent_told", given=False, basis="own", by=young.user)
    return young, parents, young.user.person


def filled(route: str, ids: dict[str, set[str]]) -> Iterator[tuple[str, str]]:
    """Give each address of a route that names something of the other side, with its twin that names nothing."""
    arguments = ARGUMENT.findall(route)
    if not arguments:
        return
    most = max(len(ids.get(kind or "str", ())) for kind, _name in arguments)
    values = [sorted(ids.get(kind or "str", ())) or [ALIEN.get(kind or "str", "x")] for kind, _name in arguments]
    alien = ARGUMENT.sub(lambda part: ALIEN.get(part[1] or "str", "x"), route)
    for number in range(most):
        asked = route
        for known in values:
            asked = ARGUMENT.sub(known[number % len(known)], asked, count=1)
        yield f"/{asked}", f"/{alien}"


def bare(content: bytes, *addresses: str) -> bytes:
    """Take out of a page what is new each time, and its own address."""
    page = SPACE.sub(b"", content)
    for address in addresses:
        page = page.replace(address.encode(), b"")
    return page


@pytest.mark.once
@pytest.mark.parametrize("who", ["parent", "young person"])
def test_by_no_route_anything_of_the_other_world(who: str) -> None:
    young, parents, _child = make_pair()
    me, other = (parents, young) if who == "parent" else (young, parents)
    client = Client(raise_request_exception=False)
    client.force_login(me.user)
    wrong, asked_for = [], 0
    mine, desks = other.ids(few=False), other.ids(few=True)
    alone = {}
    for route, takes in routes().items():
        is_desk = route.startswith("staff/")
        for asked, alien in filled(route, desks if is_desk else mine):
            asked_for += 1
            for method in takes[:1] if is_desk else takes:
                answer = getattr(client, method)(asked)
                if (method, alien) not in alone:
                    twin = getattr(client, method)(alien)
                    alone[method, alien] = (twin.status_code, bare(twin.content, alien))
                status, page = alone[method, alien]
                if answer.status_code != status or bare(answer.content, asked) != page:
                    wrong.append(f"{method} {asked}: {answer.status_code}, and {status} for nothing")
                if other.prefix.encode() in bare(answer.content, asked):
                    wrong.append(f"{method} {asked}: says something of theirs")
    assert wrong == []
    assert asked_for > 120


@pytest.mark.parametrize("who", ["parent", "young person"])
def test_no_page_of_one_s_own_no_message_and_no_list_names_the_other_world(who: str) -> None:
    young, parents, _child = make_pair()
    me, other = (parents, young) if who == "parent" else (young, parents)
    client = Client(raise_request_exception=False)
    client.force_login(me.user)
    seen, to_see = set(), ["/home/"] + [f"/{route}" for route in routes() if not ARGUMENT.search(route)]
    while to_see:
        address = to_see.pop()
        if address in seen or "logout" in address:
            continue
        seen.add(address)
        answer = client.get(address)
        page = bare(answer.content).decode(errors="replace") if not answer.streaming else ""
        assert other.prefix not in page, address
        assert other.prefix.encode() not in bare(str(answer.headers).encode()), address
        to_see += [
            link for link in re.findall(r'href="(/[^"#?]*)', page) if not link.startswith(("/admin/", "/static/"))
        ]
    assert {"/home/", "/groups/", "/messages/", me.group.get_absolute_url()} <= seen
    for word in ("Qyp", "Qpa", other.group.title):
        for search in ("/?q=", "/feedback/find/?reference=", "/groups/?before="):
            assert other.prefix not in client.get(f"{search}{word}").content.decode().replace(word, "")
    mine = Delivery.objects.filter(notification__recipient=me.user.person)
    assert not [row.body for row in mine if other.prefix in (row.body or "")]


def test_the_crawl_would_see_a_leak() -> None:
    young, _parents, _child = make_pair()
    client = Client()
    client.force_login(young.user)
    page = client.get(young.group.get_absolute_url())
    assert young.prefix in page.content.decode()
    assert page.status_code == 200
