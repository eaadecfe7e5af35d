"""What guides the sessions of a group, and its own steps: one a line."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

LONGEST = 3_000


def _lines(label: Any, help_text: Any, **more: Any) -> forms.CharField:
    return forms.CharField(
        label=label, help_text=help_text, max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 6}), **more
    )


class RunSheetForm(forms.Form):
    """Four parts, each line by line."""

    principles = _lines(
        _("What guides you"),
        _("One a line. Everybody in the group reads these."),
        error_messages={"required": _("Write at least one line about what guides you.")},
    )
    before = _lines(_("Your own steps before people come"), _("One a line, for hosts."), required=False)
    during = _lines(_("Your own steps while you are together"), _("One a line, for hosts."), required=False)
    after = _lines(_("Your own steps afterwards"), _("One a line, for hosts."), required=False)
