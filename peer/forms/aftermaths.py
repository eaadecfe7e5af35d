"""Forms of what people do after a death in a group."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from peer.models import AftermathTask, ServiceRole, User
from peer.roles import Perm, rules

LONGEST = 1_000


class DoneForm(forms.Form):
    """What was done, in a few words."""

    note = forms.CharField(
        label=_("What did you do, and what comes next?"),
        help_text=_("Staff alone read this."),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("Write down what you did, in a few words.")},
    )


class WordsForm(DoneForm):
    """What family and clinician wish for the words that are left."""

    words = forms.ChoiceField(
        label=_("What happens to their words?"),
        help_text=_("Decide it with the family and a clinician. Nobody in the family gets to read the group for it."),
        widget=forms.RadioSelect,
        choices=AftermathTask.Words.choices,
        error_messages={"required": _("Choose one of the two.")},
    )
    field_order = ("words", "note")


class HandOnForm(forms.Form):
    """Who takes it from here."""

    to = forms.ModelChoiceField(
        label=_("Who takes it?"),
        queryset=User.objects.none(),
        empty_label=None,
        error_messages={"required": _("Choose somebody.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        held = ServiceRole.objects.current().filter(role__in=rules()[Perm.CARE_AFTER_DEATH].may)
        people = User.objects.filter(is_active=True, pk__in=held.values("user")).order_by("display_name", "pk")
        self.fields["to"].queryset = people  # type: ignore[attr-defined]
