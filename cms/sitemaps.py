"""What search engines may find: live public pages, and the services of the directory; nobody's own pages."""

from __future__ import annotations

import datetime as dt

from django.contrib.sitemaps import Sitemap as DjangoSitemap
from wagtail.contrib.sitemaps import Sitemap as PagesSitemap

from cms.models import DirectoryService
from cms.models.directory import DirectoryServiceQuerySet


class ServicesSitemap(DjangoSitemap):  # type: ignore[type-arg]  # not to be had while it runs
    """The services on the website."""

    def items(self) -> DirectoryServiceQuerySet:
        """Give them in an order that stays."""
        return DirectoryService.objects.published().order_by("pk")

    def lastmod(self, item: DirectoryService) -> dt.datetime:
        """Give the moment its words last changed."""
        return item.changed_at


SITEMAPS = {"pages": PagesSitemap, "services": ServicesSitemap}
