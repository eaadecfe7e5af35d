"""Planning a session, answering one, hosting one, and saying how it was."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.validators import URLValidator
from django.utils.translation import gettext_lazy as _

from peer.models import Attendance, GroupSession, Membership, SessionSlot
from peer.models.sessions import SessionDebrief, SessionSeries, Way
from peer.templatetags.peer import when

LONGEST = 1_000
REPEATS = [("once", _("Once")), *SessionSeries.Rhythm.choices]
MOST = 500


def _day(label: Any) -> forms.DateField:
    return forms.DateField(label=label, widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))


def _time(label: Any) -> forms.TimeField:
    return forms.TimeField(label=label, widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}))


class MoveForm(forms.Form):
    """Another day, another time."""

    day = _day(_("Day"))
    at = _time(_("Time"))


class SlotForm(MoveForm):
    """One way to take part: when, for how long, how, and for how many."""

    minutes = forms.IntegerField(label=_("How many minutes"), min_value=15, max_value=240, initial=60)
    way = forms.ChoiceField(label=_("How people meet"), choices=Way.choices, widget=forms.RadioSelect)
    capacity = forms.IntegerField(
        label=_("Room for how many"),
        help_text=_("Leave it empty where everybody fits. When it is full, others wait in line."),
        min_value=1,
        max_value=MOST,
        required=False,
    )


class LinkForm(forms.Form):
    """The address of a video meeting, by whichever service."""

    link = forms.URLField(
        label=_("Address of the video meeting"),
        help_text=_("It must begin with https. Leave it empty to take it away. Who has a place sees it, at its time."),
        max_length=500,
        required=False,
        assume_scheme="https",
        validators=[URLValidator(schemes=["https"])],
    )


class PlanForm(SlotForm):
    """A session, or a series of them, with its hosts."""

    repeats = forms.ChoiceField(label=_("How often"), choices=REPEATS, widget=forms.RadioSelect)
    hosts = forms.ModelMultipleChoiceField(
        label=_("Who hosts"),
        help_text=_("Two or more. A text room needs two who read posts, and one of them a peer."),
        queryset=Membership.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose who hosts.")},
    )
    field_order = ("day", "at", "minutes", "repeats", "way", "capacity", "hosts")

    def __init__(self, *args: Any, hosts: Any, **kwargs: Any) -> None:
        """Offer the people who look after the group."""
        super().__init__(*args, **kwargs)
        self.fields["hosts"].queryset = hosts  # type: ignore[attr-defined]


def _and_after() -> forms.BooleanField:
    return forms.BooleanField(label=_("Also every one after it, until this changes again"), required=False)


def _keep_after(form: forms.Form, session: GroupSession) -> None:
    if session.series_id is None:
        del form.fields["and_after"]


class MeetOtherwiseForm(forms.Form):
    """Another way to meet at the same time."""

    slot = forms.ModelChoiceField(
        label=_("Which one changes"),
        queryset=SessionSlot.objects.none(),
        empty_label=None,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose which one changes.")},
    )
    way = forms.ChoiceField(
        label=_("How people meet then"),
        help_text=_("Everybody keeps their place and is told. They can say no by one number or key."),
        choices=[choice for choice in Way.choices if choice[0] != Way.DROP_IN],
        widget=forms.RadioSelect,
    )
    and_after = _and_after()

    def __init__(self, *args: Any, session: GroupSession, slots: Any, **kwargs: Any) -> None:
        """Offer the ways of this session, by their hour; what comes after it only in a series."""
        super().__init__(*args, **kwargs)
        _keep_after(self, session)
        field = self.fields["slot"]
        field.queryset = slots  # type: ignore[attr-defined]
        field.label_from_instance = lambda slot: f"{when(slot.starts_at)}, {slot.get_way_display()}"  # type: ignore[attr-defined]


class HostsForm(forms.Form):
    """Who hosts."""

    hosts = forms.ModelMultipleChoiceField(
        label=_("Who hosts"),
        help_text=_("Two or more. A text room needs two who read posts, and one of them a peer."),
        queryset=Membership.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose who hosts.")},
    )
    and_after = _and_after()

    def __init__(self, *args: Any, session: GroupSession, hosts: Any, **kwargs: Any) -> None:
        """Offer the people who look after the group; what comes after it only in a series."""
        super().__init__(*args, **kwargs)
        _keep_after(self, session)
        self.fields["hosts"].queryset = hosts  # type: ignore[attr-defined]


class ComeForm(forms.Form):
    """By which way one comes."""

    slot = forms.ModelChoiceField(queryset=SessionSlot.objects.none(), empty_label=None)

    def __init__(self, *args: Any, slots: Any, **kwargs: Any) -> None:
        """Offer the ways of this session."""
        super().__init__(*args, **kwargs)
        self.fields["slot"].queryset = slots  # type: ignore[attr-defined]


class UpsetForm(forms.Form):
    """Who left upset."""

    who = forms.ModelChoiceField(
        label=_("Did somebody leave upset?"),
        queryset=Membership.objects.none(),
        empty_label=None,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose who it was.")},
    )

    def __init__(self, *args: Any, people: Any, **kwargs: Any) -> None:
        """Offer the people who said that they come, or were there."""
        super().__init__(*args, **kwargs)
        self.fields["who"].queryset = people  # type: ignore[attr-defined]


class ThereForm(forms.Form):
    """Who was there, and how."""

    attendance = forms.ModelChoiceField(queryset=Attendance.objects.none())
    channel = forms.ChoiceField(choices=Way.choices)

    def __init__(self, *args: Any, rows: Any, **kwargs: Any) -> None:
        """Offer those of this session."""
        super().__init__(*args, **kwargs)
        self.fields["attendance"].queryset = rows  # type: ignore[attr-defined]


class HeadsForm(forms.Form):
    """How many dropped in."""

    slot = forms.ModelChoiceField(queryset=SessionSlot.objects.none(), widget=forms.HiddenInput)
    heads = forms.IntegerField(label=_("How many dropped in?"), min_value=0, max_value=MOST)

    def __init__(self, *args: Any, slots: Any, **kwargs: Any) -> None:
        """Offer the slots that one drops into."""
        super().__init__(*args, **kwargs)
        self.fields["slot"].queryset = slots  # type: ignore[attr-defined]


class DebriefForm(forms.Form):
    """Two questions after a session, answered by a press."""

    felt = forms.ChoiceField(
        label=_("How was it?"),
        choices=SessionDebrief.Felt.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose how it was.")},
    )
    wants_talk = forms.TypedChoiceField(
        label=_("Would you like somebody to talk to you?"),
        help_text=_("Nobody asks why first."),
        choices=[("yes", _("Yes")), ("no", _("No"))],
        coerce=lambda said: said == "yes",
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose yes or no.")},
    )


class ListenedForm(forms.Form):
    """How listened to somebody felt, 0 to 10: one press."""

    said = forms.IntegerField(min_value=0, max_value=10)


class LookedInForm(forms.Form):
    """What was done, in a few words."""

    note = forms.CharField(
        label=_("How are they, and what comes next?"),
        help_text=_("Clinicians of this group alone read this."),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("Write down what you did, in a few words.")},
    )
