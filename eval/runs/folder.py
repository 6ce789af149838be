"""A run is a folder, and ``read_run`` reads it; nothing else is needed to score or report it.

==================  ===========================================================================
``record.json``     what was run: see ``bbqa.eval.runs.record``; its ``state`` is ``running``,
                    ``stopped`` or ``done``
``items.jsonl``     a line for each finished item: see ``bbqa.eval.runs.line``
``llm_calls.jsonl`` a line for each finished item that the language model was asked for: see
                    ``bbqa.eval.runs.calls``
``scores.json``     ``{"scores": [Score, ...]}``, written when the run ends
==================  ===========================================================================

A run may have been killed at any moment: half a line at the end of a file does not count.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, overload

from bbqa.errors import InputError
from bbqa.eval.benchmarks.contract import Item, Response, Score
from bbqa.eval.runs.line import Finished, from_line

RECORD: Final = "record.json"
ITEMS: Final = "items.jsonl"
CALLS: Final = "llm_calls.jsonl"
SCORES: Final = "scores.json"
_HINT: Final = "a run is a folder that `bbqa eval run` wrote"


class Lines(Sequence[Finished]):
    """The finished items of a run in their order, each read from the file when it is wanted.

    Only places in the file are held, so that a run of 100,000 items costs little memory.

    Raises:
        InputError: The file has a line that is of no run; the message says which.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._starts = [start for _, start in sorted(_starts(path).items())]

    def __len__(self) -> int:
        return len(self._starts)

    def __iter__(self) -> Iterator[Finished]:
        if not self._starts:
            return
        with self._path.open("rb") as file:
            for start in self._starts:
                file.seek(start)
                yield self._read(file.readline())

    @overload
    def __getitem__(self, place: int) -> Finished: ...
    @overload
    def __getitem__(self, place: slice) -> list[Finished]: ...
    def __getitem__(self, place: int | slice) -> Finished | list[Finished]:
        if isinstance(place, slice):
            return [self[one] for one in range(*place.indices(len(self)))]
        with self._path.open("rb") as file:
            file.seek(self._starts[place])
            return self._read(file.readline())

    def _read(self, data: bytes) -> Finished:
        try:
            return from_line(json.loads(data))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise InputError(f"{self._path} has a line of no run: {error}", hint=_HINT) from error


class Pairs(Sequence[tuple[Item, Response]]):
    """The same items as pairs, as scores want them: an ``Answered`` that is read from the file."""

    def __init__(self, lines: Sequence[Finished]) -> None:
        self._lines = lines

    def __len__(self) -> int:
        return len(self._lines)

    def __iter__(self) -> Iterator[tuple[Item, Response]]:
        return ((one.item, one.response) for one in self._lines)

    @overload
    def __getitem__(self, place: int) -> tuple[Item, Response]: ...
    @overload
    def __getitem__(self, place: slice) -> list[tuple[Item, Response]]: ...
    def __getitem__(
        self, place: int | slice
    ) -> tuple[Item, Response] | list[tuple[Item, Response]]:
        if isinstance(place, slice):
            return [(one.item, one.response) for one in self._lines[place]]
        one = self._lines[place]
        return one.item, one.response


@dataclass(frozen=True, slots=True)
class Run:
    """A run, finished or not.

    Attributes:
        folder: Where it lies.
        record: What was run, as ``record.json`` has it.
        finished: Its items, in the benchmark's order, read from the file when wanted.
        scores: What ``scores.json`` has; empty before the run ended.
    """

    folder: Path
    record: Mapping[str, Any]
    finished: Sequence[Finished]
    scores: tuple[Score, ...]

    @property
    def benchmark(self) -> str:
        """The benchmark's name."""
        return str(self.record["benchmark"]["name"])

    @property
    def condition(self) -> str:
        """Who answered."""
        return str(self.record["condition"])

    @property
    def metric(self) -> str:
        """The score that the benchmark is judged by."""
        return str(self.record["benchmark"]["metric"])

    @property
    def state(self) -> str:
        """``running`` (or killed), ``stopped`` or ``done``."""
        return str(self.record["state"])

    @property
    def total(self) -> int:
        """Items that the run is to have."""
        return int(self.record["items"])

    @property
    def answered(self) -> Pairs:
        """Items with their responses, as ``bbqa.eval.scores`` wants them."""
        return Pairs(self.finished)


def read_run(folder: Path) -> Run:
    """A run from its folder; the benchmark's data is not needed.

    Raises:
        InputError: It is no folder of a run, or a file in it is damaged.
    """
    record = _read_json(folder / RECORD)
    if not {"benchmark", "condition", "state", "items"} <= record.keys():
        raise InputError(f"{folder / RECORD} is no record of a run", hint=_HINT)
    path = folder / SCORES
    scores = _read_json(path).get("scores", ()) if path.exists() else ()
    try:
        read = tuple(Score(**one) for one in scores)
    except TypeError as error:
        raise InputError(f"{path} holds no scores: {error}", hint=_HINT) from error
    return Run(folder, record, Lines(folder / ITEMS), read)


def _read_json(path: Path) -> dict[str, Any]:
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror}", hint=_HINT) from error
    except ValueError as error:
        raise InputError(f"{path} is not whole: {error}", hint=_HINT) from error
    if not isinstance(value, dict):
        raise InputError(f"{path} holds a JSON {type(value).__name__}", hint=_HINT)
    return value


def _starts(path: Path) -> dict[int, int]:
    """Where each item's line begins, by its place in the run; of two the later one counts."""
    starts: dict[int, int] = {}
    if not path.exists():
        return starts
    begins = 0
    with path.open("rb") as file:
        for number, data in enumerate(file, start=1):
            if not data.endswith(b"\n"):
                break
            try:
                starts[int(json.loads(data)["line"])] = begins
            except (ValueError, KeyError, TypeError) as error:
                raise InputError(
                    f"{path}, line {number} is of no run: {error}", hint=_HINT
                ) from error
            begins += len(data)
    return starts
