"""The page that all our pages are: a plain summary and a review date, or it is not published (S7)."""

from __future__ import annotations

import datetime as dt
from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.fields import StreamField
from wagtail.models import Page
from wagtail.search import index

from cms.panels import ReadingPanel
from peer import clock, readability

DOCUMENT = "wagtaildocs.Document"


class Picture(models.TextChoices):
    """Our own drawings; a page shows one or none, and none of them says anything that the words do not."""

    WINDOW = "window", _("A lit window at night")
    PATH = "path", _("A path with lamps")
    CIRCLE = "circle", _("People in a circle")
    LETTER = "letter", _("A letter and a phone")
    TALK = "talk", _("Two people talking")
    LAMP = "lamp", _("A lamp in the dark")


class PlainLanguagePage(Page):
    """A page in plain words: everything a reader needs in the summary, and a day by which we check it again."""

    plain_summary = models.TextField(
        _("plain summary"),
        max_length=300,
        help_text=_("What this page says, in one or two short sentences. It stands on top of the page."),
    )
    review_on = models.DateField(
        _("check again by"), null=True, help_text=_("The day by which somebody reads this page again.")
    )
    picture = models.CharField(max_length=10, choices=Picture.choices, blank=True)
    easy_read = models.ForeignKey(
        DOCUMENT, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", verbose_name=_("easy read")
    )
    audio = models.ForeignKey(
        DOCUMENT, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", verbose_name=_("read aloud")
    )

    promote_panels = Page.promote_panels
    search_fields = [*Page.search_fields, index.SearchField("plain_summary")]
    template = "cms/plain_page.html"

    formats: ClassVar[list[Any]] = [
        MultiFieldPanel([FieldPanel("easy_read"), FieldPanel("audio")], heading=_("Other formats"))
    ]
    opening: ClassVar[list[Any]] = [
        *Page.content_panels,
        FieldPanel("plain_summary"),
        ReadingPanel(heading=_("How easy is this to read?")),
    ]
    closing: ClassVar[list[Any]] = [FieldPanel("picture"), *formats, FieldPanel("review_on")]

    class Meta:
        abstract = True

    def plain_text(self) -> str:
        """Give all the words of this page that people read, for the reading figures."""
        return "\n".join(text for text in self._texts() if text)

    def _texts(self) -> list[str]:
        texts = [self.title, self.plain_summary]
        for field in self._meta.get_fields():
            if isinstance(field, StreamField):
                stream = getattr(self, field.name)
                texts += field.stream_block.get_searchable_content(stream)
        return texts

    def reading(self) -> readability.Reading:
        """Measure how hard this page is to read."""
        return readability.read(self.plain_text())

    def picture_file(self) -> str:
        """Name the static file of the drawing."""
        return f"cms/pictures/{self.picture}.svg"

    def trail(self) -> list[dict[str, str]]:
        """List the pages above this one, from the home page down."""
        above = self.get_ancestors().filter(depth__gt=1).order_by("path")
        return [{"title": page.title, "url": page.url} for page in above]

    def is_review_due(self) -> bool:
        """Tell whether the day by which somebody reads this page again has passed."""
        return self.review_on is not None and self.review_on < clock.today()

    def changed_on(self) -> dt.date | None:
        """Give the day on which the words last changed."""
        at: dt.datetime | None = self.last_published_at
        return at.astimezone(clock.LONDON).date() if at else None
