"""One question, for the person alone; skipping is always fine."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from peer.models.loneliness import Often


class LonelinessForm(forms.Form):
    """How often somebody feels lonely (the national question, see models/loneliness.py)."""

    often = forms.TypedChoiceField(
        label=_("How often do you feel lonely?"),
        choices=[(often.value, often.label) for often in Often],
        coerce=int,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one, or press “Skip”. Both are fine.")},
    )
