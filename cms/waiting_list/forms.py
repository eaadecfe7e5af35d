"""The form that takes a waiting list file; nothing here saves."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as now
from django.utils.translation import gettext_lazy as _

MOST_BYTES = 2 * 1024 * 1024  # about 9,000 families; larger lists go in by the command


class UploadForm(forms.Form):
    """Asks for the file, and whether only to look."""

    file = forms.FileField(
        label=_("The list, as a CSV file"),
        help_text=_("In a spreadsheet: “Save as”, then “CSV UTF-8”."),
        widget=forms.FileInput(attrs={"accept": ".csv,text/csv"}),
        error_messages={"required": _("Choose the file first."), "empty": _("This file is empty.")},
    )
    look_only = forms.BooleanField(
        label=_("Only look at it and change nothing"),
        help_text=_("You see what would come in and what is wrong with which line."),
        required=False,
        initial=True,
    )

    def clean_file(self) -> UploadedFile[Any]:
        """Refuse what is too big for a page."""
        file: UploadedFile[Any] = self.cleaned_data["file"]
        if (file.size or 0) > MOST_BYTES:
            raise forms.ValidationError(
                now("This file is %(size)s. Here it may be %(most)s. Ask your operator to load it by the command.")
                % {"size": filesizeformat(file.size or 0), "most": filesizeformat(MOST_BYTES)}
            )
        return file
