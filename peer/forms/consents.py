"""One yes or no; what a clinician found out with a young person."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from peer import clock
from peer.competence import Found
from peer.models import CompetenceAssessment
from peer.models.competence import REVIEW_AFTER

Decision = CompetenceAssessment.Decision


class AnswerForm(forms.Form):
    """A press on yes or no; a yes names the words that stood above it (C2)."""

    answer = forms.ChoiceField(
        choices=[("yes", _("Yes")), ("no", _("No"))],
        error_messages={"required": _("Press yes or no."), "invalid_choice": _("Press yes or no.")},
    )
    words = forms.CharField(required=False, max_length=64)

    def __init__(self, *args: Any, purpose: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.purpose = purpose


class OwnYesForm(forms.Form):
    """One's own yes at 16, to the words that stood above it; or the wish to talk first (C7)."""

    answer = forms.ChoiceField(
        choices=[("yes", _("Yes")), ("no", _("No"))],
        error_messages={"required": _("Press one of the two."), "invalid_choice": _("Press one of the two.")},
    )
    words = forms.CharField(required=False, max_length=400)


class SaidForm(forms.Form):
    """What a young person said in a conversation, after the words were read out."""

    answer = forms.ChoiceField(
        label=_("What did they say?"),
        choices=[("yes", _("Yes")), ("no", _("No"))],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what they said.")},
    )


class AssessForm(forms.Form):
    """Asks what was explained, what was said back, what came of it, and when to ask again (C6)."""

    decision = forms.ChoiceField(label=_("Which decision?"), choices=Decision.choices, widget=forms.RadioSelect)
    explained = forms.CharField(
        label=_("What did you explain?"),
        help_text=_("In the words you used."),
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Write down what you explained.")},
    )
    understood = forms.CharField(
        label=_("What did they say back?"),
        help_text=_("In their own words: what it is for, what could go wrong, what they would do then."),
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Write down what they said back, in their own words.")},
    )
    outcome = forms.ChoiceField(
        label=_("What did you find?"), choices=CompetenceAssessment.Outcome.choices, widget=forms.RadioSelect
    )
    review_on = forms.DateField(
        label=_("When is it asked again?"),
        help_text=_("Within a year. Then it comes back to a clinician’s list; nothing changes by itself."),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"review_on": clock.today() + REVIEW_AFTER})
        super().__init__(*args, **kwargs)

    def found(self) -> Found:
        """Give what was found."""
        return Found(**self.cleaned_data)
