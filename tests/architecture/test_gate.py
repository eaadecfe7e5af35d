"""Writes are acts: every public function of an actions module goes through the gate and says what it means."""

from __future__ import annotations

import ast

import pytest

from peer.roles import Perm, rules
from tests.architecture.code import called, modules

# Public functions of actions modules that are no act of a person, each with its reason.
NO_ACT: dict[str, str] = {
    "peer.actions.recoveries.finish": "a part of coming back, and of a number read out when the day is over",
    "moderation.actions.claims.put_down": "a part of losing a role, which is the act",
    "notifications.actions.webhooks.take_status": "the network is no person: its signature is the right (N18)",
    "notifications.actions.texts.take_text": "the network is no person: its signature is the right (N18)",
    "notifications.actions.texts.kind_of": "pure",
    "notifications.actions.texts.ring_back": "a part of taking a text or a call",
    "moderation.actions.freezes.hold": "a part of pausing a group",
    "notifications.actions.texts.give_up_number": "a part of taking a text or a call",
    "notifications.actions.texts.on_call": "a question",
    "notifications.actions.texts.take_voicemail": "the network is no person: its signature is the right (N18)",
    "notifications.actions.texts.e164_of": "pure",
    "notifications.actions.texts.read_by": "a question",
    "notifications.actions.ring_in.hear": "the network is no person: its signature is the right (N18)",
    "notifications.actions.on_phone.hear": "the network is no person: its signature is the right (N18)",
    "notifications.actions.join_in.hear": "the network is no person: its signature is the right (N18)",
    "notifications.actions.join_in.told": "the network is no person: its signature is the right (N18)",
    "notifications.actions.join_in.begin_after_word": "a part of a call to somebody who has shown who they are",
    "notifications.actions.on_phone.begin": "a part of a call to us; nothing is believed yet",
    "notifications.actions.on_phone.begin_after_page": "a part of taking a page by key",
    "notifications.actions.rings.put_through": "a part of a call that a clinician asked for, which is the act",
    "notifications.actions.rings.found": "the network is no person: its signature is the right (N18)",
    "notifications.actions.rings.join": "a key of whoever is rung, who needs no right to talk",
    "notifications.actions.rings.over": "a part of what the network tells of a call",
    "notifications.actions.rings.line_ended": "the network is no person: its signature is the right (N18)",
    "notifications.actions.staff_pins.is_right": "a part of a call; a wrong PIN must count, whoever typed it",
    "notifications.actions.voice.hear": "the network is no person: its signature is the right (N18)",
}


def _functions() -> list[tuple[str, ast.FunctionDef]]:
    found = []
    for path, tree in modules("actions/*.py"):
        for node in tree.body:
            if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
                found.append((f"{path.removesuffix('.py').replace('/', '.')}.{node.name}", node))
    return found


FUNCTIONS = _functions()
ACTS = [(name, node) for name, node in FUNCTIONS if name not in NO_ACT]


def _perm(node: ast.FunctionDef) -> str | None:
    """Name the permission in `@action(Perm.X)`, or None."""
    for decorator in node.decorator_list:
        if isinstance(decorator, ast.Call) and called(decorator).split(".")[-1] == "action":
            return called(decorator.args[0]).removeprefix("Perm.")
    return None


@pytest.mark.parametrize(("name", "node"), ACTS, ids=[name for name, _node in ACTS])
def test_every_public_function_is_an_act_by_somebody_in_one_sentence(name: str, node: ast.FunctionDef) -> None:
    perm = _perm(node)
    assert perm in Perm.__members__, f"{name} is not an @action(Perm.…); give it a reason in NO_ACT if that is right"
    assert Perm[perm] in rules()
    assert "by" in [argument.arg for argument in node.args.kwonlyargs], f"{name} takes no `*, by`"
    assert len(node.args.args) == 1, f"{name} takes one target, everything else by name"
    words = ast.get_docstring(node) or ""
    assert words, f"{name} does not say what it means for the person"
    assert words.split("\n")[0].endswith("."), f"{name}: one sentence on one line"


def test_every_exception_still_exists() -> None:
    assert set(NO_ACT) <= {name for name, _node in FUNCTIONS}


def test_the_table_and_the_enum_agree() -> None:
    assert list(rules()) == list(Perm)
