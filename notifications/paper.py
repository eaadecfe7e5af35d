"""Letters as one PDF that screen readers can read (PDF/UA-1), where the library for it is installed."""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence
from pathlib import Path

from django.conf import settings
from django.template.loader import render_to_string

from notifications.models import Letter
from peer import clock

PLAIN = "body { font-family: sans-serif; line-height: 1.5; }"
STYLE = Path(settings.BASE_DIR) / "cms" / "static" / "cms" / "paper.css"


def is_there() -> bool:
    """Tell whether a PDF can be made here: WeasyPrint and the libraries it draws with are installed."""
    if importlib.util.find_spec("weasyprint") is None:
        return False
    try:
        import weasyprint  # noqa: F401, PLC0415 - an extra, and its libraries may be missing
    except OSError:
        return False
    return True


def pdf(letters: Sequence[Letter]) -> bytes:
    """Give one PDF with each letter on pages of its own, the address where a window envelope shows it."""
    import weasyprint  # noqa: PLC0415 - an extra

    page = render_to_string("notifications/letters/pdf.html", {"letters": letters, "today": clock.today()})
    style = weasyprint.CSS(string=STYLE.read_text(encoding="utf-8") + PLAIN)
    document = weasyprint.HTML(string=page, url_fetcher=_nothing)
    made: bytes = document.write_pdf(stylesheets=[style], pdf_variant="pdf/ua-1")
    return made


def _nothing(url: str) -> dict[str, object]:
    raise ValueError(f"a letter needs nothing from elsewhere: {url}")
