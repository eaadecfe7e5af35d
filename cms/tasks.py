"""Work at the hours that the settings name."""

from __future__ import annotations

from celery import shared_task
from django.core.management import call_command

from cms import sessions
from cms.models import PublicChange


@shared_task(name="cms.clear_sessions")
def clear_sessions() -> None:
    """Delete the sessions that have run out."""
    sessions.clear_expired()


@shared_task(name="cms.keep_page_times")
def keep_page_times() -> None:
    """Show pages whose hour has come, and take those down whose time is over."""
    call_command("publish_scheduled")


@shared_task(name="cms.forget_changes")
def forget_changes() -> None:
    """Delete all rows but the last that told of a change of public pages."""
    PublicChange.objects.forget()
