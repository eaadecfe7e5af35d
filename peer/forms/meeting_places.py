"""Where a group meets in person."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

LONGEST = 600


def _words(label: Any, help_text: Any) -> forms.CharField:
    return forms.CharField(
        label=label, help_text=help_text, max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 3})
    )


class MeetingPlaceForm(forms.Form):
    """Four answers, each of them needed."""

    where = _words(_("Where is it?"), _("The address, and what one sees when one is there."))
    getting_there = _words(
        _("How do people get there?"),
        _("The bus and where to get off, where to park, and who pays the fare if somebody can’t."),
    )
    access = _words(
        _("How do people get in?"),
        _("Steps, lift, toilets, how loud it is, a quiet corner, who meets you at the door."),
    )
    from_afar = _words(
        _("How can somebody take part who can’t get there?"),
        _("By phone, by video, in the text room. If that doesn’t work, say why."),
    )
