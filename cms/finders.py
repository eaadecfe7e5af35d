"""The vendor's stylesheet as a static file of ours: in a layer, and without the fonts that only NHS bodies may use."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import wagtailnhsukfrontend
from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage

NAME = "cms/vendor.css"
FONTS = re.compile(r'@charset "[^"]*";|@font-face\s*{[^}]*}|/\*#[^*]*\*/')


def layered(sheet: str) -> str:
    """Put a sheet into the layer below ours; its font rules would bring a foreign host in."""
    return f"@layer vendor{{{FONTS.sub('', sheet)}}}\n"


class VendorSheet(BaseFinder):
    """Finds cms/vendor.css, made from the installed package; nothing of it is copied into the repository."""

    def __init__(self, *_args: Any, **_kwargs: Any) -> None:
        self.storage = FileSystemStorage(location=settings.STATE_DIR / "vendor")

    def check(self, **_kwargs: Any) -> list[Any]:
        """Have nothing to complain of."""
        return []

    def find(self, path: str, find_all: bool = False, **_kwargs: Any) -> Any:
        """Give the made file for its one name."""
        if path != NAME:
            return []
        return [str(self._made())] if find_all else str(self._made())

    def list(self, _ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, FileSystemStorage]]:
        """Name the one file, for collectstatic and whitenoise."""
        self._made()
        yield NAME, self.storage

    def _made(self) -> Path:
        package = Path(wagtailnhsukfrontend.__file__).parent
        source = max(package.glob("static/wagtailnhsukfrontend/css/nhsuk-frontend-*.min.css"))
        target = Path(self.storage.path(NAME))
        wanted = layered(source.read_text(encoding="utf-8"))
        if not target.exists() or target.read_text(encoding="utf-8") != wanted:
            target.parent.mkdir(parents=True, exist_ok=True)
            fresh = target.with_name(f"{target.name}-{os.getpid()}")
            fresh.write_text(wanted, encoding="utf-8")
            fresh.replace(target)
        return target
