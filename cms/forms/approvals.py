"""Forms of the steps of a text: what would make it better, and whom to ask by name; nothing here saves."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from peer.models import User

THANKS = (
    _("Thank you for writing this. One thing is not quite so:"),
    _("Thank you for writing this. One part was hard to follow:"),
    _("Thank you for writing this. One part could hurt somebody who reads it:"),
    _("Thank you for writing this. I would like one thing to be different:"),
)


class ChangeForm(forms.Form):
    """A kind beginning, and in own words what would make it better."""

    seen = forms.CharField(widget=forms.HiddenInput, max_length=20)
    begins = forms.ChoiceField(
        label=_("How it begins"),
        choices=[(str(place), words) for place, words in enumerate(THANKS)],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose how it begins.")},
    )
    words = forms.CharField(
        label=_("What would make it better?"),
        help_text=_("Say which part, and what you would write there."),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={
            "required": _("Say in a sentence what would make it better."),
            "max_length": _("That is a little long. Please keep it under %(limit_value)d letters."),
        },
    )

    def whole(self) -> str:
        """Give the words as whoever wrote the text reads them."""
        return f"{THANKS[int(self.cleaned_data['begins'])]} {self.cleaned_data['words']}"


class HandOnForm(forms.Form):
    """Whom to ask."""

    to = forms.ModelChoiceField(
        label=_("Whom do you ask?"),
        queryset=User.objects.none(),
        empty_label=_("Choose"),
        error_messages={"required": _("Choose somebody."), "invalid_choice": _("Choose somebody from the list.")},
    )

    def __init__(self, *args: Any, people: QuerySet[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].queryset = people  # type: ignore[attr-defined]
