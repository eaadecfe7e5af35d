"""Fills a believable site from cms/site.toml: makes what is missing, and never writes over what an editor changed."""

from __future__ import annotations

import datetime as dt
import re
import tomllib
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlsplit

from django.apps import apps
from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from wagtail.fields import StreamField
from wagtail.models import Locale, Page, Site, Workflow, WorkflowContentType, WorkflowPage, WorkflowTask

from cms import editors
from cms.models import (
    DirectoryService,
    FactCheck,
    GroupPublicPage,
    HomePage,
    ServiceDetails,
    YoungModeratorCheck,
)
from cms.models.base import PlainLanguagePage
from peer import clock
from peer.models import SupportGroup

STEPS = "Facts, then a young moderator"
LINK = re.compile(r'<a at="(?P<at>[^"]+)">(?P<words>[^<]+)</a>')
WORDS = Path(__file__).with_name("site.toml")
IN_ARABIC = Path(__file__).with_name("site_ar.toml")
FACTS = {"lead": "lead", "wait_fact": "wait_fact", "minutes": "minutes", "item": "kind", "told_by": "told_by"}
DAYS = {"wait_on": "wait_on", "agreed_on": "agreed_on", "agreed_until": "agreed_until"}  # counted from today


def load_site() -> HomePage:
    """Make the pages, the service's details and the editors' groups that are missing; give the home page."""
    words = tomllib.loads(WORDS.read_text())
    make_steps()
    home: HomePage = HomePage.objects.filter(locale=Locale.get_default()).first() or _make_home(words["pages"][0])
    for row in words["pages"][1:]:
        if _find(home, row["at"]) is None:
            _add(_find(home, row["at"].rpartition("/")[0]) or home, _page(row, home))
    home = cast(HomePage, HomePage.objects.get(pk=home.pk))  # it has children now; a stale copy would forget them
    if not home.body:
        _set_streams(home, words["pages"][0], home)
        home.save_revision().publish()
    for row in words["pages"]:
        _join_group(row)
    _translate(home, tomllib.loads(IN_ARABIC.read_text()))
    ServiceDetails.objects.get_or_create(site=Site.objects.get(is_default_site=True), defaults=words["service"])
    return home


def make_steps() -> None:
    """Make the editors' groups, and the two steps by which pages and services go out, in the place of Wagtail's own."""
    for name in (editors.EDITORS, editors.YOUNG_EDITORS):
        editors.group(name)
    workflow, is_new = Workflow.objects.get_or_create(name=STEPS)
    if not is_new:
        return
    for place, (kind, name) in enumerate(((FactCheck, "Facts"), (YoungModeratorCheck, "Young moderator"))):
        task, _is_new = kind.objects.get_or_create(name=name)
        WorkflowTask.objects.create(workflow=workflow, task=task, sort_order=place)
    WorkflowPage.objects.update_or_create(page=Page.get_first_root_node(), defaults={"workflow": workflow})
    services = ContentType.objects.get_for_model(DirectoryService)
    WorkflowContentType.objects.update_or_create(content_type=services, defaults={"workflow": workflow})


def _make_home(row: dict[str, Any]) -> HomePage:
    """Put our home page in the place of Wagtail's first page, also in a database that lost its root."""
    Locale.objects.get_or_create(language_code="en-gb")
    root = Page.get_first_root_node() or Page.add_root(instance=Page(title="Root", slug="root"))
    home = cast(HomePage, _page(row | {"body": []}, None))
    home.slug = "northfields"
    _add(root, home)
    public = urlsplit(settings.PUBLIC_BASE_URL)
    port = public.port or (443 if public.scheme == "https" else 80)
    address = {"hostname": public.hostname or "localhost", "port": port}
    Site.objects.update_or_create(is_default_site=True, defaults=address | {"root_page": home})
    for welcome in root.get_children().filter(slug="home").exclude(pk=home.pk):
        welcome.delete()
    return home


def _find(home: HomePage, at: str) -> Page | None:
    """Find the page at an address below the home page."""
    return Page.objects.filter(url_path=f"{home.url_path}{at}/" if at else home.url_path).first()


def _add(parent: Page, page: PlainLanguagePage) -> None:
    parent.add_child(instance=page)
    page.save_revision().publish()


def _page(row: dict[str, Any], home: HomePage | None) -> PlainLanguagePage:
    """Make a page of the named kind from its row, not yet in the tree."""
    kind: type[PlainLanguagePage] = apps.get_model("cms", row["kind"])
    page = kind(title=row["title"], plain_summary=row["plain_summary"], picture=row.get("picture", ""))
    page.slug = row["at"].rpartition("/")[2] or "home"
    page.review_on = clock.today() + dt.timedelta(days=row["review"])
    for name in FACTS.keys() & row.keys():
        setattr(page, FACTS[name], row[name])
    for name in DAYS.keys() & row.keys():
        setattr(page, DAYS[name], clock.today() + dt.timedelta(days=row[name]))
    _set_streams(page, row, home)
    return page


def _translate(home: HomePage, words: dict[str, Any]) -> None:
    """Put pages into another language, beside the ones they come from."""
    locale, _made = Locale.objects.get_or_create(language_code=words["language"])
    for row in words["pages"]:
        page = _find(home, row["at"])
        if page is None or page.has_translation(locale):
            continue
        copy: PlainLanguagePage = page.specific.copy_for_translation(locale)
        for name in ("title", "draft_title", "plain_summary", *FACTS.keys() & row.keys()):
            setattr(copy, FACTS.get(name, name), row["title" if name == "draft_title" else name])
        _set_streams(copy, row, None)
        copy.save_revision().publish()


def _join_group(row: dict[str, Any]) -> None:
    """Join a group's page to its group, once the group is there."""
    group = SupportGroup.objects.filter(title=row.get("group")).first()
    if group is not None:
        GroupPublicPage.objects.filter(title=row["title"], group=None).update(group=group)


def _set_streams(page: PlainLanguagePage, row: dict[str, Any], home: HomePage | None) -> None:
    for field in page._meta.get_fields():
        if isinstance(field, StreamField):
            blocks = [_with_pages(block, home) for block in row.get(field.name, [])]
            setattr(page, field.name, field.stream_block.to_python(blocks))


def _with_pages(block: dict[str, Any], home: HomePage | None) -> dict[str, Any]:
    """Turn the addresses on a block of cards, and those of links in a text, into pages."""
    if home is None or block["type"] not in {"cards", "prose"}:
        return block
    if block["type"] == "prose":
        return block | {"value": LINK.sub(lambda link: _linked(link, home), block["value"])}
    found = [(_find(home, card["page"]), card["text"]) for card in block["value"]["cards"]]
    cards = [{"page": page.pk, "text": text} for page, text in found if page]
    return {"type": "cards", "value": block["value"] | {"cards": cards}}


def _linked(link: re.Match[str], home: HomePage) -> str:
    """Write a link as Wagtail keeps it, or its words alone where there is no such page."""
    page = _find(home, link["at"])
    return f'<a linktype="page" id="{page.pk}">{link["words"]}</a>' if page else link["words"]
