"""Builds a graph from PrimeKG's own files, with sequences and structures joined to it.

What PrimeKG has and bbqa has not (anatomy, exposures, drug-drug interactions) is counted in the
manifest. Ids get their prefix and their zeros back (``6915`` of GO is ``GO:0006915``), a group of
diseases gets the id of its first member, and PrimeKG's own number stays among the ids elsewhere.
"""

from __future__ import annotations

import gc
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from bbqa.errors import InputError
from bbqa.kg.columns import bits_of_terms, edge_table
from bbqa.kg.draft import Draft
from bbqa.kg.ends import ENDS, GO_TYPES, HIERARCHY
from bbqa.kg.graph import Graph, open_starter
from bbqa.kg.hierarchy import direct
from bbqa.kg.joined import Join, Joined, read_features
from bbqa.kg.output import file_facts, release_of, write_graph
from bbqa.kg.sources.losses import Losses
from bbqa.kg.sources.primekg import PRIMEKG, RELATIONS, Edges, KgFile, read_kg
from bbqa.progress import Progress, Silent
from bbqa.schema import Node, NodeType, Relation

_TYPES: Final = frozenset(type.value for type in NodeType)
_HIERARCHIES: Final = tuple(r for r in RELATIONS if r in HIERARCHY and r in ENDS)
_PREFIX: Final = {"NCBI": "NCBIGene:", "DrugBank": "", "REACTOME": ""}
_NUMBERED: Final = {"GO": "GO", "HPO": "HP", "MONDO": "MONDO", "MONDO_grouped": "MONDO"}
_ANNOTATION: Final = (
    Relation.MOLFUNC_PROTEIN,
    Relation.BIOPROCESS_PROTEIN,
    Relation.CELLCOMP_PROTEIN,
)

Rows = npt.NDArray[np.int64]


def build_primekg(
    kg: Path,
    out: Path,
    *,
    joined: Joined | None = None,
    release: str = "",
    reference: Graph | None = None,
    progress: Progress | None = None,
) -> dict[str, Any]:
    """Build PrimeKG's graph into the folder ``out``; returns its manifest, written last.

    Args:
        kg: PrimeKG's ``kg.csv``, gzipped or not.
        out: The folder; what was in it is replaced once the new files are complete.
        joined: What else there is: descriptions, sequences, structures.
        release: PrimeKG's version; by default the beginning of the file's SHA-256.
        reference: A graph that knows which of two terms is more general, and which protein a gene
            makes; bbqa's starter graph by default. Its sequences and structures are taken where
            no file with any is given.
        progress: Where to report to.

    Raises:
        InputError: A file has a fault; with line and column.
    """
    # Many small records and no cycles: the collector's passes would take much of the time.
    gc.disable()
    try:
        work = _Work(reference or open_starter(), joined or Joined(), progress or Silent())
        return work.build(kg, out, release)
    finally:
        gc.enable()


