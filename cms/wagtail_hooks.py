"""What we add to Wagtail's admin: pages whose review is due on the first screen, and nothing that calls outside."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.ui.components import Component
from wagtail.models import Page, WorkflowState
from wagtail.rich_text.pages import PageLinkHandler
from wagtail.signals import workflow_approved, workflow_rejected, workflow_submitted
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet, SnippetViewSetGroup

from cms.models import DirectoryOrganisation, DirectoryService, DirectoryTerm
from cms.models.base import PlainLanguagePage
from peer import clock

SHOWN = 50
MAILS = {workflow_submitted: "submitted", workflow_rejected: "rejected", workflow_approved: "approved"}


@hooks.register("register_admin_urls")
def send_nothing_inside_a_request() -> list[Any]:
    """Silence Wagtail's own e-mails about the steps, once it is ready: ours go through the outbox, harmless."""
    for signal, name in MAILS.items():
        signal.disconnect(sender=WorkflowState, dispatch_uid=f"workflow_state_{name}_email_notification")
    return []


class ReviewsDue(Component):
    """Lists live pages and services whose review date has passed, the longest overdue first (S7)."""

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
        services = DirectoryService.objects.overdue()[:SHOWN]
        return {"pages": sorted(pages, key=lambda page: page.review_on), "services": services}


@hooks.register("construct_homepage_panels")
def show_reviews_due(request: HttpRequest, panels: list[Any]) -> None:
    """Put the list on the first screen."""
    panels.append(ReviewsDue())


class Services(SnippetViewSet):
    """Services: drafted by young editors, approved by an editor."""

    model = DirectoryService
    icon = "help"
    menu_label = _("Services")
    list_display = ["name", "organisation", "status", "check_again_on", "live"]
    list_filter = ["status", "organisation", "terms"]
    search_fields = ["name", "plain_summary", "about"]


class Organisations(SnippetViewSet):
    """Who runs them."""

    model = DirectoryOrganisation
    icon = "group"
    menu_label = _("Organisations")
    search_fields = ["name"]


class Terms(SnippetViewSet):
    """The words by which they are found."""

    model = DirectoryTerm
    icon = "tag"
    menu_label = _("Words")
    list_display = ["name", "kind", "also", "place"]
    list_filter = ["kind"]
    search_fields = ["name", "also"]


class Directory(SnippetViewSetGroup):
    """The directory, as one entry of the menu."""

    items = (Services, Organisations, Terms)
    menu_icon = "list-ul"
    menu_label = _("Directory")
    menu_name = "directory"


register_snippet(Directory)


@hooks.register("register_rich_text_features", order=999)
def keep_pages_on_this_host(features: Any) -> None:
    """Leave embeds and images out of the editor: nothing on a public page is fetched from another host."""
    features.default_features = ["h2", "h3", "bold", "ol", "ul", "link", "document-link"]


class PageLink(PageLinkHandler):
    """Writes the addresses of all pages that a text leads to, with one question however many kinds they are of."""

    @classmethod
    def get_many(cls, attrs_list: list[dict[str, Any]]) -> list[Page | None]:
        """Give the pages in the order of the links; None where one is gone."""
        wanted = [attrs.get("id") for attrs in attrs_list]
        found = {str(page.pk): page for page in Page.objects.filter(pk__in=wanted).select_related("locale")}
        return [found.get(str(pk)) for pk in wanted]

    @classmethod
    def expand_db_attributes_many(cls, attrs_list: list[dict[str, Any]]) -> list[str]:
        """Begin each link; a page that is in the reader's language already is not asked for its other languages."""
        return [format_html('<a href="{}">', _address(page)) if page else "<a>" for page in cls.get_many(attrs_list)]


def _address(page: Page) -> str | None:
    here = page.locale.language_code == get_language()
    url: str | None = (page if here else page.localized).url
    return url


@hooks.register("register_rich_text_features", order=999)
def ask_once_for_links(features: Any) -> None:
    """Use it in place of Wagtail's, which asks once more for each kind of page."""
    features.register_link_type(PageLink)
