"""A benchmark's files: finding them in ``--data``, and reading their rows.

``find_file`` -> ``read_jsonl``, ``read_csv``, ``read_records``, ``read_entries`` -> ``Row``.

A reader looks like this::

    CARD = Card(..., files=("questions.jsonl",))

    class _Questions:
        card = CARD

        def items(self, data, resources, *, split):
            path = find_file(data, CARD, "questions.jsonl")
            for row in read_jsonl(path, required=("id", "question", "answer"), unique="id"):
                yield Item(
                    id=row.text("id"), form=Form.TEXT,
                    question=row.text("question"), gold=(row.text("answer"),),
                )

    BENCHMARK: Benchmark = _Questions()

``read_jsonl`` and ``read_csv`` hold one row at a time; ``read_records`` reads a JSON list or
JSONL, whichever the file is (some releases call JSONL ``.json``); ``read_entries`` reads a JSON
object of objects by id; ``read_json`` gives a file's whole value. ``check_split`` refuses a split
that a benchmark has not. All of them raise ``InputError``, which names the file, the line, what
was got, what was expected, and what to do: for a file that is absent, empty or not UTF-8, a
broken line, missing columns, values of the wrong type (``Row.text``, ``Row.texts``), and the same
id twice.

An official name that says little (``test.json``) or collides with another's is given another one
in ``Card.files``, and ``Card.source`` says so: ``test.json of https://…, saved as x_test.json``;
what is missing is then told in those words.

What a row holds is not judged here: an impossible sequence or structure stays in its item, and
becomes an error when it is answered.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Final

from bbqa.errors import InputError
from bbqa.eval.benchmarks.contract import Card

MAX_CELL: Final = 100_000_000
"""Characters in a cell of a CSV; Python's own limit, 131,072, is short of some sequences' needs."""

_AGAIN: Final = "fetch the official file again, or mend that place"


@dataclass(frozen=True, slots=True)
class Row:
    """One record of a file.

    Attributes:
        path: The file.
        number: From 1: the line on which it begins, or its place in a JSON list.
        value: Its columns; texts where it comes from a CSV.
        place: ``line 17`` or ``item 17``.
    """

    path: Path
    number: int
    value: Mapping[str, Any]
    place: str

    def text(self, column: str) -> str:
        """The text of a column, as it stands there; it may be empty.

        Raises:
            InputError: The column is absent or no text.
        """
        found = self.value.get(column)
        if isinstance(found, str):
            return found
        raise self.wrong(f"{column} is {_shown(found)}; expected a text")

    def texts(self, column: str) -> tuple[str, ...]:
        """The texts of a column that holds a list.

        Raises:
            InputError: The column is absent, or no list of texts.
        """
        found = self.value.get(column)
        if isinstance(found, list) and all(isinstance(text, str) for text in found):
            return tuple(found)
        raise self.wrong(f"{column} is {_shown(found)}; expected a list of texts")

    def wrong(self, message: str) -> InputError:
        """An error that names the file and the place of this row; raise it."""
        return InputError(f"{self.path}, {self.place}: {message}", hint=_AGAIN)


# finding


def find_file(data: Path | None, card: Card, name: str) -> Path:
    """Where a file of a benchmark is: in ``data`` itself or any folder below, nearest the top.

    Args:
        data: What ``--data`` says: a folder; for a benchmark of one file also the file itself,
            whatever it is called.
        card: The benchmark's; its ``source`` stands in the hint.
        name: Of the file; ``folder/name`` where the name alone would fit several.

    Raises:
        InputError: It is absent, or several are equally near.
    """
    if data is None:
        raise InputError(
            f"{card.name} is read from {name}, which does not come with bbqa; got no --data",
            hint=f"{_origin(card)}; put it into a folder and say --data FOLDER",
        )
    if data.is_file() and (data.name == name or len(card.files) == 1):
        return data
    found = [path for path in data.rglob(name) if path.is_file()]
    if not found:
        raise _absent(data, card, name)
    top = min(len(path.parts) for path in found)
    nearest = sorted(path for path in found if len(path.parts) == top)
    if len(nearest) > 1:
        raise InputError(
            f"{data} has {len(nearest)} files {name}: {', '.join(map(str, nearest[:3]))}",
            hint="say --data with the folder that has the one you mean",
        )
    return nearest[0]


def _absent(data: Path, card: Card, name: str) -> InputError:
    hint = f"{_origin(card)}; put it into {data if data.is_dir() else 'a folder'}"
    if not data.is_dir():
        what = "is a file" if data.exists() else "does not exist"
        return InputError(f"{data} {what}; expected a folder with {name}", hint=hint)
    there = {path.name for path in data.rglob("*") if path.is_file()}
    near = get_close_matches(Path(name).name, sorted(there), n=3, cutoff=0.6)
    but = f"; near it there are {', '.join(near)}" if near else ""
    return InputError(f"{card.name}: no file {name} in {data}{but}", hint=hint)


def _origin(card: Card) -> str:
    fetched = f"bbqa eval fetch {card.name}, or by hand; " if card.hub else ""
    return f"{fetched}where to get it: {card.source}"


def check_split(card: Card, split: str, known: Sequence[str]) -> None:
    """Refuse a split that a benchmark does not have.

    Raises:
        InputError: It is none of ``known``.
    """
    if split not in known:
        raise InputError(
            f"{card.name} has no split {split!r}; it has {', '.join(known)}",
            hint=f"bbqa eval run {card.name} --split {known[0]}",
        )


# reading


def read_jsonl(path: Path, *, required: Sequence[str] = (), unique: str = "") -> Iterator[Row]:
    """The objects of a file with one JSON object a line; blank lines are skipped.

    Args:
        path: The file.
        required: Columns that each line must have.
        unique: A column whose values must differ.

    Raises:
        InputError: The file cannot be read as that; the message says which line.
    """
    rows = (_json_row(path, number, line) for number, line in _lines(path) if line.strip())
    return _checked(path, rows, required, unique)


def read_records(path: Path, *, required: Sequence[str] = (), unique: str = "") -> Iterator[Row]:
    """The objects of a JSON list, or of JSONL, whichever the file is.

    Raises:
        InputError: As ``read_jsonl``.
    """
    first = next((line.lstrip() for _, line in _lines(path) if line.strip()), "")
    if not first.startswith("["):
        return read_jsonl(path, required=required, unique=unique)
    value = read_json(path)
    if not isinstance(value, list):
        raise InputError(f"{path} is {_shown(value)}; expected a list of objects", hint=_AGAIN)
    rows = (_object(path, number, one, "item") for number, one in enumerate(value, start=1))
    return _checked(path, rows, required, unique)


def read_csv(
    path: Path,
    *,
    required: Sequence[str] = (),
    unique: str = "",
    separator: str = ",",
    quoted: bool = True,
) -> Iterator[Row]:
    """The rows of a table whose first line names its columns; blank lines are skipped.

    Args:
        path: The file.
        required: Columns that the header must have.
        unique: A column whose values must differ.
        separator: What parts the cells.
        quoted: Whether ``"`` encloses cells; if not, it is a letter like any other.

    Raises:
        InputError: The file cannot be read as that; the message says which line.
    """
    rows = _csv_rows(path, separator, quoted, required)
    return _checked(path, rows, (), unique)


def read_entries(path: Path, *, required: Sequence[str] = ()) -> Iterator[tuple[str, Row]]:
    """The objects of a JSON object, each with the key that it stands under.

    Raises:
        InputError: The file is no object of objects, or one lacks a required column.
    """
    value = read_json(path)
    if not isinstance(value, dict) or not value:
        raise InputError(
            f"{path} is {_shown(value)}; expected an object with an entry for each id", hint=_AGAIN
        )
    for number, (key, one) in enumerate(value.items(), start=1):
        place = f"entry {key!r}"
        if not isinstance(one, dict):
            raise InputError(f"{path}, {place}: is {_shown(one)}; expected an object", hint=_AGAIN)
        row = Row(path, number, one, place)
        _check_columns(row, required)
        yield key, row


def read_json(path: Path) -> object:
    """The value of a JSON file; what it must be is for the caller to check.

    Raises:
        InputError: The file is absent, empty, not UTF-8, no JSON, or an object in it has the
            same key twice.
    """
    text = "".join(line for _, line in _lines(path))
    if not text.strip():
        raise _empty(path)
    try:
        return json.loads(text, object_pairs_hook=_no_key_twice)
    except json.JSONDecodeError as error:
        raise InputError(
            f"{path}, line {error.lineno}: is no JSON: {error.msg}", hint=_AGAIN
        ) from error
    except (_TwiceError, RecursionError) as error:
        raise InputError(f"{path}: {error}", hint=_AGAIN) from error


# lines and rows


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    """Numbers, from 1, and texts of lines, line ends kept; a byte order mark is left out."""
    try:
        with path.open("rb") as file:
            for number, line in enumerate(file, start=1):
                yield number, line.decode("utf-8-sig" if number == 1 else "utf-8")
    except UnicodeDecodeError as error:
        raise InputError(
            f"{path}, line {number}: byte 0x{error.object[error.start]:02x} is not UTF-8 text",
            hint=f"iconv -f ISO-8859-1 -t UTF-8 {path} (or whatever it is written in)",
        ) from error
    except OSError as error:
        raise InputError(
            f"{path} cannot be read: {error.strerror or error}",
            hint="say --data with the folder of the benchmark's files",
        ) from error


def _json_row(path: Path, number: int, line: str) -> Row:
    try:
        value = json.loads(line, object_pairs_hook=_no_key_twice)
    except (ValueError, RecursionError) as error:
        what = str(error) if isinstance(error, _TwiceError) else f"is no JSON: {error}"
        raise InputError(f"{path}, line {number}: {what}", hint=_AGAIN) from error
    return _object(path, number, value, "line")


def _object(path: Path, number: int, value: object, kind: str) -> Row:
    if isinstance(value, dict):
        return Row(path, number, value, f"{kind} {number}")
    raise InputError(
        f"{path}, {kind} {number}: is {_shown(value)}; expected an object", hint=_AGAIN
    )


def _csv_rows(path: Path, separator: str, quoted: bool, required: Sequence[str]) -> Iterator[Row]:
    cells = csv.reader(
        (line for _, line in _lines(path)),
        delimiter=separator,
        quoting=csv.QUOTE_MINIMAL if quoted else csv.QUOTE_NONE,
        strict=True,
    )
    header: list[str] = []
    begins = 1
    while (row := _next_cells(path, cells, begins)) is not None:
        if row and not header:
            header = [name.strip() for name in row]
            head = Row(path, begins, dict.fromkeys(header), f"line {begins}")
            _check_header(head, header)
            _check_columns(head, required)
        elif row and len(row) != len(header):
            raise InputError(
                f"{path}, line {begins}: has {len(row)} cells; the header has {len(header)}",
                hint=_AGAIN,
            )
        elif row:
            yield Row(path, begins, dict(zip(header, row, strict=True)), f"line {begins}")
        begins = cells.line_num + 1


def _next_cells(path: Path, cells: Iterator[list[str]], begins: int) -> list[str] | None:
    """The next row's cells, or None at the end."""
    limit = csv.field_size_limit(MAX_CELL)  # of the whole process, so it is put back
    try:
        row: list[str] | None = next(cells, None)
    except csv.Error as error:
        what = "a quote is opened and never closed" if "unexpected end" in str(error) else error
        raise InputError(f"{path}, line {begins}: {what}", hint=_AGAIN) from error
    finally:
        csv.field_size_limit(limit)
    return row


