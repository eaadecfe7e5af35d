"""Who gets which answer over HTTP, in each state of a thing: the table of the safety rules, cell by cell, and the gate."""

from __future__ import annotations

import html
import re
import tomllib
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from peer import gate
from peer.models import AuditEvent, User
from peer.roles import Perm, Scope, rules
from tests.architecture.code import ROOT
from tests.machines import undone
from tests.matrix import world as made
from tests.matrix.world import NAMES, World, everything

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.once,  # what is asked is the product's own policy, and no database's
]

TABLE: dict[str, dict[str, Any]] = tomllib.loads((ROOT / "tests" / "matrix" / "rows.toml").read_text())
CELLS = [(act, state) for act, row in TABLE.items() for state in row["in"]]
NOWHERE = "Zq7-notThere_0x"  # no key of anything
NONCE = re.compile(rb'(?<=name="csrfmiddlewaretoken" value=")\w+')
YES = {"read", "done", "refused"}


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """Make the world once; each cell plays in a savepoint, and at the end nothing was."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield made.build()
        transaction.set_rollback(True)


@pytest.fixture
def _django_db_helper(world: World) -> None:
    """Let the world's own transaction stand in for the one that each test begins otherwise."""


@pytest.mark.parametrize(("act", "state"), CELLS, ids=["-".join(cell) for cell in CELLS])
def test_each_role_gets_its_answer_and_the_gate_agrees(world: World, act: str, state: str) -> None:
    row, cell = TABLE[act], TABLE[act]["in"][state]
    expected = dict.fromkeys(NAMES, "404") | {"AN": "sign in"}
    expected |= {
        name: answer
        for answer in ("read", "outline", "done", "asked", "refused", "404")
        for name in _names(cell, answer)
    }
    with undone():
        getattr(made, state, lambda _world: None)(world)
        before, got, gates = everything(), {}, {}
        for name in expected:
            gates[name] = name != "AN" and _gate_says(row, world, name)
            with undone():
                got[name] = _ask(row, cell, world, name, before)
    assert _differ(got, expected) == []
    if "perm" not in row and "rows" not in row:
        return  # a page that tells more or less of what another right has opened, or a link that is the right itself
    apart = {*_names(row, "apart"), *_names(cell, "apart")}
    yes = {name: expected[name] in YES for name in expected if name not in apart}
    assert _differ(gates, yes) == [], "the gate says otherwise"


def _differ(got: dict[str, Any], expected: dict[str, Any]) -> list[str]:
    return [f"{name}: {got[name]}, by the matrix {right}" for name, right in expected.items() if got[name] != right]


def _names(row: dict[str, Any], key: str) -> list[str]:
    return str(row.get(key, "")).split()


def _gate_says(row: dict[str, Any], world: World, name: str) -> bool:
    """Ask the gate for the right, and the rows whether they are there for this person."""
    user = User.objects.get(pk=world.people[name].pk)
    may = True
    if "perm" in row:
        perm = Perm(row["perm"])
        may = gate.can(user, perm, _target(row, perm, user, world))
    if "rows" in row:
        seen = _thing(world, row["rows"])
        may = may and type(seen)._default_manager.visible_to(user).filter(pk=seen.pk).exists()
    return may


def _target(row: dict[str, Any], perm: Perm, user: User, world: World) -> Any:
    if rules()[perm].scope in {Scope.SERVICE, Scope.ANYWHERE}:
        return gate.SERVICE
    return user.person if row["thing"] == "me" else _thing(world, row["thing"])


def _thing(world: World, name: str) -> Any:
    """Read a thing of the world afresh, so that it is in the state of this cell."""
    kept = getattr(world, name)
    return type(kept)._default_manager.get(pk=kept.pk)


def _ask(row: dict[str, Any], cell: dict[str, str], world: World, name: str, before: dict[str, int]) -> str:
    """Play one cell, and name what came of it."""
    args = [text.format_map(vars(world)) for text in row.get("args", [])]
    never = [
        _nothing(arg) if text.startswith("{") else arg for text, arg in zip(row.get("args", []), args, strict=True)
    ]
    route = row.get("get") or row["post"]
    send = {key: text.format_map(vars(world)) for key, text in row.get("send", {}).items()}
    client, page = world.client(name), None
    if "get" in row or row.get("form"):
        page = client.get(reverse(route, args=args))
        if page.status_code == 404:
            _check_never_was(page, world.client(name).get(_never(route, never)))
        assert _changed(before) <= ({"peer_auditevent"} if "leaves" in row else set()), (
            f"{name} changed something by reading"
        )
    if "get" in row:
        return _was_read(row, page, client, name)
    answer = client.post(reverse(route, args=args), send)
    if answer.status_code == 404:
        assert page is None or page.status_code == 404
        _check_never_was(answer, world.client(name).post(_never(route, never), send))
        assert _changed(before) == set(), f"{name} was told 404 and changed something"
        return "404"
    assert page is None or page.status_code in {200, 302}
    return _was_done(row, cell, answer, client, before)


def _nothing(key: str) -> str:
    return str(10**9) if key.isdigit() else NOWHERE


def _never(route: str, args: list[str]) -> str:
    """Give the address of the same page of a thing that never was; a page of no thing is compared with no page at all."""
    return reverse(route, args=args) if args else f"/{NOWHERE}/"


def _was_read(row: dict[str, Any], page: HttpResponse, client: Client, name: str) -> str:
    """Name what a page told, by the words that only this thing has."""
    if _is_sign_in(page):
        return "sign in"
    if page.status_code == 302:
        page = client.get(page["Location"])
    if page.status_code != 200:
        return str(page.status_code)
    words = _words(page)
    told = [hidden for hidden in row.get("hides", []) if hidden in words]
    assert told == [], f"{name} reads what nobody reads here"
    return "read" if row["tells"] in words else "outline"


def _was_done(
    row: dict[str, Any], cell: dict[str, str], answer: HttpResponse, client: Client, before: dict[str, int]
) -> str:
    """Name what came of an act, by the tables and by the sentence that a refusal says."""
    changed = _changed(before)
    if row["changes"] in changed:
        assert answer.status_code in {200, 302}
        assert AuditEvent.objects.latest("pk").as_role, "an act without its audit row"
        return "done"
    if row.get("asks") in changed:
        assert changed == {row["asks"], "peer_auditevent"}
        return "asked"
    assert changed == set(), f"refused with {answer.status_code}, and something changed"
    if _is_sign_in(answer):
        return "sign in"
    page = client.get(answer["Location"]) if answer.status_code == 302 else answer
    return "refused" if cell.get("says", "\0") in _words(page) else str(answer.status_code)


def _check_never_was(hidden: HttpResponse, nothing: HttpResponse) -> None:
    """Compare what may not be seen with what never was: status, headers and every byte but date and nonce (safety 3b)."""
    seen = [
        (
            answer.status_code,
            [row for row in sorted(answer.items()) if row[0] != "Expires"],
            NONCE.sub(b"", answer.content),
            sorted(answer.cookies),
        )
        for answer in (hidden, nothing)
    ]
    assert seen[0] == seen[1], "what may not be seen differs from what never was"


def _is_sign_in(answer: HttpResponse) -> bool:
    return answer.status_code == 302 and answer["Location"].startswith(reverse("account_login"))


def _changed(before: dict[str, int]) -> set[str]:
    now = everything()
    return {table for table in now if now[table] != before[table]}


def _words(page: HttpResponse) -> str:
    return re.sub(r"\s+", " ", html.unescape(page.content.decode()))
