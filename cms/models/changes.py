"""That something the public may read has changed: rows whose number and sum are the stamp of every kept page."""

from __future__ import annotations

from django.db import models
from django.db.models import Count, Sum


class PublicChangeQuerySet(models.QuerySet["PublicChange"]):
    """Changes, counted and thrown away."""

    def stamp(self) -> str:
        """Give a word that is another one as soon as a change is committed, in whichever order they are."""
        told = self.aggregate(count=Count("pk"), total=Sum("pk"))
        return f"{told['count']}-{told['total']}"

    def forget(self) -> None:
        """Delete all but the last."""
        last = self.order_by("pk").last()
        if last is not None:
            self.filter(pk__lt=last.pk).delete()


class PublicChange(models.Model):
    """One statement that wrote to a table of the public face; written in the same transaction as what changed.

    Rows are only ever added, so that no two transactions wait for each other: one row to count up would be a lock.
    """

    objects = PublicChangeQuerySet.as_manager()

    def __str__(self) -> str:
        return str(self.pk)
