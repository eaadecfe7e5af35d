"""Fills a believable site from cms/site.toml: makes what is missing, and never writes over what an editor changed."""

from __future__ import annotations

import datetime as dt
import tomllib
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlsplit

from django.apps import apps
from django.conf import settings
from wagtail.fields import StreamField
from wagtail.models import GroupApprovalTask, Locale, Page, Site

from cms import editors
from cms.models import GroupPublicPage, HomePage, ServiceDetails
from cms.models.base import PlainLanguagePage
from peer import clock
from peer.models import SupportGroup

WORDS = Path(__file__).with_name("site.toml")


def load_site() -> HomePage:
    """Make the pages, the service's details and the editors' groups that are missing; give the home page."""
    words = tomllib.loads(WORDS.read_text())
    _make_groups()
    home: HomePage = HomePage.objects.first() or _make_home(words["pages"][0])
    for row in words["pages"][1:]:
        if _find(home, row["at"]) is None:
            _add(_find(home, row["at"].rpartition("/")[0]) or home, _page(row, home))
    home = cast(HomePage, HomePage.objects.get(pk=home.pk))  # it has children now; a stale copy would forget them
    if not home.body:
        _set_streams(home, words["pages"][0], home)
        home.save_revision().publish()
    for row in words["pages"]:
        _join_group(row)
    ServiceDetails.objects.get_or_create(site=Site.objects.get(is_default_site=True), defaults=words["service"])
    return home


def _make_groups() -> None:
    """Make the editors' groups, and let Wagtail's ready-made approval step wait for them."""
    who = [editors.group(name) for name in (editors.EDITORS, editors.YOUNG_EDITORS)]
    for task in GroupApprovalTask.objects.all():
        task.groups.set(who[:1])


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
    for name in ("lead", "wait_fact"):
        if name in row:
            setattr(page, name, row[name])
    if "wait_ago" in row:
        page.wait_on = clock.today() - dt.timedelta(days=row["wait_ago"])
    _set_streams(page, row, home)
    return page


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
    """Turn the addresses on a block of cards into pages."""
    if block["type"] != "cards" or home is None:
        return block
    found = [(_find(home, card["page"]), card["text"]) for card in block["value"]["cards"]]
    cards = [{"page": page.pk, "text": text} for page, text in found if page]
    return {"type": "cards", "value": block["value"] | {"cards": cards}}
