"""What is new here, in a few words, on a page and in a feed."""

from __future__ import annotations

from typing import Any, ClassVar

from django.utils.formats import date_format
from wagtail.admin.panels import FieldPanel
from wagtail.fields import StreamField

from cms.blocks import BodyBlock
from cms.models.base import PlainLanguagePage
from peer import clock


class NewsPage(PlainLanguagePage):
    """One piece of news; its day is the day it was first shown."""

    body = StreamField(BodyBlock())

    content_panels: ClassVar[list[Any]] = [
        *PlainLanguagePage.opening,
        FieldPanel("body"),
        *PlainLanguagePage.closing,
    ]
    subpage_types: list[str] = []
    template = "cms/news_page.html"

    def in_short(self) -> str:
        """Say the day it was first shown."""
        at = self.first_published_at
        return date_format(at.astimezone(clock.LONDON), "j F Y") if at else ""
