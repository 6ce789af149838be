"""The knowledge graph, read from its files: nodes, facts, neighbours, ancestors.

A node is a row number everywhere in here; ``Graph.row`` and ``Graph.node`` translate. Opening
reads two of the four files and computes nothing; what is costly is computed at first use.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from bbqa.errors import GraphError
from bbqa.kg.ends import HIERARCHY
from bbqa.kg.molecules import Molecules
from bbqa.kg.sequences import Sequences
from bbqa.kg.tables import (
    BUILD_HINT,
    DEFINITIONS,
    SCHEMAS,
    check_table,
    numbers,
    read_manifest,
    read_table,
    sorted_edges,
)
from bbqa.schema import Node, NodeType, Relation

Rows = npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Fact:
    """One edge of the graph: who says that ``head`` and ``tail`` (rows) are related, and why.

    ``evidence`` is a GO evidence code (``IDA``), HPO's (``PCS``, ``TAS``, ``IEA``), or empty.
    """

    head: int
    relation: Relation
    tail: int
    source: str
    release: str
    evidence: str

    def other(self, row: int) -> int:
        """The row that the fact joins with ``row``, its head or its tail."""
        return self.tail if self.head == row else self.head


class Graph:
    """A knowledge graph. Make one with ``open``, ``from_tables`` or ``open_starter``.

    Attributes:
        manifest: What it was built from: releases, licences, counts, what was not mapped.
        hash: Changes whenever any content does; whatever is derived from a graph records it.
        nodes: The table ``tables.NODES``, for whoever indexes names.
        edges: The table ``tables.EDGES``.
        head: Row of each edge's head, int32 [E], ascending.
        tail: Row of each edge's tail, int32 [E].
    """

    def __init__(
        self, tables: Mapping[str, pa.Table], manifest: Mapping[str, Any], folder: Path | None
    ) -> None:
        self.manifest = manifest
        self.hash = str(manifest["hash"])
        self._tables = dict(tables)
        self._folder = folder
        self.nodes: pa.Table = self._tables["nodes"]
        self.edges: pa.Table = self._tables["edges"]
        edges = self.edges
        self.head: Rows = numbers(edges["head"])
        self.tail: Rows = numbers(edges["tail"])
        self._relation = _Words(edges["relation"])
        self._relations = [Relation(word) for word in self._relation.words]
        self._source = _Words(edges["source"])
        self._release = _Words(edges["release"])
        self._evidence = _Words(edges["evidence"])
        self._types = _Words(self.nodes["type"])
        self._ancestors: dict[int, frozenset[int]] = {}

    @classmethod
    def open(cls, path: Path) -> Graph:
        """The graph in the folder ``path``.

        Raises:
            GraphError: A file is missing, broken, or of another schema version.
        """
        manifest = read_manifest(path)
        tables = {name: read_table(path, name) for name in ("nodes", "edges")}
        return cls(tables, manifest, path)

    @classmethod
    def from_tables(
        cls, nodes: pa.Table, edges: pa.Table, sequences: pa.Table, molecules: pa.Table
    ) -> Graph:
        """A graph in memory, from tables with the columns of ``tables.SCHEMAS``.

        Edges may come in any order, nodes keep theirs.
        """
        given = {
            "nodes": nodes,
            "edges": sorted_edges(edges),
            "sequences": sequences,
            "molecules": molecules,
        }
        tables = {name: check_table(table, name) for name, table in given.items()}
        digest = hashlib.sha256()
        for name in SCHEMAS:
            digest.update(_ipc_bytes(tables[name]))
        return cls(tables, {"hash": digest.hexdigest()}, None)

    def verify(self) -> None:
        """Check every file against the SHA-256 in the manifest.

        Raises:
            GraphError: A file is not the one that the manifest describes.
        """
        if self._folder is None:
            return
        for name, stated in self.manifest["files"].items():
            path = self._folder / name
            found = hashlib.sha256(path.read_bytes()).hexdigest() if path.exists() else "no file"
            if found != stated["sha256"]:
                raise GraphError(
                    f"{path} has SHA-256 {found}; expected {stated['sha256']}", hint=BUILD_HINT
                )

    @cached_property
    def sequences(self) -> Sequences:
        """Protein sequences, human and of other species; read at first use."""
        return Sequences(self._table("sequences"))

    @cached_property
    def molecules(self) -> Molecules:
        """Structures of drugs; read at first use."""
        return Molecules(self._table("molecules"))

    @cached_property
    def definitions(self) -> Mapping[str, str]:
        """What nodes are, in sentences, by id, if the graph's source came with them."""
        if f"{DEFINITIONS}.parquet" not in self.manifest.get("files", {}):
            return {}
        table = self._table(DEFINITIONS)
        ids = self.nodes["id"].take(table["node"]).to_pylist()
        return dict(zip(ids, table["text"].to_pylist(), strict=True))

    def _table(self, name: str) -> pa.Table:
        if name not in self._tables:
            assert self._folder is not None
            self._tables[name] = read_table(self._folder, name)
        return self._tables[name]

    # nodes

    def __len__(self) -> int:
        return int(self.nodes.num_rows)

    @property
    def edge_count(self) -> int:
        """How many edges there are, one for each pair, relation, source and evidence code."""
        return len(self.head)

    def node(self, row: int) -> Node:
        """The node in row ``row``."""
        column = self.nodes.column
        return Node(
            id=column("id")[row].as_py(),
            type=self.type_of(row),
            name=column("name")[row].as_py(),
            synonyms=tuple(column("synonyms")[row].as_py()),
        )

    def type_of(self, row: int) -> NodeType:
        """The type of the node in row ``row``."""
        return NodeType(self._types[row])

    def node_id(self, row: int) -> str:
        """The id of the node in row ``row``."""
        return str(self.nodes.column("id")[row].as_py())

    def name_of(self, row: int) -> str:
        """The name of the node in row ``row``."""
        return str(self.nodes.column("name")[row].as_py())

    def xrefs_of(self, row: int) -> tuple[str, ...]:
        """Ids of the node elsewhere: ``OMIM:104300``, ``CHEMBL:CHEMBL25``, an old GO id."""
        return tuple(self.nodes.column("xrefs")[row].as_py())

    def row(self, node_id: str) -> int | None:
        """The row of the node with this id, or None."""
        return self._row_of_id.get(node_id)

    def rows_of(self, type: NodeType) -> Rows:
        """The rows of all nodes of one type, ascending."""
        return self._types.rows_with({type.value})

    @cached_property
    def _row_of_id(self) -> dict[str, int]:
        return {node_id: row for row, node_id in enumerate(self.nodes["id"].to_pylist())}

    def information_content(self) -> npt.NDArray[np.float32]:
        """How much a GO term says, in bits, float32 [N]; 0 for every other node.

        -log2 of the share of annotated human proteins that have the term or a descendant of it.
        Terms without any human annotation count as if they had one.
        """
        bits: npt.NDArray[np.float32] = numbers(self.nodes["information"])
        return bits

    # edges

    def facts(self, row: int, *, relations: Collection[Relation] | None = None) -> list[Fact]:
        """All facts with the node as head or tail: heads first, in the order of the files."""
        return [self.fact(edge) for edge in self._edges_of(row, relations)]

    def fact(self, edge: int) -> Fact:
        """The fact in row ``edge`` of the edges."""
        return Fact(
            head=int(self.head[edge]),
            relation=self._relations[self._relation.codes[edge]],
            tail=int(self.tail[edge]),
            source=self._source[edge],
            release=self._release[edge],
            evidence=self._evidence[edge],
        )

    def neighbours(self, row: int, relation: Relation) -> Rows:
        """Rows related to ``row`` in either direction, ascending, each once."""
        edges = self._edges_of(row, {relation})
        # One of the two ends is the node itself, so their sum names the other.
        return np.unique(self.head[edges] + self.tail[edges] - np.int32(row))

    def degree(self, row: int, relation: Relation) -> int:
        """How many nodes are related to ``row`` in either direction."""
        return len(self.neighbours(row, relation))

    @cached_property
    def relations(self) -> frozenset[Relation]:
        """The relations of which it holds any edge."""
        return frozenset(self._relations[code] for code in np.unique(self._relation.codes))

    @cached_property
    def link_counts(self) -> npt.NDArray[np.int64]:
        """How many edges touch each node, int64 [N]."""
        size = len(self)
        return np.bincount(self.head, minlength=size) + np.bincount(self.tail, minlength=size)

    def edges_with(self, relation: Relation) -> Rows:
        """Rows of the edges of one relation, ascending."""
        return self._relation.rows_with({relation.value})

    def ancestors(self, row: int) -> frozenset[int]:
        """Rows of all that is more general than ``row`` or contains it, without itself.

        Follows is_a and, between GO terms, part_of.
        """
        if row not in self._ancestors:
            above: set[int] = set()
            todo = [row]
            while todo:
                parents = set(self.parents(todo.pop())) - above
                above |= parents
                todo.extend(parents)
            self._ancestors[row] = frozenset(above - {row})
        return self._ancestors[row]

    def parents(self, row: int) -> tuple[int, ...]:
        """Rows of the direct is_a and part_of parents of ``row``, ascending."""
        first, last = np.searchsorted(self._child, _from(row))
        return tuple(sorted(self._parent[first:last].tolist()))

    def _edges_of(self, row: int, relations: Collection[Relation] | None) -> Rows:
        first, last = np.searchsorted(self.head, _from(row))
        as_head = np.arange(first, last, dtype=np.int32)
        first, last = np.searchsorted(self._tails_sorted, _from(row))
        edges = np.concatenate([as_head, np.sort(self._by_tail[first:last])])
        if relations is None:
            return edges
        return edges[self._relation.mask(edges, {relation.value for relation in relations})]

    @cached_property
    def _by_tail(self) -> Rows:
        return np.argsort(self.tail, kind="stable").astype(np.int32)

    @cached_property
    def _tails_sorted(self) -> Rows:
        return self.tail[self._by_tail]

    @cached_property
    def _child(self) -> Rows:
        return self.head[self._upward]

    @cached_property
    def _parent(self) -> Rows:
        return self.tail[self._upward]

    @cached_property
    def _upward(self) -> Rows:
        return self._relation.rows_with({relation.value for relation in HIERARCHY})


