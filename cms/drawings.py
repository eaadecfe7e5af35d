"""Draws what a committee signs, from the code itself: the states of every row and who may do what."""

from __future__ import annotations

import inspect
from collections.abc import Iterator

from django.apps import apps

from peer.roles import Reach, Role, Rule, Scope, rules
from peer.states import Stateful

OURS = ("peer", "moderation", "notifications", "cms")
REACH = {reach: reach.replace("_", " ") for reach in Reach} | {Reach.ALL: "yes", Reach.DUTY: "on duty"}
WHERE = {
    Scope.GROUP: "In a group, by a role in that group",
    Scope.SERVICE: "In the whole service",
    Scope.ANYWHERE: "By a role in any group, or in the whole service",
    Scope.OWN: "Anybody signed in, for what is their own",
}


def states() -> str:
    """Give the page that draws every table of moves, in Mermaid."""
    parts = ["# How things move\n\nDrawn by `manage.py draw_states`; change the code, not this page.\n"]
    for model in _stateful():
        about = inspect.cleandoc(model.__doc__ or "")
        parts.append(f"## {model._meta.label}\n\n{about}\n\n```mermaid\nstateDiagram-v2\n{_moves(model)}```\n")
    return "\n".join(parts)


def _stateful() -> list[type[Stateful]]:
    found = [m for m in apps.get_models() if issubclass(m, Stateful) and m.MOVES and not m._meta.proxy]
    return sorted(found, key=lambda model: (OURS.index(model._meta.app_label), model._meta.object_name or ""))


def _moves(model: type[Stateful]) -> str:
    order = [str(value) for value, _words in model._meta.get_field("state").choices or ()]
    lines = [f"    [*] --> {model._meta.get_field('state').get_default() or order[0]}"]
    reached = {str(to) for moves in model.MOVES.values() for to in moves}
    for old in sorted(model.MOVES, key=lambda state: order.index(str(state))):
        for new in sorted(model.MOVES[old], key=lambda state: order.index(str(state))):
            lines.append(f"    {old} --> {new}")
    lines += [f"    {state} --> [*]" for state in order if state in reached and not model.MOVES.get(state)]
    return "\n".join(lines) + "\n"


def policy() -> str:
    """Give the page that prints who_may.toml as tables, one a scope."""
    parts = ["# Who may do what\n\nPrinted by `manage.py print_policy` from `peer/who_may.toml`.\n"]
    for scope in Scope:
        chosen = [rule for rule in rules().values() if rule.scope is scope]
        parts.append(f"## {WHERE[scope]}\n\n" + "\n".join(_table(chosen)) + "\n")
    return "\n".join(parts)


def _table(chosen: list[Rule]) -> Iterator[str]:
    held = [role for role in Role if any(role in rule.may for rule in chosen)]
    yield "| " + " | ".join(["Act", *(role.replace("_", " ") for role in held)]) + " |"
    yield "| " + " | ".join(["---"] * (len(held) + 1)) + " |"
    for rule in chosen:
        cells = [REACH[rule.may[role]] if role in rule.may else "" for role in held]
        yield "| " + " | ".join([rule.words, *cells]) + " |"
