"""Every field by which somebody who is not staff can give us words stands in peer/doors.toml, and no other (U3)."""

from __future__ import annotations

import ast
import dis
import inspect
import textwrap
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import pytest
from django import forms
from django.apps import apps
from django.urls import URLPattern, URLResolver, get_resolver

from peer import doors, screening
from tests.architecture.code import PACKAGES, called

MACHINERY = {"form_nonce", "back"}  # hidden values of our own pages
Fields = dict[str, set[str]]


def _views(resolver: URLResolver, before: str = "") -> Iterator[tuple[str, str, Any]]:
    for entry in resolver.url_patterns:
        path = before + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from _views(entry, path)
        elif isinstance(entry, URLPattern):
            yield path, entry.name or path, entry.callback


def _takes_words(view: Any) -> bool:
    return "POST" in getattr(view, "methods", ("POST",))


def _of_form(form: type[forms.BaseForm]) -> set[str]:
    """Name the boxes of a form into which anything can be typed."""
    fields = getattr(form, "base_fields", {}).items()
    shown = {name: field for name, field in fields if not field.widget.is_hidden}
    return {name for name, field in shown.items() if isinstance(field, forms.CharField)}


def _of_view(view: Any) -> set[str]:
    if hasattr(view, "view_class"):
        form = getattr(view.view_class, "form_class", None)
        return _of_form(form) if form else set()
    return _of_function(inspect.unwrap(view), seen=set())


def _of_function(function: Callable[..., Any], *, seen: set[Any]) -> set[str]:
    """Collect the boxes of every form a function names, itself or by a helper beside it or beside the forms."""
    if function in seen or not hasattr(function, "__code__"):
        return set()
    seen.add(function)
    found = _read_by_name(function)
    for name in _names(function.__code__):
        thing = function.__globals__.get(name)
        if isinstance(thing, dict):
            found |= {box for one in thing.values() if _is_form(one) for box in _of_form(one)}
        elif _is_form(thing):
            found |= _of_form(thing)
        elif inspect.isfunction(thing) and _is_near(thing, function):
            found |= _of_function(inspect.unwrap(thing), seen=seen)
    return found


def _names(code: Any) -> set[str]:
    inner = [const for const in code.co_consts if inspect.iscode(const)]
    here = {step.argval for step in dis.get_instructions(code) if step.opname == "LOAD_GLOBAL"}
    return here.union(*(_names(const) for const in inner))


def _is_form(thing: Any) -> bool:
    return inspect.isclass(thing) and issubclass(thing, forms.BaseForm)


def _is_near(thing: Callable[..., Any], function: Callable[..., Any]) -> bool:
    return thing.__module__ == function.__module__ or ".forms." in thing.__module__


def _read_by_name(function: Callable[..., Any]) -> set[str]:
    """Find what is taken from a request without a form: `request.POST.get("Body")`, or `form.get(…)` in a webhook."""
    if function.__module__.split(".")[0] not in PACKAGES:
        return set()
    tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    taken = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and called(node) in {"request.POST.get", "form.get"}:
            taken |= {const.value for const in ast.walk(node.args[0]) if isinstance(const, ast.Constant)}
    return taken - MACHINERY


@cache
def found() -> Fields:
    """Give every address that somebody who is not staff reaches and that takes text: its name → the boxes."""
    staff = tuple(doors.staff()["prefixes"])
    every: Fields = {}
    for path, name, view in _views(get_resolver()):
        if not path.startswith(staff) and _takes_words(view):
            every.setdefault(name, set()).update(_of_view(view))
    return {name: boxes for name, boxes in every.items() if boxes}


def told() -> Fields:
    """Give what the table says, doors and what is no door alike."""
    every: Fields = {}
    rows = [*(door.routes for door in doors.table().values()), doors.staff()["answers"], doors.unread()]
    for routes in rows:
        for name, boxes in routes.items():
            every.setdefault(name, set()).update(boxes)
    return every


def test_every_box_that_takes_words_stands_in_the_table_and_the_table_names_no_other() -> None:
    missing = {name: boxes - told().get(name, set()) for name, boxes in found().items()}
    assert {name: boxes for name, boxes in missing.items() if boxes} == {}, (
        "say in peer/doors.toml who is woken by these"
    )
    gone = {name: boxes - found().get(name, set()) for name, boxes in told().items()}
    assert {name: boxes for name, boxes in gone.items() if boxes} == {}, "in peer/doors.toml, and not there any more"


def test_the_search_sees_a_box_of_a_form_of_a_helper_and_of_a_webhook() -> None:
    assert found()["invitations-question"] == {"question"}
    assert "words" in found()["data-requests-ask"], "a form taken from a table of forms"
    assert "title" in found()["talk-change"], "a form that a function beside the forms chooses"
    assert "Body" in found()["webhooks-text"]


@pytest.mark.parametrize("key", doors.table())
def test_a_door_has_a_cover_and_rests_in_columns_that_are_there(key: str) -> None:
    door = doors.table()[key]
    assert set(doors.covers()[door.cover]) == {"who", "red", "amber", "reader"}
    ((label, columns),) = door.keeps.items()
    assert set(columns) <= {column.name for column in apps.get_model(label)._meta.get_fields() if column.concrete}
    if door.desk:
        assert hasattr(apps.get_model(label)._default_manager, "visible_to")


def test_every_cover_is_used_and_the_minutes_it_names_are_those_of_the_levels() -> None:
    assert {door.cover for door in doors.table().values()} == set(doors.covers())
    minutes = str(screening.due_minutes(screening.Level.AMBER))
    assert all(minutes in row["amber"] for row in doors.covers().values())


def test_every_door_in_the_code_stands_in_the_table() -> None:
    heard = set()
    for package in PACKAGES:
        for file in (doors.TABLE.parent.parent / package).rglob("*.py"):
            for node in ast.walk(ast.parse(file.read_text())):
                if (
                    isinstance(node, ast.Call)
                    and called(node) == "doors.hear"
                    and isinstance(node.args[0], ast.Constant)
                ):
                    heard.add(node.args[0].value)
    assert heard == {key for key, door in doors.table().items() if door.cover != "post"}
