"""The file of answers: one line for each question, whole or not there at all.

Evaluations keep their items in the same way: what a line says of how it ended, ``outcome``, and
what the file is called in messages are given by whoever opens it.

A line is appended in one piece and carried to the disk before the next question counts as done.
A process that is killed while writing can leave half a line at the end, and only there: it is
found by its missing line break and cut off when the file is opened again. The file is rewritten
(beside itself, then moved into its place) at two moments: when a run goes on with it, without
what failed, and when a run ends, in the order of the questions.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from io import FileIO
from pathlib import Path
from typing import Any, Final

from bbqa.errors import BbqaError, InputError
from bbqa.whole import whole


@dataclass(frozen=True, slots=True)
class Span:
    """Where a line lies in the file, in bytes, and what it says.

    Attributes:
        start: Where it begins.
        size: Its length with the line break.
        status: How the answer ended, or ``failed``.
    """

    start: int
    size: int
    status: str


FAILED = "failed"


def _status(value: Mapping[str, Any]) -> str:
    """How a question ended, by its line: the answer's status, or ``failed``."""
    if not ("answer" in value or "error" in value):
        raise ValueError("it has neither answer nor error")
    return FAILED if "error" in value else str(value["answer"]["status"])


@dataclass(frozen=True, slots=True)
class Lines:
    """What the lines of a file are.

    Attributes:
        of: What writes them, in a word.
        outcome: How a line says that it ended; raises ``ValueError`` where it is of another kind.
        other: How to write to another file.
        anew: How to overwrite the file.
    """

    of: str
    outcome: Callable[[Mapping[str, Any]], str]
    other: str = "choose another -o"
    anew: str = "--restart to overwrite the file"


BATCH: Final = Lines("batch", _status)


class Output:
    """The file of answers, open for one run. Make one with ``open_output``.

    Attributes:
        spans: The lines there are, by their question's line.
        cut: Bytes of half a line that were found at the end and cut off.
    """

    def __init__(self, path: Path, lines: Lines = BATCH) -> None:
        self.path = path
        self.lines = lines
        self.spans: dict[int, Span] = {}
        self.cut = 0
        self._size = 0
        self._file: FileIO | None = None

    def read(self) -> None:
        """Find the lines that are there.

        Raises:
            InputError: One of them is not of a batch.
        """
        self.spans, self._size, self.cut = {}, 0, 0
        if not self.path.exists():
            return
        with self.path.open("rb") as file:
            for number, data in enumerate(file, start=1):
                if not data.endswith(b"\n"):
                    self.cut = len(data)
                    return
                line, status = self._line_and_status(data, f"{self.path}, line {number}")
                self.spans[line] = Span(self._size, len(data), status)
                self._size += len(data)

    def forget_failed(self) -> int:
        """How many lines tell of a failure; ``rewrite`` will leave them out."""
        failed = [line for line, span in self.spans.items() if span.status == FAILED]
        for line in failed:
            del self.spans[line]
        return len(failed)

    def rewrite(self) -> None:
        """Leave one whole line for each question, in the questions' order.

        Raises:
            BbqaError: The folder cannot be written to, or the disk is full.
        """
        kept = dict(sorted(self.spans.items()))
        places = [span.start for span in kept.values()]
        total = sum(span.size for span in kept.values())
        if places == sorted(places) and self.path.exists() and total == self.path.stat().st_size:
            return
        self.close()
        beside = self.path.with_name(f"{self.path.name}.part")
        with _told(self.path):
            self.spans, self._size = self._copied(kept, beside)
            beside.replace(self.path)
        self.cut = 0

    def _copied(self, kept: Mapping[int, Span], to: Path) -> tuple[dict[int, Span], int]:
        spans, size = {}, 0
        source = self.path if self.path.exists() else Path(os.devnull)
        with source.open("rb") as old, to.open("wb") as new:
            for line, span in kept.items():
                old.seek(span.start)
                new.write(old.read(span.size))
                spans[line] = Span(size, span.size, span.status)
                size += span.size
            new.flush()
            os.fsync(new.fileno())
        return spans, size

    def append(self, line: int, value: Mapping[str, Any]) -> None:
        """Write the line of a question, all of it or nothing.

        Raises:
            BbqaError: The disk is full or the file cannot be written; what was there is kept.
        """
        text = json.dumps(value, ensure_ascii=False, default=str)
        # a half of a character that a file smuggled in cannot be written as UTF-8
        data = text.encode("utf-8", errors="replace") + b"\n"
        with _told(self.path):
            file = self._opened()
            try:
                rest = memoryview(data)
                while rest:
                    rest = rest[os.write(file.fileno(), rest) :]
                os.fsync(file.fileno())
            except BaseException:
                with suppress(OSError):
                    file.truncate(self._size)
                raise
        self.spans[line] = Span(self._size, len(data), self.lines.outcome(value))
        self._size += len(data)

    def _line_and_status(self, data: bytes, where: str) -> tuple[int, str]:
        try:
            value = json.loads(data)
            line = value["line"]
            if type(line) is not int:
                raise ValueError("its number is none")
            return line, self.lines.outcome(value)
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            raise InputError(
                f"{where} is no line of a {self.lines.of}: {error}",
                hint=f"{self.lines.other}, or {self.lines.anew}",
            ) from error

    def _opened(self) -> FileIO:
        if self._file is None:
            self._file = self.path.open("ab", buffering=0)
        return self._file

    def close(self) -> None:
        """Let go of the file."""
        if self._file is not None:
            self._file.close()
            self._file = None


@contextmanager
def open_output(path: Path, *, restart: bool = False, lines: Lines = BATCH) -> Iterator[Output]:
    """The file of answers, for this run alone; its lines have been read, or are to be forgotten.

    Raises:
        InputError: It is a folder, lies in none, or holds something else.
        BbqaError: Another run writes to it.
    """
    from filelock import FileLock, Timeout

    if path.is_dir():
        raise InputError(f"{path} is a folder; expected a file", hint=f"-o {path / 'a.jsonl'}")
    if not path.parent.is_dir():
        raise InputError(f"there is no folder {path.parent}", hint=f"mkdir -p {path.parent}")
    lock = FileLock(path.with_name(f".{path.name}.lock"))
    try:
        with _told(path):
            lock.acquire(timeout=0)
    except Timeout as error:
        raise BbqaError(
            f"another {lines.of} is writing to {path}", hint=f"wait for it, or {lines.other}"
        ) from error
    output = Output(path, lines)
    try:
        if not restart:
            output.read()
        yield output
    finally:
        output.close()
        lock.release()


def write_json(path: Path, value: Mapping[str, Any]) -> None:
    """Write a JSON file whole or not at all.

    Raises:
        BbqaError: The folder cannot be written to, or the disk is full.
    """
    write_whole(path, json.dumps(value, indent=1, ensure_ascii=False, default=str))


def write_whole(path: Path, text: str) -> None:
    """Write a file of one text, ended by a new line, whole or not at all.

    Raises:
        BbqaError: The folder cannot be written to, or the disk is full.
    """
    with _told(path), whole(path) as unfinished:
        unfinished.write_text(f"{text}\n", encoding="utf-8")


@contextmanager
def _told(path: Path) -> Iterator[None]:
    """Turn what the disk says into words."""
    try:
        yield
    except OSError as error:
        if isinstance(error, TimeoutError):  # a lock that is held, told by whoever asked for it
            raise
        raise BbqaError(
            f"cannot write {path}: {error.strerror or error}; the lines in it are whole",
            hint="make room or mend its folder, then run the same command again to go on",
        ) from error
