"""Every rule of posts, worries and moderators' wellbeing is named where it is tested (safety 2a, 2b, 2h)."""

from __future__ import annotations

import ast
import re

import pytest

from tests.architecture.code import ROOT

IDS = [*(f"P{n}" for n in range(1, 15)), *(f"E{n}" for n in range(1, 14)), *(f"W{n}" for n in range(1, 5))]


def named() -> dict[str, set[str]]:
    """Find, for each test, the ids in its name and its docstring; a machine's rules and invariants are tests too."""
    found: dict[str, set[str]] = {}
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef) and (node.name.startswith("test_") or _asserts(node)):
                words = f"{node.name} {ast.get_docstring(node) or ''}"
                for name in ids_in(words):
                    found.setdefault(name, set()).add(f"{path.name}::{node.name}")
    return found


def ids_in(words: str) -> set[str]:
    """Read ids out of a name or a sentence; a span names its first and last alone."""
    return {one for one in IDS if re.search(rf"(?<![a-z0-9]){one}(?![0-9a-z])", words, re.IGNORECASE)}


def _asserts(node: ast.FunctionDef) -> bool:
    return any(isinstance(one, ast.Assert) for one in ast.walk(node))


NAMED = named()


@pytest.mark.parametrize("name", IDS)
def test_each_rule_is_named_in_a_test(name: str) -> None:
    assert NAMED.get(name), f"no test names {name}"


def test_a_span_and_a_word_are_read_and_other_words_are_not() -> None:
    assert ids_in("test_p9_each_mark") == {"P9"}
    assert ids_in("test_e1_to_e3_hold") == {"E1", "E3"}
    assert ids_in("up1 p15 step2 e_1 W11") == set()
