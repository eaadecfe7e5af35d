"""Fingerprints what a database is made from, so that one made by another version shows; needs no Django."""

from __future__ import annotations

import hashlib
from pathlib import Path

HERE = Path(__file__).resolve().parent.parent
PACKAGES = ("peer", "moderation", "notifications", "cms")


def of_migrations() -> str:
    """Give the SHA-256 in hex of our migrations and of the lock, which fixes everybody else's."""
    told = hashlib.sha256((HERE / "requirements.lock").read_bytes())
    for package in PACKAGES:
        for file in sorted((HERE / package / "migrations").glob("*.py")):
            told.update(f"{package}/{file.name}\n".encode() + file.read_bytes())
    return told.hexdigest()
