"""Notes each write to what the public may read, in the same transaction, whoever writes and in whichever way."""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Callable
from functools import cache
from typing import Any

from django.apps import apps
from django.db import DatabaseError, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from django.db.models.signals import post_migrate, pre_migrate
from django.dispatch import receiver
from wagtail.contrib.settings.models import BaseGenericSetting, BaseSiteSetting
from wagtail.models import Page

from cms.models import PublicChange

log = logging.getLogger(__name__)

LOOK_EVERY = 2.0  # seconds until a process asks again whether another one changed something
WRITES = re.compile(r'\s*(?:INSERT (?:OR \w+ )?INTO|UPDATE|DELETE FROM) "?(\w+)')
KINDS = (Page, BaseSiteSetting, BaseGenericSetting)
APPS = ("cms", "wagtailredirects")
OTHERS = frozenset({
    "wagtailcore.Collection", "wagtailcore.CollectionViewRestriction", "wagtailcore.PageViewRestriction",
    "wagtailcore.Locale", "wagtailcore.Site", "wagtaildocs.Document", "moderation.Quarter", "peer.Commitment",
    "peer.FeedbackItem", "peer.FeedbackStep", "peer.ServiceResponse", "peer.SupportGroup",
})  # fmt: skip
SILENT = frozenset({"cms.PublicChange", "cms.PhotoRendition", "cms.DirectoryCorrection"})  # no page shows them
NOTE = f"INSERT INTO {PublicChange._meta.db_table} DEFAULT VALUES"

Execute = Callable[[str, Any, bool, dict[str, Any]], Any]
_migrating = False
_seen: tuple[float, str] = (-LOOK_EVERY, "")


def stamp() -> str:
    """Tell which state of the public rows this process knows of; nothing where the database does not answer."""
    global _seen
    asked_at, known = _seen
    now = time.monotonic()
    if now - asked_at < LOOK_EVERY:
        return known
    try:
        known = PublicChange.objects.stamp()
    except DatabaseError:
        log.warning("pages are given without being kept: the database does not answer")
        known = ""
    _seen = (now, known)
    return known


def _look_again() -> None:
    global _seen
    _seen = (-LOOK_EVERY, "")


@cache
def tables() -> frozenset[str]:
    """Name the tables of what stands on public pages: of our pages and settings, and of what they tell."""
    shown = [
        model
        for model in apps.get_models(include_auto_created=True)
        if model._meta.label not in SILENT
        and (issubclass(model, KINDS) or model._meta.app_label in APPS or model._meta.label in OTHERS)
    ]
    return frozenset(model._meta.db_table for model in shown)


def watch(execute: Execute, sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
    """Run a statement; where it wrote to one of the tables, add a row that says so."""
    result = execute(sql, params, many, context)
    wrote = WRITES.match(sql)
    if wrote and wrote[1] in tables() and not _migrating:
        with context["connection"].cursor() as cursor:
            cursor.execute(NOTE)
        transaction.on_commit(_look_again, using=context["connection"].alias)
    return result


@receiver(connection_created)
def _watch(connection: BaseDatabaseWrapper, **_: Any) -> None:
    if watch not in connection.execute_wrappers:
        connection.execute_wrappers.append(watch)


@receiver(pre_migrate)
def _begin(**_: Any) -> None:
    global _migrating
    _migrating = True  # the table may not be there yet


@receiver(post_migrate)
def _end(**_: Any) -> None:
    global _migrating
    _migrating = False
