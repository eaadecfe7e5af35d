"""Forms of a change at once: wrong words and right ones, or off the website, each with why; nothing here saves."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as now
from django.utils.translation import gettext_lazy as _

SHORTEST = 3  # letters; less stands in other words too


def _why(label: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=300,
        help_text=_("A sentence. Whoever looks at it afterwards reads it."),
        error_messages={"required": _("Say in a sentence why.")},
    )


class PutRightForm(forms.Form):
    """The wrong words as they stand there, and what is right."""

    wrong = forms.CharField(
        label=_("What is wrong"),
        help_text=_("Copy it exactly as it stands on the page, such as a number or a time."),
        max_length=500,
        error_messages={"required": _("Copy the wrong words from the page.")},
    )
    instead = forms.CharField(
        label=_("What is right"),
        max_length=500,
        required=False,
        help_text=_("Leave this empty to take the wrong words out."),
    )
    reason = _why(_("Why?"))

    def clean_wrong(self) -> str:
        """Refuse what is so short that it stands in other words too."""
        wrong: str = self.cleaned_data["wrong"]
        if len(wrong) < SHORTEST:
            raise forms.ValidationError(
                now("That is very short. Copy a little more from beside it, so that nothing else is changed.")
            )
        return wrong

    def clean(self) -> dict[str, Any]:
        """Refuse the same words twice."""
        given: dict[str, Any] = super().clean() or {}
        if given.get("wrong") and given.get("wrong") == given.get("instead"):
            self.add_error("instead", now("That is the same as before."))
        return given


class TakeDownForm(forms.Form):
    """Why it goes off the website."""

    reason = _why(_("Why does it go?"))


class NotRightForm(forms.Form):
    """What is not right about a change."""

    words = forms.CharField(
        label=_("What is not right?"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={
            "required": _("Say in a sentence what is not right."),
            "max_length": _("That is a little long. Please keep it under %(limit_value)d letters."),
        },
    )


class KeepForm(forms.Form):
    """Why it stays as it is."""

    reason = _why(_("Why does it stay?"))
