"""Forms of a second look: what the person says, and what they are answered."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from peer.actions.appeals import LONGEST


class AppealForm(forms.Form):
    """Why somebody thinks that a decision should be looked at again."""

    words = forms.CharField(
        label=_("What would you like us to know?"),
        help_text=_("You can say what happened from your side. It doesn’t have to be long or well written."),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 6}),
        error_messages={
            "required": _("Write a few words first. They can be short."),
            "max_length": _("That is a little long. Please keep it under %(limit_value)d letters, or ring us."),
        },
    )


class AppealAnswerForm(forms.Form):
    """What comes of it, and why."""

    outcome = forms.ChoiceField(
        label=_("What comes of it?"),
        widget=forms.RadioSelect,
        choices=[("overturn", _("They have their place again")), ("uphold", _("The decision stays"))],
        error_messages={"required": _("Choose one of the two.")},
    )
    answer = forms.CharField(
        label=_("Your answer"),
        help_text=_("They read these words on their own page. Say why, and what else there is for them."),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": _("Say why, in kind words: the person reads them.")},
    )
