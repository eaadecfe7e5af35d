"""Somebody who comes without a list: who they are, their own number, and who sent them."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from notifications import numbers
from peer import clock
from peer.actions.newcomers import Newcomer
from peer.models import Person

KINDS = [(Person.Kind.YOUNG_PERSON, _("A young person")), (Person.Kind.PARENT_CARER, _("A parent or carer"))]


class NewcomerForm(forms.Form):
    """Asks no more than an offer needs."""

    kind = forms.ChoiceField(label=_("Who is it?"), choices=KINDS, widget=forms.RadioSelect)
    given_name = forms.CharField(label=_("First name"), max_length=100)
    family_name = forms.CharField(label=_("Family name"), max_length=100)
    born_on = forms.DateField(
        label=_("Birth date"),
        help_text=_("Of a young person we need it: groups are by age."),
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )
    number = forms.CharField(
        label=_("Their own mobile number"),
        help_text=_("Theirs alone: an offer goes to it."),
        max_length=40,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "off"}),
    )
    partner = forms.CharField(
        label=_("Which partner sent them?"),
        help_text=_("Leave it empty if they asked us themselves."),
        max_length=120,
        required=False,
    )

    def clean_born_on(self) -> dt.date | None:
        """Refuse a day to come."""
        day: dt.date | None = self.cleaned_data["born_on"]
        if day and day > clock.today():
            raise forms.ValidationError(_("That day has not come yet."))
        return day

    def clean_number(self) -> str:
        """Read the number as people type it."""
        try:
            return numbers.parse(self.cleaned_data["number"]).e164
        except numbers.WrongNumber as problem:
            raise forms.ValidationError(str(problem)) from None

    def clean(self) -> dict[str, Any]:
        """Ask for the birth date of a young person."""
        given = super().clean() or {}
        is_young = given.get("kind") == Person.Kind.YOUNG_PERSON
        if is_young and not given.get("born_on") and "born_on" not in self.errors:
            self.add_error("born_on", _("Write down their birth date. Without it no group fits."))
        return given

    def newcomer(self) -> Newcomer:
        """Give who it is."""
        return Newcomer(**{name: value for name, value in self.cleaned_data.items() if name != "number"})
