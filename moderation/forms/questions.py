"""A question to the clinician, and the answer; nothing here saves."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

LONGEST = 1_000


class AskForm(forms.Form):
    """What somebody who checks posts wants to know about one."""

    words = forms.CharField(
        label=_("What do you want to ask?"),
        help_text=_("The clinician sees the post with it. Somebody in danger? Use “I’m worried about them” instead."),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Write your question.")},
    )


class AnswerForm(forms.Form):
    """What the clinician says back."""

    words = forms.CharField(
        label=_("Your answer"),
        help_text=_("They may be 16. Say what to do with the post, and nothing that they should not read."),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Write a few words for whoever asked.")},
    )
