"""The form that ends a hold; nothing here saves."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class EndForm(forms.Form):
    """Asks why messages may go again."""

    reason = forms.CharField(
        label=_("Why may messages go again?"),
        help_text=_("What you looked at, and with whom."),
        max_length=200,
        error_messages={"required": _("Say why.")},
    )
