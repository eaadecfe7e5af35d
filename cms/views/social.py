"""What we say in public, for everybody: a page, two feeds and the pictures, each asked for at each request (S11)."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import PurePath
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.syndication.views import Feed
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext as _

from cms.models import ShareImage, SocialPost
from cms.views.photos import ALONE, KINDS
from peer.methods import require_safe
from peer.models import User

PAGE, MOST_PAGES = 10, 500
SECONDS = 5  # that anybody may keep it without asking: so soon is gone what was taken back
NAME = re.compile(r"[0-9a-f]{32}\.(png|jpg)")


@login_not_required
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Show what was released, the newest first, a page at a time."""
    number = _number(request)
    posts, more = _page(number)
    context = {
        "posts": posts,
        "older": f"?page={number + 1}" if more else "",
        "newer": f"?page={number - 1}" if number > 1 else "",
    }
    return _kept(request, render(request, "social/index.html", context))


@login_not_required
@require_safe
def detail(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show one of them, for whoever follows a link from elsewhere."""
    post = get_object_or_404(SocialPost.objects.published().whole(), public_id=public_id)
    if not post.is_as_released():
        raise Http404
    return _kept(request, render(request, "social/detail.html", {"post": post}))


@login_not_required
@require_safe
def picture(request: HttpRequest, name: str) -> HttpResponse:
    """Give a picture: to everybody once its post is public, before that to those who write and read it."""
    named = ShareImage.objects.published().named(name) if NAME.fullmatch(name) else ShareImage.objects.none()
    image, is_public = named.first(), True
    if image is None and isinstance(request.user, User):
        image, is_public = ShareImage.objects.visible_to(request.user).named(name).first(), False
    if image is None:
        raise Http404
    try:
        response = HttpResponse(image.bytes_of(name), content_type=KINDS[PurePath(name).suffix])
    except FileNotFoundError:
        raise Http404 from None
    response["Cache-Control"] = f"public, max-age={SECONDS}" if is_public else "private, no-store"
    response["Content-Security-Policy"] = ALONE
    return response


@login_not_required
@require_safe
def json_feed(request: HttpRequest) -> HttpResponse:
    """Give the same as JSON Feed 1.1, a page at a time."""
    number = _number(request)
    posts, more = _page(number)
    here = settings.PUBLIC_BASE_URL + reverse("social-json")
    feed: dict[str, Any] = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": _title(),
        "home_page_url": settings.PUBLIC_BASE_URL + reverse("social"),
        "feed_url": here,
        "language": "en-GB",
        "items": [_item(post) for post in posts],
    }
    if more:
        feed["next_url"] = f"{here}?page={number + 1}"
    return _kept(request, JsonResponse(feed, content_type="application/feed+json; charset=utf-8"))


def _item(post: SocialPost) -> dict[str, Any]:
    images = list(post.images.all())
    item = {
        "id": post.permalink(),
        "url": post.permalink(),
        "content_text": post.words,
        "content_html": _html(post),
        "date_published": post.shown_from.isoformat() if post.shown_from else None,
        "attachments": [
            {
                "url": settings.PUBLIC_BASE_URL + image.wide_url,
                "mime_type": KINDS[PurePath(str(image.wide.name)).suffix],
                "title": image.alt,
            }
            for image in images
        ],
    }
    if images:
        item["image"] = settings.PUBLIC_BASE_URL + images[0].wide_url
    if post.link:
        item["external_url"] = post.full_link()
    return item


class SocialAtom(Atom1Feed):
    """Atom whose pages lead to the next one (RFC 5005)."""

    def add_root_elements(self, handler: Any) -> None:
        """Say where the older ones are."""
        super().add_root_elements(handler)
        if self.feed.get("older"):
            handler.addQuickElement("link", "", {"rel": "next", "href": self.feed["older"]})


class SocialFeed(Feed):  # type: ignore[type-arg]  # not to be had while it runs
    """The same as Atom (RFC 4287)."""

    feed_type = SocialAtom

    def __call__(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Answer, and say how soon to ask again."""
        return _kept(request, super().__call__(request, *args, **kwargs))

    def get_object(self, request: HttpRequest) -> int:
        """Give the number of the page."""
        return _number(request)

    def title(self) -> str:
        """Name the service."""
        return _title()

    def link(self) -> str:
        """Lead to the page."""
        return f"{settings.PUBLIC_BASE_URL}{reverse('social')}"

    def items(self, number: int) -> list[SocialPost]:
        """Give what is public."""
        return _page(number)[0]

    def feed_extra_kwargs(self, number: int) -> dict[str, Any]:
        """Say where the older ones are."""
        here = settings.PUBLIC_BASE_URL + reverse("social-atom")
        return {"older": f"{here}?page={number + 1}" if _page(number)[1] else ""}

    def item_title(self, item: SocialPost) -> str:
        """Give its first words."""
        return item.first_words()

    def item_description(self, item: SocialPost) -> str:
        """Give its words and its pictures, each with the words of its own."""
        return _html(item)

    def item_link(self, item: SocialPost) -> str:
        """Give its address."""
        return item.permalink()

    def item_pubdate(self, item: SocialPost) -> dt.datetime | None:
        """Give the moment it became public."""
        return item.shown_from

    def item_updateddate(self, item: SocialPost) -> dt.datetime | None:
        """Give the same: what is public never changes."""
        return item.shown_from


def _html(post: SocialPost) -> str:
    return render_to_string("social/_feed.html", {"post": post, "base": settings.PUBLIC_BASE_URL})


def _title() -> str:
    return _("%(service)s, out loud") % {"service": settings.SERVICE_NAME}


def _page(number: int) -> tuple[list[SocialPost], bool]:
    """Give one page of posts, and whether older ones follow; none whose words or pictures are not those released."""
    first = (number - 1) * PAGE
    found = list(SocialPost.objects.published().whole()[first : first + PAGE + 1])
    return [post for post in found[:PAGE] if post.is_as_released()], len(found) > PAGE


def _number(request: HttpRequest) -> int:
    given = request.GET.get("page", "")
    return min(max(int(given), 1), MOST_PAGES) if given.isascii() and given.isdecimal() and len(given) < 5 else 1


def _kept(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    if not request.user.is_authenticated:
        response["Cache-Control"] = f"public, max-age={SECONDS}"
    return response
