"""The note that a moderator puts on a shown post; nothing here saves."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from peer import content_notes


class NoteForm(forms.Form):
    """What a post talks about."""

    note = forms.ChoiceField(
        label=_("What does it talk about?"),
        choices=lambda: content_notes.choices()[1:],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what it talks about.")},
    )