def _check_header(row: Row, header: list[str]) -> None:
    if len(row.value) < len(header):
        twice = next(name for name in header if header.count(name) > 1)
        raise row.wrong(f"the column {twice!r} comes twice; expected it once")


def _checked(
    path: Path, rows: Iterator[Row], required: Sequence[str], unique: str
) -> Iterator[Row]:
    seen: dict[str, str] = {}
    empty = True
    for row in rows:
        empty = False
        _check_columns(row, required)
        if unique:
            _check_id(row, unique, seen)
        yield row
    if empty:
        raise _empty(path)


def _check_columns(row: Row, required: Sequence[str]) -> None:
    missing = [column for column in required if column not in row.value]
    if missing:
        has = ", ".join(repr(str(name)[:40]) for name in list(row.value)[:12]) or "none"
        raise row.wrong(f"no column {', '.join(map(repr, missing))}; it has {has}")


def _check_id(row: Row, column: str, seen: dict[str, str]) -> None:
    name = str(row.value.get(column))
    if name in seen:
        raise row.wrong(f"{column} {name!r} stands at {seen[name]} already; expected it once")
    seen[name] = row.place


class _TwiceError(ValueError):
    """An object has the same key twice."""


def _no_key_twice(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise _TwiceError(f"the key {twice[:80]!r} comes twice in one object; expected it once")
    return value


def _empty(path: Path) -> InputError:
    return InputError(f"{path} has no rows; expected a benchmark's records", hint=_AGAIN)


def _shown(value: object) -> str:
    """A value of the wrong kind, as errors show it."""
    if value is None:
        return "absent or null"
    kind = {"dict": "an object", "list": "a list", "str": "a text"}.get(type(value).__name__)
    shown = json.dumps(value, ensure_ascii=False)
    return f"{kind or 'the ' + type(value).__name__} {shown[:40]}{'…' if len(shown) > 40 else ''}"
