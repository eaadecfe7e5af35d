"""What an editor fills in for a photo: the file is cleaned before anything else looks at it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail.images.fields import WagtailImageField
from wagtail.images.forms import BaseImageForm

from cms import photos


class PhotoField(WagtailImageField):  # type: ignore[misc]  # wagtail has no types
    """A file that is written anew, or refused with a sentence."""

    def to_python(self, data: Any) -> Any:
        """Clean first, then ask what the framework asks."""
        if data is None or isinstance(data, photos.CleanFile):
            return super().to_python(data)
        try:
            return super().to_python(photos.clean(data))
        except photos.PhotoRefused as refused:
            raise ValidationError(str(refused), code="refused") from refused


class PhotoForm(BaseImageForm):  # type: ignore[misc]  # wagtail has no types
    """The editor's form; whoever cannot see a photo needs its words."""

    file = PhotoField(label=_("File"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        words: forms.Field | None = self.fields.get("description")
        if words is not None:
            words.required = True
            words.label = _("What the photo shows")
            words.help_text = _("For people who cannot see it: “Three people laugh on a park bench.”")
