"""What anybody may read, hear or try meanwhile, with or without an account (S38, S73)."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import F
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from wagtail.admin.panels import FieldPanel
from wagtail.fields import StreamField
from wagtail.models import PageManager
from wagtail.query import PageQuerySet

from cms.blocks import BodyBlock
from cms.models.base import PlainLanguagePage
from peer import clock


class LibraryItemQuerySet(PageQuerySet):
    """Items of the library."""

    def suggested(self) -> LibraryItemQuerySet:
        """Keep what may be suggested, the newest first: nothing whose day to be checked again has passed (S73)."""
        shown: LibraryItemQuerySet = self.live().public().filter(review_on__gte=clock.today())
        newest: LibraryItemQuerySet = shown.order_by(F("last_published_at").desc(nulls_last=True), "pk")
        return newest


class LibraryItemPage(PlainLanguagePage):
    """One thing to read, to hear or to try."""

    class Kind(models.TextChoices):
        """What one does with it."""

        READ = "read", _("Something to read")
        LISTEN = "listen", _("Something to listen to")
        TRY = "try", _("Something to try")

    kind = models.CharField(_("kind"), max_length=6, choices=Kind.choices, default=Kind.READ)
    minutes = models.PositiveSmallIntegerField(_("how many minutes it takes"), null=True, blank=True)
    body = StreamField(BodyBlock())

    objects = PageManager.from_queryset(LibraryItemQuerySet)()

    content_panels: ClassVar[list[Any]] = [
        *PlainLanguagePage.opening,
        FieldPanel("kind"),
        FieldPanel("minutes"),
        FieldPanel("body"),
        *PlainLanguagePage.closing,
    ]
    subpage_types: list[str] = []
    template = "cms/library_item_page.html"

    def in_short(self) -> str:
        """Say what one does with it, and how long that takes."""
        kind: str = self.get_kind_display()
        if not self.minutes:
            return kind
        how_long = ngettext("%(count)d minute", "%(count)d minutes", self.minutes) % {"count": self.minutes}
        return f"{kind} · {how_long}"
