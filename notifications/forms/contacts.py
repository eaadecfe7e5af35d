"""The form of a new number: whose, and how they like to be reached; nothing here saves."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from notifications import numbers
from notifications.languages import LANGUAGES
from notifications.models import ContactPoint
from peer.families import Way
from peer.models import Person


class NumberForm(forms.Form):
    """Asks for one number of one person of a family; those who must not be told are not offered (U17)."""

    whose = forms.ChoiceField(label=_("Whose number is it?"), widget=forms.RadioSelect)
    number = forms.CharField(
        label=_("Phone number"), max_length=40, widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "off"})
    )
    channel = forms.ChoiceField(label=_("How do they like to hear?"), choices=ContactPoint.Liked.choices)
    language = forms.ChoiceField(label=_("In which language?"), choices=list(LANGUAGES.items()))

    def __init__(self, *args: Any, people: list[Person], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = {person.public_id: person for person in people}
        field = self.fields["whose"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - tells the type checker
        field.choices = [(key, person.full_name()) for key, person in self.people.items()]

    def clean_number(self) -> str:
        """Read the number as people type it."""
        try:
            return numbers.parse(self.cleaned_data["number"]).e164
        except numbers.WrongNumber as problem:
            raise forms.ValidationError(str(problem)) from None

    def way(self) -> tuple[Person, Way]:
        """Give whose number it is, and the number."""
        given = self.cleaned_data
        way = Way(number=given["number"], channel=given["channel"], language=given["language"])
        return self.people[given["whose"]], way
