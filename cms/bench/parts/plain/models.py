"""Its tables are ours: a page of plain words, an account that nobody uses, and photos."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.http import HttpRequest
from wagtail import blocks
from wagtail.fields import StreamField
from wagtail.models import Page


class User(AbstractUser):
    """An account."""

    class Meta:
        db_table = "peer_user"


class NoticeBlock(blocks.StructBlock):
    """A title and a text."""

    title = blocks.CharBlock()
    text = blocks.TextBlock()


class StandardPage(Page):
    """A page of words."""

    plain_summary = models.TextField()
    body = StreamField([("prose", blocks.RichTextBlock()), ("notice", NoticeBlock())])

    template = "plain_page.html"
    subpage_types: ClassVar[list[str]] = []

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add a menu and the pages above."""
        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        context["menu"] = self.get_site().root_page.get_children().live()[:6]
        context["trail"] = self.get_ancestors().filter(depth__gt=1)
        return context
