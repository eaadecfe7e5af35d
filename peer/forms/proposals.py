"""An idea for a group, and the answer."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class ProposalForm(forms.Form):
    """What it could be called, and what it is for."""

    title = forms.CharField(
        label=_("What could it be called?"),
        max_length=80,
        error_messages={"required": _("Give it a name first. You can change your mind later.")},
    )
    why = forms.CharField(
        label=_("What is it for, and who is it for?"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={
            "required": _("Write a few words about it."),
            "max_length": _("That is a little long. Please keep it under %(limit_value)d letters."),
        },
    )


class ProposalAnswerForm(forms.Form):
    """Kind words where there is no such group now."""

    words = forms.CharField(
        label=_("Not now: why, and what else there is"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("Write a few kind words, so that they know why, and what else there is.")},
    )
