"""Choosing a name, saying yes to how we treat each other, and setting a group up."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from peer import clock
from peer.models import Person, SupportGroup, User
from peer.roles import Role

COLOURS = [
    (0, _("Gold")), (1, _("Coral")), (2, _("Pink")), (3, _("Lilac")), (4, _("Blue")), (5, _("Sky")),
    (6, _("Sea")), (7, _("Green")), (8, _("Lime")), (9, _("Sand")), (10, _("Stone")), (11, _("Rose")),
]  # fmt: skip


class NameForm(forms.Form):
    """The name and colour the group knows somebody by."""

    name = forms.CharField(
        label=_("Your name here"),
        help_text=_("Not your own name. 2 to 20 letters: a word, an animal, a colour."),
        error_messages={"required": _("Choose a name first. It can be any word you like.")},
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    colour = forms.TypedChoiceField(
        label=_("Your colour"), choices=COLOURS, coerce=int, widget=forms.RadioSelect, initial=0
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Show each colour beside its word."""
        super().__init__(*args, **kwargs)
        swatch = '<span class="avatar avatar-small avatar-{}" aria-hidden="true"></span> {}'
        field: Any = self.fields["colour"]
        field.choices = [(number, format_html(swatch, number, words)) for number, words in COLOURS]


class YesForm(forms.Form):
    """A yes to one version of how we treat each other."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    yes = forms.BooleanField(
        label=_("Yes, I’ll treat people here like this"),
        error_messages={"required": _("Tick the box if you agree. If you don’t, ring us and we’ll talk about it.")},
    )


class GroupForm(forms.Form):
    """What a group says of itself, who it is for and when one can write."""

    title = forms.CharField(label=_("Name of the group"), max_length=80)
    about = forms.CharField(
        label=_("What it is, in a few words"), max_length=1_000, widget=forms.Textarea(attrs={"rows": 3})
    )
    audience = forms.ChoiceField(label=_("Who it is for"), choices=SupportGroup.Audience.choices)
    age_from = forms.IntegerField(label=_("Youngest age"), min_value=11, max_value=99, initial=14)
    age_to = forms.IntegerField(label=_("Oldest age"), min_value=11, max_value=99, initial=15)
    eligibility = forms.ChoiceField(
        label=_("Who may be offered a place"),
        choices=SupportGroup.Eligibility.choices,
        initial=SupportGroup.Eligibility.WAITING,
    )
    listed = forms.BooleanField(label=_("People it fits can find it and ask for a place"), required=False)
    opens = forms.TimeField(
        label=_("Writing opens at"), initial="07:00", widget=forms.TimeInput(attrs={"type": "time"})
    )
    closes = forms.TimeField(
        label=_("Writing closes at"), initial="22:00", widget=forms.TimeInput(attrs={"type": "time"})
    )
    hello = forms.CharField(
        label=_("A few words from who leads it"),
        help_text=_("Shown on the group’s page, also when it is closed or quiet."),
        max_length=1_000,
        widget=forms.Textarea(attrs={"rows": 3}),
        required=False,
    )
    next_up = forms.CharField(
        label=_("What is next"), help_text=_("Such as “Tuesday 7pm, with Ben”."), max_length=200, required=False
    )

    data_controller = forms.CharField(
        label=_("Who answers for what is kept here"),
        help_text=_("The organisation. Needed, with the next two, for a group that is not of our own list."),
        max_length=120,
        required=False,
    )
    lead_professional = forms.CharField(
        label=_("Lead professional, with registration number"), max_length=120, required=False
    )
    cover_partner = forms.CharField(label=_("Who covers for the lead"), max_length=120, required=False)

    def clean(self) -> dict[str, Any]:
        """Check that ages and hours run forwards."""
        given = super().clean() or {}
        if given.get("age_from", 0) > given.get("age_to", 999):
            self.add_error("age_to", _("The oldest age is below the youngest."))
        if given.get("opens") and given.get("closes") and given["opens"] >= given["closes"]:
            self.add_error("closes", _("Closing time is before opening time. Groups rest at night."))
        return given


class ProtocolForm(forms.Form):
    """How we treat each other, under its three headings (S45)."""

    treated = forms.CharField(label=_("How I am treated"), max_length=2_000, widget=forms.Textarea(attrs={"rows": 4}))
    listened = forms.CharField(
        label=_("How I am listened to"), max_length=2_000, widget=forms.Textarea(attrs={"rows": 4})
    )
    accepted = forms.CharField(
        label=_("How my views are accepted"), max_length=2_000, widget=forms.Textarea(attrs={"rows": 4})
    )


AS_WHAT = {
    Role.PEER_MODERATOR: _("Peer moderator: checks posts"),
    Role.PEER_FACILITATOR: _("Peer facilitator: leads the group"),
    Role.CLINICIAN: _("Clinician: can be called"),
    Role.GROUP_ADMINISTRATOR: _("Group administrator: sees hours, cover and numbers, never a post"),
}


class RoleForm(forms.Form):
    """A dated role of somebody in a group."""

    user = forms.ModelChoiceField(label=_("Who"), queryset=User.objects.none())
    role = forms.TypedChoiceField(label=_("As what"), coerce=Role)
    name = forms.CharField(label=_("Name in the group"), max_length=30)
    until_on = forms.DateField(
        label=_("Until"), required=False, widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )

    def __init__(self, *args: Any, roles: Iterable[Role], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = [(role, AS_WHAT[role]) for role in roles]  # type: ignore[attr-defined]
        people = User.objects.filter(is_active=True, person__isnull=False)
        people = people.exclude(person__kind=Person.Kind.PARENT_CARER).order_by("display_name", "pk")
        self.fields["user"].queryset = people  # type: ignore[attr-defined]

    def clean_until_on(self) -> Any:
        """Refuse a day that has gone."""
        day = self.cleaned_data["until_on"]
        if day and day <= clock.today():
            raise forms.ValidationError(_("Choose a day to come."))
        return day
