"""What came of an alarm about an account."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from peer.models import BreachAlarm

State = BreachAlarm.State


class SettleForm(forms.Form):
    """Whether it was in order, and how that was found out."""

    outcome = forms.ChoiceField(
        label=_("What was it?"),
        choices=[(State.IN_ORDER, State.IN_ORDER.label), (State.BREACH, State.BREACH.label)],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one."), "invalid_choice": _("Choose one.")},
    )
    found = forms.CharField(
        label=_("Whom you asked, and what you found"),
        help_text=_("No names of young people, parents or carers."),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Write down whom you asked, and what you found.")},
    )
