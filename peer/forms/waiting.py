"""Forms of the wait: find somebody, release a cohort, decide with a plain reason; nothing here saves."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from peer.models import TriageDecision, WaitingListEntry

LONGEST = 1000


class FindForm(forms.Form):
    """Looks for people who wait, by name or reference and by where they are."""

    q = forms.CharField(label=_("Name or reference"), required=False, max_length=100)
    state = forms.ChoiceField(
        label=_("Where they are"),
        required=False,
        choices=[("", _("Everybody who waits")), *WaitingListEntry.State.choices],
    )


class ReleaseForm(forms.Form):
    """Asks how many families may hear from us today."""

    size = forms.IntegerField(label=_("How many families?"), min_value=1)

    def __init__(self, *args: Any, left: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["size"] = forms.IntegerField(
            label=_("How many families?"),
            help_text=_("At most %(left)d more today, so that each can be rung.") % {"left": left},
            min_value=1,
            max_value=max(left, 1),
            initial=min(left, 5) or None,
            error_messages={"max_value": _("You can release %(limit_value)s more families today.")},
        )


class DecideForm(forms.Form):
    """Asks what was decided and why, in words a family can keep (S9)."""

    outcome = forms.ChoiceField(label=_("What was decided?"), widget=forms.RadioSelect)
    reason = forms.CharField(
        label=_("Why, in plain words"),
        help_text=_("They read these very words. Short sentences, no names of services or conditions."),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("Say why. A decision without a reason cannot be saved.")},
    )
    next_step = forms.CharField(
        label=_("What happens next"),
        help_text=_("Who does what, and by when."),
        max_length=LONGEST,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, outcomes: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["outcome"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - tells the type checker
        field.choices = [choice for choice in TriageDecision.Outcome.choices if choice[0] in outcomes]
