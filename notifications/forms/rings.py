"""The form that has a clinician put through; nothing here saves."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from notifications.models import ContactPoint


class RingForm(forms.Form):
    """Asks which of one's own phones rings first, and where the young person wished other hours, whether it must be."""

    own = forms.ChoiceField(label=_("Which of your phones rings first"), widget=forms.RadioSelect)
    beyond = forms.BooleanField(
        label=_("Their life may be in danger, so I ring now all the same."),
        error_messages={"required": _("Only ring outside their hours if their life may be in danger.")},
    )

    def __init__(self, *args: Any, own: list[ContactPoint], wishes: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._own = {one.public_id: one for one in own}
        choices = [(one.public_id, f"{one.get_kind_display()} {one.masked}") for one in own]
        self.fields["own"].choices = choices  # type: ignore[attr-defined]
        self.fields["own"].initial = choices[0][0] if choices else None
        if wishes:
            self.fields["beyond"].help_text = wishes
        else:
            del self.fields["beyond"]

    def contact(self) -> ContactPoint:
        """Give the phone that was chosen."""
        return self._own[self.cleaned_data["own"]]
