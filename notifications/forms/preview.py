"""The form of the preview: for whom, and in which language; nothing here saves."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from notifications.languages import LANGUAGES


class PreviewForm(forms.Form):
    """Asks whose name to look for and which language to show; the page's own choices ride along."""

    q = forms.CharField(
        label=_("Name or reference"),
        max_length=100,
        required=False,
        error_messages={"max_length": _("That is too long. Type a part of the name, or the reference.")},
    )
    language = forms.ChoiceField(
        label=_("Language"),
        choices=list(LANGUAGES.items()),
        error_messages={"invalid_choice": _("Choose a language from the list.")},
    )
    channel = forms.CharField(widget=forms.HiddenInput, required=False)
    whom = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, may_find: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not may_find:
            del self.fields["q"]
