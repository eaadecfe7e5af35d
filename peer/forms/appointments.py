"""When somebody is to be seen, and what came of following up a missed appointment; nothing here saves."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

LONGEST = 1_000


class PlanForm(forms.Form):
    """When somebody is to be seen."""

    starts_at = forms.DateTimeField(
        label=_("When they are to be seen"),
        widget=forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local"}),
    )


class FollowUpForm(forms.Form):
    """What was done, in a few words."""

    note = forms.CharField(
        label=_("What did you find out, and what comes next?"),
        help_text=_("Ask first what got in the way. Nobody leaves the list because of this."),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("Write down what you did, in a few words.")},
    )
