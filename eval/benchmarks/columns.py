"""Which column of a file holds which field of an item, as a person declares it.

``--columns question=q,gold=answer`` or a file beside the data: ``questions.columns.toml`` (or
``.json``) beside ``questions.jsonl``::

    [columns]
    question = "q"
    gold = "answer"
    options = ["a", "b", "c"]

    [card]
    title = "What my proteins do"
    licence = "CC0-1.0"

A field that is not declared is read from the column of its own name, where there is one.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable, Collection, Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Final

from bbqa.errors import InputError

FIELDS: Final = (
    "question",
    "gold",
    "id",
    "form",
    "seq",
    "smiles",
    "options",
    "context",
    "types",
    "hidden",
    "evidence",
    "bins",
    "split",
)
"""What can be declared: the fields of an ``Item``, and ``split``."""

REQUIRED: Final = ("question", "gold")
SINGLE: Final = ("question", "id", "form", "context", "split")
"""Fields of one text; the others are lists, and may be declared with several columns."""

DESCRIBED: Final = ("name", "title", "modality", "metric", "source", "licence", "citation", "leaks")
"""What ``[card]`` may say."""

Columns = Mapping[str, tuple[str, ...]]
"""For each field the columns that it is read from."""

_FORM: Final = "write question=COLUMN,gold=COLUMN; several columns of a list as options=A|B|C"


def read_columns(text: str) -> dict[str, tuple[str, ...]]:
    """The mapping that ``--columns`` declares.

    Raises:
        InputError: It is not of the form ``field=column,…``, or has an unknown field.

    >>> read_columns("question=q,options=a|b")
    {'question': ('q',), 'options': ('a', 'b')}
    """
    found: dict[str, tuple[str, ...]] = {}
    for part in text.split(","):
        field, equals, column = (piece.strip() for piece in part.partition("="))
        if not (field and equals and column):
            raise InputError(f"--columns has {part!r}; expected field=column", hint=_FORM)
        if field in found:
            raise InputError(f"--columns has {field} twice; expected it once", hint=_FORM)
        found[field] = tuple(name.strip() for name in column.split("|"))
    return check_columns(found, "--columns")


def columns_beside(path: Path) -> tuple[dict[str, tuple[str, ...]], dict[str, str]]:
    """Columns and card of the file that stands beside the data; both empty if there is none.

    Raises:
        InputError: That file cannot be read, or declares what there is not.
    """
    for kind, parse in (("toml", tomllib.loads), ("json", json.loads)):
        beside = path.with_suffix(f".columns.{kind}")
        if beside.is_file():
            return _declared(beside, _parsed(beside, parse))
    return {}, {}


def check_columns(given: Mapping[str, Sequence[str]], where: str) -> dict[str, tuple[str, ...]]:
    """The mapping, if all its fields are known and a field of one text has one column.

    Raises:
        InputError: They are not; the message lists the nearest three.
    """
    check_names(given, FIELDS, where)
    for field, columns in given.items():
        if field in SINGLE and len(columns) != 1:
            raise InputError(
                f"{where}: {field} has {len(columns)} columns; expected one",
                hint=f"several columns are for {', '.join(f for f in FIELDS if f not in SINGLE)}",
            )
    return {field: tuple(columns) for field, columns in given.items()}


def check_names(given: Collection[str], known: Sequence[str], where: str) -> None:
    """Refuse a name that is none of those known, with the nearest three."""
    for name in given:
        if name not in known:
            raise InputError(
                f"{where}: unknown {name!r}; nearest are {_near(name, known)}",
                hint=f"known are {', '.join(known)}",
            )


def complete(declared: Columns, there: Sequence[str], path: Path) -> dict[str, tuple[str, ...]]:
    """The mapping with every field that has a column of its own name.

    Args:
        declared: What the person declared.
        there: The columns of the file.
        path: The file, for errors.

    Raises:
        InputError: A declared column is not there, or none for the question or the gold.
    """
    for field, columns in declared.items():
        for column in columns:
            if column not in there:
                raise _no_column(path, column, field, there)
    own = {field: (field,) for field in FIELDS if field in there}
    whole = {**own, **declared}
    for field in REQUIRED:
        if field not in whole:
            raise _no_column(path, field, field, there)
    return whole


def _no_column(path: Path, column: str, field: str, there: Sequence[str]) -> InputError:
    return InputError(
        f"{path}: no column {column!r} for {field}; it has {', '.join(map(repr, there[:20]))};"
        f" nearest are {_near(column, there)}",
        hint=f"--columns {field}=COLUMN, or {path.with_suffix('.columns.toml').name} beside it",
    )


def _near(name: str, known: Sequence[str]) -> str:
    return ", ".join(get_close_matches(name, known, n=3, cutoff=0.0)) or "none"


def _parsed(path: Path, parse: Callable[[str], object]) -> object:
    try:
        return parse(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError) as error:  # TOML's, JSON's and UTF-8's errors are ValueErrors
        raise InputError(f"{path} cannot be read: {error}", hint="mend that file") from error


def _declared(path: Path, found: object) -> tuple[dict[str, tuple[str, ...]], dict[str, str]]:
    match found:
        case {"columns": dict(columns), **rest} if all(map(_is_names, columns.values())):
            check_names([str(name) for name in rest], ("card",), str(path))
        case _:
            raise InputError(
                f"{path}: expected a table columns of fields and names of columns",
                hint='[columns]\nquestion = "q"\ngold = "answer"',
            )
    card = rest.get("card", {})
    if not isinstance(card, dict) or not all(isinstance(text, str) for text in card.values()):
        raise InputError(f"{path}: expected texts in the table card", hint="mend that file")
    check_names(card, DESCRIBED, f"{path}, card")
    listed = {field: [one] if isinstance(one, str) else one for field, one in columns.items()}
    return check_columns(listed, str(path)), card


def _is_names(given: object) -> bool:
    """Whether it is the name of a column, or a list of names."""
    names = given if isinstance(given, list) else [given]
    return bool(names) and all(isinstance(name, str) for name in names)
