"""Asking for a place, and the answer of staff."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from peer.actions.join_requests import LONGEST


class AskForm(forms.Form):
    """A few words beside the question, if somebody likes."""

    note = forms.CharField(
        label=_("Is there something you’d like to tell us?"),
        help_text=_("You don’t have to write anything."),
        required=False,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={
            "max_length": _("That is a little long. Please keep it under %(limit_value)d letters, or ring us.")
        },
    )


class AnswerForm(forms.Form):
    """A place, or kind words."""

    outcome = forms.ChoiceField(
        label=_("Your answer"),
        choices=[("accept", _("Yes: offer them this place")), ("decline", _("Not this group"))],
        widget=forms.RadioSelect,
    )
    words = forms.CharField(
        label=_("Kind words"),
        help_text=_("They read this signed in. For a no: why, and what else there is. Plain words, no names."),
        required=False,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def clean(self) -> dict[str, Any]:
        """Ask for words where the answer is no."""
        given = super().clean() or {}
        if given.get("outcome") == "decline" and not given.get("words", "").strip():
            self.add_error("words", _("Write a few kind words, so that they know why, and what else there is."))
        return given
