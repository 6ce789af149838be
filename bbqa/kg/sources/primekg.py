"""PrimeKG's ``kg.csv``, streamed: its nodes, and those of its edges that bbqa has a relation for.

Every edge stands in the file twice, once in each direction. Nothing but numbers is kept of an
edge, so that eight million rows take a few hundred megabytes.

Source: Chandak, Huang, Zitnik, Scientific Data 10:67 (2023), doi:10.1038/s41597-023-01960-3.
"""

from __future__ import annotations

import gzip
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from operator import itemgetter
from pathlib import Path
from typing import IO, Final, cast

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from bbqa.errors import InputError
from bbqa.kg.ends import may_join
from bbqa.kg.sources.delimited import check_columns, check_width, is_packed, read_lines
from bbqa.kg.sources.losses import Losses
from bbqa.kg.tables import numbers
from bbqa.progress import Progress
from bbqa.schema import NodeType, Relation

PRIMEKG: Final = "PrimeKG"
NODE_COLUMNS: Final = ("index", "id", "type", "name", "source")
COLUMNS: Final = (
    "relation",
    "display_relation",
    *(f"{end}_{name}" for end in "xy" for name in NODE_COLUMNS),
)
RELATIONS: Final = tuple(Relation)

ID_SOURCES: Final = frozenset(
    {"NCBI", "DrugBank", "MONDO", "MONDO_grouped", "HPO", "GO", "REACTOME", "UBERON", "CTD"}
)
"""Whose ids PrimeKG's nodes have; a word cut off at the file's end is none of them."""

_TYPES: Final = tuple(NodeType)
_BLOCK_BYTES: Final = 8 << 20
_MANY_NODES: Final = 1 << 20
"""Node rows that may wait before repeated ones among them are dropped."""
_MOST_DIGITS: Final = 9
"""Digits of the longest index: it has to fit 32 bits."""
_HINT: Final = "expected PrimeKG's own kg.csv; fetch it again"
_NUMBER: Final = {"x_index": pa.int32(), "y_index": pa.int32()}

Codes = npt.NDArray[np.int8]
Indices = npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Edges:
    """Edges of the file, one for each row that is kept, in the file's order, E of them.

    Attributes:
        x: PrimeKG's number of the first node, int32 [E].
        y: That of the second, int32 [E].
        relation: Position in ``RELATIONS``, int8 [E].
        display: Position in ``words``, int8 [E].
        words: The different words of the column ``display_relation``.
    """

    x: Indices
    y: Indices
    relation: Codes
    display: Codes
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class KgFile:
    """What a ``kg.csv`` holds.

    Attributes:
        nodes: Each different node of every type, with the columns ``NODE_COLUMNS``.
        edges: The edges whose relation bbqa has.
        rows: How many rows the file has.
    """

    nodes: pa.Table
    edges: Edges
    rows: int


def read_kg(path: Path, losses: Losses, progress: Progress) -> KgFile:
    """What a ``kg.csv`` holds; rows with relations or types that bbqa has not are counted.

    Raises:
        InputError: The file is empty or not UTF-8, a column is missing, a line is cut off, an
            index is no number, a node has no name; with file, line and column.
    """
    check_columns(path, next(read_lines(path))[1], COLUMNS)
    kept: list[Edges] = []
    nodes: list[pa.Table] = []
    words: list[str] = []
    rows = 0
    for batch in _batches(path, progress):
        rows += batch.num_rows
        nodes += [_nodes_of(batch, "x"), _nodes_of(batch, "y")]
        if sum(table.num_rows for table in nodes) > _MANY_NODES:
            nodes = [_distinct(nodes)]
        kept.append(_edges_of(batch, words, losses))
    if not rows:
        raise InputError(f"{path} has a header and no rows", hint=_HINT)
    found = _distinct(nodes)
    _check_nodes(path, found, progress)
    return KgFile(found, _joined(kept, words), rows)


