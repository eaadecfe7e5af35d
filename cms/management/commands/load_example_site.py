"""`manage.py load_example_site`: fills a believable site; run again, it only makes what is missing."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from wagtail.models import Page

from cms.site import load_site


class Command(BaseCommand):
    """Fill the site."""

    help = "Fill a believable site with plain words; run again, it only makes what is missing."

    def handle(self, *args: Any, **options: Any) -> None:
        """Load the site and say how large it is."""
        home = load_site()
        self.stdout.write(f"{Page.objects.descendant_of(home, inclusive=True).count()} pages at {home.full_url}")
