"""The four tables of a knowledge graph: their columns, and how they are read.

A graph is a folder of ``nodes``, ``edges``, ``sequences`` and ``molecules`` as Parquet files and
a ``manifest.json``, which is written last: it exists only if the rest is complete. A node is
known by its row number in ``nodes``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from bbqa.errors import GraphError

SCHEMA_VERSION: Final = 1
MANIFEST: Final = "manifest.json"
BUILD_HINT: Final = "build it with: bbqa kg build starter"

_WORD: Final = pa.dictionary(pa.int16(), pa.string())

NODES: Final = pa.schema(
    [
        ("id", pa.string()),
        ("type", pa.dictionary(pa.int8(), pa.string())),
        ("name", pa.string()),
        ("synonyms", pa.list_(pa.string())),
        ("xrefs", pa.list_(pa.string())),
        ("information", pa.float32()),
    ]
)
"""Sorted by type, then id. ``information`` is in bits, and 0 where a node is no GO term."""

EDGES: Final = pa.schema(
    [
        ("head", pa.int32()),
        ("tail", pa.int32()),
        ("relation", pa.dictionary(pa.int8(), pa.string())),
        ("source", _WORD),
        ("release", _WORD),
        ("evidence", _WORD),
    ]
)
"""Sorted by head, relation, tail, source, evidence. Head and tail are rows of ``nodes``; the head
is the protein, the drug or the disease, and in a hierarchy the child."""

SEQUENCES: Final = pa.schema(
    [
        ("accession", pa.string()),
        ("node", pa.int32()),
        ("taxon", pa.int32()),
        ("symbol", pa.string()),
        ("name", pa.string()),
        ("sequence", pa.string()),
        ("terms", pa.list_(pa.int32())),
        ("evidence", pa.list_(pa.string())),
        ("source", _WORD),
        ("release", _WORD),
    ]
)
"""Human proteins first (``node`` is their row, their terms are edges), then those of other
species (``node`` is -1). ``taxon`` is NCBI's number, 0 where it is not recorded."""

MOLECULES: Final = pa.schema(
    [("node", pa.int32()), ("smiles", pa.string()), ("inchikey", pa.string())]
)
"""``smiles`` as the source has it; ``inchikey`` of its largest fragment, uncharged."""

SCHEMAS: Final[Mapping[str, pa.Schema]] = {
    "nodes": NODES,
    "edges": EDGES,
    "sequences": SEQUENCES,
    "molecules": MOLECULES,
}

DEFINITIONS: Final = "definitions"
DEFINITIONS_SCHEMA: Final = pa.schema([("node", pa.int32()), ("text", pa.string())])
"""What nodes are, in sentences: a fifth file, only where a graph's source came with them."""


def read_manifest(folder: Path) -> dict[str, Any]:
    """The manifest of the graph in ``folder``.

    Raises:
        GraphError: There is none, it is no JSON, or it is of another schema version.
    """
    path = folder / MANIFEST
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise GraphError(
            f"no knowledge graph in {folder}: {MANIFEST} is missing", hint=BUILD_HINT
        ) from None
    except (OSError, ValueError) as error:
        raise GraphError(f"cannot read {path}: {error}", hint=BUILD_HINT) from error
    version = manifest.get("schema_version") if isinstance(manifest, dict) else None
    if version != SCHEMA_VERSION:
        raise GraphError(
            f"the knowledge graph in {folder} has schema version {version}; "
            f"expected {SCHEMA_VERSION}",
            hint=BUILD_HINT,
        )
    return dict(manifest)


def read_table(folder: Path, name: str) -> pa.Table:
    """The table ``name`` of the graph in ``folder``, each column in one piece.

    Raises:
        GraphError: The file is missing, broken, or its columns are not those of ``SCHEMAS``.
    """
    path = folder / f"{name}.parquet"
    try:
        # Not read_table: it imports Arrow's data sets first, which takes longer than reading.
        table = pq.ParquetFile(path, memory_map=True).read()
    except FileNotFoundError:
        raise GraphError(f"{path} is missing from the knowledge graph", hint=BUILD_HINT) from None
    except (OSError, pa.ArrowException) as error:
        raise GraphError(f"{path} is broken: {error}", hint=BUILD_HINT) from error
    return check_table(table, name, where=str(path))


def check_table(table: pa.Table, name: str, *, where: str = "a table in memory") -> pa.Table:
    """``table`` in the columns and types that belong to ``name``, each column in one piece.

    Raises:
        GraphError: A column is missing or cannot be cast.
    """
    schema = DEFINITIONS_SCHEMA if name == DEFINITIONS else SCHEMAS[name]
    try:
        return _in_one_piece(table.select(schema.names).cast(schema))
    except (KeyError, pa.ArrowException) as error:
        raise GraphError(
            f"{where} has columns {table.schema.names}; expected {schema.names} ({error})",
            hint=BUILD_HINT,
        ) from error


def _in_one_piece(table: pa.Table) -> pa.Table:
    """``table`` with one chunk a column; not copied if it has that already."""
    if all(column.num_chunks == 1 for column in table.columns):
        return table
    return table.unify_dictionaries().combine_chunks()


def numbers(column: pa.ChunkedArray | pa.Array) -> npt.NDArray[Any]:
    """A column of numbers without gaps as a read-only view.

    Not ``to_numpy``: it imports pandas, which takes longer than reading the whole graph.
    """
    array = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    return np.from_dlpack(array)


def sorted_edges(edges: pa.Table) -> pa.Table:
    """``edges`` in the order of the files: by head, relation, tail, source, evidence."""
    keys = ["head", "relation", "tail", "source", "evidence"]
    # Arrow cannot sort by a dictionary's words, only by plain strings.
    plain = pa.table(
        {k: edges[k] if k in ("head", "tail") else edges[k].cast(pa.string()) for k in keys}
    )
    return edges.take(pc.sort_indices(plain, [(key, "ascending") for key in keys]))
