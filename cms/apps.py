"""The Django application `cms`."""

from __future__ import annotations

from django.apps import AppConfig


class CmsConfig(AppConfig):
    """Registers the package; the reactions connect when Django is ready."""

    name = "cms"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the system checks, the broker that hints go to, and the list of sessions."""
        from cms import celery, checks, sessions  # noqa: F401, PLC0415
