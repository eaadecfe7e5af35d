"""What a page weighs on a first visit: itself and all it brings, compressed as production sends it."""

from __future__ import annotations

import gzip
import re
from pathlib import Path
from urllib.parse import urljoin

from django.contrib.staticfiles import finders
from django.test import Client

SCRIPTS = re.compile(r'<script[^>]* src="([^"]+)"')
OTHERS = re.compile(
    r'<link[^>]* rel="(?:stylesheet|icon|manifest|preload)"[^>]* href="([^"]+)"|<img[^>]* src="([^"]+)"'
)
PICTURES = re.compile(r"<picture>.*?</picture>", re.DOTALL)
SIZES = re.compile(r'srcset="([^"]+)"')
IN_SHEET = re.compile(r'(?:url\(|@import )["\']?([^"\')]+)')
PACKED = (".png", ".jpg", ".jpeg", ".webp", ".avif", ".woff2", ".gif")


def weigh(client: Client, path: str) -> dict[str, float]:
    """Give the kilobytes of a page with everything it brings, and those of its scripts."""
    html = client.get(path).content.decode()
    scripts = {urljoin(path, found) for found in SCRIPTS.findall(html)}
    brought = {urljoin(path, one or other) for one, other in OTHERS.findall(PICTURES.sub("", html))}
    photos = sum(max(_size(client, file) for file in _files(picture)) for picture in PICTURES.findall(html))
    script = sum(_size(client, address) for address in scripts)
    others = sum(_size(client, address) for address in _with_sheets(client, brought))
    whole = len(gzip.compress(html.encode())) + script + others + photos
    return {"page": round(whole / 1024, 1), "script": round(script / 1024, 1)}


def _files(picture: str) -> list[str]:
    return [one.split()[0] for found in SIZES.findall(picture) for one in found.split(",")]


def _with_sheets(client: Client, addresses: set[str]) -> set[str]:
    found, waiting = set(), list(addresses)
    while waiting:
        address = waiting.pop()
        if address in found or address.startswith("data:"):
            continue
        found.add(address)
        if address.endswith(".css"):
            inside = IN_SHEET.findall(_content(client, address).decode())
            waiting += [urljoin(address, one) for one in inside if not one.startswith(("data:", "#"))]
    return found


def _size(client: Client, address: str) -> int:
    content = _content(client, address)
    return len(content) if address.endswith(PACKED) else len(gzip.compress(content))


def _content(client: Client, address: str) -> bytes:
    """Give a file as it stands; a static one is found as the demo finds it. Another host is an error."""
    if "//" in address:
        raise ValueError(f"{address} is on another host.")
    if address.startswith("/static/"):
        return Path(finders.find(address.removeprefix("/static/")) or "").read_bytes()
    return client.get(address).content
