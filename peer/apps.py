"""The Django application `peer`."""

from __future__ import annotations

from django.apps import AppConfig


class PeerConfig(AppConfig):
    """Registers the package; the reactions connect when Django is ready."""

    name = "peer"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Connect this package's answers to news, its own and what higher ones tell in its words."""
        from peer import reactions, showing, welcoming  # noqa: F401, PLC0415 - models come after Django is ready
