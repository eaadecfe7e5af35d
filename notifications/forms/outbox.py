"""What a person says about a stuck message."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from notifications.actions.outbox import CHOICES


class SettleForm(forms.Form):
    """What became of it, and how we know."""

    how = forms.ChoiceField(label=_("What became of it?"), choices=CHOICES, widget=forms.RadioSelect)
    reason = forms.CharField(label=_("How do you know?"), max_length=200)
