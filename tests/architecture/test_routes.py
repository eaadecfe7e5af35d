"""Every address is public by name, or asks who you are; the census walks all of them, Wagtail's too."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.resolvers import LocalePrefixPattern, RegexPattern, RoutePattern
from django.utils.regex_helper import normalize

from tests.architecture.code import ROOT

TABLE = ROOT / "tests" / "matrix" / "routes.txt"
SAMPLES = {"int": "1", "uuid": "0b0e3f0c-7a53-4a3b-9d0e-7a2b6c1d4e5f", "path": "a/b/", "slug": "a", "str": "a"}

pytestmark = pytest.mark.django_db


def _walk(resolver: URLResolver, route: str = "", sample: str = "/") -> Iterator[tuple[str, str, object]]:
    for entry in resolver.url_patterns:
        pattern = entry.pattern
        told, asked = route + _told(pattern), sample + _sample(pattern)
        if isinstance(entry, URLResolver):
            yield from _walk(entry, told, asked)
        elif isinstance(entry, URLPattern):
            yield told, asked, entry.callback


def _told(pattern: object) -> str:
    return pattern.language_prefix if isinstance(pattern, LocalePrefixPattern) else str(pattern)


def _sample(pattern: object) -> str:
    if isinstance(pattern, RoutePattern):
        return re.sub(r"<(?:(\w+):)?\w+>", lambda part: SAMPLES.get(part[1] or "str", "1"), str(pattern))
    if isinstance(pattern, RegexPattern):
        text, names = normalize(pattern.regex.pattern)[0]
        return text % dict.fromkeys(names, "1")
    return ""


@cache
def census() -> dict[str, tuple[str, bool]]:
    """Give every address: its pattern → a sample address, and whether its view lets strangers in."""
    return {told: (asked, not getattr(view, "login_required", True)) for told, asked, view in _walk(get_resolver())}


@cache
def table() -> dict[str, str]:
    """Read routes.txt: the pattern → the heading it stands under."""
    found, heading = {}, ""
    for line in TABLE.read_text().splitlines():
        if line.startswith("#"):
            heading = line.strip("# ")
        elif line.strip():
            found[line.strip() if line.strip() != "(root)" else ""] = heading
    return found


def test_every_public_address_stands_in_the_table_and_no_other() -> None:
    public = {told for told, (_asked, is_public) in census().items() if is_public}
    assert public - set(table()) == set(), "public, and not in tests/matrix/routes.txt"
    assert set(table()) - public == set(), "in tests/matrix/routes.txt, and not public"


def test_every_other_address_sends_a_stranger_to_sign_in() -> None:
    client = Client()
    wrong = []
    for told, (asked, is_public) in census().items():
        if is_public:
            continue
        for answer in (client.get(asked), client.post(asked)):
            to_sign_in = answer.status_code == 302 and "/login/" in answer["Location"]
            if not to_sign_in and answer.status_code not in {403, 404, 405}:
                wrong.append(f"{told}: {answer.status_code} {answer.headers.get('Location', '')}")
    assert wrong == []


def test_what_wagtail_leaves_open_under_admin_tells_a_stranger_nothing() -> None:
    client = Client()
    wrong = []
    for told, heading in table().items():
        if heading.startswith("Wagtail"):
            answer = client.get(census()[told][0])
            refused = answer.status_code in {301, 302, 401, 403, 404, 405}
            if not refused:
                wrong.append(f"{told}: {answer.status_code}")
    assert wrong == []


def test_the_doors_of_the_demo_exist_only_in_the_demo() -> None:
    assert not [told for told in census() if told.startswith("demo")]
    assert Client().get("/demo/").status_code == 404
