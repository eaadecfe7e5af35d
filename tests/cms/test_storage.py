"""Production's static files can be collected: every sheet's addresses lead somewhere."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from django.core.management import call_command


def test_every_static_file_gets_a_name_by_its_content(tmp_path: Path, settings: pytest.FixtureRequest) -> None:
    settings.STATIC_ROOT = tmp_path  # type: ignore[attr-defined]
    settings.STORAGES = {  # type: ignore[attr-defined]
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
        "staticfiles": {"BACKEND": "cms.storage.HashedStatic"},
    }
    call_command("collectstatic", interactive=False, verbosity=0)
    names = json.loads((tmp_path / "staticfiles.json").read_text(encoding="utf-8"))["paths"]
    for ours in ("cms/theme.css", "cms/parts.css", "cms/vendor.css", "cms/site.js", "cms/icon.svg"):
        assert names[ours] != ours
        assert (tmp_path / names[ours]).exists()
