"""The copy somebody gets of what we hold about them: drawn up, read by a person, then HTML and JSON (S58, G29)."""

from __future__ import annotations

import json
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import Storage, storages
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from peer import clock, held, looks
from peer.models import DataRequest, LeftOut, Person

KINDS = ("html", "json")
Copy = dict[str, Any]


def draw_up(person: Person) -> Copy:
    """Put together everything the table says is theirs, one query a table."""
    tables = [_table(table, person) for table in held.tables().values() if table.yours or table.others]
    return {
        "made_on": clock.today().isoformat(),
        "tables": [table for table in tables if table["rows"]],
        "who_looked": _looks(person),
    }


def _table(table: held.Held, person: Person) -> Copy:
    lookups = {**table.yours, **table.others}
    rows = table.rows(person).select_related(*held.joined(lookups)).order_by("pk")
    purpose = held.purposes()[table.why]
    return {
        "table": table.label,
        "heading": held.headings()[table.heading],
        "title": table.title,
        "purpose": purpose["words"],
        "basis": purpose["basis"],
        "rows": [{"row": row.pk, "fields": [_field(table, row, *told) for told in lookups.items()]} for row in rows],
    }


def _field(table: held.Held, row: Any, lookup: str, words: str) -> Copy:
    value = held.plain(held.value_of(row, lookup))
    return {"field": lookup, "words": words, "value": value, "read_first": lookup in table.others}


def read(request: DataRequest) -> Copy:
    """Read what was drawn up."""
    copy: Copy = json.loads(request.draft or '{"tables": [], "who_looked": []}')
    return copy


def words_of(copy: Copy, *, table: str, row: int, field: str) -> str | None:
    """Find the words of one field, or of a whole row; None where there is no such place."""
    for one in copy["tables"]:
        for line in one["rows"]:
            if one["table"] == table and line["row"] == row:
                values = {told["field"]: str(told["value"] or "") for told in line["fields"]}
                return values.get(field) if field else " ".join(values.values())
    return None


def without(copy: Copy, left: list[LeftOut]) -> Copy:
    """Take out what was left out, and say in its place why."""
    for table in copy["tables"]:
        for line in table["rows"]:
            told = [one for one in left if (one.table, one.row) == (table["table"], line["row"])]
            whole = next((one for one in told if not one.field), None)
            if whole:
                line["fields"] = [{"field": "", "words": _("Left out"), "value": str(whole.get_why_display())}]
            for field in line["fields"]:
                field.pop("read_first", None)
                for one in told:
                    if one.field and one.field == field["field"]:
                        mark = f"[{_('left out')}: {one.get_why_display()}]"
                        field["value"] = str(field["value"]).replace(one.passage, mark) if one.passage else mark
    return copy


def write(request: DataRequest) -> None:
    """Write both files where no web server reaches them."""
    copy = without(_still_shown(read(request), request.person), list(request.left_out.all()))
    pages = {"copy": copy, "person": request.person, "request": request}
    html = render_to_string("peer/data_requests/copy.html", pages)
    _keep(request.public_id, "html", html)
    _keep(request.public_id, "json", json.dumps(copy, ensure_ascii=False, indent=2))


def _still_shown(copy: Copy, person: Person) -> Copy:
    """Drop what has been kept back since it was drawn up, and say who has looked until now."""
    for table in copy["tables"]:
        if held.tables()[table["table"]].through:
            now = set(held.tables()[table["table"]].rows(person).values_list("pk", flat=True))
            table["rows"] = [row for row in table["rows"] if row["row"] in now]
    copy["tables"] = [table for table in copy["tables"] if table["rows"]]
    return copy | {"who_looked": _looks(person)}


def _looks(person: Person) -> list[Copy]:
    seen, _more = looks.of(person, at_most=None)
    return [{"at": look.at.isoformat(), "who": look.who, "why": look.why} for look in seen]


def files(file: str) -> dict[str, bytes]:
    """Read both files."""
    found = {}
    for kind in KINDS:
        with _storage().open(_name(file, kind)) as source:
            found[kind] = source.read()
    return found


def remove(file: str) -> None:
    """Take both files away."""
    for kind in KINDS:
        _storage().delete(_name(file, kind))


def _keep(file: str, kind: str, words: str) -> None:
    _storage().delete(_name(file, kind))  # a try that was cut off may have left one
    _storage().save(_name(file, kind), ContentFile(words.encode()))


def _name(file: str, kind: str) -> str:
    return f"copies/{file}.{kind}"


def _storage() -> Storage:
    return storages["private"]
