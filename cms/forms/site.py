"""The form of the service's own details; nothing here saves."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from cms.models.site import COLOUR

PHONE = re.compile(r"\A\+?[0-9][0-9 ]{5,28}\Z")


class ColourField(forms.CharField):
    """A colour as it is written on a brand sheet: with or without the #, in any case."""

    default_validators = [COLOUR]

    def to_python(self, value: Any) -> str:
        """Give the one way to write it."""
        text = (super().to_python(value) or "").lower()
        return f"#{text}" if text and not text.startswith("#") else text


class DetailsForm(forms.Form):
    """Names, numbers, hours and colours."""

    name = forms.CharField(label=_("Name of the service"), max_length=80, required=False)
    run_by = forms.CharField(label=_("Who runs it"), max_length=120, required=False)
    phone = forms.CharField(
        label=_("Phone number"),
        max_length=30,
        required=False,
        help_text=_("The number people ring on working days. Crisis numbers are kept elsewhere and stay as they are."),
        widget=forms.TextInput(attrs={"inputmode": "tel"}),
    )
    hours = forms.CharField(
        label=_("When a person answers"),
        max_length=80,
        required=False,
        help_text=_("Such as: Monday to Friday, 9am to 5pm"),
    )
    address = forms.CharField(label=_("Address"), max_length=200, required=False)
    colour = ColourField(
        label=_("Your colour"),
        required=False,
        help_text=_("For links and buttons, such as #57297f. We work out the other shades. Empty: ours."),
    )
    colour_in_the_dark = ColourField(
        label=_("Your colour on dark pages"),
        required=False,
        help_text=_("Many phones show pages dark. Empty: we make a lighter shade of your colour."),
    )

    def clean_phone(self) -> str:
        """Take numbers that a phone can ring."""
        phone: str = self.cleaned_data["phone"].strip()
        if phone and not PHONE.match(phone):
            raise ValidationError(_("Write the number with numbers and gaps alone, such as 020 7946 0000."))
        return phone
