"""Planning a shift: a day and two times, as people in London read them."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from peer import clock
from peer.models import SupportGroup, User


class ShiftForm(forms.Form):
    """Who covers which group, from when until when; an end before the start is the next morning."""

    group = forms.ModelChoiceField(label=_("Group"), queryset=SupportGroup.objects.none(), empty_label=None)
    user = forms.ModelChoiceField(label=_("Clinician"), queryset=User.objects.none(), empty_label=None)
    day = forms.DateField(label=_("Day"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))
    starts = forms.TimeField(label=_("From"), widget=forms.TimeInput(attrs={"type": "time"}))
    ends = forms.TimeField(
        label=_("Until"),
        widget=forms.TimeInput(attrs={"type": "time"}),
        help_text=_("A time before the start means the next morning."),
    )

    def __init__(self, *args: Any, groups: Any, people: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["group"].queryset = groups  # type: ignore[attr-defined]
        self.fields["user"].queryset = people  # type: ignore[attr-defined]

    def span(self) -> tuple[dt.datetime, dt.datetime]:
        """Give start and end in UTC; the hours between are those really lived through, at clock changes too (2f)."""
        day, starts, ends = (self.cleaned_data[name] for name in ("day", "starts", "ends"))
        last = day if ends > starts else day + dt.timedelta(days=1)
        start, end = (dt.datetime.combine(on, at, clock.LONDON) for on, at in ((day, starts), (last, ends)))
        return start.astimezone(dt.UTC), end.astimezone(dt.UTC)


class HandOverForm(forms.Form):
    """Whom you hand over to: somebody whose shift for the group is on."""

    to = forms.CharField(widget=forms.HiddenInput, max_length=24)


class FreezeForm(forms.Form):
    """Why a group is paused or opened again."""

    reason = forms.CharField(label=_("Why"), max_length=300, help_text=_("For the record, in a few words."))
