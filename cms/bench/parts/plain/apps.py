"""It stands in the place of `cms`, so that a row's kind of page is its own plain one."""

from __future__ import annotations

from django.apps import AppConfig


class PlainConfig(AppConfig):
    """The one application of the plain site."""

    name = "cms.bench.parts.plain"
    label = "cms"
    default_auto_field = "django.db.models.BigAutoField"
