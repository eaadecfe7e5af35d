"""Reads settings from the environment; every secret also from a file named by `X_FILE`."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from pathlib import Path

import environ

env = environ.Env()


def secret(name: str, *, default: str | None = None) -> str:
    """Read a secret from `name` or from the file in `name_FILE`; ValueError where neither is set and no default."""
    path = os.environ.get(f"{name}_FILE")
    if path:
        return Path(path).read_text().strip()
    value = os.environ.get(name, default)
    if value is None:
        raise ValueError(f"Set {name} or {name}_FILE.")
    return value


def local_secret(name: str, folder: Path) -> str:
    """Make a secret once for this machine's own use and keep it in an ignored file (demo and tests)."""
    path = folder / "keys" / name.lower()
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = path.with_suffix(f".{os.getpid()}")
        fresh.write_text(secrets.token_urlsafe(48))
        fresh.chmod(0o600)
        with suppress(FileExistsError):  # the first process wins, the others read its key
            os.link(fresh, path)
        fresh.unlink()
    return path.read_text().strip()
