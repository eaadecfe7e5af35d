"""The form of letters: which ones, and what was done with them; nothing here saves."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

PRINTED, POSTED, AGAIN, NOT_NEEDED = "printed", "posted", "again", "not_needed"


class LettersForm(forms.Form):
    """Asks which letters of those shown, and what was done."""

    letters = forms.MultipleChoiceField(
        label=_("Letters"), widget=forms.CheckboxSelectMultiple, error_messages={"required": _("Choose a letter.")}
    )
    done = forms.ChoiceField(
        label=_("What did you do?"),
        widget=forms.RadioSelect,
        choices=[
            (PRINTED, _("I printed them")),
            (POSTED, _("I posted them")),
            (AGAIN, _("Print them again: the paper is lost")),
            (NOT_NEEDED, _("Do not send them: they have heard in another way")),
        ],
    )

    def __init__(self, *args: Any, shown: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["letters"]
        assert isinstance(field, forms.MultipleChoiceField)  # noqa: S101 - tells the type checker
        field.choices = shown
