"""Library, stories and news: what is overdue is not suggested, a yes has an end, a feed tells what is new."""

from __future__ import annotations

import datetime as dt
from xml.etree import ElementTree

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from wagtail.models import Page

from cms import tasks
from cms.models import HomePage, LibraryItemPage, NewsPage, PathwayPage, Photo, StoryPage
from cms.site import load_site
from peer import clock
from tests.cms.test_photos import red, saved

pytestmark = pytest.mark.django_db
ATOM = {"a": "http://www.w3.org/2005/Atom"}


@pytest.fixture
def home(site_tree: None) -> HomePage:
    return load_site()


def story(home: HomePage, **facts: object) -> StoryPage:
    given = {"told_by": "Wren, 17", "plain_summary": "A story.", "review_on": dt.date(2099, 1, 1)} | facts
    page = StoryPage(title="Mine", slug="mine", live=False, **given)
    page.body = page.body.stream_block.to_python([{"type": "prose", "value": "<p>It was long.</p>"}])
    home.add_child(instance=page)
    return page


def test_what_is_due_to_be_checked_is_no_longer_suggested(home: HomePage) -> None:
    item = LibraryItemPage.objects.get(slug="telling-someone")
    assert item in LibraryItemPage.objects.suggested()
    item.review_on = clock.today() - dt.timedelta(days=1)
    item.save()
    assert item not in LibraryItemPage.objects.suggested()
    assert LibraryItemPage.objects.suggested().exists()


@pytest.mark.parametrize("missing", ["agreed_on", "agreed_until", "told_by"])
def test_nobodys_story_is_shown_without_their_yes(home: HomePage, missing: str) -> None:
    days = {"agreed_on": dt.date(2026, 1, 1), "agreed_until": dt.date(2099, 1, 1)}
    page = story(home, **(days | {missing: "" if missing == "told_by" else None}))
    with pytest.raises(ValidationError):
        page.save_revision().publish()


def test_a_yes_that_ends_before_it_began_is_refused(home: HomePage) -> None:
    with pytest.raises(ValidationError, match="ends after the day they gave it"):
        story(home, agreed_on=dt.date(2026, 5, 1), agreed_until=dt.date(2026, 5, 1)).save_revision().publish()


def test_a_story_goes_when_the_yes_ends(home: HomePage, client: Client) -> None:
    page = story(home, agreed_on=dt.date(2020, 1, 1), agreed_until=dt.date(2099, 1, 1))
    page.save_revision().publish()
    assert client.get("/mine/").status_code == 200
    tasks.keep_page_times()
    assert client.get("/mine/").status_code == 200
    Page.objects.filter(pk=page.pk).update(expire_at=dt.datetime(2021, 1, 1, tzinfo=dt.UTC))
    tasks.keep_page_times()
    assert client.get("/mine/").status_code == 404


def test_the_feed_tells_what_is_new_to_anybody_and_sets_no_cookie(home: HomePage, client: Client, settings) -> None:
    NewsPage.objects.get(slug="a-group-on-thursdays")
    answer = client.get("/news.xml")
    entry = ElementTree.fromstring(answer.content).find("a:entry", ATOM)
    assert entry is not None
    assert entry.findtext("a:title", namespaces=ATOM) == "A new group on Thursdays"
    assert entry.find("a:link", ATOM).get("href") == f"{settings.PUBLIC_BASE_URL}/news/a-group-on-thursdays/"
    assert not answer.cookies
    NewsPage.objects.get().unpublish()
    assert ElementTree.fromstring(client.get("/news.xml").content).find("a:entry", ATOM) is None


def test_a_photo_stands_on_the_page_with_its_words_in_small_sizes(
    home: HomePage, client: Client, settings, tmp_path
) -> None:
    settings.MEDIA_ROOT = tmp_path
    file = SimpleUploadedFile("a.jpg", saved(red((800, 600)), "JPEG"))
    page = NewsPage.objects.get()
    page.photo = Photo.objects.create(title="A wall", description="A red wall.", file=file)
    page.save_revision().publish()
    shown = client.get(page.url).content.decode()
    assert 'srcset="/photos/' in shown
    assert 'type="image/avif"' in shown
    assert 'alt="A red wall."' in shown
    assert "pictures/circle.svg" not in shown


@pytest.mark.parametrize("missing", ["expect", "try_this"])
def test_s75_a_step_says_what_to_expect_and_what_to_try_or_is_no_whole_step(home: HomePage, missing: str) -> None:
    block = PathwayPage._meta.get_field("steps").stream_block
    step = {"title": "One", "what": "<p>x</p>", "expect": ["A text."], "try_this": ["A walk."], "you_can": []}
    block.clean(block.to_python([{"type": "step", "value": step}]))
    for nothing in ([], [""]):
        with pytest.raises(ValidationError):
            block.clean(block.to_python([{"type": "step", "value": step | {missing: nothing}}]))


def test_s75_every_step_of_the_example_has_both(home: HomePage) -> None:
    steps = [step.value for page in PathwayPage.objects.live() for step in page.steps]
    assert steps
    assert all(any(step["expect"]) and any(step["try_this"]) for step in steps)
