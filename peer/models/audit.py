"""The trail: one row per act, which outlives what it describes and is never changed (decision 16)."""

from __future__ import annotations

from django.db import models

from peer.states import AppendOnly, AppendOnlyQuerySet


class AuditEvent(AppendOnly):
    """Who did what to what, as what role, with all moves; no foreign keys, no personal text."""

    at = models.DateTimeField(db_index=True)
    action = models.CharField(max_length=120)
    by_id = models.BigIntegerField(null=True, blank=True)
    by_name = models.CharField(max_length=60, blank=True)
    as_role = models.CharField(max_length=40)
    target_kind = models.CharField(max_length=60)
    target_id = models.BigIntegerField(null=True, blank=True)
    result_kind = models.CharField(max_length=60, blank=True)
    result_id = models.BigIntegerField(null=True, blank=True)
    moves = models.JSONField(default=list, blank=True)
    reason = models.CharField(max_length=500, blank=True)
    request_id = models.CharField(max_length=40, blank=True)
    nonce = models.CharField(max_length=40, blank=True)

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["target_kind", "target_id"], name="audit_target")]
        constraints = [
            models.UniqueConstraint(
                fields=["by_id", "action", "nonce"], condition=~models.Q(nonce=""), name="audit_form_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.action}"
