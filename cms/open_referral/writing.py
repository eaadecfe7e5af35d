"""Our rows as Open Referral UK: what is empty is left out, and nothing is there that the website does not show."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any

from cms.models import DirectoryOrganisation, DirectoryService, DirectoryTerm, OpeningHours

NAMESPACE = uuid.UUID("6f1d6a3e-1f0c-5f3c-9a53-0a9c2f3b7d11")  # ours: what has no key of its own has the same for ever
VERSION = "HSDS-UK-3.0"
PROFILE = "https://docs.openreferraluk.org/en/latest/"
SCHEMA = "https://raw.githubusercontent.com/openreferral/uk-profile/main/schema/openapi.json"
IN_ATTRIBUTES = (DirectoryTerm.Kind.NEED, DirectoryTerm.Kind.HELP, DirectoryTerm.Kind.WAY_IN)
SAYS = {
    DirectoryTerm.Kind.AREA: "Where a service is for",
    DirectoryTerm.Kind.NEED: "What a service helps with",
    DirectoryTerm.Kind.HELP: "What kind of help a service gives",
    DirectoryTerm.Kind.WAY_IN: "How to get into a service",
    DirectoryTerm.Kind.ACCESS: "How a service can be reached and used",
    DirectoryTerm.Kind.LANGUAGE: "Languages that are spoken at a service",
}
Row = dict[str, Any]


def own_id(*parts: object) -> str:
    """Make the key of a part that has no row of its own, the same at every asking."""
    return str(uuid.uuid5(NAMESPACE, "/".join(str(part) for part in parts)))


def _full(**values: Any) -> Row:
    return {name: value for name, value in values.items() if value not in (None, "", [])}


def organisation(row: DirectoryOrganisation) -> Row:
    """Give an organisation; the standard asks for a description, so one without says its name again."""
    return _full(
        id=str(row.key), name=row.name, description=row.about or row.name, email=row.email, website=row.website
    )


def service(row: DirectoryService) -> Row:
    """Give what stands about a service itself, and who runs it: the rows of a list."""
    return _full(
        id=str(row.key),
        name=row.name,
        description="\n\n".join(text for text in (row.plain_summary, row.about) if text),
        url=row.website,
        email=row.email,
        status=row.status,
        fees=row.cost_note or str(row.get_cost_display()),
        minimum_age=row.age_from,
        maximum_age=row.age_to,
        assured_date=row.checked_on.isoformat() if row.checked_on else None,
        alert=row.notice,
        last_modified=row.changed_at.isoformat(timespec="seconds").replace("+00:00", "Z"),
        organization=organisation(row.organisation),
    )


def whole_service(row: DirectoryService) -> Row:
    """Give a service with all its parts."""
    terms = list(row.terms.all())
    key = str(row.key)
    return service(row) | _full(
        schedules=[_hours(hours) for hours in row.hours.all()] or _said_hours(row),
        service_areas=[
            {"id": own_id(key, term.key), "name": term.name, "service_area": term.name} for term in _of(terms, "area")
        ],
        service_at_locations=_locations(row, _of(terms, "access")),
        languages=[{"id": own_id(key, term.key), "name": term.name} for term in _of(terms, "language")],
        cost_options=[
            {"id": own_id(key, "cost"), "option": str(row.get_cost_display()), "amount_description": row.cost_note}
        ]
        if row.cost_note
        else [],
        contacts=_contacts(row),
        attributes=[
            {"id": own_id(key, term.key), "link_id": key, "link_type": term.kind, "taxonomy_term": taxonomy_term(term)}
            for term in terms
            if term.kind in IN_ATTRIBUTES
        ],
    )


def _of(terms: Iterable[DirectoryTerm], kind: str) -> list[DirectoryTerm]:
    return [term for term in terms if term.kind == kind]


def _hours(row: OpeningHours) -> Row:
    return {
        "id": str(row.key),
        "freq": "WEEKLY",
        "interval": 1,
        "byday": row.day,
        "opens_at": f"{row.opens:%H:%M:%S}",
        "closes_at": f"{row.closes:%H:%M:%S}",
    }


def _said_hours(row: DirectoryService) -> list[Row]:
    return [{"id": own_id(row.key, "hours"), "description": row.opening}] if row.opening else []


def _contacts(row: DirectoryService) -> list[Row]:
    if not row.phone:
        return []
    phone = {"id": own_id(row.key, "phone"), "number": row.phone}
    return [{"id": own_id(row.key, "contact"), "name": row.name, "phones": [phone]}]


def _locations(row: DirectoryService, access: list[DirectoryTerm]) -> list[Row]:
    """Give the one place of a service; where it has none but an access word, a place that is not on any map."""
    if not (row.address or access or row.access_note):
        return []
    key = str(row.key)
    address = {
        "id": own_id(key, "address"),
        "address_1": row.address,
        "city": row.address.rpartition(",")[2].strip(),
        "state_province": "",
        "postal_code": row.postcode,
        "country": "GB",
        "address_type": "physical",
    }
    said = [term.name for term in access] + ([row.access_note] if row.access_note else [])
    location = _full(
        id=own_id(key, "location"),
        location_type="physical" if row.address else "virtual",
        name=row.name,
        addresses=[address] if row.address else [],
        accessibility=[{"id": own_id(key, "access", words), "description": words} for words in said],
    )
    return [{"id": own_id(key, "at"), "service_id": key, "location_id": location["id"], "location": location}]


def whole_organisation(row: DirectoryOrganisation, services: Iterable[DirectoryService], *, full: bool) -> Row:
    """Give an organisation with the services it runs."""
    write = whole_service if full else service
    return organisation(row) | {"services": [_without_owner(write(one)) for one in services]}


def _without_owner(row: Row) -> Row:
    return {name: value for name, value in row.items() if name != "organization"}


def taxonomy_id(kind: str) -> str:
    """Give the key of one kind of words."""
    return own_id("taxonomy", kind)


def taxonomy(kind: DirectoryTerm.Kind) -> Row:
    """Give one kind of words."""
    return {"id": taxonomy_id(kind), "name": str(kind.label), "description": SAYS[kind], "version": "1"}


def taxonomy_term(row: DirectoryTerm) -> Row:
    """Give one word."""
    kind = DirectoryTerm.Kind(row.kind)
    return {
        "id": str(row.key),
        "name": row.name,
        "description": f"{SAYS[kind]}: {row.name}",
        "taxonomy": str(kind.label),
        "taxonomy_id": taxonomy_id(kind),
    }
