"""What somebody who has waited tells, in their own words and under a name they chose."""

from __future__ import annotations

import datetime as dt
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as now
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.fields import StreamField

from cms.blocks import BodyBlock
from cms.models.base import PlainLanguagePage
from peer import clock


class StoryPage(PlainLanguagePage):
    """One person's story; it is shown while they say yes to it, and their yes has an end."""

    told_by = models.CharField(
        _("told by"), max_length=60, help_text=_("The name they chose, which is not their own: “Robin, 16”.")
    )
    agreed_on = models.DateField(_("they said yes on"), null=True)
    agreed_until = models.DateField(
        _("their yes ends on"), null=True, help_text=_("Ask them again before that day, or take the page down.")
    )
    body = StreamField(BodyBlock())

    content_panels: ClassVar[list[Any]] = [
        *PlainLanguagePage.opening,
        FieldPanel("told_by"),
        MultiFieldPanel([FieldPanel("agreed_on"), FieldPanel("agreed_until")], heading=_("Their yes")),
        FieldPanel("body"),
        *PlainLanguagePage.closing,
    ]
    subpage_types: list[str] = []
    template = "cms/story_page.html"

    def full_clean(self, *args: Any, **kwargs: Any) -> None:
        """Publish nobody's story without their yes, nor beyond it."""
        if self.agreed_until is not None:
            if self.agreed_on is not None and self.agreed_until <= self.agreed_on:
                raise ValidationError({"agreed_until": _("Their yes ends after the day they gave it.")})
            self.expire_at = dt.datetime.combine(self.agreed_until, dt.time(), tzinfo=clock.LONDON)
        super().full_clean(*args, **kwargs)

    def in_short(self) -> str:
        """Say who tells it."""
        return now("Told by %(name)s") % {"name": self.told_by}
