"""Tables that a person gives as text: tab- or comma-separated, plain or gzipped, with a header.

Every fault is told with file and line. A file whose name ends in ``.csv`` (or ``.csv.gz``) has
commas and may quote its fields; any other has tabs, and its quotes are ordinary characters.
"""

from __future__ import annotations

import csv
import gzip
import io
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final, cast

from bbqa.errors import InputError

_LONGEST_FIELD: Final = 1 << 20
"""Characters; titin's sequence has 34,350, and Python's own limit is 131,072."""


class _Commas(csv.excel):
    strict = True


class _Tabs(csv.excel):
    delimiter = "\t"
    quoting = csv.QUOTE_NONE


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table: its number in the file and its fields by column."""

    line: int
    fields: dict[str, str]

    def __getitem__(self, column: str) -> str:
        return self.fields.get(column, "")


def has_commas(path: Path) -> bool:
    """Whether a file's name says that its columns are separated by commas."""
    return path.name.lower().removesuffix(".gz").endswith(".csv")


def is_packed(path: Path) -> bool:
    """Whether a file's name says that it is gzipped."""
    return path.name.endswith(".gz")


def check_file(path: Path) -> None:
    """Raise ``InputError`` if a file that a person named is missing, a folder, or empty."""
    if path.is_dir():
        raise InputError(f"{path} is a folder; expected a file", hint="name one file in it")
    if not path.exists():
        raise InputError(f"no file {path}", hint="check its name")
    if path.stat().st_size == 0:
        raise InputError(f"{path} is empty; expected a table with a header", hint="fetch it again")


def open_bytes(path: Path) -> IO[bytes]:
    """A file that a person named, open for reading; unpacked on the way if it is gzipped.

    Raises:
        InputError: It is missing, a folder, not readable, or empty.
    """
    check_file(path)
    try:
        return cast("IO[bytes]", gzip.open(path)) if is_packed(path) else path.open("rb")
    except OSError as error:
        raise InputError(
            f"cannot read {path}: {error.strerror or error}", hint="check its permissions"
        ) from error


def read_rows(path: Path, required: Sequence[str], *, optional: Sequence[str] = ()) -> list[Row]:
    """All rows of a table, the columns that are asked for only, white space stripped.

    Columns may come in any order and case; further columns are passed over.

    Args:
        path: The file.
        required: Columns without which there is nothing to read.
        optional: Columns that may be missing; empty where they are.

    Raises:
        InputError: The file cannot be read, is empty or not UTF-8, a required column is missing,
            or a line has another number of columns than the header.
    """
    lines = read_lines(path)
    header = [word.strip().lower() for word in next(lines)[1]]
    check_columns(path, header, required)
    place = {name: header.index(name) for name in (*required, *optional) if name in header}
    rows = []
    for line, fields in lines:
        check_width(path, line, len(fields), len(header))
        rows.append(Row(line, {name: fields[at].strip() for name, at in place.items()}))
    return rows


def read_lines(path: Path) -> Iterator[tuple[int, list[str]]]:
    """The fields of each line that is not blank, the header among them, with the line's number.

    Raises:
        InputError: The file cannot be read, is empty or not UTF-8, or its packing is broken.
    """
    csv.field_size_limit(_LONGEST_FIELD)
    layout = _Commas if has_commas(path) else _Tabs
    seen = False
    with open_bytes(path) as stream:
        text = io.TextIOWrapper(stream, "utf-8-sig", newline="")
        reader = csv.reader(text, layout)
        try:
            for fields in reader:
                if any(fields):
                    seen = True
                    yield reader.line_num, fields
        except UnicodeDecodeError:
            raise not_utf8(path) from None
        except (OSError, EOFError, zlib.error, csv.Error) as error:
            raise InputError(
                f"{path}, after line {reader.line_num}: {error}", hint="fetch or write it again"
            ) from error
    if not seen:
        raise InputError(f"{path} is empty; expected a table with a header", hint="fetch it again")


def check_columns(path: Path, header: Sequence[str], required: Sequence[str]) -> None:
    """Raise ``InputError`` if a column is missing from the header of a table."""
    missing = [name for name in required if name not in header]
    if missing:
        found = ", ".join(header[:20])
        raise InputError(
            f"{path}, line 1: no column {', '.join(map(repr, missing))}; found {found}",
            hint=f"expected the columns {', '.join(required)}",
        )


def check_width(path: Path, line: int, found: int, expected: int) -> None:
    """Raise ``InputError`` if a line has another number of columns than the header."""
    if found != expected:
        raise InputError(
            f"{path}, line {line} has {found} columns; expected {expected}",
            hint="if it is the last line, the file was cut off: fetch it again",
        )


def not_utf8(path: Path) -> InputError:
    """The error for a file that is not UTF-8: which byte, in which line."""
    with open_bytes(path) as stream:
        for number, line in enumerate(stream, start=1):
            try:
                line.decode("utf-8")
            except UnicodeDecodeError as error:
                byte = line[error.start]
                return InputError(
                    f"{path} is not UTF-8 text: byte 0x{byte:02x} in line {number}",
                    hint="save it as UTF-8",
                )
    return InputError(f"{path} is not UTF-8 text", hint="save it as UTF-8")
