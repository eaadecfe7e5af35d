"""Counting a quarter again: why, for everybody to read."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class CorrectForm(forms.Form):
    """What was wrong."""

    note = forms.CharField(
        label=_("What was wrong?"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Everybody can read this beside the figures, with your name and the day. Name nobody."),
    )
