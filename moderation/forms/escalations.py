"""What is written down while somebody acts, and at the end."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from moderation.models import Escalation
from peer import clock
from peer.models import User

TIME = forms.TimeInput(attrs={"type": "time"})


class NoteForm(forms.Form):
    """What you did or heard."""

    words = forms.CharField(
        label=_("What you did or heard"), widget=forms.Textarea(attrs={"rows": 3}), max_length=4_000
    )


class PromiseForm(forms.Form):
    """By when you will ring the young person; they read it at once."""

    before = forms.TimeField(
        label=_("I will ring before"), widget=TIME, help_text=_("They see: read by you, ringing before this.")
    )

    def before_at(self) -> dt.datetime:
        """Give the next time the clock in London shows this."""
        now = clock.now().astimezone(clock.LONDON)
        day = now.date() if self.cleaned_data["before"] > now.time() else now.date() + dt.timedelta(days=1)
        return dt.datetime.combine(day, self.cleaned_data["before"], clock.LONDON).astimezone(dt.UTC)


class PersonForm(forms.Form):
    """Which clinician to ask."""

    to = forms.ModelChoiceField(label=_("Who"), queryset=User.objects.none(), empty_label=None)

    def __init__(self, *args: Any, people: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].queryset = people  # type: ignore[attr-defined]


class ResolveForm(forms.Form):
    """What came of it, who was told, a few words, and whether the page was needed (E12, U5)."""

    outcome = forms.ChoiceField(
        label=_("What came of it"), choices=Escalation.Outcome.choices, widget=forms.RadioSelect
    )
    told = forms.CharField(
        label=_("Who was told"), max_length=300, help_text=_("And whether the young person was told first.")
    )
    words = forms.CharField(label=_("In a few words"), widget=forms.Textarea(attrs={"rows": 3}), max_length=4_000)
    was_needed = forms.TypedChoiceField(
        label=_("Was it right to page somebody?"),
        choices=[("yes", _("Yes")), ("no", _("No, it could have waited"))],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
