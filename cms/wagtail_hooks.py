"""What we add to Wagtail's admin: pages whose review is due on the first screen, and nothing that calls outside."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from wagtail import hooks
from wagtail.admin.ui.components import Component

from cms.models.base import PlainLanguagePage
from peer import clock


class ReviewsDue(Component):
    """Lists live pages whose review date has passed, the longest overdue first (S7)."""

    name = "reviews-due"
    order = 90
    template_name = "cms/admin/reviews_due.html"

    def get_context_data(self, _parent_context: Any) -> dict[str, Any]:
        """Find the pages; there are dozens, not thousands, of them."""
        pages = [
            page
            for kind in PlainLanguagePage.__subclasses__()
            for page in kind.objects.live().filter(review_on__lt=clock.today())
        ]
        return {"pages": sorted(pages, key=lambda page: page.review_on)}


@hooks.register("construct_homepage_panels")
def show_reviews_due(request: HttpRequest, panels: list[Any]) -> None:
    """Put the list on the first screen."""
    panels.append(ReviewsDue())


@hooks.register("register_rich_text_features", order=999)
def keep_pages_on_this_host(features: Any) -> None:
    """Leave embeds and images out of the editor: nothing on a public page is fetched from another host."""
    features.default_features = ["h2", "h3", "bold", "ol", "ul", "link", "document-link"]
