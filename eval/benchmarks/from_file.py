"""A person's own questions as a benchmark: any JSONL, JSON list, CSV or TSV.

``benchmark_from_file`` -> columns (``columns``) -> rows (``reading``) -> ``Item``.

The form of an item is told by the column ``form``; without one, options make it a CHOICE, node
types ENTITIES, and all else a TEXT. Several texts stand in a cell of a CSV with ``|`` between
them, and as a list in JSON. The right option may be told by its letter or label. An empty gold
means that there is no answer.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from string import ascii_uppercase
from typing import TYPE_CHECKING, Any, Final

from bbqa.errors import InputError
from bbqa.eval.benchmarks.columns import (
    Columns,
    check_columns,
    columns_beside,
    complete,
)
from bbqa.eval.benchmarks.contract import Benchmark, Card, Form, Item
from bbqa.eval.benchmarks.reading import Row, read_csv, read_records
from bbqa.schema import NodeType

if TYPE_CHECKING:
    from bbqa.kg.graph import Graph
    from bbqa.resources import Resources

SEPARATORS: Final = {".csv": ",", ".tsv": "\t"}
RECORDS: Final = (".jsonl", ".ndjson", ".json")
INPUTS: Final = {"seq": "protein", "smiles": "molecule"}
BETWEEN: Final = "|"
"""What stands between several texts in one cell."""


def benchmark_from_file(
    path: Path, columns: Mapping[str, Sequence[str]] | None = None
) -> Benchmark:
    """The questions of a file as a benchmark.

    Args:
        path: The file.
        columns: For each field the columns that it is read from, as ``columns.read_columns``
            reads them from ``--columns``; None takes what is declared beside the file.

    Raises:
        InputError: The file has no rows, or not the columns that are declared.
    """
    declared, told = columns_beside(path) if columns is None else (columns, {})
    first = next(_rows(path))
    whole = complete(check_columns(declared, "columns"), list(first.value), path)
    return _FileBenchmark(_card(path, whole, told), path, whole)


@dataclass(frozen=True, slots=True)
class _FileBenchmark:
    """A benchmark of one file.

    Attributes:
        card: What it is, as far as it is told.
        path: The file.
        columns: Where each field is.
    """

    card: Card
    path: Path
    columns: Columns

    def items(self, data: Path | None, resources: Resources, *, split: str) -> Iterator[Item]:
        """The rows of a split, or all if the file has no column for it; ``data`` is not read."""
        if "split" not in self.columns and split != "test":
            raise InputError(
                f"{self.path} has no column for splits; got --split {split}",
                hint="--columns split=COLUMN, or leave --split away",
            )
        required = [name for field in ("question", "gold") for name in self.columns[field]]
        unique = self.columns.get("id", ("",))[0]
        splits: dict[str, None] = {}
        for row in _rows(self.path, required=required, unique=unique):
            cells = _Cells(row, self.columns)
            own = cells.text("split") if "split" in self.columns else split
            splits.setdefault(own)
            if own == split:
                yield _item(cells, resources)
        if split not in splits:
            raise InputError(
                f"{self.path} has no rows of the split {split!r}; it has {', '.join(splits)}",
                hint=f"--split {next(iter(splits))}",
            )


def _rows(path: Path, *, required: Sequence[str] = (), unique: str = "") -> Iterator[Row]:
    kind = path.suffix.lower()
    if kind in SEPARATORS:
        return read_csv(path, required=required, unique=unique, separator=SEPARATORS[kind])
    if kind in RECORDS:
        return read_records(path, required=required, unique=unique)
    raise InputError(
        f"{path} is of the kind {kind or 'without an ending'!r}; expected"
        f" {', '.join((*RECORDS, *SEPARATORS))}",
        hint="save it as one JSON object a line (.jsonl) or as a table (.csv)",
    )


def _card(path: Path, columns: Columns, told: Mapping[str, str]) -> Card:
    inputs = [kind for field, kind in INPUTS.items() if field in columns]
    metric = "accuracy" if "options" in columns else "ROUGE-L"
    guessed: dict[str, Any] = {
        "name": path.stem,
        "title": f"The questions of {path.name}",
        "modality": " and ".join(inputs) or "text",
        "metric": "entity F1" if "types" in columns else metric,
        "source": path.name,
        "licence": "not stated",
        "citation": "not stated",
        "leaks": "not stated",
    }
    return Card(**{**guessed, **told}, files=(path.name,))


# one row


@dataclass(frozen=True, slots=True)
class _Cells:
    """A row, read by field.

    Attributes:
        row: As it stands in the file.
        columns: Where each field is.
    """

    row: Row
    columns: Columns

    def text(self, field: str) -> str:
        """The field's text; empty where there is none."""
        return next(iter(_texts(self.value(field), None)), "")

    def texts(self, field: str) -> tuple[str, ...]:
        """The field's texts, those of all its columns."""
        between = BETWEEN if self.row.path.suffix.lower() in SEPARATORS else None
        values = [self.row.value.get(column) for column in self.columns.get(field, ())]
        return tuple(text for value in values for text in _texts(value, between))

    def value(self, field: str) -> object:
        """What stands in the field's first column."""
        columns = self.columns.get(field)
        return self.row.value.get(columns[0]) if columns else None


