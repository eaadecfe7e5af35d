"""Photos without anything that came with them, whose files have no address of their own (B2, H12)."""

from __future__ import annotations

import secrets
from pathlib import PurePath
from typing import Any

from django.db import models
from django.urls import reverse
from wagtail.images.models import AbstractImage, AbstractRendition, Image, ImageQuerySet

from cms import photos


class Photo(AbstractImage):
    """A photo of the editors, written anew on its way in, whichever way that is."""

    file: Any
    objects = ImageQuerySet.as_manager()
    admin_form_fields = Image.admin_form_fields

    class Meta(AbstractImage.Meta):
        permissions = [("choose_image", "Can choose image")]

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Let no file in that was not written anew; PhotoRefused where it cannot be."""
        given: Any = self.file
        if given and not given._committed and not isinstance(given.file, photos.CleanFile):
            self.file = photos.clean(given.file)
        super().save(*args, **kwargs)

    def get_upload_to(self, filename: str) -> str:
        """Give a name that tells nothing and cannot be guessed."""
        return f"photos/{_random(filename)}"


class PhotoRendition(AbstractRendition):
    """One size of a photo, shown at an address that asks at each request who may see it."""

    image = models.ForeignKey(Photo, on_delete=models.CASCADE, related_name="renditions")

    class Meta(AbstractRendition.Meta):
        constraints = [
            models.UniqueConstraint(fields=["image", "filter_spec", "focal_point_key"], name="photo_rendition_once")
        ]
        indexes = [models.Index(fields=["file"], name="photo_rendition_file")]

    def get_upload_to(self, filename: str) -> str:
        """Give a name that tells nothing and cannot be guessed."""
        return f"photos/sizes/{_random(filename)}"

    @property
    def url(self) -> str:
        """Give the address that asks."""
        return reverse("photos-file", args=[PurePath(self.file.name).name])


def _random(filename: str) -> str:
    return secrets.token_hex(16) + PurePath(filename).suffix.lower()
