"""Practice, topics to stay away from, how a turn was, and what staff write down of a moderator."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from moderation.models import ShiftDebrief
from peer import content_notes
from peer.models import User

DECISIONS = [
    ("approve", _("Yes, share it")),
    ("return", _("Could they change one thing?")),
    ("decline", _("We can’t share this")),
    ("worried", _("I’m worried about them")),
    ("not-sure", _("I’m not sure")),
    ("might-know", _("I might know them")),
]
YES_OR_NO = [("yes", _("Yes")), ("no", _("No"))]


class PracticeForm(forms.Form):
    """What would you do?"""

    kind = forms.ChoiceField(
        label=_("What would you do?"),
        choices=DECISIONS,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what you would do. There is no bad answer here.")},
    )


class TopicsForm(forms.Form):
    """What somebody does not want to read about."""

    topics = forms.MultipleChoiceField(
        label=_("I don’t want to read about"),
        choices=content_notes.titles,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )


class DebriefForm(forms.Form):
    """Three questions after a turn, answered by a press."""

    felt = forms.ChoiceField(
        label=_("How was it?"),
        choices=ShiftDebrief.Felt.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose how it was. You can also just leave this page.")},
    )
    stays = forms.TypedChoiceField(
        label=_("Is there a post that stays in your head?"),
        choices=YES_OR_NO,
        coerce=lambda said: said == "yes",
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose yes or no.")},
    )
    wants_talk = forms.TypedChoiceField(
        label=_("Would you like somebody to talk to you?"),
        help_text=_("Your supervisor does so within a day. Nobody asks why first."),
        choices=YES_OR_NO,
        coerce=lambda said: said == "yes",
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose yes or no.")},
    )


class ModeratorForm(forms.Form):
    """When somebody was trained, and who of staff looks after them."""

    trained_on = forms.DateField(
        label=_("Day of the training"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )
    supervisor = forms.ModelChoiceField(
        label=_("Supervisor"),
        queryset=User.objects.none(),
        help_text=_("A clinician or a service manager. The talks they ask for are owed by this person."),
    )

    def __init__(self, *args: Any, supervisors: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["supervisor"].queryset = supervisors  # type: ignore[attr-defined]
