"""The form of a recording: the sound, who speaks, and who agreed to it; nothing here saves."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from notifications import sounds


class RecordingForm(forms.Form):
    """Asks for one sentence as somebody has spoken it."""

    sound = forms.FileField(
        label=_("The recording"),
        help_text=_("WAV or MP3, at most 2 MB. A phone’s own recorder will do, in a quiet room."),
        widget=forms.FileInput(attrs={"accept": "audio/wav,audio/mpeg,.wav,.mp3"}),
        error_messages={"required": _("Choose the recording first."), "empty": _("This file is empty.")},
    )
    speaker = forms.CharField(
        label=_("Who speaks?"),
        help_text=_("They speak this language as their first, and know where they will be heard."),
        max_length=80,
        error_messages={"required": _("Say who speaks.")},
    )
    agreed_by = forms.CharField(
        label=_("Who listened to it and agreed?"),
        help_text=_("A second person who speaks this language."),
        max_length=80,
        error_messages={"required": _("Say who listened and agreed.")},
    )

    def clean_sound(self) -> bytes:
        """Read the sound, and refuse what a telephone cannot play, whatever its name says."""
        file: UploadedFile[Any] = self.cleaned_data["sound"]
        data: bytes = file.read(sounds.MOST_BYTES + 1)
        try:
            sounds.kind_of(data)
        except sounds.BadSound as bad:
            raise forms.ValidationError(str(bad)) from bad
        return data

    def clean(self) -> dict[str, Any]:
        """Ask for a second person."""
        given = super().clean() or {}
        speaker, agreed_by = (str(given.get(name, "")).casefold() for name in ("speaker", "agreed_by"))
        if speaker and speaker == agreed_by:
            self.add_error("agreed_by", _("Let a second person listen: somebody other than who speaks."))
        return given
