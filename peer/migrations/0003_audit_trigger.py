"""On PostgreSQL the trail refuses change and deletion itself (decision 16). makemigrations cannot write this one."""

from __future__ import annotations

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

REFUSE = """
CREATE OR REPLACE FUNCTION meanwhile_keep_audit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND current_setting('meanwhile.purging', true) = 'on' THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'the audit trail is append-only';
END $$;
CREATE OR REPLACE TRIGGER keep_audit BEFORE UPDATE OR DELETE ON peer_auditevent
    FOR EACH ROW EXECUTE FUNCTION meanwhile_keep_audit();
"""
ALLOW = "DROP TRIGGER IF EXISTS keep_audit ON peer_auditevent; DROP FUNCTION IF EXISTS meanwhile_keep_audit();"


def refuse(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    """Make the trigger where the database has triggers that tests can live with."""
    if editor.connection.vendor == "postgresql":
        editor.execute(REFUSE)


def allow(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    """Take the trigger away again."""
    if editor.connection.vendor == "postgresql":
        editor.execute(ALLOW)


class Migration(migrations.Migration):
    """Adds the trigger."""

    dependencies = [("peer", "0002_world")]
    operations = [migrations.RunPython(refuse, allow)]
