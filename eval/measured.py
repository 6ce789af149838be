"""What a benchmark writes down: numbers with units, and how times and memory are taken."""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

STATUS: Final = Path("/proc/self/status")


@dataclass(frozen=True, slots=True)
class Number:
    """One measured number.

    Attributes:
        what: What was measured, with its unit.
        value: The number.
        aim: What was aimed for, in words; empty if nothing was.
        beside: The baseline in the same run, or how it was measured.
    """

    what: str
    value: float
    aim: str = ""
    beside: str = ""


def timed(work: Callable[[], Any]) -> float:
    """Seconds that some work takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def percentile(seconds: Sequence[float], share: float) -> float:
    """The time below which a share of the times lies, in milliseconds."""
    ordered = sorted(seconds)
    return 1000 * ordered[min(int(share * len(ordered)), len(ordered) - 1)]


def p50_and_p99(
    what: str, seconds: Sequence[float], *, aim: str = "", beside: str = ""
) -> Iterator[Number]:
    """Two numbers about some times."""
    for name, share in (("p50", 0.5), ("p99", 0.99)):
        yield Number(f"{what}, ms, {name}", percentile(seconds, share), aim, beside)


def peak_memory_gb() -> float:
    """The most memory that this process has held at once.

    What the system's usual call tells also covers the process that started this one, up to that
    moment; Linux's own file does not.
    """
    if STATUS.exists():
        for line in STATUS.read_text().splitlines():
            if line.startswith("VmHWM:"):
                return float(line.split()[1]) * 1024 / 1e9
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 1e9 if sys.platform == "darwin" else peak * 1024 / 1e9