def _batches(path: Path, progress: Progress) -> Iterator[pa.RecordBatch]:
    """The file's rows in blocks; what Arrow complains about is told with line and column."""
    from pyarrow import csv as arrow_csv

    bar = progress.bar("kg.csv", path.stat().st_size, unit="B")
    with path.open("rb") as raw, _unpacked(path, raw) as stream:
        try:
            reader = arrow_csv.open_csv(
                pa.PythonFile(stream, mode="r"),
                read_options=arrow_csv.ReadOptions(block_size=_BLOCK_BYTES),
                convert_options=arrow_csv.ConvertOptions(
                    include_columns=list(COLUMNS),
                    column_types={name: _NUMBER.get(name, pa.string()) for name in COLUMNS},
                    strings_can_be_null=False,
                    null_values=[],
                ),
            )
            for batch in reader:
                yield batch
                bar.move_to(raw.tell())
        except (pa.ArrowException, UnicodeDecodeError, EOFError, OSError) as error:
            raise first_fault(path, progress) or InputError(
                f"{path}: {error}", hint=_HINT
            ) from error


def _unpacked(path: Path, raw: IO[bytes]) -> IO[bytes]:
    return cast("IO[bytes]", gzip.open(raw)) if is_packed(path) else raw


def _nodes_of(batch: pa.RecordBatch, end: str) -> pa.Table:
    """The different nodes at one end of a block's rows."""
    columns = {name: batch[f"{end}_{name}"] for name in NODE_COLUMNS}
    return _distinct([pa.table(columns)])


def _distinct(tables: list[pa.Table]) -> pa.Table:
    return pa.concat_tables(tables).group_by(list(NODE_COLUMNS), use_threads=False).aggregate([])


def _edges_of(batch: pa.RecordBatch, words: list[str], losses: Losses) -> Edges:
    """Those rows of a block whose relation bbqa has, between the types that it joins."""
    relation = _codes(batch["relation"], [word.value for word in RELATIONS])
    x_type = _codes(batch["x_type"], [type.value for type in _TYPES])
    y_type = _codes(batch["y_type"], [type.value for type in _TYPES])
    known = relation >= 0
    fits = known & _FITS[relation, x_type, y_type]
    _count(batch, ~known, "relation that bbqa has not", losses)
    _count(batch, known & ~fits, "relation between other types than its own", losses)
    display = batch["display_relation"]
    words += [word for word in pc.unique(display).to_pylist() if word not in words]
    return Edges(
        numbers(batch["x_index"])[fits],
        numbers(batch["y_index"])[fits],
        relation[fits],
        _codes(display, words)[fits],
        (),
    )


def _codes(column: pa.Array, words: list[str]) -> Codes:
    """The position of each value in ``words``, int8, -1 where it is not among them."""
    found = pc.index_in(column, value_set=pa.array(words, pa.string()))
    return numbers(pc.fill_null(found, -1)).astype(np.int8)


def _make_fits() -> npt.NDArray[np.bool_]:
    """Whether a relation joins two types, in this or the other order, bool [R, T + 1, T + 1].

    The last type stands for those that bbqa has not: index -1 finds it.
    """
    fits = np.zeros((len(RELATIONS), len(_TYPES) + 1, len(_TYPES) + 1), np.bool_)
    for r, relation in enumerate(RELATIONS):
        for a, head in enumerate(_TYPES):
            for b, tail in enumerate(_TYPES):
                fits[r, a, b] = may_join(relation, head, tail) or may_join(relation, tail, head)
    return fits


_FITS: Final = _make_fits()


def _count(batch: pa.RecordBatch, rows: npt.NDArray[np.bool_], reason: str, losses: Losses) -> None:
    """Count rows that are left out by their relation."""
    if not rows.any():
        return
    names = batch["relation"].filter(pa.array(rows))
    for pair in pc.value_counts(names).to_pylist():
        losses.add(PRIMEKG, f"{reason}: {pair['values']}", pair["values"], count=pair["counts"])


