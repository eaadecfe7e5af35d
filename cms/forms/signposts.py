"""The form by which staff point somebody to services of the directory; nothing here saves."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cms.models import DirectoryService


class PointForm(forms.Form):
    """Which services, and why, in words for the person."""

    services = forms.MultipleChoiceField(
        label=_("Which of these?"),
        help_text=_("Three at most. More is hard to take in."),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one service.")},
    )
    why = forms.CharField(
        label=_("Why these? In words for the person"),
        help_text=_("They read this on their own page. Nobody else is sent it."),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={
            "required": _("Write in a sentence why this could help."),
            "max_length": _("That is a little long. Please keep it under %(limit_value)d letters."),
        },
    )

    def __init__(self, *args: Any, found: Iterable[DirectoryService], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.known = {str(one.key): one for one in found}
        choices = [(key, f"{one.name} ({one.ages()}, {one.get_cost_display()})") for key, one in self.known.items()]
        self.fields["services"].choices = choices  # type: ignore[attr-defined]

    def chosen(self) -> dict[uuid.UUID, str]:
        """Give the key and name of each service that was chosen."""
        return {self.known[key].key: self.known[key].name for key in self.cleaned_data["services"]}
