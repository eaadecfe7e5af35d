#!/usr/bin/env python3
"""The one door to every command; sets itself up on a fresh machine (docs/decisions/0002)."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
VENV = HERE / ".venv"
STAMP = VENV / ".meanwhile-stamp"
SETS_ITSELF_UP = {"demo", "test", "import_waiting_list", "bench", "faults"}


def lock_for(command: str) -> Path:
    """Name the lock file that `command` needs; the suite needs the tools of development too."""
    return HERE / ("requirements-dev.lock" if command in {"test", "bench", "faults"} else "requirements.lock")


def stamp_of(lock: Path) -> str:
    """Fingerprint a lock file: its name and its SHA-256 in hex."""
    return f"{lock.name} {hashlib.sha256(lock.read_bytes()).hexdigest()}"


def is_ready(lock: Path) -> bool:
    """Tell whether `.venv` already holds what `lock` names (the suite's lock covers the demo's)."""
    if not STAMP.exists():
        return False
    have = STAMP.read_text().strip()
    return have in {stamp_of(lock), stamp_of(HERE / "requirements-dev.lock")}


def set_up(lock: Path) -> None:
    """Make `.venv` and install exactly what the lock names, hashes checked."""
    if sys.version_info < (3, 11):  # noqa: UP036 - this file must speak plainly on an older Python
        sys.exit("Meanwhile needs Python 3.11 or newer with venv. On Debian: apt install python3 python3-venv")
    python = VENV / "bin" / "python"
    try:
        if not python.exists():
            print("Setting up (once, about a minute): making .venv …", flush=True)
            subprocess.run([sys.executable, "-m", "venv", str(VENV)], check=True)
        print("Setting up: the installer …", flush=True)
        subprocess.run(
            [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "uv"], check=True
        )
        print(f"Setting up: the packages of {lock.name} …", flush=True)
        quicker = ["--compile-bytecode"] if lock.name == "requirements.lock" else []  # the demo's second start
        uv = [str(VENV / "bin" / "uv"), "pip", "install", "--quiet", "--python", str(python)]
        subprocess.run([*uv, "--require-hashes", *quicker, "-r", str(lock)], check=True)
    except (OSError, subprocess.CalledProcessError) as problem:
        sys.exit(
            f"Setting up did not finish: {problem}. "
            "It needs Python 3.11 with venv, and a way to reach the package index."
        )
    STAMP.write_text(stamp_of(lock) + "\n")


def main() -> None:
    """Run a command, inside `.venv`, setting that up first where the command is for newcomers."""
    command = sys.argv[1] if len(sys.argv) > 1 else "help"
    inside = Path(sys.prefix).resolve() == VENV.resolve()
    if command in SETS_ITSELF_UP and not os.environ.get("MEANWHILE_NO_BOOTSTRAP"):
        lock = lock_for(command)
        if not is_ready(lock):
            set_up(lock)
            inside = False
    if not inside and (VENV / "bin" / "python").exists():
        os.execv(VENV / "bin" / "python", [str(VENV / "bin" / "python"), str(HERE / "manage.py"), *sys.argv[1:]])
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cms.settings")
    if command == "test":
        os.environ.setdefault("ENVIRONMENT", "test")
    elif command == "demo":
        from cms.demo_env import prepare

        prepare(sys.argv[2:])
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
