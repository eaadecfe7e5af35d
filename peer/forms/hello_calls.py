"""What a clinician writes down after the hello call: one form (U8)."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from peer.models import Consent, HelloCall

LONGEST = 2_000
OUTCOMES = [
    ("confirm", _("Yes: confirm")),
    ("not_now", _("Not now: keep the place, ask again in four weeks, tell nobody")),
    ("unsuitable", _("Not this group: somebody else takes over")),
]
SAID = [("yes", _("Yes")), ("no", _("No")), ("", _("Not asked, or they want to think"))]
ASKED = {"aria-required": "true"}  # a yes needs these; "not now" does not, so the check is below


NEEDED = {
    "confirm": {
        "born_on": _("Ask for the birth date, and write it down as they said it."),
        "basis": _("Say what the yes rests on."),
        "limits_read": _("Read out what is private first, then tick this."),
        "apart_asked": _("Ask first, then tick this."),
        "safe_ways": _("Write down how it is safe to reach them."),
    },
    "unsuitable": {"handover": _("Say who takes over. Nobody is left with a no.")},
}


ALSO = {  # what a yes by text, key or word of mouth leaves out: each asked apart, in its exact words (C1)
    Consent.Purpose.POST: _("Writing in the group: what they said"),
    Consent.Purpose.TEXTS: _("Texts to them: what they said"),
    Consent.Purpose.PARENT_TOLD: _("Telling a parent or carer that they are in a group: what they said"),
}
HOW_FOUND = {  # never a word alone (C6)
    "explained": _("Write down what you explained."),
    "understood": _("Write down what they said back, in their own words."),
}


class HelloForm(forms.Form):
    """Who they are, what is private, how to reach them, what helps, and what came of it."""

    outcome = forms.ChoiceField(label=_("What came of the call?"), choices=OUTCOMES, widget=forms.RadioSelect)
    born_on = forms.DateField(
        label=_("Birth date, as they said it"),
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"} | ASKED),
    )
    basis = forms.ChoiceField(
        label=_("What does the yes rest on?"),
        choices=[("", _("Choose one")), *HelloCall.Basis.choices],
        widget=forms.Select(attrs=ASKED),
        required=False,
    )
    explained = forms.CharField(
        label=_("Under 16, deciding for themselves: what you explained"),
        help_text=_("What the group is and is not, what is private, that they can stop. In the words you used."),
        required=False,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    understood = forms.CharField(
        label=_("What they said back, in their own words"),
        help_text=_("What it is for, what could go wrong, what they would do then. We ask again in six months."),
        required=False,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    limits_read = forms.BooleanField(
        label=_("I read out what is private and when it is not, and they agreed"), required=False
    )
    apart_asked = forms.BooleanField(
        label=_("I asked whether there is anybody they should not meet here"), required=False
    )
    safe_ways = forms.CharField(
        label=_("Safe ways to reach them"),
        help_text=_("When to ring, who may pick up, what not to say, who to ring if it is urgent."),
        required=False,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 3} | ASKED),
    )
    helps = forms.CharField(
        label=_("What helps"), required=False, max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 2})
    )
    handover = forms.CharField(
        label=_("If not this group: who takes over, and with what"),
        required=False,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, also: Collection[str] = (), **kwargs: Any) -> None:
        """Ask for what the outcome needs, and for nothing else; before one is chosen, for what a yes needs."""
        super().__init__(*args, **kwargs)
        for purpose, label in ALSO.items():
            if purpose in also:
                self.fields[purpose] = forms.ChoiceField(
                    label=label, choices=SAID, widget=forms.RadioSelect, required=False
                )
        outcome = self.data.get("outcome", "confirm")
        needed = NEEDED.get(outcome, {})
        if outcome == "confirm" and self.data.get("basis") == HelloCall.Basis.COMPETENT:
            needed = needed | HOW_FOUND
        for name, words in needed.items():
            self.fields[name].required = True
            self.fields[name].error_messages["required"] = words

    def answers(self) -> dict[str, bool]:
        """Give what they said to each question that was read out; what was left open is no answer (C1)."""
        said = {str(purpose): self.cleaned_data.get(purpose, "") for purpose in ALSO}
        return {purpose: answer == "yes" for purpose, answer in said.items() if answer}
