"""Times offered, votes on them, and the one that is chosen; nothing here saves."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from peer.models import Membership, TimeOption, TimePoll
from peer.models.sessions import Way
from peer.models.time_polls import FEWEST, MOST

CAN = [("yes", _("I can")), ("no", _("I can’t"))]


def _moment(label: Any, *, required: bool = True) -> forms.DateTimeField:
    widget = forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local"})
    return forms.DateTimeField(label=label, required=required, widget=widget)


class OfferForm(forms.Form):
    """Two to six times, how people would meet, and until when one may say."""

    minutes = forms.IntegerField(label=_("How many minutes"), min_value=15, max_value=240, initial=60)
    way = forms.ChoiceField(label=_("How people meet"), choices=Way.choices, widget=forms.RadioSelect)
    closes_at = _moment(_("Until when people can say"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Add a box for each time."""
        super().__init__(*args, **kwargs)
        for number in range(1, MOST + 1):
            label = _("Time %(number)s") % {"number": number}
            self.fields[f"time_{number}"] = _moment(label, required=number <= FEWEST)
        self.order_fields([*self._times(), "closes_at", "minutes", "way"])

    def offered(self) -> dict[str, Any]:
        """Give what was filled in, the times as one list."""
        given = {name: value for name, value in self.cleaned_data.items() if name not in self._times()}
        times: list[dt.datetime] = [self.cleaned_data[name] for name in self._times() if self.cleaned_data.get(name)]
        return given | {"times": times}

    @staticmethod
    def _times() -> list[str]:
        return [f"time_{number}" for number in range(1, MOST + 1)]


class VoteForm(forms.Form):
    """For each offered time whether one can."""

    def __init__(self, *args: Any, poll: TimePoll, labels: dict[int, str], **kwargs: Any) -> None:
        """Ask about each time of a poll."""
        super().__init__(*args, **kwargs)
        for option in poll.options.all():
            self.fields[f"time_{option.number}"] = forms.ChoiceField(
                label=labels[option.number],
                choices=CAN,
                widget=forms.RadioSelect,
                error_messages={"required": _("Say whether you can.")},
            )

    def says(self) -> dict[int, bool]:
        """Give each number with its answer."""
        return {int(name.removeprefix("time_")): said == "yes" for name, said in self.cleaned_data.items()}


class ChooseForm(forms.Form):
    """The time that is chosen, and who hosts it."""

    option = forms.ModelChoiceField(
        label=_("Which time it is to be"),
        queryset=TimeOption.objects.none(),
        empty_label=None,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one of the times.")},
    )
    hosts = forms.ModelMultipleChoiceField(
        label=_("Who hosts"),
        help_text=_("Two or more. A text room needs two who read posts, and one of them a peer."),
        queryset=Membership.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose who hosts.")},
    )

    def __init__(self, *args: Any, options: Any, hosts: Any, labels: dict[int, str], **kwargs: Any) -> None:
        """Offer the times of a poll and the people who look after the group."""
        super().__init__(*args, **kwargs)
        option: Any = self.fields["option"]
        option.queryset = options
        option.label_from_instance = lambda row: labels[row.number]
        self.fields["hosts"].queryset = hosts  # type: ignore[attr-defined]
