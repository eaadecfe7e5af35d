"""Forms about somebody's place in a group; what they read is asked apart from what colleagues read."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from peer import clock, endings
from peer.models import MembershipDecision, SupportGroup

LONGEST = 600
KIND_WORDS = _("They read these words. Say what happened, not what they are. Plain words, no names of others.")


def _words(label: Any, help_text: Any, required: Any, *, rows: int = 4) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=help_text,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": rows}),
        error_messages={"required": required},
    )


class PauseForm(forms.Form):
    """Until which day somebody's place is paused, and why."""

    until_on = forms.DateField(
        label=_("They are back on"),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"required": _("Choose the day on which they are back.")},
    )
    reason = _words(_("Why, in words for them"), KIND_WORDS, _("Say why, in kind words: the person reads them."))
    note = forms.CharField(
        label=_("For colleagues"),
        help_text=_("Staff alone read this."),
        max_length=LONGEST,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def clean_until_on(self) -> dt.date:
        """Refuse a day that has gone, and a pause without a near end."""
        day: dt.date = self.cleaned_data["until_on"]
        longest = endings.number("pause", "longest")
        if not 0 < (day - clock.today()).days <= longest:
            raise forms.ValidationError(_("A pause lasts from one day to %(days)d days."), params={"days": longest})
        return day


class EndForm(forms.Form):
    """Whether somebody leaves this group or every group, why in words for them, and what a colleague must know."""

    kind = forms.ChoiceField(
        label=_("How far does it go?"),
        widget=forms.RadioSelect,
        choices=[
            (MembershipDecision.Kind.REMOVE.value, _("Not in this group any more. Another group may fit.")),
            (MembershipDecision.Kind.BAN.value, _("Not in any group, and no new offer.")),
        ],
        error_messages={"required": _("Choose one of the two.")},
    )
    reason = _words(_("Why, in words for them"), KIND_WORDS, _("Say why, in kind words: the person reads them."))
    note = _words(
        _("For the colleague who looks at it"),
        _("What happened, when, and what you tried before. Staff alone read this."),
        _("Say for your colleague what happened."),
    )


class WhyForm(forms.Form):
    """Why a decision is lifted, or still stands."""

    reason = _words(_("Why?"), _("Staff alone read this."), _("Say why."), rows=3)


class WhosePlaceForm(forms.Form):
    """Whose place it is, by the group and the name used there."""

    group = forms.ModelChoiceField(label=_("Group"), queryset=SupportGroup.objects.none(), empty_label=None)
    name = forms.CharField(
        label=_("Their name in the group"),
        max_length=30,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": _("Write the name they have in the group.")},
    )

    def __init__(self, *args: Any, groups: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["group"].queryset = groups  # type: ignore[attr-defined]


class NextGroupForm(forms.Form):
    """Whether there is a group for afterwards."""

    next_group = forms.ModelChoiceField(
        label=_("Is there a group for afterwards?"),
        help_text=_("They see that it is there, and can ask you for it."),
        queryset=SupportGroup.objects.none(),
        required=False,
        empty_label=_("No"),
    )

    def __init__(self, *args: Any, groups: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["next_group"].queryset = groups  # type: ignore[attr-defined]


class MoreTimeForm(forms.Form):
    """How many more weeks somebody gets."""

    weeks = forms.IntegerField(
        label=_("How many more weeks?"),
        min_value=1,
        max_value=12,
        initial=2,
        error_messages={"required": _("Choose between 1 and 12 weeks.")},
    )


class MoveForm(forms.Form):
    """Which group somebody goes to on their birthday."""

    to_group = forms.ModelChoiceField(
        label=_("Which group?"),
        queryset=SupportGroup.objects.none(),
        empty_label=None,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose a group.")},
    )

    def __init__(self, *args: Any, groups: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to_group"].queryset = groups  # type: ignore[attr-defined]
