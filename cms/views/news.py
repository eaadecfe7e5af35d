"""The feed of what is new, for whoever reads feeds: no account, no cookie, our own pages alone."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.contrib.syndication.views import Feed
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext as _

from cms.models.news import NewsPage

MOST = 20


class NewsFeed(Feed):  # type: ignore[type-arg]  # not to be had while it runs
    """The newest pieces of news, as Atom (RFC 4287)."""

    feed_type = Atom1Feed

    def title(self) -> str:
        """Name the service."""
        return _("News from %(service)s") % {"service": settings.SERVICE_NAME}

    def link(self) -> str:
        """Lead to the first page."""
        return f"{settings.PUBLIC_BASE_URL}/"

    def items(self) -> list[NewsPage]:
        """Give what is live and public, the newest first."""
        return list(NewsPage.objects.live().public().order_by("-first_published_at", "-pk")[:MOST])

    def item_title(self, item: NewsPage) -> str:
        """Give its heading."""
        return str(item.title)

    def item_description(self, item: NewsPage) -> str:
        """Give its plain summary."""
        return item.plain_summary

    def item_link(self, item: NewsPage) -> str:
        """Give its address."""
        return f"{settings.PUBLIC_BASE_URL}{item.url}"

    def item_pubdate(self, item: NewsPage) -> dt.datetime | None:
        """Give the moment it was first shown."""
        at: dt.datetime | None = item.first_published_at
        return at

    def item_updateddate(self, item: NewsPage) -> dt.datetime | None:
        """Give the moment its words last changed."""
        at: dt.datetime | None = item.last_published_at
        return at