class _Work:
    """One building: the steps of ``build`` in their order, and what they share."""

    def __init__(self, reference: Graph, joined: Joined, progress: Progress) -> None:
        self.reference, self.joined, self.progress = reference, joined, progress
        self.losses = Losses()
        self.draft = Draft()
        self.join = Join(joined, reference, self.losses, progress)

    def build(self, kg: Path, out: Path, release: str) -> dict[str, Any]:
        """The manifest of the graph that was written."""
        bar = self.progress.bar("graph", 6, unit="steps")
        inputs = [file_facts(path) for path in (kg, *self.joined.paths())]
        release = release or release_of(kg)
        file = read_kg(kg, self.losses, self.progress)
        bar.advance(1)
        names, definitions = read_features(self.joined)
        ids = self._add_nodes(kg, file.nodes, names)
        rows = self.draft.rows()
        bar.advance(1)
        head, relation, tail, display, notes = self._edges(file, ids, rows)
        bar.advance(1)
        nodes = self.draft.node_table(self._bits(rows, head, relation, tail))
        bar.advance(1)
        tables = {
            "nodes": nodes,
            "edges": edge_table(
                head,
                tail,
                relation=(relation, [word.value for word in RELATIONS]),
                evidence=(display, ["", *file.edges.words]),
                source=PRIMEKG,
                release=release,
            ),
            "sequences": self.join.sequences(self.draft, rows),
            "molecules": self.join.molecules(self.draft, rows),
        }
        bar.advance(1)
        linked = np.union1d(head, tail)
        notes |= {"inputs": inputs, "isolated_nodes": nodes.num_rows - len(linked)}
        texts = {rows[ids[i]]: text for i, text in definitions.items() if i in ids}
        manifest = write_graph(
            out, tables, not_mapped=self.losses.to_json(), notes=notes, definitions=texts
        )
        bar.advance(1)
        return manifest

    # nodes

    def _add_nodes(
        self, kg: Path, nodes: pa.Table, names: Mapping[int, list[str]]
    ) -> dict[int, str]:
        """Add every node whose type bbqa has; returns their ids by PrimeKG's number."""
        ids: dict[int, str] = {}
        found: dict[str, dict[str, Any]] = {}
        for entry in sorted(nodes.to_pylist(), key=lambda entry: int(entry["index"])):
            if entry["type"] not in _TYPES:
                self.losses.add(PRIMEKG, f"type that bbqa has not: {entry['type']}", entry["name"])
                continue
            node_id, *members = _ids(entry["source"], entry["id"])
            ids[entry["index"]] = node_id
            known = found.setdefault(
                node_id, {**entry, "names": [], "xrefs": [*members, *self.join.accession(node_id)]}
            )
            if known["type"] != entry["type"]:
                raise InputError(
                    f"{kg}: {node_id} has two types, {known['type']!r} (index {known['index']}) "
                    f"and {entry['type']!r} (index {entry['index']})",
                    hint="expected PrimeKG's own kg.csv; fetch it again",
                )
            known["names"] += [entry["name"], *names.get(entry["index"], ())]
            known["xrefs"].append(f"PrimeKG:{entry['index']}")
        for node_id, entry in found.items():
            node = Node(node_id, NodeType(entry["type"]), entry["name"], tuple(entry["names"]))
            self.draft.add_node(node, entry["xrefs"])
        return ids

    # edges

    def _edges(
        self, file: KgFile, ids: Mapping[int, str], rows: Mapping[str, int]
    ) -> tuple[Rows, Rows, Rows, Rows, dict[str, Any]]:
        """Heads, relations, tails and what each is known by, every edge once; and the counts."""
        edges = file.edges
        # Not an array by index: one index too large would make it larger than any memory.
        numbered = np.array(sorted(ids), np.int64)
        row_of = np.array([rows[ids[index]] for index in numbered.tolist()], np.int64)
        x, y = (row_of[np.searchsorted(numbered, end)] for end in (edges.x, edges.y))
        kept = x != y
        if own := int(np.count_nonzero(~kept)):
            self.losses.add(PRIMEKG, "edge from a node to itself", "", count=own)
        written = (x[kept], edges.relation[kept].astype(np.int64), y[kept], _shown(edges)[kept])
        once = _unique(*written)
        head, relation, tail, display = _unique(*_headed(*once, rows=self._type_codes(rows)))
        merged = {
            "rows": file.rows,
            "repeated_rows": len(written[0]) - len(once[0]),
            "edges_in_both_directions": len(once[0]) - len(head),
        }
        upward = np.isin(relation, [RELATIONS.index(r) for r in _HIERARCHIES])
        child, kind, parent, directions = self._directed(written, rows)
        return (
            np.concatenate([head[~upward], child]),
            np.concatenate([relation[~upward], kind]),
            np.concatenate([tail[~upward], parent]),
            np.concatenate([display[~upward], np.zeros(len(child), np.int64)]),
            {"merged": merged, "hierarchies": directions},
        )

    def _type_codes(self, rows: Mapping[str, int]) -> npt.NDArray[np.int8]:
        """Position in ``NodeType`` of each node's type, by row, int8 [N]."""
        order = {type: code for code, type in enumerate(NodeType)}
        return np.array([order[self.draft.type_of(node_id)] for node_id in rows], np.int8)

    def _directed(
        self, written: tuple[Rows, Rows, Rows, Rows], rows: Mapping[str, int]
    ) -> tuple[Rows, Rows, Rows, dict[str, Any]]:
        """Children, relations and parents of all hierarchies, and how directions were found."""
        x, relation, y, _ = written
        node_ids = list(rows)
        pairs: list[tuple[int, int, int]] = []
        counts: dict[str, Any] = {}
        bar = self.progress.bar("hierarchies", len(_HIERARCHIES), unit="relations")
        for kind in _HIERARCHIES:
            code = RELATIONS.index(kind)
            at = relation == code
            low, high = np.minimum(x[at], y[at]), np.maximum(x[at], y[at])
            _, first = np.unique(low * len(rows) + high, return_index=True)
            first.sort()
            given = zip(x[at][first].tolist(), y[at][first].tolist(), strict=True)
            found = direct(given, lambda row: self._reference_ids(node_ids[row]), self.reference)
            pairs += [(child, code, parent) for child, parent in found.pairs]
            if found.known or found.pairs or found.lost:
                counts[kind.value] = found.to_json()
            for a, b in found.lost:
                example = f"{node_ids[a]} {node_ids[b]}"
                self.losses.add(PRIMEKG, f"which is more general is unknown: {kind}", example)
            bar.advance(1)
        columns = np.array(pairs, np.int64).reshape(-1, 3)
        return columns[:, 0], columns[:, 1], columns[:, 2], counts

    def _reference_ids(self, node_id: str) -> tuple[str, ...]:
        return (node_id, *self.draft.xrefs_of(node_id))

    def _bits(
        self, rows: Mapping[str, int], head: Rows, relation: Rows, tail: Rows
    ) -> dict[str, float]:
        """Information content of the GO terms, by id."""
        node_ids = list(rows)
        types = {node_id: self.draft.type_of(node_id) for node_id in node_ids}
        namespaces = {i: type.value for i, type in types.items() if type in GO_TYPES}
        at = np.isin(relation, [RELATIONS.index(r) for r in _ANNOTATION])
        terms_of: dict[str, set[str]] = defaultdict(set)
        for protein, term in zip(head[at].tolist(), tail[at].tolist(), strict=True):
            terms_of[node_ids[protein]].add(node_ids[term])
        up = np.isin(relation, [RELATIONS.index(r) for r in _HIERARCHIES])
        above = zip(head[up].tolist(), tail[up].tolist(), strict=True)
        parents = [(node_ids[a], node_ids[b]) for a, b in above if node_ids[a] in namespaces]
        return bits_of_terms(namespaces, parents, terms_of)


