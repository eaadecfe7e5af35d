"""`manage.py load_example_site`: fills a believable site; run again, it only makes what is missing."""

from __future__ import annotations

import argparse
from typing import Any

from django.core.management.base import BaseCommand
from wagtail.models import Page

from cms.example.charity import load_charity
from cms.example.directory import load_directory
from cms.site import load_site


class Command(BaseCommand):
    """Fill the site."""

    help = "Fill a believable site with plain words; run again, it only makes what is missing."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Offer the charity that has no list."""
        parser.add_argument("kind", nargs="?", choices=["service", "charity"], default="service")

    def handle(self, *args: Any, **options: Any) -> None:
        """Load the site and say how large it is."""
        home = load_site()
        if options["kind"] == "charity":
            self.stdout.write(f"The group “{load_charity()}” is open. It needed no file.")
        self.stdout.write(f"{load_directory()} services in the directory")
        self.stdout.write(f"{Page.objects.descendant_of(home, inclusive=True).count()} pages at {home.full_url}")
