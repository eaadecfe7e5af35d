"""Finding: services by words, by the house's own terms, by age and cost (S5); public pages by words."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import reduce

from django.contrib.postgres.search import SearchQuery, SearchVector
from django.db import connection
from django.db.models import Case, Exists, IntegerField, OuterRef, Q, QuerySet, Value, When
from wagtail.models import Page
from wagtail.query import PageQuerySet

from cms.models import DirectoryService, DirectoryTerm
from cms.models.base import PlainLanguagePage
from cms.models.directory import DirectoryServiceQuerySet

LONGEST, MOST_WORDS = 80, 8
CLOSE = 0.72  # how alike two words must be, from 0 to 1
VOCABULARY = 4000  # words at most to compare with
WORD = re.compile(r"\w+")
COLUMNS = ("name", "plain_summary", "about", "way_in", "address", "postcode", "organisation__name")


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What somebody looks for; `terms` are the short addresses of words, by kind."""

    words: str = ""
    terms: tuple[tuple[str, str], ...] = ()
    age: int | None = None
    cost: str = ""
    lived_experience: bool = False


def find(services: DirectoryServiceQuerySet, wanted: Wanted) -> DirectoryServiceQuerySet:
    """Keep the services that match all of it: those named so first, those not checked for long last."""
    for kind, slug in wanted.terms:
        services = services.filter(Exists(_terms(Q(kind=kind, slug=slug))))
    if wanted.age is not None:
        services = services.for_age(wanted.age)
    if wanted.cost:
        services = services.filter(cost=wanted.cost)
    if wanted.lived_experience:
        services = services.filter(organisation__lived_experience=True)
    words = wanted.words.split()[:MOST_WORDS]
    for word in words:
        services = services.filter(_has(word))
    named = reduce(lambda so_far, word: so_far & Q(name__icontains=word), words, Q())
    rank = Case(
        When(pk__in=DirectoryService.objects.overdue().order_by().values("pk"), then=Value(2)),
        *([When(named, then=Value(0))] if words else []),
        default=Value(1),
        output_field=IntegerField(),
    )
    ranked: DirectoryServiceQuerySet = services.annotate(rank=rank).order_by("rank", "name", "pk")
    return ranked


def _has(word: str) -> Q:
    """Match one word in the service's own texts, or in one of its terms: by full text where the database has it."""
    in_terms = Q(Exists(_terms(Q(name__icontains=word) | Q(also__icontains=word))))
    if connection.vendor == "postgresql":
        vector = SearchVector(*COLUMNS, config="english")
        stemmed = DirectoryService.objects.annotate(vector=vector).filter(vector=SearchQuery(word, config="english"))
        return in_terms | Q(pk__in=stemmed.values("pk")) | Q(name__icontains=word)
    return reduce(lambda so_far, column: so_far | Q(**{f"{column}__icontains": word}), COLUMNS, in_terms)


def _terms(match: Q) -> QuerySet[DirectoryTerm]:
    return DirectoryTerm.objects.filter(match, services=OuterRef("pk"))


@dataclass(frozen=True)
class FoundPage:
    """A public page that matches."""

    title: str
    url: str
    summary: str


def find_pages(words: str, *, start: int, most: int) -> tuple[list[FoundPage], bool]:
    """Give some of the live public pages that have all the words, the best first, and tell whether there are more."""
    few = " ".join(WORD.findall(words)[:MOST_WORDS])
    if not few:
        return [], False
    pages = _public_pages()  # SQLite does not know that “sleeping” is of “sleep”: there, a word is a beginning
    look = pages.autocomplete if connection.vendor == "sqlite" else pages.search
    found = list(look(few, operator="and")[start : start + most + 1])
    summaries = _summaries([page.pk for page in found])
    shown = [FoundPage(page.title, page.url or "/", summaries.get(page.pk, "")) for page in found[:most]]
    return shown, len(found) > most


def _public_pages() -> PageQuerySet:
    pages: PageQuerySet = Page.objects.live().public().filter(depth__gt=1)
    return pages


def _summaries(keys: list[int]) -> dict[int, str]:
    """Read the plain summaries of pages of whichever kind, in one statement."""
    first, *others = (
        kind.objects.filter(pk__in=keys).order_by().values_list("pk", "plain_summary")
        for kind in PlainLanguagePage.__subclasses__()
    )
    return dict(first.union(*others, all=True)) if keys else {}


def titles() -> list[str]:
    """List the titles of the live public pages."""
    return list(_public_pages().values_list("title", flat=True)[:VOCABULARY])


def did_you_mean(services: DirectoryServiceQuerySet, words: str, *, also: Iterable[str] = ()) -> str:
    """Give the same search with each unknown word turned into the most alike one we know, or nothing."""
    known = _known(services, also)
    turned = []
    for word in words.lower().split()[:MOST_WORDS]:
        close = [word] if word in known else difflib.get_close_matches(word, known, n=1, cutoff=CLOSE)
        turned.append(close[0] if close else word)
    said = " ".join(turned)
    return said if said != " ".join(words.lower().split()) else ""


def _known(services: DirectoryServiceQuerySet, also: Iterable[str]) -> list[str]:
    """List the words of names and terms, each once, in the order they come."""
    texts = [name for row in services.order_by().values_list("name", "organisation__name")[:VOCABULARY] for name in row]
    texts += [text for row in DirectoryTerm.objects.order_by().values_list("name", "also")[:VOCABULARY] for text in row]
    words = (word.strip(".,;:()?!’'") for text in (*texts, *also) for word in text.lower().split())
    return list(dict.fromkeys(word for word in words if len(word) > 3))[:VOCABULARY]