def _texts(value: object, between: str | None) -> Iterator[str]:
    """The texts of a value, none of them empty."""
    match value:
        case None:
            return
        case str() if between and between in value:
            yield from filter(None, (part.strip() for part in value.split(between)))
        case str():
            yield from filter(None, (value.strip(),))
        case list():
            yield from (text for one in value for text in _texts(one, None))
        case dict():
            yield from (text for one in value.values() for text in _texts(one, None))
        case _:
            yield str(value)


def _item(cells: _Cells, resources: Resources) -> Item:
    row, question = cells.row, cells.text("question")
    if not question:
        raise row.wrong(f"{cells.columns['question'][0]} is empty; expected a question")
    options = tuple(dict.fromkeys(cells.texts("options")))
    form, gold = _form(cells, options), cells.texts("gold")
    types, hidden = tuple(_types(cells)), cells.texts("hidden")
    if form is Form.CHOICE:
        gold = _right(cells, options, gold)
    known = (*gold, *hidden) if form is Form.ENTITIES else hidden
    if known:
        _check_nodes(row, known, resources.graph)
    return Item(
        id=cells.text("id") or row.place.replace(" ", "-"),
        form=form,
        question=question,
        gold=gold,
        seq=cells.texts("seq"),
        smiles=cells.texts("smiles"),
        options=options if form is Form.CHOICE else (),
        context=cells.text("context"),
        types=types,
        hidden=hidden,
        evidence=tuple(text.rstrip(". ") for text in cells.texts("evidence")),
        bins=_bins(cells),
    )


def _form(cells: _Cells, options: Sequence[str]) -> Form:
    told = cells.text("form").lower()
    if told and told not in tuple(Form):
        raise cells.row.wrong(f"form is {told!r}; expected {', '.join(Form)}")
    if told:
        return Form(told)
    if options:
        return Form.CHOICE
    return Form.ENTITIES if cells.texts("types") else Form.TEXT


def _right(cells: _Cells, options: Sequence[str], gold: Sequence[str]) -> tuple[str, ...]:
    """The right option word for word, told by itself, its label or its letter."""
    if len(options) < 2:
        raise cells.row.wrong(f"{len(options)} options; expected two or more")
    if not gold:
        return ()
    given = cells.value("options")
    letters = dict(zip(ascii_uppercase, cells.texts("options"), strict=False))
    labelled = given if isinstance(given, dict) else letters
    right = gold[0] if gold[0] in options else str(labelled.get(gold[0], "")).strip()
    if right in options and len(gold) == 1:
        return (right,)
    raise cells.row.wrong(
        f"gold is {', '.join(map(repr, gold))[:80]}; expected one of {', '.join(options)[:200]}"
    )


def _types(cells: _Cells) -> Iterator[NodeType]:
    known = [str(one) for one in NodeType]
    for name in cells.texts("types"):
        if name not in known:
            near = ", ".join(get_close_matches(name, known, n=3, cutoff=0.0))
            raise cells.row.wrong(f"{name!r} is no type of nodes; nearest are {near}")
        yield NodeType(name)


def _check_nodes(row: Row, ids: Sequence[str], graph: Graph) -> None:
    for node_id in ids:
        if graph.row(node_id) is None:
            raise row.wrong(f"{node_id!r} is no node of the graph; expected an id such as P00533")


def _bins(cells: _Cells) -> dict[str, str]:
    """What each column of ``bins`` says, by its name."""
    named = {name: cells.row.value.get(name) for name in cells.columns.get("bins", ())}
    return {name: str(value) for name, value in named.items() if value not in (None, "")}
