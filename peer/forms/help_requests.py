"""Forms for asking for a person: few questions, none that must be answered by somebody who needs one now."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from peer.models import HelpRequest

LONGEST = 2_000
FEWEST_DIGITS = 10


class HelpForm(forms.Form):
    """Your words, if you like, and a safe way to reach you, if you like; whoever is signed in is not asked for one."""

    words = forms.CharField(
        label=_("What is happening?"),
        help_text=_("A few words are enough. You can leave it empty."),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=LONGEST,
        required=False,
        error_messages={"max_length": _("That is a little long for us. Please keep it under %(limit_value)d letters.")},
    )
    reach = forms.CharField(
        label=_("Where can we ring or write to you safely?"),
        help_text=_(
            "A phone number or an e-mail, and when is good. A person rings, and tells nobody else. "
            "You can leave it empty: then you get a reference, and read our answer here."
        ),
        max_length=200,
        required=False,
    )

    def __init__(self, *args: Any, is_known: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if is_known:
            del self.fields["reach"]

    def clean_reach(self) -> str:
        """Take what a person could ring or write to, and nothing that would leave somebody waiting in vain."""
        reach: str = self.cleaned_data["reach"].strip()
        if reach and "@" not in reach and len(re.findall(r"\d", reach)) < FEWEST_DIGITS:
            raise forms.ValidationError(
                _("We could not ring or write to that. Write a whole phone number or an e-mail, or leave it empty.")
            )
        return reach


class WorryForm(HelpForm):
    """Whether somebody may be in danger comes first."""

    is_urgent = forms.TypedChoiceField(
        label=_("Could somebody be in danger right now?"),
        choices=[("yes", _("Yes, or I don’t know")), ("no", _("No"))],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
    field_order = ["is_urgent", "words", "reach"]


class FindForm(forms.Form):
    """The reference that somebody kept."""

    reference = forms.CharField(
        label=_("Your reference"),
        help_text=_("Three groups of four, such as ABCD-EFGH-2345."),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )


class AnswerForm(forms.Form):
    """What whoever asked hears, and how it came to them."""

    heard_how = forms.ChoiceField(
        label=_("How do they hear it?"), choices=HelpRequest.Heard.choices, widget=forms.RadioSelect
    )
    words = forms.CharField(
        label=_("What they hear from us"),
        help_text=_("They read this themselves. Say nothing about anybody else."),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=1_000,
    )
