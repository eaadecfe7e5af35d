"""The audit trail as a witness: in the order in which acts held their locks, so that no two tell it differently (X2)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from peer.models import AuditEvent


@dataclass(frozen=True)
class Told:
    """One step of one row, and the act that wrote it."""

    act: str
    by: int | None
    as_role: str
    kind: str
    pk: int
    from_: str
    to: str


class Trail:
    """Reads what was written since it was asked last."""

    def __init__(self) -> None:
        self._seen = AuditEvent.objects.order_by("-pk").values_list("pk", flat=True).first() or 0

    def events(self) -> Iterator[AuditEvent]:
        """Give the acts since then, in their order."""
        for event in AuditEvent.objects.filter(pk__gt=self._seen).order_by("pk"):
            self._seen = event.pk
            yield event


def steps(event: AuditEvent) -> Iterator[Told]:
    """Give the steps of an act."""
    act = event.action.rpartition(".")[2]
    for move in event.moves:
        yield Told(act, event.by_id, event.as_role, move["kind"], move["pk"], move["from_"], move["to"])
