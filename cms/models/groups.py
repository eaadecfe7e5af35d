"""The public face of a group: who it is for and what it is like; never who is in it."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.fields import StreamField

from cms.blocks import BodyBlock
from cms.models.base import PlainLanguagePage
from cms.models.library import LibraryItemPage
from peer.models import SupportGroup

MEANWHILE = 3  # items of the library beside a group (S73)


class GroupPublicPage(PlainLanguagePage):
    """What anybody may know of a group that is listed: ages, hours, how it works, how to ask for a place."""

    group = models.ForeignKey(
        SupportGroup,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text=_("Its ages and opening hours show here if the group may be found by others."),
    )
    body = StreamField(BodyBlock())

    content_panels: ClassVar[list[Any]] = [
        *PlainLanguagePage.opening,
        FieldPanel("group"),
        FieldPanel("body"),
        *PlainLanguagePage.closing,
    ]
    subpage_types: list[str] = []
    template = "cms/group_public_page.html"

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add the four facts that are public of a listed group and nothing else of it, and what to read meanwhile."""
        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        facts = SupportGroup.objects.filter(pk=self.group_id, listed=True, state=SupportGroup.State.OPEN)
        context["facts"] = facts.values("age_from", "age_to", "opens", "closes").first() if self.group_id else None
        context["meanwhile"] = LibraryItemPage.objects.suggested()[:MEANWHILE]
        return context
