"""Reads start with `visible_to`; nobody but the gate asks for rights; forms validate and never save."""

from __future__ import annotations

import ast

from tests.architecture.code import called, modules

# First calls on a manager in a view that already say who may see: what everybody may read, or one's own groups.
OPEN_TO_ALL = {"visible_to", "published", "none", "live", "joined_by", "administered_by"}
# First calls in `peer/page_rows.py` besides: asked of `visible_to` already, one's own, of a thread one may read, or
# whether there is any group at all that people find by themselves.
WRITTEN_ONCE = {"known_to", "not_inside", "of", "seen_by", "to_find"}
# Reads in views that start otherwise, each with its reason.
OTHERWISE: dict[str, str] = {
    "cms/views/documents.py": "the collection of a document says who may see it, asked at each request",
    "cms/views/health.py": "gives an age in seconds, of nobody's message",
    "cms/views/open_referral.py": "words and hours of services that are public",
    "cms/views/photos.py": "the collection of a photo says who may see it, asked at each request",
    "moderation/views/openness.py": "figures that are everybody's once their quarter is over",
    "peer/views/feedback.py": "a visitor has no account: the secret reference is the right",
    "peer/views/help_requests.py": "as above, and one's own; whether anybody is on call is said to all",
}


def _first_calls(tree: ast.Module) -> list[str]:
    """Give `Model.objects.first_call` for every read through a manager."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Attribute) and node.value.attr == "objects":
            found.append(called(node))
    return found


def test_views_read_through_visible_to() -> None:
    wrong = [
        f"{path}: {read}"
        for path, tree in modules("views/*.py", "views.py")
        for read in _first_calls(tree)
        if read.split(".")[-1] not in OPEN_TO_ALL and path not in OTHERWISE
    ]
    assert wrong == []


def test_what_is_written_once_begins_with_what_its_reader_may_see() -> None:
    reads = [read for _path, tree in modules("page_rows.py") for read in _first_calls(tree)]
    assert len(reads) > 5
    assert [read for read in reads if read.split(".")[-1] not in OPEN_TO_ALL | WRITTEN_ONCE] == []


def test_nobody_but_the_gate_asks_for_rights() -> None:
    wrong = [
        f"{path}:{node.lineno}"
        for path, tree in modules("**/*.py")
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr in {"has_perm", "has_perms", "get_perms"}
    ]
    assert wrong == []


def test_forms_never_save() -> None:
    wrong = [
        f"{path}:{node.lineno}"
        for path, tree in modules("forms/*.py")
        for node in ast.walk(tree)
        if (isinstance(node, ast.FunctionDef) and node.name == "save")
        or (isinstance(node, ast.Attribute) and node.attr in {"save", "create", "bulk_create", "update_or_create"})
        or (isinstance(node, ast.ClassDef) and any(called(base).endswith("ModelForm") for base in node.bases))
    ]
    assert wrong == []


def test_views_change_nothing_themselves() -> None:
    wrong = [
        f"{path}:{node.lineno} {node.func.attr}"
        for path, tree in modules("views/*.py", "views.py")
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in {"save", "create", "bulk_create", "update_or_create", "get_or_create", "move_to"}
        and not called(node).startswith("form")
    ]
    assert wrong == []


def test_no_module_is_named_after_nothing() -> None:
    vague = {"utils", "helpers", "services", "managers", "signals", "common", "misc"}
    assert [path for path, _tree in modules("**/*.py") if path.split("/")[-1].removesuffix(".py") in vague] == []


def test_every_module_says_in_one_sentence_what_it_is() -> None:
    wrong = [
        path
        for path, tree in modules("**/*.py")
        if tree.body and not ast.get_docstring(tree) and "/migrations/" not in path
    ]
    assert wrong == []
