"""The forms of a broadcast: which notice, to whom, and why it is taken back; nothing here saves."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from notifications.notices import NOTICES


class AskForm(forms.Form):
    """Asks for the notice and for whom it is."""

    notice = forms.ChoiceField(
        label=_("What do you want to tell?"),
        widget=forms.RadioSelect,
        choices=[(name, notice.title) for name, notice in NOTICES.items()],
    )
    pathway = forms.ChoiceField(label=_("Whom?"), required=False)

    def __init__(self, *args: Any, pathways: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["pathway"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - tells the type checker
        field.choices = [("", _("Everybody who waits")), *((one, one) for one in pathways)]


class TakeBackForm(forms.Form):
    """Asks why."""

    reason = forms.CharField(label=_("Why do you take it back?"), max_length=200)
