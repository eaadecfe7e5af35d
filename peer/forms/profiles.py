"""One part of what somebody tells once, and who may read it; nothing here saves."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from peer.actions.profiles import LONGEST
from peer.models import ProfileNote

ASKED = {
    ProfileNote.Part.HELPS: _("Music, a walk, being left alone, a joke. Anything."),
    ProfileNote.Part.KNOW: _("So that you don’t have to explain it again and again."),
    ProfileNote.Part.TALK: _("Slowly, straight, with breaks, in writing. What should people not say?"),
    ProfileNote.Part.SAFE_WAYS: _("When can we ring? Who may pick up? What should we not say?"),
    ProfileNote.Part.NEEDS: _("Big letters, captions, quiet, a break, somebody with you."),
}


class PartForm(forms.Form):
    """Asks for the words and for each reader apart; all ticks are off until somebody makes them (Children’s Code 7)."""

    words = forms.CharField(
        label=_("Your words"),
        required=False,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"max_length": _("That is a little long. Please keep it under %(limit_value)d letters.")},
    )
    places = forms.MultipleChoiceField(
        label=_("Who may read this?"),
        help_text=_("No tick: nobody but you. You can change this at any time."),
        choices=ProfileNote.Place.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, part: str, note: ProfileNote | None, **kwargs: Any) -> None:
        first = {"words": note.words, "places": _places(note)} if note else {}
        super().__init__(*args, **kwargs | {"initial": first})
        self.fields["words"].label = ProfileNote.Part(part).label
        self.fields["words"].help_text = ASKED[ProfileNote.Part(part)]


def _places(note: ProfileNote) -> list[str]:
    return [place for place in ProfileNote.Place.values if getattr(note, f"for_{place}")]
