"""Reads our own source for the rules that no tool keeps."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
PACKAGES = ("peer", "moderation", "notifications", "cms")


def modules(*patterns: str) -> Iterator[tuple[str, ast.Module]]:
    """Give each module of ours that matches, by its path from the root, parsed."""
    for package in PACKAGES:
        for pattern in patterns:
            for file in sorted((ROOT / package).glob(pattern)):
                yield str(file.relative_to(ROOT)), ast.parse(file.read_text())


def called(node: ast.AST) -> str:
    """Name what a call or an attribute chain says, as dotted words: `Post.objects.visible_to`."""
    if isinstance(node, ast.Call):
        return called(node.func)
    if isinstance(node, ast.Attribute):
        return f"{called(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else ""
