"""What people ask about their data, and what staff answer; nothing here saves."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from peer.models import DataRequest, LeftOut

LONGEST = 2_000
EMPTY = _("Write a few words first.")
UNDER_THE_BOX = _("No one sees this until you send it.")


def box(label: Any, *, help_text: Any = UNDER_THE_BOX, missing: Any = EMPTY) -> forms.CharField:
    """Make a box for a few sentences."""
    return forms.CharField(
        label=label,
        help_text=help_text,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={
            "required": missing,
            "max_length": _("That is a little long for us. Please keep it under %(limit_value)d letters."),
        },
    )


class CopyForm(forms.Form):
    """Asks nothing: a copy needs no reason."""


class CorrectionForm(forms.Form):
    """Asks what is wrong and what is right."""

    words = box(_("What is wrong, and what would be right?"))


class RestrictionForm(forms.Form):
    """Asks what should not be used for now."""

    words = box(_("What should we stop using for now, and why?"))


class ObjectionForm(forms.Form):
    """Asks what somebody does not agree with."""

    words = box(_("What do you not agree with?"))


class DeletionForm(forms.Form):
    """Asks what happens to posts, and once whether they are sure (P14)."""

    posts = forms.ChoiceField(
        label=_("What about the posts you wrote?"),
        choices=DataRequest.Posts.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Say what happens to your posts.")},
    )
    sure = forms.BooleanField(
        label=_("I have read what goes and what stays"),
        error_messages={"required": _("Read what goes and what stays first, then tick this.")},
    )


ASK: dict[str, type[forms.Form]] = {
    DataRequest.Kind.COPY: CopyForm,
    DataRequest.Kind.CORRECTION: CorrectionForm,
    DataRequest.Kind.RESTRICTION: RestrictionForm,
    DataRequest.Kind.OBJECTION: ObjectionForm,
    DataRequest.Kind.DELETION: DeletionForm,
}


class FetchForm(forms.Form):
    """Asks in which form somebody wants their copy."""

    kind = forms.ChoiceField(
        label=_("How would you like it?"),
        choices=[
            ("html", _("To read: one page that opens in any browser")),
            ("both", _("Everything: that page and a file for computers (a zip)")),
        ],
        initial="html",
        widget=forms.RadioSelect,
    )


class AnswerForm(forms.Form):
    """Asks what was put right, limited or stopped."""

    answer = box(_("What did you do? The person reads this."), help_text=_("Plain words: they may be 12."))


class RefuseForm(forms.Form):
    """Asks why not."""

    reason = box(
        _("Why not? The person reads this."),
        help_text=_("Plain words, and that they can complain to us or to the Information Commissioner (ico.org.uk)."),
        missing=_("Say why. The person reads it."),
    )


class DecideForm(forms.Form):
    """Asks what an adult may have, and why."""

    outcome = forms.ChoiceField(
        label=_("May they have it?"),
        choices=DataRequest.Outcome.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what they may have.")},
    )
    note = box(
        _("Why?"),
        help_text=_("What the young person said about it, and what was left out. Staff alone read this."),
        missing=_("Say why, and what the young person said about it."),
    )


class LeaveOutForm(forms.Form):
    """Asks what is left out of a copy and why."""

    passage = forms.CharField(
        label=_("Only these words"),
        help_text=_("Copy them exactly. Leave this empty to leave out the whole answer."),
        required=False,
        max_length=4_000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    why = forms.ChoiceField(
        label=_("Why?"),
        help_text=_("The copy says this in its place."),
        choices=LeftOut.Why.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose a reason.")},
    )


class ReadForm(forms.Form):
    """Asks whether it was read, all of it."""

    read = forms.BooleanField(
        label=_("I have read all of it. What is about others, or would do harm, is left out"),
        error_messages={"required": _("Read it first, then tick this.")},
    )
