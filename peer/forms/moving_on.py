"""Forms of the last weeks in a group: a goodbye, and what becomes of one's words."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from peer.actions.talk import LONGEST
from peer.models import MovingOn


class GoodbyeForm(forms.Form):
    """A few words to the group."""

    body = forms.CharField(
        label=_("Your goodbye"),
        help_text=_("A thank you, a wish, what helped you. Or nothing: you don’t have to."),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": _("The box is empty. Write something first.")},
    )


class WordsForm(forms.Form):
    """Whether one's words stay in the group."""

    words = forms.ChoiceField(
        label=_("When you go, what happens to your words?"),
        widget=forms.RadioSelect,
        choices=MovingOn.Words.choices,
        error_messages={"required": _("Choose one of the two.")},
    )
