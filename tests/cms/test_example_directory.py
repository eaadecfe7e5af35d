"""The directory of the example: plain words, drama numbers, invented addresses, and the same after a second run."""

from __future__ import annotations

import re

import pytest

from cms.example.directory import load_directory
from cms.models import DirectoryService

pytestmark = pytest.mark.django_db
INVENTED_NUMBER = re.compile(r"020 7946 0\d{3}|07700 900\d{3}|")
INVENTED_PLACE = re.compile(r"https://[\w-]+\.example\.org/.*|[\w.]+@[\w-]+\.example\.org|")


def test_every_service_reads_plainly_and_is_nobody_s() -> None:
    load_directory()
    services = list(DirectoryService.objects.published())
    readings = {one.name: one.reading() for one in services}
    assert {name: reading.age for name, reading in readings.items() if not reading.is_plain} == {}
    assert {name: reading.hints for name, reading in readings.items() if reading.hints} == {}
    assert all(INVENTED_NUMBER.fullmatch(one.phone) for one in services)
    assert all(INVENTED_PLACE.fullmatch(text) for one in services for text in (one.website, one.email))
    assert len(services) >= 15
    assert DirectoryService.objects.overdue().count() == 1


def test_a_second_run_keeps_what_an_editor_wrote() -> None:
    load_directory()
    DirectoryService.objects.filter(name="Night Owls").update(plain_summary="Ours.")
    assert load_directory() == DirectoryService.objects.count()
    assert DirectoryService.objects.get(name="Night Owls").plain_summary == "Ours."
