"""The vendor's sheet comes from the package, in a layer, with no foreign host in it."""

from __future__ import annotations

from pathlib import Path

from django.contrib.staticfiles import finders

from cms.finders import NAME, VendorSheet, layered


def test_the_sheet_is_found_in_one_layer_and_names_no_host() -> None:
    sheet = Path(finders.find(NAME)).read_text(encoding="utf-8")
    assert sheet.startswith("@layer vendor{")
    assert "assets.nhs.uk" not in sheet
    assert ".nhsuk-care-card" in sheet or ".nhsuk-card" in sheet


def test_collecting_lists_it_once() -> None:
    assert [name for name, _storage in VendorSheet().list(None)] == [NAME]


def test_other_names_are_not_found() -> None:
    assert VendorSheet().find("cms/theme.css") == []


def test_fonts_charset_and_maps_are_left_out() -> None:
    sheet = '@charset "UTF-8";a{b:c}@font-face{src:url(https://x/y)}/*# sourceMappingURL=z.map */'
    assert layered(sheet) == "@layer vendor{a{b:c}}\n"
