"""What labelled sets of questions share: reading them, rates with intervals, what was run."""

from __future__ import annotations

import json
import shlex
import subprocess
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

import numpy as np

if TYPE_CHECKING:
    from bbqa.progress import Progress
    from bbqa.resources import Resources

T = TypeVar("T")

SETS: Final = Path(__file__).resolve().parent / "sets"
RESULTS: Final = Path(__file__).resolve().parent / "results"
SPLITS: Final = ("dev", "test")

Rate = dict[str, float | int | None]
"""``right`` of ``n``, their ``share``, and its 95 % interval from ``low`` to ``high``."""


def read_rows(name: str, split: str) -> list[dict[str, Any]]:
    """The questions of one half of a set, in the order of the file.

    Args:
        name: Of the file in ``eval/sets``, without its ending.
        split: ``dev`` or ``test``.
    """
    text = (SETS / f"{name}.jsonl").read_text(encoding="utf-8")
    rows = [json.loads(line) for line in text.splitlines() if line]
    return [row for row in rows if row["split"] == split]


def rate(outcomes: Iterable[bool]) -> Rate:
    """How many are right, with Wilson's 95 % interval; shares are None where there are none.

    Source: Wilson, "Probable inference, the law of succession, and statistical inference",
    JASA 22:209 (1927).
    """
    from scipy.stats import binomtest

    listed = list(outcomes)
    right, n = sum(listed), len(listed)
    if n == 0:
        return {"right": 0, "n": 0, "share": None, "low": None, "high": None}
    interval = binomtest(right, n).proportion_ci(0.95, method="wilson")
    return {
        "right": right,
        "n": n,
        "share": round(right / n, 4),
        "low": round(float(interval.low), 4),
        "high": round(float(interval.high), 4),
    }


def in_words(found: Rate) -> str:
    """A rate on a line: ``54 of 60, .90 (.80 to .95)``."""
    if not found["n"]:
        return "none"
    share, low, high = (f"{found[key]:.2f}".removeprefix("0") for key in ("share", "low", "high"))
    return f"{found['right']} of {found['n']}, {share} ({low} to {high})"


@contextmanager
def opened() -> Iterator[tuple[Resources, Progress]]:
    """Resources as the settings have them, ready to be asked, and where progress is reported."""
    from bbqa.progress import open_progress
    from bbqa.resources import Resources
    from bbqa.settings import load_settings

    with open_progress() as progress:
        resources = Resources(load_settings(), progress=progress)
        resources.prepare()
        yield resources, progress


def held_out(rows: Sequence[T], count: int, *, seed: int) -> Iterator[tuple[list[T], list[T]]]:
    """For each of ``count`` random folds all other rows, and its own."""
    folds = np.random.default_rng(seed).integers(0, count, len(rows))
    for fold in range(count):
        others = [row for row, its_fold in zip(rows, folds, strict=True) if its_fold != fold]
        own = [row for row, its_fold in zip(rows, folds, strict=True) if its_fold == fold]
        yield others, own


def what_was_run(command: Sequence[str], graph_hash: str) -> dict[str, Any]:
    """Command, day, commit and graph, for the head of a file of results.

    Args:
        command: What is called, and the arguments that it was given.
        graph_hash: Of the graph.
    """
    return {
        "command": anywhere(f"{command[0]} {shlex.join(command[1:])}"),
        "date": datetime.now(UTC).date().isoformat(),
        "commit": commit(),
        "graph": graph_hash,
    }


def anywhere(command: str) -> str:
    """A command with folders and files of this machine by their last names alone."""
    words = (word.rpartition("=") for word in shlex.split(command))
    return shlex.join(
        option + equals + (Path(value).name if Path(value).is_absolute() else value)
        for option, equals, value in words
    )


def write_results(name: str, results: Mapping[str, Any]) -> Path:
    """The file in ``eval/results`` that the results were written to."""
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"{name}.json"
    path.write_text(json.dumps(results, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return path


def commit() -> str:
    """The commit that is checked out, with ``+`` where files differ from it; empty without git."""
    commit = _git("rev-parse", "--short=12", "HEAD")
    return f"{commit}+" if _git("status", "--porcelain", "--untracked-files=no") else commit


def _git(*arguments: str) -> str:
    try:
        run = subprocess.run(
            ["git", *arguments],
            cwd=SETS.parent.parent,
            capture_output=True,
            text=True,
            check=True,
        )
    except (OSError, subprocess.CalledProcessError):
        return ""
    return run.stdout.strip()
