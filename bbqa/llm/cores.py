"""How many threads are worth starting here."""

from __future__ import annotations

import os
from pathlib import Path


def usable_cores(*, system: Path = Path("/sys")) -> int:
    """Physical cores that this process may use, at least 1.

    A matrix product gains nothing from the second thread of a core, and loses much when there
    are more threads than a container's quota allows: each waits for the slowest.

    Args:
        system: Where Linux tells about processors and quotas; another folder in tests.
    """
    allowed = _allowed()
    cores = {_siblings(system, number) for number in allowed}
    return max(1, min(len(cores), int(_quota(system) or len(cores))))


def _allowed() -> set[int]:
    if hasattr(os, "sched_getaffinity"):
        return set(os.sched_getaffinity(0))
    return set(range(os.cpu_count() or 1))


def _siblings(system: Path, number: int) -> str:
    """The processors that share a core with one, as Linux writes it; elsewhere itself."""
    place = f"devices/system/cpu/cpu{number}/topology/thread_siblings_list"
    return _read(system / place) or str(number)


def _quota(system: Path) -> float | None:
    """Processors' worth of time that the control group allows, if it limits it."""
    limit, _, period = _read(system / "fs/cgroup/cpu.max").partition(" ")
    return int(limit) / int(period) if limit.isdigit() and period.isdigit() else None


def _read(path: Path) -> str:
    try:
        return path.read_text().strip()
    except OSError:
        return ""
