"""The Django application `cms`."""

from __future__ import annotations

from django.apps import AppConfig


class CmsConfig(AppConfig):
    """Registers the package; the reactions connect when Django is ready."""

    name = "cms"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register checks, the broker, what notes changes, desks, reactions, sweeps, documents, sessions."""
        from cms import celery, changes, checks, desks, documents, reactions, sessions, sweeps  # noqa: F401, PLC0415
