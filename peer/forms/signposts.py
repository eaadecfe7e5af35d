"""What came of other help; nothing here saves."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from peer.models import Signpost

ANSWERS = (Signpost.State.HELPED, Signpost.State.TRIED, Signpost.State.NOT_IN, Signpost.State.NOT_FOR_ME)
STAFF_SAY = {
    Signpost.State.HELPED: _("They tried it, and it helped"),
    Signpost.State.TRIED: _("They tried it, and it didn’t help"),
    Signpost.State.NOT_IN: _("They couldn’t get in: I look for another way"),
    Signpost.State.NOT_FOR_ME: _("It is not for them"),
    Signpost.State.ENDED: _("It ended otherwise, as I write below"),
}


class SayForm(forms.Form):
    """What came of it, as one of four buttons of the person."""

    state = forms.ChoiceField(choices=[(state.value, state.label) for state in ANSWERS])


class OutcomeForm(forms.Form):
    """What came of it, as staff heard or found it."""

    state = forms.ChoiceField(
        label=_("What came of it?"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what came of it.")},
    )
    words = forms.CharField(
        label=_("A note for the team"),
        help_text=_("They can read it in a copy of their data."),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: object, signpost: Signpost, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        allowed = Signpost.MOVES.get(signpost.state, set())
        choices = [(state.value, words) for state, words in STAFF_SAY.items() if state in allowed]
        self.fields["state"].choices = choices  # type: ignore[attr-defined]
