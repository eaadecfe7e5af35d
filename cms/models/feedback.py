"""You said, we heard, we did: what people told us, what we answered and how long it took (S13, S88, S93)."""

from __future__ import annotations

from typing import Any, ClassVar
from urllib.parse import urlencode

from django.db.models import Count, Exists, Min, OuterRef, Q
from django.http import HttpRequest
from wagtail.admin.panels import FieldPanel
from wagtail.fields import StreamField

from cms.blocks import BodyBlock
from cms.models.base import PlainLanguagePage
from peer import clock
from peer.models import Commitment, FeedbackItem, ServiceResponse
from peer.models.feedback import FeedbackQuerySet, days_between

PAGE = 10


class YouSaidPage(PlainLanguagePage):
    """Published feedback in three parts, the days waited, and promises that run late."""

    body = StreamField(BodyBlock(), blank=True)

    content_panels: ClassVar[list[Any]] = [
        *PlainLanguagePage.opening,
        FieldPanel("body"),
        *PlainLanguagePage.closing,
    ]
    parent_page_types = ["cms.HomePage"]
    subpage_types: list[str] = []
    max_count = 1
    template = "cms/you_said_page.html"

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add one page of what people said, newest first, and the figures that hold the service to its word."""
        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        shown, about = request.GET.get("show", ""), request.GET.get("about", "")
        items = _about(_shown(FeedbackItem.objects.published(), shown), about).order_by("-id")
        before = request.GET.get("before", "")
        if before.isdecimal():
            items = items.filter(pk__lt=int(before[:18]))
        page = list(items.with_answer()[: PAGE + 1])
        newest = f"?{urlencode({'show': shown, 'about': about})}"
        older = f"{newest}&before={page[PAGE - 1].pk}" if len(page) > PAGE else ""
        late = Commitment.objects.late().select_related("item")
        asked = {"shown": shown, "about": about, "abouts": FeedbackItem.About.choices, "is_first": not before}
        links = {"older": older, "newest": "" if not before else newest}
        return context | asked | links | {"items": page[:PAGE], "late": late, "figures": figures()}


def _shown(items: FeedbackQuerySet, shown: str) -> FeedbackQuerySet:
    if shown == "waiting":
        return items.unanswered()
    if shown == "done":
        return items.filter(state=FeedbackItem.State.ACTED_UPON)
    if shown == "not":
        return items.filter(state=FeedbackItem.State.NOT_ACTED_UPON)
    return items


def _about(items: FeedbackQuerySet, about: str) -> FeedbackQuerySet:
    return items.filter(about=about) if about in FeedbackItem.About.values else items


def figures() -> dict[str, int]:
    """Count all feedback, published or not, so that what is left lying shows: heard, waiting, longest wait in days."""
    heard = FeedbackItem.objects.filter(kind=FeedbackItem.Kind.FEEDBACK).exclude(state=FeedbackItem.State.SET_ASIDE)
    replies = ServiceResponse.objects.filter(item=OuterRef("pk"))
    waiting = ~Q(state__in=FeedbackItem.FINAL) & Q(is_answered=False)
    found = heard.annotate(is_answered=Exists(replies)).aggregate(
        heard=Count("pk"), waiting=Count("pk", filter=waiting), oldest=Min("given_at", filter=waiting)
    )
    longest = days_between(found["oldest"], clock.now()) if found["oldest"] else 0
    return {"heard": found["heard"], "waiting": found["waiting"], "longest": longest}