class _Words:
    """A dictionary-encoded column of few different words, as codes and words."""

    def __init__(self, column: pa.ChunkedArray) -> None:
        array = column.combine_chunks()
        if isinstance(array, pa.ChunkedArray):
            array = array.chunk(0)
        self.words: list[str] = array.dictionary.to_pylist()
        self.codes: npt.NDArray[np.integer[Any]] = numbers(array.indices)

    def __getitem__(self, row: int) -> str:
        return self.words[int(self.codes[row])]

    def rows_with(self, words: Collection[str]) -> Rows:
        return np.flatnonzero(np.isin(self.codes, self._wanted(words))).astype(np.int32)

    def mask(self, rows: Rows, words: Collection[str]) -> npt.NDArray[np.bool_]:
        return np.isin(self.codes[rows], self._wanted(words))

    def _wanted(self, words: Collection[str]) -> npt.NDArray[np.int64]:
        return np.array([code for code, word in enumerate(self.words) if word in words], np.int64)


def _from(row: int) -> Rows:
    """A row and the next: of the columns' own type, or NumPy converts a whole column each time."""
    return np.array((row, row + 1), np.int32)


def _ipc_bytes(table: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return bytes(sink.getvalue())


def open_starter() -> Graph:
    """The knowledge graph that comes with bbqa."""
    return Graph.open(Path(__file__).parent / "data")
