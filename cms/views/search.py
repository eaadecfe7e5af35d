"""Looking for words on all public pages and in the directory, from one box, without signing in."""

from __future__ import annotations

from urllib.parse import urlencode

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from cms import finding
from cms.finding import Wanted
from cms.forms.search import SearchForm
from cms.models import DirectoryService
from peer import screening
from peer.methods import require_safe
from peer.web import page_number

PAGE, SERVICES = 10, 3


@login_not_required
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Show the pages that match, some at a time, and the first services; where nothing does, say what helps."""
    form = SearchForm(request.GET or None)
    words = form.cleaned_data["words"] if form.is_bound and form.is_valid() else ""
    context = {"form": form, "words": words, "worried": screening.screen(words).level}
    if words:
        context |= _found(words, page_number(request))
    return render(request, "search/index.html", context, status=422 if form.errors else 200)


def _found(words: str, page: int) -> dict[str, object]:
    """Find a page of pages, the first services, and what was perhaps meant."""
    pages, more = finding.find_pages(words, start=(page - 1) * PAGE, most=PAGE)
    services = DirectoryService.objects.published()
    found = finding.find(services, Wanted(words=words))
    count = found.count() if page == 1 else 0
    context = {
        "pages": pages,
        "services": list(found.whole()[:SERVICES]) if count else [],
        "count": count,
        "more_services": count > SERVICES,
        "services_href": urlencode({"words": words}),
        "older": f"?{urlencode({'words': words, 'page': page + 1})}" if more else "",
        "newer": f"?{urlencode({'words': words, 'page': page - 1})}" if page > 1 else "",
    }
    if not pages and not count:
        said = finding.did_you_mean(services, words, also=finding.titles())
        context |= {"meant": said, "meant_href": f"?{urlencode({'words': said})}"}
    return context
