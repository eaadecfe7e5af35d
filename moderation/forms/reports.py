"""Telling us about a post: three short questions."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from moderation.models import PostReport


class ReportForm(forms.Form):
    """What worries you, whether it is urgent, and your words if you like."""

    worry = forms.ChoiceField(label=_("What is it?"), choices=PostReport.Reason.choices, widget=forms.RadioSelect)
    is_urgent = forms.TypedChoiceField(
        label=_("Could somebody be in danger right now?"),
        choices=[("yes", _("Yes, or I don’t know")), ("no", _("No"))],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
    words = forms.CharField(
        label=_("Anything you want to add"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=1_000,
        required=False,
        help_text=_("No one sees this until you send it. Only a clinician will know that it was you."),
    )


class AnswerForm(forms.Form):
    """A few words for the person who told us."""

    words = forms.CharField(
        label=_("What they hear from us"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=500,
        initial=_("Thank you for telling us. Somebody has looked at it and done what was needed."),
    )