def _ids(source: str, given: str) -> tuple[str, ...]:
    """A node's id with its prefix, and those of the further members of a group of diseases.

    >>> _ids("MONDO_grouped", "10001_19287")
    ('MONDO:0010001', 'MONDO:0019287')
    """
    if source not in _NUMBERED:
        return (given if given.startswith(_PREFIX[source]) else _PREFIX[source] + given,)
    prefix = _NUMBERED[source]
    numbers = (part.removeprefix(f"{prefix}:") for part in given.split("_"))
    return tuple(f"{prefix}:{number.zfill(7)}" for number in numbers)


def _shown(edges: Edges) -> Rows:
    """What an edge is known by: how a drug acts on a protein (``target``, ``enzyme``), or 0."""
    acts = edges.relation == RELATIONS.index(Relation.DRUG_PROTEIN)
    return np.where(acts, edges.display.astype(np.int64) + 1, 0)


def _headed(
    x: Rows, relation: Rows, y: Rows, display: Rows, *, rows: npt.NDArray[np.int8]
) -> tuple[Rows, Rows, Rows, Rows]:
    """Edges with the head that bbqa gives them; of two alike the lower row is the head."""
    order = list(NodeType)
    heads = np.array([order.index(ENDS[r][0]) if r in ENDS else -1 for r in RELATIONS], np.int8)
    same = np.array([r not in ENDS or ENDS[r][0] is ENDS[r][1] for r in RELATIONS])[relation]
    turned = np.where(same, x > y, rows[x] != heads[relation])
    return np.where(turned, y, x), relation, np.where(turned, x, y), display


def _unique(*columns: Rows) -> tuple[Rows, Rows, Rows, Rows]:
    """The different rows of four columns, ascending."""
    sizes = [int(column.max(initial=0)) + 1 for column in columns]
    key = np.unique(np.ravel_multi_index(columns, sizes))
    a, b, c, d = np.unravel_index(key, sizes)
    return a, b, c, d
