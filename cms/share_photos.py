"""Cuts a photo of ours to the sizes that networks show, and lets the copies go when it goes (S11, S16, H12)."""

from __future__ import annotations

import io
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models.signals import post_delete, pre_delete
from django.dispatch import receiver
from PIL import Image, ImageOps

from cms.cards import SQUARE, WIDE, Card
from cms.models import Photo, ShareImage


def cut(photo: Photo) -> Card:
    """Give both sizes of a photo as JPEG, about the place that its editor marked as what matters."""
    with photo.file.open("rb") as file, Image.open(file) as given:
        picture = given.convert("RGB")
    middle = _middle(photo)
    return Card(wide=_fitted(picture, WIDE, middle), square=_fitted(picture, SQUARE, middle))


def _middle(photo: Photo) -> tuple[float, float]:
    if photo.focal_point_x is None or photo.focal_point_y is None:
        return (0.5, 0.5)
    return (photo.focal_point_x / photo.width, photo.focal_point_y / photo.height)


def _fitted(picture: Image.Image, size: tuple[int, int], middle: tuple[float, float]) -> bytes:
    out = io.BytesIO()
    ImageOps.fit(picture, size, centering=middle).save(out, "JPEG", quality=86)
    return out.getvalue()


@receiver(post_delete, sender=ShareImage)
def let_files_go(instance: ShareImage, **_kwargs: Any) -> None:
    """Delete the files of a picture that was taken out, once that is settled."""
    for file in (instance.wide, instance.square):
        transaction.on_commit(partial(file.storage.delete, str(file.name)), robust=True)


@receiver(pre_delete, sender=Photo)
def let_copies_go(instance: Photo, **_kwargs: Any) -> None:
    """Delete the copies of a photo that is deleted; the row stays, so that the post knows what it lost."""
    for image in ShareImage.objects.filter(photo=instance):
        let_files_go(image)
