"""A graph in the making: nodes and edges by id, turned into sorted tables at the end.

The tables depend on what was added, never on the order in which it was.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

import pyarrow as pa

from bbqa.kg.ends import HIERARCHY
from bbqa.kg.tables import EDGES, NODES
from bbqa.schema import Node, NodeType, Relation

_ANNOTATION: Final = frozenset(
    {Relation.MOLFUNC_PROTEIN, Relation.BIOPROCESS_PROTEIN, Relation.CELLCOMP_PROTEIN}
)


@dataclass(frozen=True, slots=True)
class Source:
    """Who says so, and as of when."""

    name: str
    release: str


@dataclass(frozen=True, slots=True, order=True)
class _Edge:
    head: str
    relation: str
    tail: str
    source: str
    evidence: str
    release: str


class Draft:
    """Nodes and edges, each once."""

    def __init__(self) -> None:
        self._nodes: dict[str, tuple[Node, tuple[str, ...]]] = {}
        self._edges: set[_Edge] = set()

    def __contains__(self, node_id: str) -> bool:
        return node_id in self._nodes

    def add_node(self, node: Node, xrefs: Iterable[str] = ()) -> None:
        """Add a node with its ids elsewhere; of two with one id the first stays."""
        if node.id not in self._nodes:
            synonyms = tuple(_distinct(node.synonyms, without=node.name))
            clean = Node(node.id, node.type, node.name, synonyms)
            self._nodes[node.id] = clean, tuple(_distinct(xrefs, without=node.id))

    def add_edge(
        self, head: str, relation: Relation, tail: str, source: Source, evidence: str = ""
    ) -> bool:
        """Add an edge between two node ids; a pair of proteins is stored in one order only.

        Returns whether it is new.
        """
        if relation is Relation.PROTEIN_PROTEIN:
            head, tail = sorted((head, tail))
        before = len(self._edges)
        self._edges.add(_Edge(head, relation, tail, source.name, evidence, source.release))
        return len(self._edges) > before

    def type_of(self, node_id: str) -> NodeType:
        """The type of a node that was added."""
        return self._nodes[node_id][0].type

    def name_of(self, node_id: str) -> str:
        """The name of a node that was added."""
        return self._nodes[node_id][0].name

    def xrefs_of(self, node_id: str) -> tuple[str, ...]:
        """Ids elsewhere of a node that was added."""
        return self._nodes[node_id][1]

    def linked(self) -> set[str]:
        """Ids of all nodes that any edge but those of hierarchies touches."""
        edges = [edge for edge in self._edges if edge.relation not in HIERARCHY]
        return {edge.head for edge in edges} | {edge.tail for edge in edges}

    def touched(self) -> set[str]:
        """Ids of all nodes that any edge touches."""
        return {edge.head for edge in self._edges} | {edge.tail for edge in self._edges}

    def annotations(self) -> dict[str, set[str]]:
        """GO ids by protein."""
        terms: dict[str, set[str]] = defaultdict(set)
        for edge in self._edges:
            if edge.relation in _ANNOTATION:
                terms[edge.head].add(edge.tail)
        return terms

    def rows(self) -> dict[str, int]:
        """The row of each node in the table, by id: sorted by type, then id."""
        order = sorted(self._nodes.values(), key=lambda entry: (entry[0].type.value, entry[0].id))
        return {node.id: row for row, (node, _) in enumerate(order)}

    def tables(self, information: Mapping[str, float]) -> tuple[pa.Table, pa.Table]:
        """The tables of nodes and of edges.

        Args:
            information: Bits by node id, for those that have any.

        Raises:
            KeyError: An edge touches a node that was never added; a bug in the caller.
        """
        return self.node_table(information), self._edge_table(self.rows())

    def node_table(self, information: Mapping[str, float]) -> pa.Table:
        """The table of nodes alone, with their bits by id."""
        entries = [self._nodes[node_id] for node_id in self.rows()]
        columns = {
            "id": [node.id for node, _ in entries],
            "type": [node.type.value for node, _ in entries],
            "name": [node.name for node, _ in entries],
            "synonyms": [list(node.synonyms) for node, _ in entries],
            "xrefs": [list(xrefs) for _, xrefs in entries],
            "information": [information.get(node.id, 0.0) for node, _ in entries],
        }
        return pa.table(columns).cast(NODES)

    def _edge_table(self, rows: dict[str, int]) -> pa.Table:
        keyed = sorted(
            (rows[e.head], e.relation, rows[e.tail], e.source, e.evidence, e.release)
            for e in self._edges
        )
        head, relation, tail, source, evidence, release = zip(*keyed, strict=True)
        columns = {
            "head": pa.array(head, pa.int32()),
            "tail": pa.array(tail, pa.int32()),
            "relation": relation,
            "source": source,
            "release": release,
            "evidence": evidence,
        }
        return pa.table(columns).cast(EDGES)


def _distinct(words: Iterable[str], *, without: str) -> list[str]:
    """``words`` in their order, each once, empty ones and ``without`` left out."""
    return [word for word in dict.fromkeys(words) if word and word != without]
