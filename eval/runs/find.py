"""Benchmarks as the command line names them: by name, or the path of a file of questions."""

from __future__ import annotations

import os
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from bbqa.errors import InputError
from bbqa.eval.runs.plan import Plan
from bbqa.settings import load_settings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bbqa.eval.benchmarks.contract import Benchmark, Card

DATA: Final = "BBQA_BENCHMARK_DATA"
"""Environment variable that says where data is, if ``--data`` does not."""
OWN: Final = "BBQA_BENCHMARKS"
"""Environment variable that says where benchmarks of one's own are."""
_FILES: Final = (".jsonl", ".ndjson", ".json", ".csv", ".tsv")


def usual_folder() -> Path:
    """Where data is looked for and fetched to, unless the command says."""
    named = os.environ.get(DATA)
    return Path(named).expanduser() if named else load_settings().home / "benchmarks"


def data_folder(given: Path | None) -> Path | None:
    """Where data is looked for; None if nobody says and nothing was fetched.

    Raises:
        InputError: The place does not exist.
    """
    folder = given or usual_folder()
    if folder.exists():
        return folder
    if given is None and not os.environ.get(DATA):
        return None
    raise InputError(f"there is no {folder}", hint=f"--data FOLDER, or {DATA}=FOLDER")


def data_for(card: Card, given: Path | None) -> Path | None:
    """Where a benchmark's data is looked for; one that comes with bbqa is only where it is said.

    Raises:
        InputError: The place does not exist.
    """
    return data_folder(given) if card.files or given is not None else None


def own_folder(given: Path | None) -> Path | None:
    """Where benchmarks of one's own are; None if nobody says."""
    named = os.environ.get(OWN)
    return given or (Path(named).expanduser() if named else None)


def find_benchmark(name: str, *, columns: str = "", own: Path | None = None) -> Benchmark:
    """The benchmark of a name, or the one that a file of questions is.

    Args:
        name: Of a benchmark, or a path.
        columns: What ``--columns`` says, for a file.
        own: A folder with benchmarks of one's own.

    Raises:
        InputError: There is none; the message lists the nearest three names.
    """
    from bbqa.eval.benchmarks import benchmarks

    path = Path(name).expanduser()
    if path.suffix.lower() in _FILES or path.is_file():
        return _of_file(path, columns)
    known = benchmarks(own_folder(own))
    if columns:
        raise InputError("--columns is for files of questions", hint=f"bbqa eval run {name}")
    if name not in known:
        near = get_close_matches(name, known, n=3, cutoff=0.0)
        raise InputError(
            f"there is no benchmark {name!r}; nearest are {', '.join(near)}",
            hint="bbqa eval list, or the path of a .jsonl or .csv file",
        )
    return known[name]


def plan_of(
    record: Mapping[str, Any], *, data: Path | None = None, own: Path | None = None
) -> Plan:
    """What was asked in a run, by its record.

    Args:
        record: The run's.
        data: Where the data is now, if it is no longer where it was.
        own: A folder with benchmarks of one's own.

    Raises:
        InputError: The benchmark is not known here.
    """
    kept = record["data"]
    file = Path(kept["file"]) if kept["file"] else None
    if file is not None and data is not None:
        file = data / file.name if data.is_dir() else data
    name = record["benchmark"]["name"] if file is None else str(file)
    path = data or (Path(kept["path"]) if kept["path"] else None)
    return Plan(
        benchmark=find_benchmark(name, columns=kept["columns"], own=own),
        data=file or path,
        file=file,
        columns=kept["columns"],
        **{
            key: record[key] for key in ("split", "limit", "seed", "max_identity", "max_similarity")
        },
    )


def is_here(card: Card, data: Path | None) -> bool:
    """Whether all files of a benchmark can be found."""
    from bbqa.eval.benchmarks.reading import find_file

    try:
        for name in card.files:
            find_file(data, card, name)
    except InputError:
        return False
    return True


def _of_file(path: Path, columns: str) -> Benchmark:
    from bbqa.eval.benchmarks.columns import read_columns
    from bbqa.eval.benchmarks.from_file import benchmark_from_file

    if not path.is_file():
        raise InputError(f"there is no file {path}", hint="bbqa eval list, or another path")
    return benchmark_from_file(path, read_columns(columns) if columns else None)
