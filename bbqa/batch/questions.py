"""A file of questions -> rows, each with its line; a bad row is a row that says what is wrong.

JSONL has one object a line, CSV a header::

    {"id": "a", "question": "What does this protein do?", "seq": ["P00533"]}

    id,question,seq,seq_2,smiles
    a,What do these have in common?,P00533,P04626,

What concerns the file as a whole is refused before anything is asked; what concerns one row
fails that row alone.
"""

from __future__ import annotations

import csv
import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from io import StringIO
from pathlib import Path
from typing import Any, Final

from bbqa.errors import InputError
from bbqa.fasta import read_text

JSONL_ENDINGS: Final = frozenset({".jsonl", ".ndjson", ".json"})
CSV_ENDINGS: Final = frozenset({".csv", ".tsv"})
SEQUENCE_ENDINGS: Final = frozenset({".fa", ".fas", ".fasta", ".faa", ".fna", ".pep", ".seq"})
SEPARATORS: Final = ",;\t"
QUESTION: Final = "question"
OWN: Final = frozenset({"id", QUESTION, "seq", "smiles"})
_NUMBERED: Final = re.compile(r"(seq|smiles)_\d+")
FORMS: Final = 'JSONL: {"question": "…", "seq": "…"} in each line; CSV: a header with question'
MAX_ROWS: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Row:
    """One question of a file.

    Attributes:
        line: Line of the file on which it begins, from 1; it tells rows apart.
        id: What the person calls it, or its line; None where the row cannot be read.
        question: The question in words.
        seq: Sequences, as ``ask`` takes them; paths are those of the file's folder.
        smiles: Structures, likewise.
        given: Columns that bbqa does not know; they come back with the answer.
        wrong: Why it cannot be asked, or None.
    """

    line: int
    id: str | None
    question: str = ""
    seq: tuple[str, ...] = ()
    smiles: tuple[str, ...] = ()
    given: Mapping[str, Any] = field(default_factory=dict)
    wrong: InputError | None = None


@dataclass(frozen=True, slots=True)
class Questions:
    """A file of questions.

    Attributes:
        path: Where it is.
        sha256: Of its bytes.
        rows: In the file's order.
    """

    path: Path
    sha256: str
    rows: tuple[Row, ...]


def read_questions(path: Path) -> Questions:
    """The questions of a JSONL or CSV file.

    Raises:
        InputError: The file is missing, empty, not UTF-8, without questions, its header is
            broken, or two rows have the same id.
    """
    text = read_text(path)
    if not text.strip():
        raise InputError(f"{path} is empty; expected questions", hint=FORMS)
    found = _json_rows(text, path) if _is_json(path, text) else _csv_rows(text, path)
    rows = tuple(found)
    if not rows:
        raise InputError(f"{path} has no questions", hint=FORMS)
    if len(rows) > MAX_ROWS:
        raise InputError(
            f"{path} has {len(rows):,} questions; at most {MAX_ROWS:,} are accepted",
            hint="split it into several files",
        )
    _check_ids(rows, path)
    return Questions(path, hashlib.sha256(path.read_bytes()).hexdigest(), rows)


def _is_json(path: Path, text: str) -> bool:
    ending = path.suffix.lower()
    if ending in JSONL_ENDINGS | CSV_ENDINGS:
        return ending in JSONL_ENDINGS
    return text.lstrip()[0] in "{["


def _check_ids(rows: tuple[Row, ...], path: Path) -> None:
    lines: dict[str, int] = {}
    for row in rows:
        if row.id is None:
            continue
        if row.id in lines:
            raise InputError(
                f"{path}: lines {lines[row.id]} and {row.line} have the same id {row.id!r}",
                hint="ids must differ; a row without an id is called by its line",
            )
        lines[row.id] = row.line


# JSONL


def _json_rows(text: str, path: Path) -> Iterator[Row]:
    if text.lstrip().startswith("["):
        raise InputError(
            f"{path} is a JSON list; expected one object a line",
            hint=f"jq -c '.[]' {path} > questions.jsonl",
        )
    keys: dict[str, None] = {}
    rows: list[Row] = []
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            value = json.loads(line, parse_constant=_refuse)
        except (ValueError, RecursionError) as error:
            rows.append(_bad(number, f"is no JSON: {error}", 'write {"question": "…"}'))
            continue
        if not isinstance(value, dict):
            what = type(value).__name__
            rows.append(_bad(number, f"is a JSON {what}; expected an object", FORMS))
            continue
        keys |= dict.fromkeys(value)
        rows.append(_row(number, value, path.parent))
    if keys and QUESTION not in keys:
        raise _no_question(path, list(keys))
    return iter(rows)


def _refuse(constant: str) -> None:
    """NaN and the like are no JSON, though Python reads them."""
    raise ValueError(f"{constant} is no number")


def _no_question(path: Path, names: list[str]) -> InputError:
    near = get_close_matches(QUESTION, names, n=1, cutoff=0.6)
    listed = ", ".join(repr(name[:40]) for name in names[:8])
    return InputError(
        f"{path} has no column 'question'; it has {listed}",
        hint=f"rename {near[0]!r} to 'question'" if near else FORMS,
    )


