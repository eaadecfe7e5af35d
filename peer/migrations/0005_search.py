"""On PostgreSQL the words of shown posts have a full-text index. makemigrations cannot write this one."""

from __future__ import annotations

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

# The same expression as `peer/finding.py` asks for, or the index is not used.
MAKE = """
CREATE INDEX IF NOT EXISTS post_words ON peer_post
    USING gin (to_tsvector('english'::regconfig, COALESCE(html, ''))) WHERE state = 'approved';
"""
DROP = "DROP INDEX IF EXISTS post_words;"


def make(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    """Make the index where the database can."""
    if editor.connection.vendor == "postgresql":
        editor.execute(MAKE)


def drop(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    """Take it away again."""
    if editor.connection.vendor == "postgresql":
        editor.execute(DROP)


class Migration(migrations.Migration):
    """Adds the index."""

    dependencies = [("peer", "0004_joining")]
    operations = [migrations.RunPython(make, drop)]