def _joined(parts: list[Edges], words: list[str]) -> Edges:
    return Edges(
        np.concatenate([part.x for part in parts]),
        np.concatenate([part.y for part in parts]),
        np.concatenate([part.relation for part in parts]),
        np.concatenate([part.display for part in parts]),
        tuple(words),
    )


# faults


def _check_nodes(path: Path, nodes: pa.Table, progress: Progress) -> None:
    """Raise ``InputError`` if a node lacks something that every node has, or has two ids."""
    low = pc.min(nodes["index"]).as_py()
    empty = any(pc.any(pc.equal(nodes[name], "")).as_py() for name in ("id", "name"))
    foreign = not ID_SOURCES.issuperset(pc.unique(nodes["source"]).to_pylist())
    if nodes["index"].null_count or low < 0 or empty or foreign:
        raise first_fault(path, progress) or InputError(
            f"{path} has a node without a name", hint=_HINT
        )
    identity = nodes.group_by(["index", "id", "type"], use_threads=False).aggregate([])
    if pc.count_distinct(identity["index"]).as_py() < identity.num_rows:
        raise _two_nodes(path, identity)


def _two_nodes(path: Path, identity: pa.Table) -> InputError:
    counted = pc.value_counts(identity["index"]).to_pylist()
    index = min(pair["values"] for pair in counted if pair["counts"] > 1)
    seen: dict[tuple[str, str], str] = {}
    for line, fields in _fields(path):
        row = dict(zip(COLUMNS, fields, strict=True))
        for end in "xy":
            if row[f"{end}_index"] == str(index):
                key = (row[f"{end}_id"], row[f"{end}_type"])
                seen.setdefault(key, f"{' '.join(key)} in line {line}, column '{end}_index'")
        if len(seen) == 2:
            break
    return InputError(
        f"{path}: index {index} is two nodes, {' and '.join(seen.values())}", hint=_HINT
    )


def first_fault(path: Path, progress: Progress) -> InputError | None:
    """What is wrong in the first line of a ``kg.csv`` that has something wrong, or None.

    Slow and plain: the fast reader found that something is wrong, this finds where.
    """
    progress.say(f"{path} has a fault; looking for its line")
    try:
        for line, fields in _fields(path):
            if not _is_sound(fields):
                faults = map(_fault, COLUMNS, fields)
                column, fault = next(pair for pair in zip(COLUMNS, faults, strict=True) if pair[1])
                return InputError(f"{path}, line {line}, column '{column}': {fault}", hint=_HINT)
    except InputError as error:
        return error
    return None


def _is_sound(fields: Sequence[str]) -> bool:
    """Whether no field of a row has a fault; fast, for there are millions."""
    _, _, x, x_id, _, x_name, x_source, y, y_id, _, y_name, y_source = fields
    return (
        bool(x_id and x_name and y_id and y_name)
        and x_source in ID_SOURCES
        and y_source in ID_SOURCES
        and _is_index(x)
        and _is_index(y)
    )


def _is_index(value: str) -> bool:
    return value.isascii() and value.isdigit() and len(value) <= _MOST_DIGITS


def _fault(column: str, value: str) -> str:
    if column.endswith("_index"):
        return "" if _is_index(value) else f"got {value!r}; expected a whole number"
    if column.endswith(("_id", "_name")) and not value:
        return "is empty; expected one for every node"
    if column.endswith("_source") and value not in ID_SOURCES:
        return f"got {value!r}; expected one of {', '.join(sorted(ID_SOURCES))}"
    return ""


def _fields(path: Path) -> Iterator[tuple[int, Sequence[str]]]:
    """The number of each line, and its fields in the order of ``COLUMNS``."""
    lines = read_lines(path)
    header = next(lines)[1]
    wanted = itemgetter(*map(header.index, COLUMNS))
    for line, fields in lines:
        check_width(path, line, len(fields), len(header))
        yield line, wanted(fields)
