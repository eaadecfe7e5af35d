"""What an editor fills in for a document: the file is written anew before anything else looks at it."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from wagtail.documents.forms import BaseDocumentForm

from cms import documents


class DocumentForm(BaseDocumentForm):  # type: ignore[misc]  # wagtail has no types
    """The editor's form, which refuses a file with a sentence."""

    def clean_file(self) -> Any:
        """Give the file that was written anew; one that stays is clean already."""
        given = self.cleaned_data["file"]
        if not given or getattr(given, "_committed", False):
            return given
        try:
            return documents.clean(given, given.name)
        except documents.DocumentRefused as refused:
            raise ValidationError(str(refused), code="refused") from refused
