"""How somebody likes to read; nothing here saves."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

USUAL = ""


class ReadingForm(forms.Form):
    """The size of the text, the room about the letters, and the colours."""

    size = forms.ChoiceField(
        label=_("Size of the text"),
        choices=[(USUAL, _("As it is")), ("large", _("Larger")), ("larger", _("Much larger"))],
        widget=forms.RadioSelect,
        required=False,
    )
    space = forms.ChoiceField(
        label=_("Room about the letters"),
        choices=[(USUAL, _("As it is")), ("wide", _("More room: it helps some people who mix up letters"))],
        widget=forms.RadioSelect,
        required=False,
    )
    colours = forms.ChoiceField(
        label=_("Colours"),
        choices=[(USUAL, _("As my phone has them")), ("light", _("Light")), ("dark", _("Dark"))],
        widget=forms.RadioSelect,
        required=False,
    )

    def chosen(self) -> str:
        """Give what is not as usual, as the cookie keeps it."""
        return ".".join(value for name in self.fields if (value := self.cleaned_data[name]))

    @classmethod
    def of(cls, kept: str) -> ReadingForm:
        """Give the form as the cookie has it; what is unknown is as usual."""
        words = kept.split(".")
        initial = {}
        for name, field in cls.base_fields.items():
            known = [value for value, _words in field.choices if value]  # type: ignore[attr-defined]
            initial[name] = next((word for word in words if word in known), USUAL)
        return cls(initial=initial)
