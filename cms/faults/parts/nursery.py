"""One process with the site loaded that has children on demand: what was killed lives again within a moment."""

from __future__ import annotations

import json
import logging
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Any

HERE = Path(__file__).resolve().parents[3]


class Nursery:
    """The process, asked line by line."""

    def __init__(self, env: dict[str, str], log: IO[bytes] | None) -> None:
        command = [sys.executable, "-m", "cms.faults.parts.nursery"]
        pipe = subprocess.PIPE
        self._process = subprocess.Popen(command, cwd=HERE, env=env, stdin=pipe, stdout=pipe, stderr=log, text=True)

    def bear(self, work: str, *arguments: object, crash_at: str = "") -> int:
        """Have a child do a named function, to die at a named point where one is given; give its process id."""
        return int(self._ask({"work": work, "arguments": arguments, "crash_at": crash_at}))

    def ended(self) -> dict[int, int]:
        """Give the children that have ended since the last question, and how: below zero it was a signal."""
        return {int(pid): how for pid, how in self._ask({}).items()}

    def _ask(self, question: object) -> Any:
        if self._process.stdin is None or self._process.stdout is None:
            raise RuntimeError("The nursery has no ears.")
        self._process.stdin.write(json.dumps(question) + "\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())

    def close(self) -> None:
        """End it; it kills whom it bore."""
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe:
                pipe.close()
        self._process.wait(timeout=30)


def main() -> None:
    """Load the site, then answer each line; at the end of the lines end every child."""
    import django  # noqa: PLC0415 - this is the process's own start

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cms.settings")
    django.setup()
    alive: set[int] = set()
    for line in sys.stdin:
        asked = json.loads(line)
        answer: object = _ended(alive)
        if asked:
            answer = _bear(asked["work"], asked["arguments"], crash_at=asked["crash_at"])
            alive.add(int(str(answer)))
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()
    for pid in alive:
        os.kill(pid, signal.SIGKILL)


def _ended(alive: set[int]) -> dict[int, int]:
    gone = {}
    for pid in sorted(alive):
        done, status = os.waitpid(pid, os.WNOHANG)
        if done:
            gone[pid] = os.waitstatus_to_exitcode(status)
            alive.discard(pid)
    return gone


def _bear(work: str, arguments: Sequence[object], *, crash_at: str) -> int:
    pid = os.fork()
    if pid:
        return pid
    code = 1
    try:
        _live(work, arguments, crash_at=crash_at)
        code = 0
    except Exception:
        logging.getLogger(__name__).exception("%s", work)
    finally:
        os._exit(code)


def _live(work: str, arguments: Sequence[object], *, crash_at: str) -> None:
    from django.conf import settings  # noqa: PLC0415
    from django.utils.module_loading import import_string  # noqa: PLC0415

    nowhere = os.open(os.devnull, os.O_RDWR)
    for line in (0, 1):  # the lines to whoever asks are the parent's alone
        os.dup2(nowhere, line)
    settings.CRASH_AT = crash_at
    import_string(work)(*arguments)


if __name__ == "__main__":
    main()
