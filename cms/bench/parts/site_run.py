"""The child of `bench site`: fills a website, counts the statements of each kind of page, and weighs each."""

from __future__ import annotations

import json
import os
import sys

BYPASS = {"host": "localhost", "cookie": "bench=1"}  # whoever brings a cookie gets the page itself


def main(*, pages: int) -> dict[str, object]:
    """Fill, count and weigh; give the addresses by kind of page."""
    from django.test import Client  # noqa: PLC0415

    from cms.bench.parts.weight import weigh  # noqa: PLC0415 - settings come first

    paths = fill(pages)
    client = Client(headers=BYPASS)
    return {
        "paths": paths,
        "sql": {name: count(client, path) for name, path in paths.items()},
        "page_kb": {name: weigh(client, path) for name, path in paths.items()},
    }


def fill(pages: int) -> dict[str, str]:
    """Make the example's site and directory, and so many pages more below one section."""
    from cms.example.directory import load_directory  # noqa: PLC0415
    from cms.models import DirectoryService, NewsPage, SectionPage  # noqa: PLC0415
    from cms.site import load_site  # noqa: PLC0415

    home = load_site()
    load_directory()
    if pages:
        given = {"plain_summary": "One of many pages, with a few words about waiting.", "review_on": "2099-01-01"}
        for number in range(0, pages, 100):
            section = home.add_child(instance=SectionPage(title=f"Shelf {number}", slug=f"shelf-{number}", **given))
            for place in range(number, min(number + 100, pages)):
                section.add_child(instance=NewsPage(title=f"Page {place}", slug=f"page-{place}", **given))
    service = DirectoryService.objects.published().order_by("pk")[0]
    return paths_of() | {"directory": "/directory/", "service": service.get_absolute_url()}


def paths_of() -> dict[str, str]:
    """Give one live page of each kind."""
    from cms.models.base import PlainLanguagePage  # noqa: PLC0415

    kinds = {kind.__name__: kind.objects.live().order_by("pk").first() for kind in PlainLanguagePage.__subclasses__()}
    return {name: page.url for name, page in kinds.items() if page is not None}


def count(client: object, path: str) -> int:
    """Count the statements of one page, once the process knows what it keeps."""
    from django.db import connection  # noqa: PLC0415
    from django.test.utils import CaptureQueriesContext  # noqa: PLC0415

    client.get(path)  # type: ignore[attr-defined]
    with CaptureQueriesContext(connection) as said:
        answer = client.get(path)  # type: ignore[attr-defined]
    if answer.status_code != 200:
        raise RuntimeError(f"{path} answered {answer.status_code}.")
    return len(said)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cms.settings")
    import django

    django.setup()
    sys.stdout.write(json.dumps(main(**json.loads(sys.argv[1]))) + "\n")
