"""One box finds public pages and services; what is private is never found; nothing found leads on."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from wagtail.models import Page, PageViewRestriction, Site

from cms.models import HomePage, LibraryItemPage, NewsPage
from tests.cms.directory import make_service, make_term

pytestmark = pytest.mark.django_db
GIVEN = {"plain_summary": "A page.", "review_on": dt.date(2099, 1, 1)}


@pytest.fixture
def home(site_tree: None) -> HomePage:
    start = HomePage(title="Start", slug="start", lead="Waiting is hard.", **GIVEN)
    Page.get_first_root_node().add_child(instance=start)
    Site.objects.update(root_page=start)
    Site.clear_site_root_paths_cache()
    return HomePage.objects.get(pk=start.pk)


def make_page(home: HomePage, title: str, *, body: str = "", **facts: object) -> NewsPage:
    page = NewsPage(title=title, slug=title.lower().replace(" ", "-"), **(GIVEN | facts))
    page.body = page.body.stream_block.to_python([{"type": "prose", "value": f"<p>{body}</p>"}])
    home.add_child(instance=page)
    return page


def look(client: Client, words: str, **more: object) -> str:
    answer = client.get("/search/", {"words": words, **more})
    assert answer.status_code == 200
    return answer.content.decode()


def test_it_finds_pages_by_title_summary_and_body_and_services(home: HomePage, client: Client) -> None:
    make_page(home, "About sleep")
    make_page(home, "Owls", plain_summary="Short words on sleeping.")
    make_page(home, "Night walks", body="When you cannot <b>sleep</b>, walk.")
    make_page(home, "Nothing of it")
    make_service(name="The Sleep Kitchen")
    said = look(client, "sleep")
    for name in ("About sleep", "Owls", "Night walks", "The Sleep Kitchen"):
        assert name in said, name
    assert "Nothing of it" not in said


def test_all_the_words_must_be_there(home: HomePage, client: Client) -> None:
    make_page(home, "Sleep well")
    assert "We found nothing" in look(client, "sleep kitchen")


@pytest.mark.parametrize("hidden", ["draft", "closed", "below a closed page", "deleted"])
def test_what_is_not_public_is_never_found(home: HomePage, client: Client, hidden: str) -> None:
    page = make_page(home, "Zebra crossing", live=hidden != "draft")
    if hidden == "closed":
        PageViewRestriction.objects.create(page=page, restriction_type="login")
    if hidden == "below a closed page":
        child = LibraryItemPage(title="Zebra foal", slug="foal", **GIVEN)
        page.add_child(instance=child)
        PageViewRestriction.objects.create(page=page, restriction_type="groups")
    if hidden == "deleted":
        page.delete()
    for words in ("zebra", "zebar"):
        said = look(client, words)
        assert "We found nothing" in said
        assert "Zebra" not in said.replace(f'value="{words}"', "")
        assert ">zebra<" not in said


def test_a_page_taken_down_is_found_no_more(home: HomePage, client: Client) -> None:
    page = make_page(home, "Zebra")
    assert "/zebra/" in look(client, "zebra")
    page.unpublish()
    assert "/zebra/" not in look(client, "zebra")


def test_a_word_that_was_nearly_right_leads_to_the_right_one(home: HomePage, client: Client) -> None:
    make_page(home, "How to sleep better")
    make_service(name="Kite").terms.add(make_term(name="Anxiety"))
    assert '<a href="?words=anxiety">anxiety</a>' in look(client, "anxeity")
    assert '<a href="?words=better">better</a>' in look(client, "bettter")


def test_nothing_found_leads_on_and_names_the_lines(home: HomePage, client: Client) -> None:
    said = look(client, "qqqqq")
    assert "We found nothing like that" in said
    assert "Samaritans" in said.split("<main", 1)[1]


def test_words_that_worry_show_the_lines_first(home: HomePage, client: Client) -> None:
    assert "Are things hard right now?" in look(client, "i want to die")


def test_it_goes_on_a_page_at_a_time(home: HomePage, client: Client) -> None:
    for number in range(12):
        make_page(home, f"Zebra {number}")
    first, second = look(client, "zebra"), look(client, "zebra", page=2)
    assert first.count('class="card card-link"') == 10
    assert second.count('class="card card-link"') == 2
    assert 'rel="next"' in first
    assert 'rel="next"' not in second
    assert 'rel="prev"' in second


@pytest.mark.parametrize("page", ["0", "-1", "x", "999999999", "²"])
def test_a_page_that_is_none_is_the_first_or_empty(home: HomePage, client: Client, page: str) -> None:
    make_page(home, "Zebra")
    assert client.get("/search/", {"words": "zebra", "page": page}).status_code == 200


@pytest.mark.parametrize(
    "words", ['"', "'", "*", "zebra*", "NEAR(a b)", "a AND", "(", "%", "\\", ":", "^", "-", "<script>", "é" * 40, "&|!"]
)
def test_any_words_are_answered(home: HomePage, client: Client, words: str) -> None:
    make_page(home, "Zebra")
    assert "<script>" not in look(client, words).replace('<script src="', "")


def test_too_many_words_are_told_so_and_stay(home: HomePage, client: Client) -> None:
    answer = client.get("/search/", {"words": "z" * 81})
    assert answer.status_code == 422
    assert "Please use fewer words" in answer.content.decode()
    assert "z" * 81 in answer.content.decode()


def test_more_pages_ask_no_more_questions(home: HomePage, client: Client) -> None:
    for number in range(3):
        make_page(home, f"Zebra {number}")
    make_service(name="Zebra house")

    def count() -> int:
        look(client, "zebra")
        with CaptureQueriesContext(connection) as said:
            look(client, "zebra")
        return len(said)

    few = count()
    for number in range(3, 30):
        make_page(home, f"Zebra {number}")
    assert count() == few <= 12


def test_the_box_is_on_every_public_page_but_on_its_own(home: HomePage, client: Client) -> None:
    for path in ("/", "/directory/", "/feedback/"):
        assert 'action="/search/"' in client.get(path).content.decode()
    assert 'action="/search/"' not in client.get("/search/").content.decode()


def test_the_index_can_be_made_anew(home: HomePage, client: Client) -> None:
    make_page(home, "Zebra")
    call_command("wagtail_update_index", verbosity=0)
    assert "/zebra/" in look(client, "zebra")
