"""Offering a group, and answering the offer."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from peer.models import Person, SupportGroup
from peer.models.consent import Wording, wording

ASKED = [("yes", _("Yes, you may tell them")), ("no", _("No, please don’t")), ("later", _("I’ll say on the phone"))]
YES_OR_NO = {"yes": True, "no": False}


class OfferForm(forms.Form):
    """Which group to offer."""

    group = forms.ModelChoiceField(
        label=_("Which group?"), queryset=SupportGroup.objects.none(), empty_label=None, widget=forms.RadioSelect
    )

    def __init__(self, *args: Any, groups: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["group"].queryset = groups  # type: ignore[attr-defined]


class PartnerForm(forms.Form):
    """Who sent somebody whom we know already."""

    partner = forms.CharField(
        label=_("Which partner sent them?"), max_length=120, error_messages={"required": _("Say which partner.")}
    )


WORDS = {  # name in the templates → purpose
    "join": "join",
    "limits": "limits",
    "mixed": "mixed",
    "write": "post",
    "texts": "texts",
    "told": "parent_told",
}


def asked_words() -> dict[str, Wording]:
    """Give the exact words of each question as they stand now (C2)."""
    return {name: wording(purpose) for name, purpose in WORDS.items()}


class AnswersForm(forms.Form):
    """The answers to five questions, each apart, and to a sixth where both worlds meet (safety C1)."""

    join = forms.BooleanField(
        label=_("Yes, I want to join"),
        error_messages={
            "required": _("Tick this if you want to join. If you don’t, that is fine: choose “No thank you”.")
        },
    )
    limits = forms.BooleanField(
        label=_("Yes, I understand what is private and when it is not"),
        error_messages={"required": _("Tick this when you have read it. If something is unclear, ask us.")},
    )
    parent_told = forms.ChoiceField(
        label=_("May we tell a parent or carer that you are in a group?"),
        widget=forms.RadioSelect,
        choices=ASKED,
        error_messages={"required": _("Choose one of the three. There is no wrong answer.")},
    )

    post = forms.ChoiceField(
        label=_("Would you like to write, or only read?"),
        required=False,
        widget=forms.RadioSelect,
        choices=[("yes", _("Yes, I’d like to write too")), ("no", _("No, I’ll only read for now"))],
    )
    texts = forms.ChoiceField(
        label=_("May we text you?"),
        required=False,
        widget=forms.RadioSelect,
        choices=[("yes", _("Yes, you may text me")), ("no", _("No, ring me or I’ll look here"))],
    )

    mixed = forms.BooleanField(
        label=_("Yes, I know that parents and carers are in this group too"),
        error_messages={"required": _("Tick this if that is fine for you. If it is not, choose no: you lose nothing.")},
    )

    def __init__(self, *args: Any, group: SupportGroup, **kwargs: Any) -> None:
        """Ask about parents only where they are."""
        super().__init__(*args, **kwargs)
        if not group.is_mixed():
            del self.fields["mixed"]

    def clean_parent_told(self) -> bool | None:
        """Turn the choice into yes, no, or not said yet."""
        return YES_OR_NO.get(self.cleaned_data["parent_told"])

    def _also(self) -> dict[str, bool | None]:
        """Give what was said to the questions that may stay open."""
        return {purpose: YES_OR_NO.get(self.cleaned_data[purpose]) for purpose in ("post", "texts")}

    def answers(self) -> dict[str, Any]:
        """Give what the act of saying yes takes."""
        told, mixed = self.cleaned_data.get("parent_told"), self.cleaned_data.get("mixed", False)
        return {"parent_told": told, "also": self._also(), "mixed": mixed}


class YesForm(AnswersForm):
    """The code from the text, and the answers."""

    code = forms.CharField(
        label=_("The code from our text"),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code", "size": "8"}),
        error_messages={"required": _("Type the code we sent you by text: 6 numbers.")},
    )
    field_order = ("code", "join", "limits", "mixed", "parent_told")

    def clean_code(self) -> str:
        """Take the spaces out of a code as people type it."""
        return "".join(self.cleaned_data["code"].split())


class AdultYesForm(YesForm):
    """The yes of a parent or carer, who is not asked whether a parent may know."""

    parent_told = None  # type: ignore[assignment]


class QuestionForm(forms.Form):
    """What somebody wants to know before they answer."""

    question = forms.CharField(
        label=_("What would you like to know?"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={
            "required": _("Write your question first."),
            "max_length": _("That is a little long. Please keep it under %(limit_value)d letters, or ring us."),
        },
    )


class AnswerForm(forms.Form):
    """The answer of staff."""

    answer = forms.CharField(
        label=_("Your answer"),
        help_text=_("They read it behind their link, and we tell them that it is there. Plain words, no names."),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 5}),
    )


class SaidForm(forms.Form):
    """What somebody said about an offer, to a person of staff."""

    said = forms.ChoiceField(
        label=_("What did they say?"),
        widget=forms.RadioSelect,
        choices=[
            ("yes", _("Yes: a clinician rings to say hello")),
            ("no", _("No thank you")),
            ("ask", _("They asked something")),
        ],
        error_messages={"required": _("Choose one of the three.")},
    )
    question = forms.CharField(
        label=_("Their question, in their words"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def clean(self) -> dict[str, Any]:
        """Ask for the words of a question."""
        given = super().clean() or {}
        if given.get("said") == "ask" and not given.get("question"):
            self.add_error("question", _("Write down what they asked."))
        return given


class KeepApartForm(forms.Form):
    """Whom to keep apart from somebody, and why; only clinicians see it."""

    other = forms.ModelChoiceField(label=_("Keep apart from"), queryset=Person.objects.none())
    why = forms.CharField(label=_("Why"), max_length=1_000, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, people: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["other"]
        field.queryset = people
        field.label_from_instance = lambda person: person.full_name()
