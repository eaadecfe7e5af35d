"""The service's own details on every page: kept in memory for a few seconds, and never asked for by an error page."""

from __future__ import annotations

import hashlib
import time
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models.signals import post_save
from django.dispatch import receiver
from django.http import HttpRequest
from django.urls import reverse
from wagtail.models import Site

from cms.models import ServiceDetails


@dataclass
class Kept:
    """The details as they were last read, by this process."""

    details: ServiceDetails
    until: float = 0
    stamp: str = ""


kept = Kept(ServiceDetails())


def current() -> ServiceDetails:
    """Give the details, read again once they are a few seconds old."""
    if time.monotonic() >= kept.until:
        keep(ServiceDetails.objects.filter(site__is_default_site=True).first() or ServiceDetails())
    return kept.details


def keep(details: ServiceDetails) -> None:
    """Use these details from now on, until it is time to look again."""
    kept.details, kept.until = details, time.monotonic() + settings.DETAILS_KEPT_SECONDS


def as_of(stamp: str) -> None:
    """Read them again before a page is kept for everybody, where the public rows have changed since."""
    if kept.stamp != stamp:
        kept.stamp, kept.until = stamp, 0


def of_the_site() -> ServiceDetails:
    """Give the row that a manager changes."""
    details: ServiceDetails = ServiceDetails.for_site(Site.objects.get(is_default_site=True))
    return details


@receiver(post_save, sender=ServiceDetails)
def _changed(instance: ServiceDetails, **_kwargs: Any) -> None:
    keep(instance)


def version() -> str:
    """Name the stylesheet of the chosen colours by what is in it; asks no database, so that error pages may."""
    sheet = kept.details.sheet()
    return hashlib.sha256(sheet.encode()).hexdigest()[:10] if sheet else ""


def sheet_address() -> str:
    """Give the address of that stylesheet; empty where no colour is chosen."""
    found = version()
    return reverse("colours", args=[found]) if found else ""


def name() -> str:
    """Give the name the service goes by: what a manager left empty comes from the settings of the installation."""
    return current().name or settings.SERVICE_NAME


def page_context(_request: HttpRequest) -> dict[str, Any]:
    """Give every page the details; what a manager left empty comes from the settings of the installation."""
    details = current()
    return {
        "service": details,
        "service_name": name(),
        "service_phone": details.phone or settings.SERVICE_PHONE,
    }
