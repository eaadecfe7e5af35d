"""The page that all our pages are: a plain summary and a review date, or it is not published (S7)."""

from __future__ import annotations

import datetime as dt
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.contenttypes.fields import GenericRelation
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import get_language, get_language_info
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.fields import StreamField
from wagtail.models import Page
from wagtail.search import index

from cms.panels import ReadingPanel
from notifications import languages
from peer import clock, readability
from peer.written import written

DOCUMENT = "wagtaildocs.Document"


class Picture(models.TextChoices):
    """Our own drawings; a page shows one or none, and none of them says anything that the words do not."""

    WINDOW = "window", _("A lit window at night")
    PATH = "path", _("A path with lamps")
    CIRCLE = "circle", _("People in a circle")
    LETTER = "letter", _("A letter and a phone")
    TALK = "talk", _("Two people talking")
    LAMP = "lamp", _("A lamp in the dark")


@written
def _in_each_language(*, page: int) -> QuerySet[Page]:
    key = Page.objects.filter(pk=page).values("translation_key")
    rows: QuerySet[Page] = Page.objects.filter(translation_key__in=key).live().select_related("locale")
    return rows.order_by("locale_id")


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
    picture = models.CharField(
        _("drawing"), max_length=10, choices=Picture.choices, blank=True, help_text=_("Shown where there is no photo.")
    )
    photo = models.ForeignKey(
        "cms.Photo", null=True, blank=True, on_delete=models.SET_NULL, related_name="+", verbose_name=_("photo")
    )
    easy_read = models.ForeignKey(
        DOCUMENT, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", verbose_name=_("easy read")
    )
    audio = models.ForeignKey(
        DOCUMENT, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", verbose_name=_("read aloud")
    )

    large_print = models.ForeignKey(
        DOCUMENT, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", verbose_name=_("large print")
    )
    signed = models.URLField(
        _("in British Sign Language"),
        blank=True,
        help_text=_("The address of a film in which somebody signs this page."),
    )

    promote_panels = Page.promote_panels
    search_fields = [
        *Page.search_fields,
        index.SearchField("plain_summary"),
        index.SearchField("plain_text"),
        index.AutocompleteField("plain_text"),
    ]
    template = "cms/plain_page.html"
    may_be_taken_down = True
    mends = GenericRelation("cms.Mend")  # they go with the page

    formats: ClassVar[list[Any]] = [
        MultiFieldPanel(
            [FieldPanel(name) for name in ("easy_read", "large_print", "audio", "signed")], heading=_("Other formats")
        )
    ]
    opening: ClassVar[list[Any]] = [
        *Page.content_panels,
        FieldPanel("plain_summary"),
        ReadingPanel(heading=_("How easy is this to read?")),
    ]
    closing: ClassVar[list[Any]] = [FieldPanel("photo"), FieldPanel("picture"), *formats, FieldPanel("review_on")]

    class Meta:
        abstract = True

    def clean(self) -> None:
        """Take a sound where somebody listens, and something to read where somebody reads."""
        super().clean()
        for name in ("easy_read", "large_print", "audio"):
            document = getattr(self, name)
            if document and (document.file_extension == "mp3") != (name == "audio"):
                wanted = _("Choose a sound (MP3).") if name == "audio" else _("Choose a document, such as a PDF.")
                raise ValidationError({name: wanted})

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
        """Name the static file of the drawing, where there is one."""
        return f"cms/pictures/{self.picture}.svg" if self.picture else ""

    def in_short(self) -> str:
        """Say the one fact that helps to choose this page from a list."""
        return ""

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add the pages above, the same page in other languages where there are live ones, and its check."""
        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        passed = getattr(request, "passed", None) or self.get_ancestors().filter(depth__gt=1).order_by("path")
        above = [{"title": page.title, "url": page.get_url(request)} for page in passed if page.pk != self.pk]
        same = _in_each_language(page=self.pk) if self.pk else []  # a new page is looked at before it is kept
        rows = [self._in_language(page) for page in same] if len(same) > 1 else []
        row = languages.ALL.get(get_language() or settings.LANGUAGE_CODE)
        is_unchecked = row is not None and not row.checked
        told = {"is_unchecked": is_unchecked, "is_behind": self._is_behind(same)}
        return context | {"above": above, "languages": rows} | told

    def _is_behind(self, same: list[Page]) -> bool:
        """Tell whether the page this one was translated from was published again since (of `same`, with locales)."""
        first = next((page for page in same if page.locale.language_code == settings.LANGUAGE_CODE), None)
        if first is None or first.last_published_at is None or self.last_published_at is None:
            return False
        return bool(first.last_published_at > self.last_published_at)

    def _in_language(self, page: Page) -> dict[str, Any]:
        code = page.locale.language_code
        return {
            "code": code,
            "name": page.locale.get_display_name(),
            "dir": "rtl" if get_language_info(code)["bidi"] else "ltr",
            "href": page.url,
            "address": page.full_url,
            "is_here": page.pk == self.pk,
        }

    def route(self, request: HttpRequest, path_components: list[str]) -> Any:
        """Remember the way here: the pages above need no second question."""
        request.passed = [*getattr(request, "passed", ()), self]  # type: ignore[attr-defined]
        return super().route(request, path_components)

    def is_review_due(self) -> bool:
        """Tell whether the day by which somebody reads this page again has passed."""
        return self.review_on is not None and self.review_on < clock.today()

    def changed_on(self) -> dt.date | None:
        """Give the day on which the words last changed."""
        at: dt.datetime | None = self.last_published_at
        return at.astimezone(clock.LONDON).date() if at else None
