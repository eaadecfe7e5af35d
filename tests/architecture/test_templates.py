"""Templates: nothing marked safe, nothing the content policy would stop, nothing from another host."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.architecture.code import ROOT

PAGES = sorted([*(ROOT / "templates").rglob("*.html"), *ROOT.glob("*/templates/**/*.html")])
BANNED = {
    "marked safe": re.compile(r"\|\s*safe\b|\|\s*safeseq\b|autoescape\s+off|mark_safe"),
    "inline style": re.compile(r"<style\b|\sstyle\s*=", re.IGNORECASE),
    "inline script": re.compile(r"<script(?![^>]*\ssrc=)|\son[a-z]+\s*=\s*[\"']|javascript:", re.IGNORECASE),
    "another host": re.compile(r"<(?:img|script|link|iframe|source|video|audio)\b[^>]*(?:src|href)=[\"'](?:https?:)?//", re.IGNORECASE),
    "vendor utility": re.compile(r"nhsuk-u-|nhsuk-hero\b"),
}  # fmt: skip
# What would break a rule and is right all the same: "path: rule" and its reason.
DATA_BLOCK = "a block of data that runs nothing: the library's script reads its ids from it"
RIGHT: dict[str, str] = {
    f"templates/mfa/{name}.html: inline script": DATA_BLOCK
    for name in ("authenticate", "webauthn/add_form", "webauthn/reauthenticate")
}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_a_template_holds_nothing_banned(page: Path) -> None:
    text = re.sub(r"{#.*?#}|{% comment %}.*?{% endcomment %}", "", page.read_text(), flags=re.DOTALL)
    name = str(page.relative_to(ROOT))
    found = [f"{rule}: {hit[0]}" for rule, banned in BANNED.items() for hit in banned.finditer(text) if f"{name}: {rule}" not in RIGHT]  # fmt: skip
    assert found == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_form_that_changes_something_carries_its_tokens(page: Path) -> None:
    for form in re.findall(
        r"<form\b[^>]*method=[\"']post[\"'].*?</form>", page.read_text(), flags=re.DOTALL | re.IGNORECASE
    ):
        assert "csrf_token" in form, page


def test_nothing_in_python_is_marked_safe_outside_the_sanitiser() -> None:
    wrong = [
        str(file.relative_to(ROOT))
        for package in ("peer", "moderation", "notifications", "cms")
        for file in (ROOT / package).rglob("*.py")
        if re.search(r"\bmark_safe\(|\bSafeString\(", file.read_text()) and file.name != "sanitise.py"
    ]
    assert wrong == []
