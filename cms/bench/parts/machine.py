"""What a measurement asks of the machine it runs on: memory, CPU time, and how busy all its cores were."""

from __future__ import annotations

import os
import resource
from pathlib import Path

IDLE = slice(3, 5)  # of the numbers of /proc/stat: idle, and waiting for the disk
CORES = os.cpu_count() or 1


def memory_mb() -> float:
    """Tell how much memory this process holds now, in MB."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 1e6


def cpu_seconds() -> float:
    """Tell how much CPU time this process has used."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def busy_seconds() -> float:
    """Tell how long all cores together have been busy with anything at all, of whichever process (proc(5), stat)."""
    numbers = [int(number) for number in Path("/proc/stat").read_text().splitlines()[0].split()[1:9]]
    return (sum(numbers) - sum(numbers[IDLE])) / os.sysconf("SC_CLK_TCK")
