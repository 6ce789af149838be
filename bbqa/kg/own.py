"""Builds a graph from people's own tables of nodes and edges.

Types and relations are bbqa's. Ids, names and sources are whatever the tables say; an edge is
stored with the head that bbqa gives its relation, in whichever order it was written.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from difflib import get_close_matches
from enum import StrEnum
from pathlib import Path
from typing import Any, Final, TypeVar

from bbqa.errors import InputError
from bbqa.fasta import Record
from bbqa.kg.columns import bits_of_terms, molecule_table, sequence_entry, sequence_table
from bbqa.kg.draft import Draft, Source
from bbqa.kg.ends import ENDS, GO_TYPES, HIERARCHY, may_join
from bbqa.kg.given import Molecule, read_molecule
from bbqa.kg.output import file_facts, release_of, write_graph
from bbqa.kg.sources.delimited import Row, read_rows
from bbqa.kg.sources.losses import Losses
from bbqa.progress import Progress, Silent
from bbqa.residues import read_residues
from bbqa.schema import Node, NodeType, Relation

NODE_COLUMNS: Final = ("id", "type", "name")
NODE_EXTRAS: Final = ("synonyms", "sequence", "smiles", "xrefs")
EDGE_COLUMNS: Final = ("head", "relation", "tail")
EDGE_EXTRAS: Final = ("source", "release", "evidence")
_UNRECORDED_TAXON: Final = 0

_Word = TypeVar("_Word", bound=StrEnum)


def build_tsv(
    nodes: Path,
    edges: Path,
    out: Path,
    *,
    release: str = "",
    skip_invalid: bool = False,
    progress: Progress | None = None,
) -> dict[str, Any]:
    """Build a graph from two tables into the folder ``out``; returns its manifest, written last.

    Args:
        nodes: A table with ``NODE_COLUMNS`` and any of ``NODE_EXTRAS``; synonyms and xrefs are
            separated by ``|``.
        edges: A table with ``EDGE_COLUMNS`` and any of ``EDGE_EXTRAS``.
        out: The folder; what was in it is replaced once the new files are complete.
        release: As of when, for edges that do not say; by default how the file's SHA-256 begins.
        skip_invalid: Leave out sequences and structures that cannot be read.
        progress: Where to report to.

    Raises:
        InputError: A table has a fault; with file, line and column.
    """
    work = _Work(nodes, edges, release or release_of(edges), skip_invalid, progress or Silent())
    return work.build(out)


class _Work:
    """One building: the steps of ``build`` in their order, and what they share."""

    def __init__(
        self, nodes: Path, edges: Path, release: str, skip_invalid: bool, progress: Progress
    ) -> None:
        self.node_path, self.edge_path = nodes, edges
        self.release, self.skip_invalid, self.progress = release, skip_invalid, progress
        self.draft = Draft()
        self.losses = Losses()
        self.counts: Counter[str] = Counter()
        self.sequences: dict[str, str] = {}
        self.molecules: dict[str, Molecule] = {}
        self.parents: list[tuple[str, str]] = []

    def build(self, out: Path) -> dict[str, Any]:
        """The manifest of the graph that was written."""
        bar = self.progress.bar("graph", 4, unit="steps")
        self._add_nodes()
        bar.advance(1)
        self._add_edges()
        bar.advance(1)
        nodes, edges = self.draft.tables(self._bits())
        rows = self.draft.rows()
        tables = {
            "nodes": nodes,
            "edges": edges,
            "sequences": sequence_table(
                sequence_entry(
                    node_id,
                    rows[node_id],
                    taxon=_UNRECORDED_TAXON,
                    symbol=self.draft.name_of(node_id),
                    sequence=sequence,
                    source=self.node_path.name,
                    release=release_of(self.node_path),
                )
                for node_id, sequence in self.sequences.items()
            ),
            "molecules": molecule_table({rows[i]: m for i, m in self.molecules.items()}),
        }
        notes = {
            "merged": {"repeated_nodes": 0, "repeated_edges": 0} | self.counts,
            "inputs": [file_facts(self.node_path), file_facts(self.edge_path)],
            "isolated_nodes": len(rows) - len(self.draft.touched()),
        }
        bar.advance(1)
        manifest = write_graph(out, tables, not_mapped=self.losses.to_json(), notes=notes)
        bar.advance(1)
        return manifest

    def _add_nodes(self) -> None:
        rows = read_rows(self.node_path, NODE_COLUMNS, optional=NODE_EXTRAS)
        if not rows:
            raise InputError(f"{self.node_path} has a header and no rows", hint="add its nodes")
        bar = self.progress.bar("nodes", len(rows), unit="nodes")
        first: dict[str, Row] = {}
        for row in rows:
            bar.advance(1)
            type = self._checked(row)
            if earlier := first.get(row["id"]):
                self._check_same(row, earlier)
                continue
            first[row["id"]] = row
            node = Node(row["id"], type, row["name"], _listed(row["synonyms"]))
            self.draft.add_node(node, _listed(row["xrefs"]))
            self._add_value(row, type)

    def _checked(self, row: Row) -> NodeType:
        for column in NODE_COLUMNS:
            if not row[column]:
                raise self._fault(
                    self.node_path, row, column, f"node {row['id']!r} has no {column}"
                )
        return self._word(self.node_path, row, "type", NodeType)

    def _check_same(self, row: Row, earlier: Row) -> None:
        """Count a node that stands twice, and raise if the two are of different types."""
        if row["type"] != earlier["type"]:
            raise self._fault(
                self.node_path,
                row,
                "type",
                f"{row['id']!r} is {row['type']!r} here and {earlier['type']!r} in line "
                f"{earlier.line}",
                hint="give each node one type and one line",
            )
        self.counts["repeated_nodes"] += 1

    def _add_value(self, row: Row, type: NodeType) -> None:
        """Keep the sequence of a protein and the structure of a drug."""
        for column, owner in (("sequence", NodeType.PROTEIN), ("smiles", NodeType.DRUG)):
            if not row[column]:
                continue
            if type is not owner:
                raise self._fault(
                    self.node_path, row, column, f"a {type} has a {column}; only a {owner} may"
                )
            try:
                if owner is NodeType.PROTEIN:
                    self.sequences[row["id"]] = read_residues(Record("", row[column])).sequence
                else:
                    self.molecules[row["id"]] = read_molecule(row[column])
            except InputError as error:
                if not self.skip_invalid:
                    hint = "correct it, or add --skip-invalid to leave such values out"
                    message = f"{row['id']}: {error.message}"
                    raise self._fault(self.node_path, row, column, message, hint=hint) from error
                self.losses.add(self.node_path.name, f"{column} cannot be read", row["id"])

    def _add_edges(self) -> None:
        rows = read_rows(self.edge_path, EDGE_COLUMNS, optional=EDGE_EXTRAS)
        if not rows:
            raise InputError(f"{self.edge_path} has a header and no rows", hint="add its edges")
        bar = self.progress.bar("edges", len(rows), unit="edges")
        for row in rows:
            bar.advance(1)
            relation = self._word(self.edge_path, row, "relation", Relation)
            head, tail = self._ends(row, relation)
            source = Source(row["source"] or self.edge_path.name, row["release"] or self.release)
            if not self.draft.add_edge(head, relation, tail, source, row["evidence"]):
                self.counts["repeated_edges"] += 1
            if relation in HIERARCHY and self.draft.type_of(head) in GO_TYPES:
                self.parents.append((head, tail))

    def _ends(self, row: Row, relation: Relation) -> tuple[str, str]:
        """Head and tail of an edge as bbqa orders them."""
        for column in ("head", "tail"):
            if row[column] not in self.draft:
                raise self._fault(
                    self.edge_path,
                    row,
                    column,
                    f"no node {row[column]!r} in {self.node_path}",
                    hint=self._similar(row[column]),
                )
        head, tail = row["head"], row["tail"]
        if head == tail:
            raise self._fault(self.edge_path, row, "tail", f"{head!r} is related to itself")
        types = self.draft.type_of(head), self.draft.type_of(tail)
        if may_join(relation, *types):
            return head, tail
        if may_join(relation, *reversed(types)):
            return tail, head
        wanted = " to ".join(ENDS.get(relation, ("a GO term", "a GO term")))
        raise self._fault(
            self.edge_path,
            row,
            "relation",
            f"{relation} cannot go from {types[0]} to {types[1]}; expected {wanted}",
        )

    def _bits(self) -> Mapping[str, float]:
        rows = self.draft.rows()
        types = {node_id: self.draft.type_of(node_id) for node_id in rows}
        namespaces = {i: type.value for i, type in types.items() if type in GO_TYPES}
        return bits_of_terms(namespaces, self.parents, self.draft.annotations())

    def _word(self, path: Path, row: Row, column: str, words: type[_Word]) -> _Word:
        """The type or the relation that a field names."""
        try:
            return words(row[column])
        except ValueError:
            allowed = ", ".join(word.value for word in words)
            raise self._fault(
                path, row, column, f"unknown {column} {row[column]!r}", hint=f"allowed: {allowed}"
            ) from None

    def _similar(self, node_id: str) -> str:
        near = get_close_matches(node_id, self.draft.rows(), n=3)
        return f"did you mean {', '.join(near)}?" if near else "add it to the nodes"

    @staticmethod
    def _fault(path: Path, row: Row, column: str, what: str, *, hint: str = "") -> InputError:
        return InputError(
            f"{path}, line {row.line}, column '{column}': {what}",
            hint=hint or f"correct line {row.line} of {path}",
        )


def _listed(field: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in field.split("|") if word.strip())
