"""Rows that move along a table of allowed moves, rows that only grow, and rows that owe somebody something."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, ClassVar, TypedDict

from django.conf import settings
from django.db import connection, models


class Move(TypedDict):
    """One step of one row, as the audit row of the open action keeps it."""

    kind: str
    pk: int
    from_: str
    to: str


class IllegalMove(Exception):
    """The table of moves has no such step (safety X3)."""


class StaleMove(Exception):
    """Somebody else moved the row first (safety P8)."""


class RuleBroken(Exception):
    """A rule of the service says no; the message is for the person."""


open_moves: ContextVar[list[Move] | None] = ContextVar("open_moves", default=None)


class Stateful(models.Model):
    """A row with a `state` that changes only by compare-and-swap along MOVES."""

    MOVES: ClassVar[dict[str, set[str]]] = {}
    state: models.CharField[str, str]

    class Meta:
        abstract = True

    def move_to(self, state: str, *, holding: dict[str, object] | None = None, **changes: object) -> None:
        """Move this row if it still is where we saw it (and still holds the lease in `holding`), else `StaleMove`.

        A row that is not kept yet is kept where it goes.
        """
        old, is_new = str(self.state), self.pk is None
        if str(state) not in self.MOVES.get(old, set()):
            raise IllegalMove(f"{self._meta.label} cannot go from {old} to {state}")
        if not is_new:
            rows = type(self)._base_manager.filter(pk=self.pk, state=old, **(holding or {}))  # type: ignore[misc]
            if not rows.update(state=state, **changes):  # type: ignore[misc]
                raise StaleMove(f"{self._meta.label} is no longer {old}")
        self.state = str(state)
        for name, value in changes.items():
            setattr(self, name, value)
        if is_new:
            self.save(force_insert=True)
        moves = open_moves.get()
        if moves is not None:
            moves.append(Move(kind=self._meta.label_lower, pk=int(self.pk), from_=old, to=str(state)))

    def is_final(self) -> bool:
        """Tell whether no further move is possible."""
        return not self.MOVES.get(str(self.state))


class AppendOnlyQuerySet(models.QuerySet[Any]):
    """Refuses bulk changes and deletion outside a purge."""

    def update(self, **changes: Any) -> int:
        """Refuse: what was written stays as it was."""
        raise IllegalMove(f"{self.model._meta.label} is append-only")

    def delete(self) -> tuple[int, dict[str, int]]:
        """Refuse, unless a retention purge is under way."""
        if not purging.get():
            raise IllegalMove(f"{self.model._meta.label} is append-only")
        return super().delete()


purging: ContextVar[bool] = ContextVar("purging", default=False)


@contextmanager
def purge() -> Iterator[None]:
    """Let retention delete append-only rows; PostgreSQL's own trigger is told too (decision 16)."""
    token = purging.set(True)
    try:
        _tell_trigger("on")
        yield
        _tell_trigger("off")
    finally:
        purging.reset(token)


def _tell_trigger(word: str) -> None:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('meanwhile.purging', %s, true)", [word])


class AppendOnly(models.Model):
    """A row that is written once; the latest row counts."""

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Insert; a second save is refused."""
        if not self._state.adding:
            raise IllegalMove(f"{self._meta.label} is append-only")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Refuse, unless a retention purge is under way."""
        if not purging.get():
            raise IllegalMove(f"{self._meta.label} is append-only")
        return super().delete(*args, **kwargs)


class Owed(models.Model):
    """Something that rests with a role or a person until a due time (promise 3, safety X1)."""

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    owner_role = models.CharField(max_length=40)
    due_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True

    def is_overdue(self, at: dt.datetime) -> bool:
        """Tell whether the due time has passed."""
        return self.due_at is not None and self.due_at < at


def owed_unless(*finals: str, name: str) -> models.CheckConstraint:
    """Give the constraint that a row outside the `finals` states has a due time and an owner's role."""
    owes = models.Q(due_at__isnull=False) & ~models.Q(owner_role="")
    return models.CheckConstraint(condition=models.Q(state__in=list(finals)) | owes, name=name)


def one_of_states(states: type[models.TextChoices], *, name: str) -> models.CheckConstraint:
    """Give the constraint that `state` holds only a known state, so that raw SQL cannot invent one."""
    return models.CheckConstraint(condition=models.Q(state__in=states.values), name=name)
