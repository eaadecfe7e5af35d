"""What editors build pages from: few blocks, each a component of the look, with no script of its own."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import Any

from django.utils.html import strip_tags
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.models import Page

FEATURES = ["h2", "h3", "bold", "ol", "ul", "link", "document-link"]
LINE_ENDS = re.compile(r"</(?:p|li|h\d)>|<br\s*/?>")


class ProseBlock(blocks.RichTextBlock):
    """Headings, paragraphs, lists and links."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**({"features": FEATURES} | options))

    def get_searchable_content(self, value: Any) -> list[str]:
        """Give the text with its lines apart, so that reading figures see where a list item ends."""
        return [strip_tags(LINE_ENDS.sub("\n", value.source))]

    class Meta:
        icon = "pilcrow"
        label = _("Text")
        template = "cms/blocks/prose.html"
        preview_value = "<p>Short sentences. One thought each.</p>"
        description = _("Headings, paragraphs, lists and links")


class NoticeBlock(blocks.StructBlock):
    """One thing that should not be missed."""

    title = blocks.CharBlock(max_length=100)
    text = blocks.TextBlock(max_length=500)

    class Meta:
        icon = "info-circle"
        label = _("Notice")
        template = "cms/blocks/notice.html"
        preview_value = {"title": "You can ring us", "text": "Every weekday from 9 to 5."}
        description = _("One thing that should not be missed; one a page is plenty")


class CareBlock(blocks.StructBlock):
    """Where to turn, by how much it hurries."""

    kind = blocks.ChoiceBlock(
        choices=[("non-urgent", _("When you can")), ("urgent", _("Soon")), ("emergency", _("At once"))],
        default="non-urgent",
    )
    title = blocks.CharBlock(max_length=100)
    body = ProseBlock(features=["bold", "ul", "link"])

    class Meta:
        icon = "warning"
        label = _("Care card")
        template = "cms/blocks/care.html"
        preview_value = {"kind": "urgent", "title": "Ring us today if", "body": "<ul><li>you feel worse</li></ul>"}
        description = _("Where to turn, by how much it hurries")


class QuestionBlock(blocks.StructBlock):
    """A question people ask, and its answer, folded away until it is pressed."""

    question = blocks.CharBlock(max_length=150)
    answer = ProseBlock(features=["bold", "ul", "ol", "link"])

    class Meta:
        icon = "help"
        label = _("Question and answer")
        template = "cms/blocks/question.html"
        preview_value = {"question": "Can I bring somebody?", "answer": "<p>Yes. Anybody you like.</p>"}
        description = _("Folded away until somebody presses it")


class CardBlock(blocks.StructBlock):
    """One page to go to next."""

    page = blocks.PageChooserBlock()
    text = blocks.CharBlock(max_length=160, required=False, help_text=_("Leave empty to use the page’s own summary."))

    class Meta:
        icon = "link"


class CardsBlock(blocks.StructBlock):
    """A few pages to go to next."""

    heading = blocks.CharBlock(max_length=100, required=False)
    cards = blocks.ListBlock(CardBlock(), min_num=1, max_num=6)

    def get_context(self, value: Any, parent_context: dict[str, Any] | None = None) -> dict[str, Any]:
        """Leave out pages that are no longer live; ask once for each kind of page."""
        context: dict[str, Any] = super().get_context(value, parent_context=parent_context)
        shown = [card for card in value["cards"] if card["page"] and card["page"].live]
        wanted: dict[type[Page], list[int]] = defaultdict(list)
        for card in shown:
            wanted[card["page"].cached_content_type.model_class()].append(card["page"].pk)
        goals = {pk: page for kind, pks in wanted.items() for pk, page in kind.objects.in_bulk(pks).items()}
        return context | {"cards": [{"text": card["text"], "goal": goals[card["page"].pk]} for card in shown]}

    class Meta:
        icon = "list-ul"
        label = _("Cards")
        template = "cms/blocks/cards.html"
        description = _("A few pages to go to next")


class CrisisBlock(blocks.StaticBlock):
    """The checked crisis lines; editors place them, nobody edits them here (decision 29)."""

    class Meta:
        icon = "warning"
        label = _("Crisis lines")
        admin_text = _("The checked crisis lines. They are kept in a file of their own and cannot be changed here.")
        template = "cms/blocks/crisis.html"
        description = _("The checked numbers, to press and ring")


class StepBlock(blocks.StructBlock):
    """One step of a way through the service: who you meet, how long, what to expect and what to try (S10, S75)."""

    title = blocks.CharBlock(max_length=100)
    who = blocks.CharBlock(label=_("Who you meet"), max_length=160, required=False)
    how_long = blocks.CharBlock(label=_("How long it usually takes"), max_length=120, required=False)
    what = ProseBlock(label=_("What happens"), features=["bold", "ul", "link"])
    you_can = blocks.ListBlock(blocks.CharBlock(max_length=200), label=_("What you can do"), required=False)
    expect = blocks.ListBlock(blocks.CharBlock(max_length=200), label=_("Expect this"), min_num=1)
    try_this = blocks.ListBlock(blocks.CharBlock(max_length=200), label=_("Try this"), min_num=1)

    class Meta:
        icon = "arrow-right-full"
        label = _("Step")
        template = "cms/blocks/step.html"
        preview_value = {"title": "We read your letter", "what": "<p>Two people read it.</p>"}
        description = _("Who you meet, how long it takes, what you can do")


class BodyBlock(blocks.StreamBlock):
    """The blocks of an ordinary page."""

    prose = ProseBlock()
    notice = NoticeBlock()
    care = CareBlock()
    question = QuestionBlock()
    cards = CardsBlock()
    crisis = CrisisBlock()


class StepsBlock(blocks.StreamBlock):
    """The steps of a way through the service, in order."""

    step = StepBlock()
