"""A phrase to watch for, and a text to try."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from peer.actions.watched_phrases import LONGEST
from peer.screening import Level


class WatchForm(forms.Form):
    """A phrase and how soon somebody must read a post that holds it."""

    phrase = forms.CharField(
        label=_("Words"),
        max_length=LONGEST,
        help_text=_("Whole words match, small or capital. “...” stands for up to three words."),
    )
    level = forms.TypedChoiceField(
        label=_("How soon must a clinician read it?"),
        choices=[
            (Level.AMBER.value, _("Soon, without ringing (amber)")),
            (Level.RED.value, _("At once: it rings (red)")),
        ],
        coerce=Level,
        initial=Level.AMBER.value,
        widget=forms.RadioSelect,
    )


class TryForm(forms.Form):
    """A text to try; it is kept nowhere."""

    text = forms.CharField(
        label=_("A text as somebody might write it"),
        max_length=4_000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Make one up. It is kept nowhere."),
    )
