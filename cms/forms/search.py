"""The one box for words to look for; nothing here saves."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from cms.finding import LONGEST


class SearchForm(forms.Form):
    """A few words."""

    words = forms.CharField(
        label=_("What are you looking for?"),
        required=False,
        max_length=LONGEST,
        widget=forms.TextInput(attrs={"type": "search"}),
        error_messages={"max_length": _("Please use fewer words: %(limit_value)d letters at most.")},
    )
