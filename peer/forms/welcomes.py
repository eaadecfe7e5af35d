"""Saying hello to somebody who is new."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from peer.models.welcomes import hellos


class HelloCardForm(forms.Form):
    """Which card to send."""

    card = forms.ChoiceField(
        label=_("Choose a card"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one of the cards first.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Offer the cards as the table has them now."""
        super().__init__(*args, **kwargs)
        field: Any = self.fields["card"]
        field.choices = list(hellos().items())
