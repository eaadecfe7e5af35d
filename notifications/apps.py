"""The Django application `notifications`."""

from __future__ import annotations

from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    """Registers the package; the reactions connect when Django is ready."""

    name = "notifications"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Connect this package's answers to the news of the lower ones."""
        from notifications import checks, reactions  # noqa: F401, PLC0415
