"""Forms about one person: a death, silence of machines, and what each adult is to them; nothing here saves."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from peer import clock
from peer.actions.adults import Noted
from peer.models import ParentRelationship, Person

LONGEST = 500


class DeathForm(forms.Form):
    """Asks on which day somebody died, and how we know."""

    died_on = forms.DateField(
        label=_("On which day did they die?"),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"required": _("Write down the day."), "invalid": _("Write a day, like 3/5/2026.")},
    )
    known_how = forms.CharField(
        label=_("How do you know?"),
        help_text=_("Who told you, and when. Staff alone read this."),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Say how you know.")},
    )

    def __init__(self, *args: Any, person: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = person

    def clean_died_on(self) -> dt.date:
        """Refuse a day to come, and one before they were born."""
        day: dt.date = self.cleaned_data["died_on"]
        if day > clock.today():
            raise forms.ValidationError(_("That day has not come yet."))
        if self.person.born_on is not None and day < self.person.born_on:
            raise forms.ValidationError(_("That is before they were born."))
        return day


class ReasonForm(forms.Form):
    """Asks why."""

    reason = forms.CharField(
        label=_("Why?"),
        help_text=_("Staff alone read this."),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Say why.")},
    )


KNOWN = [("", _("Not known")), ("yes", _("Yes")), ("no", _("No"))]
ANSWERS = {"": None, "yes": True, "no": False}


class AdultForm(forms.Form):
    """Asks what one adult is to a young person, may know and says about our being in touch (U17)."""

    lives_with = forms.ChoiceField(
        label=_("Does the young person live with them?"), choices=KNOWN, required=False, widget=forms.RadioSelect
    )
    has_parental_responsibility = forms.ChoiceField(
        label=_("Do they have parental responsibility?"),
        help_text=_("Ask to see it where there is doubt. Being a parent is not always enough."),
        choices=KNOWN,
        required=False,
        widget=forms.RadioSelect,
    )
    may_know = forms.ChoiceField(
        label=_("What may they know?"), choices=ParentRelationship.MayKnow.choices, widget=forms.RadioSelect
    )
    must_not_be_told = forms.BooleanField(
        label=_("They must not be told anything"), help_text=_("This counts before everything else."), required=False
    )
    says = forms.ChoiceField(
        label=_("What do they say about our being in touch?"),
        help_text=_("Where one agrees and another objects, nothing goes by machine until people have decided."),
        choices=[("", _("Not asked yet")), *ParentRelationship.Says.choices],
        required=False,
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, relation: ParentRelationship, **kwargs: Any) -> None:
        words = {value: word for word, value in ANSWERS.items()}
        first: dict[str, Any] = {name: getattr(relation, name) for name in ("may_know", "must_not_be_told", "says")}
        for name in ("lives_with", "has_parental_responsibility"):
            first[name] = words[getattr(relation, name)]
        kwargs.setdefault("initial", first)
        super().__init__(*args, **kwargs)

    def noted(self) -> Noted:
        """Give what was written."""
        given = self.cleaned_data
        return Noted(
            lives_with=ANSWERS[given["lives_with"]],
            has_parental_responsibility=ANSWERS[given["has_parental_responsibility"]],
            may_know=given["may_know"],
            must_not_be_told=given["must_not_be_told"],
            says=given["says"],
        )
