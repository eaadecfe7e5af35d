"""Forms about one person: a death, silence of machines, and what each adult is to them; nothing here saves."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from peer import clock
from peer.models import Person

LONGEST = 500


class DeathForm(forms.Form):
    """Asks on which day somebody died, and how we know."""

    died_on = forms.DateField(
        label=_("On which day did they die?"),
        widget=forms.DateInput(attrs={"type": "date"}),
        error_messages={"required": _("Write down the day."), "invalid": _("Write a day, like 3/5/2026.")},
    )
    known_how = forms.CharField(
        label=_("How do you know?"),
        help_text=_("Who told you, and when. Staff alone read this."),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Say how you know.")},
    )

    def __init__(self, *args: Any, person: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = person

    def clean_died_on(self) -> dt.date:
        """Refuse a day to come, and one before they were born."""
        day: dt.date = self.cleaned_data["died_on"]
        if day > clock.today():
            raise forms.ValidationError(_("That day has not come yet."))
        if self.person.born_on is not None and day < self.person.born_on:
            raise forms.ValidationError(_("That is before they were born."))
        return day


class ReasonForm(forms.Form):
    """Asks why."""

    reason = forms.CharField(
        label=_("Why?"),
        help_text=_("Staff alone read this."),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Say why.")},
    )
