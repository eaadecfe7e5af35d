"""One form with every kind of field, for the style page."""

from __future__ import annotations

import datetime as dt

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

WAYS = [("text", _("A text")), ("call", _("A phone call")), ("letter", _("A letter"))]


class EveryField(forms.Form):
    """Shows each field as people meet it; nothing is sent."""

    name = forms.CharField(
        label=_("Your name here"), help_text=_("Pick something that isn’t your real name."), max_length=30
    )
    mobile = forms.CharField(label=_("Mobile number"), widget=forms.TextInput(attrs={"inputmode": "tel"}))
    words = forms.CharField(
        label=_("What’s on your mind?"), help_text=_("No one sees this until you send it."), widget=forms.Textarea
    )
    way = forms.ChoiceField(label=_("How should we reach you?"), choices=WAYS, widget=forms.RadioSelect)
    topics = forms.MultipleChoiceField(
        label=_("What may we tell you?"),
        choices=[("list", _("Where I am on the list")), ("group", _("What’s on in my group"))],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    language = forms.ChoiceField(label=_("Language"), choices=[("en", _("English")), ("so", "Soomaali")])
    born_on = forms.DateField(label=_("Birthday"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))
    file = forms.FileField(label=_("A file"), required=False)
    yes = forms.BooleanField(
        label=_("I’ve read how we treat each other"), help_text=_("You can read it again at any time.")
    )


FILLED = {
    "name": "Bramble",
    "mobile": "07700 900123",
    "words": "It’s been a long week.\nBut the rain stopped.",
    "way": "text",
    "topics": ["list"],
    "language": "en",
    "born_on": dt.date(2010, 5, 3),
    "yes": True,
}


def every_state() -> list[tuple[str, forms.Form]]:
    """Give the form empty, filled, wrong, switched off and in focus, each with ids of its own."""
    off = EveryField(initial=FILLED, auto_id="off_%s")
    for field in off.fields.values():
        field.disabled = True
    focused = EveryField(initial=FILLED, auto_id="focus_%s")
    for field in focused.fields.values():
        field.widget.attrs["class"] = "focused"
    return [
        (gettext("Empty"), EveryField(auto_id="empty_%s")),
        (gettext("Filled"), EveryField(initial=FILLED, auto_id="filled_%s")),
        (gettext("With something to change"), EveryField({"name": "x" * 31}, auto_id="wrong_%s")),
        (gettext("Switched off"), off),
        (gettext("In focus"), focused),
    ]