# CSV


def _csv_rows(text: str, path: Path) -> Iterator[Row]:
    separator = _separator(text, path)
    lines = csv.reader(StringIO(text, newline="\n"), delimiter=separator, strict=True)
    header: list[str] = []
    while not header:  # blank lines may come before it
        header = [name.strip() for name in next(lines)]
    _check_header(header, path)
    begins = lines.line_num + 1
    while True:
        try:
            cells = next(lines)
        except StopIteration:
            return
        except csv.Error as error:
            if "unexpected end" in str(error):
                raise InputError(
                    f"{path}, line {begins}: a quote is opened and never closed",
                    hint='close it, or write "" for a quote within quotes',
                ) from error
            yield _bad(begins, f"is no CSV: {error}", 'write "" for a quote within quotes')
        else:
            if any(cell.strip() for cell in cells):
                yield _csv_row(begins, header, cells, path.parent)
        begins = lines.line_num + 1


def _separator(text: str, path: Path) -> str:
    """What parts the header's columns: the first separator that finds one called question."""
    first = next(line for line in text.split("\n") if line.strip())
    for separator in SEPARATORS:
        try:
            names = next(csv.reader([first], delimiter=separator, strict=True))
        except csv.Error as error:
            raise InputError(f"{path}: the header is broken: {error}", hint=FORMS) from error
        if QUESTION in (name.strip() for name in names):
            return separator
    raise _no_question(path, next(csv.reader([first])))


def _check_header(header: list[str], path: Path) -> None:
    repeated = [name for name, count in Counter(header).items() if count > 1]
    if repeated:
        raise InputError(
            f"{path}: column {repeated[0]!r} comes {header.count(repeated[0])} times",
            hint="several inputs have columns of their own: seq, seq_2, seq_3",
        )


def _csv_row(line: int, header: list[str], cells: list[str], folder: Path) -> Row:
    if len(cells) > len(header):
        return _bad(
            line,
            f"has {len(cells)} cells; the header has {len(header)}",
            "put a cell that has the separator in it into quotes",
        )
    value: dict[str, Any] = {"seq": [], "smiles": []}
    for name, cell in zip(header, cells, strict=False):
        numbered = _NUMBERED.fullmatch(name)
        kind = numbered.group(1) if numbered else name
        if kind in ("seq", "smiles"):
            value[kind] += [cell] if cell.strip() else []
        elif cell or kind not in OWN:
            value[kind] = cell
    return _row(line, value, folder)


# one row


def _bad(line: int, message: str, hint: str) -> Row:
    return Row(line, None, wrong=InputError(f"line {line} {message}", hint=hint))


def _row(line: int, value: Mapping[str, Any], folder: Path) -> Row:
    given = {name: kept for name, kept in value.items() if name not in OWN}
    name: str | None = None
    try:
        name = _id(value.get("id"), line)
        return Row(
            line,
            name,
            _question(value, line),
            tuple(_from_folder(text, folder) for text in _texts(value, "seq", line)),
            tuple(_from_folder(text, folder) for text in _texts(value, "smiles", line)),
            given,
        )
    except InputError as error:
        return Row(line, name, given=given, wrong=error)


def _id(value: object, line: int) -> str:
    if value is None or value == "":
        return str(line)
    if isinstance(value, str | int) and not isinstance(value, bool):
        return str(value)
    raise InputError(
        f"line {line}: id is {json.dumps(value)[:40]}; expected a text or a whole number",
        hint='write {"id": "a1"} or leave it out',
    )


def _question(value: Mapping[str, Any], line: int) -> str:
    question = value.get(QUESTION)
    if not isinstance(question, str) or not question.strip():
        blank = question is None or isinstance(question, str)
        got = "no question" if blank else f"the question {json.dumps(question)[:40]}"
        raise InputError(f"line {line} has {got}; expected a text", hint=FORMS)
    return question


def _texts(value: Mapping[str, Any], name: str, line: int) -> list[str]:
    found = value.get(name)
    texts = [] if found in (None, "") else found if isinstance(found, list) else [found]
    for text in texts:
        if not isinstance(text, str):
            raise InputError(
                f"line {line}: {name} has {json.dumps(text)[:40]}; expected a text or a list",
                hint=f'write {{"{name}": "…"}} or {{"{name}": ["…", "…"]}}',
            )
        if text.strip() == "-":
            raise InputError(
                f"line {line}: {name} is '-', standard input, which a file cannot mean",
                hint="name a file",
            )
    return texts


def _from_folder(text: str, folder: Path) -> str:
    """The text, or if it is a relative path, the path as seen from the questions' folder."""
    if "\n" in text or len(text) > 1000:
        return text
    path = folder / Path(text.strip())
    try:
        there = path.is_file()
    except (OSError, ValueError):
        return text
    return str(path) if there or path.suffix.lower() in SEQUENCE_ENDINGS else text
