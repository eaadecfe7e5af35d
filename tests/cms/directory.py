"""Keyword-only factories of the directory."""

from __future__ import annotations

import datetime as dt
from typing import Any

from cms.models import DirectoryOrganisation, DirectoryService, DirectoryTerm
from peer import clock


def make_term(*, kind: str = "need", name: str = "Worry", also: str = "") -> DirectoryTerm:
    return DirectoryTerm.objects.get_or_create(kind=kind, name=name, defaults={"also": also})[0]


def make_organisation(*, name: str = "Lanternhouse", lived_experience: bool = False) -> DirectoryOrganisation:
    return DirectoryOrganisation.objects.get_or_create(
        name=name, defaults={"lived_experience": lived_experience, "about": "A small charity."}
    )[0]


def make_service(
    *,
    name: str = "Thursday Kitchen",
    summary: str = "Cook with others your age.",
    terms: tuple[DirectoryTerm, ...] = (),
    organisation: DirectoryOrganisation | None = None,
    again: int = 90,
    **fields: Any,
) -> DirectoryService:
    service = DirectoryService(
        name=name,
        plain_summary=summary,
        organisation=organisation or make_organisation(),
        checked_on=clock.today() - dt.timedelta(days=10),
        check_again_on=clock.today() + dt.timedelta(days=again),
        **fields,
    )
    service.terms.set(terms)
    service.save()
    return service
