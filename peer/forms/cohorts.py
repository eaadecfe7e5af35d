"""A day on which people start together: planned, moved, or joined to another."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from peer import clock
from peer.models import Cohort
from peer.models.cohorts import LARGEST, SMALLEST


def _day(label: Any) -> forms.DateField:
    return forms.DateField(label=label, widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))


class DayForm(forms.Form):
    """A day to come."""

    starts_on = _day(_("The new day"))

    def clean_starts_on(self) -> dt.date:
        """Refuse today and what has gone."""
        day: dt.date = self.cleaned_data["starts_on"]
        if day <= clock.today():
            raise forms.ValidationError(_("Choose a day to come."))
        return day


class PlanForm(DayForm):
    """The day, and for how many."""

    starts_on = _day(_("Which day"))
    largest = forms.IntegerField(
        label=_("Room for how many"),
        help_text=_("Five to twelve. With fewer than five on the day, nobody starts before you have decided."),
        min_value=SMALLEST,
        max_value=LARGEST,
        initial=8,
    )


class MergeForm(forms.Form):
    """Which other day to join them to."""

    into = forms.ModelChoiceField(label=_("Start with these instead"), queryset=Cohort.objects.none(), empty_label=None)

    def __init__(self, *args: Any, others: Any, **kwargs: Any) -> None:
        """Offer the other days of the same group."""
        super().__init__(*args, **kwargs)
        field: Any = self.fields["into"]
        field.queryset = others
        field.label_from_instance = lambda cohort: f"{cohort.starts_on:%A %-d %B} ({cohort.people().count()})"
