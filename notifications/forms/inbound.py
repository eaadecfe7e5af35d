"""What a person says about a text that came in."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class HandleForm(forms.Form):
    """What was done."""

    reason = forms.CharField(label=_("What did you do?"), max_length=200)
