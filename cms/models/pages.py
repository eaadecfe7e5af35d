"""Pages of words: home, section, way through the service, help now, and plain pages."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.fields import StreamField

from cms.blocks import BodyBlock, StepsBlock
from cms.models.base import PlainLanguagePage
from peer.models import FeedbackItem

PLAIN = [
    "cms.StandardPage",
    "cms.SectionPage",
    "cms.PathwayPage",
    "cms.GroupPublicPage",
    "cms.LibraryItemPage",
    "cms.StoryPage",
    "cms.NewsPage",
]


class HomePage(PlainLanguagePage):
    """The first page: what this is, where to go, what was said and done."""

    lead = models.CharField(_("first line"), max_length=120, help_text=_("The big words on top, in a person’s voice."))
    body = StreamField(BodyBlock(), blank=True)

    content_panels: ClassVar[list[Any]] = [
        *PlainLanguagePage.opening,
        FieldPanel("lead"),
        FieldPanel("body"),
        *PlainLanguagePage.closing,
    ]
    parent_page_types = ["wagtailcore.Page"]
    subpage_types = [*PLAIN, "cms.HelpNowPage", "cms.YouSaidPage"]
    max_count = 1
    may_be_taken_down = False
    template = "cms/home_page.html"

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add the newest thing people said that was done."""
        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        if get_language() != settings.LANGUAGE_CODE:
            return context  # what people said is in English
        done = FeedbackItem.objects.published().filter(state=FeedbackItem.State.ACTED_UPON)
        context["newest"] = done.with_answer().order_by("-id").first()
        return context


class SectionPage(PlainLanguagePage):
    """A page that leads to the pages below it."""

    body = StreamField(BodyBlock(), blank=True)

    content_panels: ClassVar[list[Any]] = [
        *PlainLanguagePage.opening,
        FieldPanel("body"),
        *PlainLanguagePage.closing,
    ]
    subpage_types = PLAIN
    template = "cms/section_page.html"

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add the live pages below, with their summaries, in the editors' order."""
        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        context["below"] = self.get_children().live().public().specific()
        return context


class StandardPage(PlainLanguagePage):
    """A plain page: about, privacy, accessibility, how ideas are decided."""

    body = StreamField(BodyBlock())

    content_panels: ClassVar[list[Any]] = [
        *PlainLanguagePage.opening,
        FieldPanel("body"),
        *PlainLanguagePage.closing,
    ]
    subpage_types: list[str] = []
    template = "cms/standard_page.html"


class PathwayPage(PlainLanguagePage):
    """A way through the service: steps, who you meet, typical time, what you can do (S10)."""

    wait_fact = models.CharField(
        _("how long people wait now"),
        max_length=200,
        blank=True,
        help_text=_("A fact, not a promise: “Most people who were first seen in October had waited 30 weeks.”"),
    )
    wait_on = models.DateField(_("as of"), null=True, blank=True)
    steps = StreamField(StepsBlock())
    body = StreamField(BodyBlock(), blank=True)

    content_panels: ClassVar[list[Any]] = [
        *PlainLanguagePage.opening,
        MultiFieldPanel([FieldPanel("wait_fact"), FieldPanel("wait_on")], heading=_("The wait now")),
        FieldPanel("steps"),
        FieldPanel("body"),
        *PlainLanguagePage.closing,
    ]
    subpage_types: list[str] = []
    template = "cms/pathway_page.html"

    def _texts(self) -> list[str]:
        return [*super()._texts(), self.wait_fact]


class HelpNowPage(PlainLanguagePage):
    """Help now: the checked lines first, then what helps until somebody answers."""

    body = StreamField(BodyBlock(), blank=True)

    content_panels: ClassVar[list[Any]] = [
        *PlainLanguagePage.opening,
        FieldPanel("body"),
        *PlainLanguagePage.closing,
    ]
    parent_page_types = ["cms.HomePage"]
    subpage_types: list[str] = []
    max_count = 1
    may_be_taken_down = False
    template = "cms/help_now_page.html"
