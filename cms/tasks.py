"""Nightly work, at the hours that the settings name."""

from __future__ import annotations

from celery import shared_task

from cms import sessions


@shared_task(name="cms.clear_sessions")
def clear_sessions() -> None:
    """Delete the sessions that have run out."""
    sessions.clear_expired()
