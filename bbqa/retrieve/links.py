"""All links of a graph by node, with how far each can be trusted: what paths are made of.

A link is a pair of nodes and how they are related, whoever says so and in whatever direction it
is stored. Each relation's are put in order when they are first asked for.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt

from bbqa.kg.ends import GO_TYPES, HIERARCHY
from bbqa.kg.evidence import EXPERIMENTAL, trust
from bbqa.kg.graph import Graph
from bbqa.kg.tables import numbers
from bbqa.retrieve.signals import UNINFORMATIVE
from bbqa.schema import NodeType, Relation

MIN_BITS: Final = 4.0
"""Least information of a GO term or a pathway that explains anything: one protein in 16 has it."""
_NO_FINDINGS: Final = ("HP:0000005", "HP:0012823", "HP:0031797", "HP:0040279")
"""Modes of inheritance, modifiers, courses and frequencies: two diseases that are both recessive
have nothing in common."""

Rows = npt.NDArray[np.int32]
Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class LinksOf:
    """The links of one relation, from both of their ends; N nodes, P pairs.

    Attributes:
        first: Where each node's links begin, and the last one's end, int64 [N + 1].
        other: The node at the other end, int32 [2 P].
        trust: Joint trust of all facts that say so, in [0, 1], float64 [2 P].
    """

    first: Ints
    other: Rows
    trust: Floats

    @property
    def degree(self) -> Ints:
        """How many links each node has, int64 [N]."""
        return np.diff(self.first)


class Links:
    """The links of a graph. Get one with ``links_of``."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self._known: dict[Relation, LinksOf] = {}
        self._edges: dict[Relation, Rows] = {}

    def __getitem__(self, relation: Relation) -> LinksOf:
        if relation not in self._known:
            self._known[relation] = self._read(relation)
        return self._known[relation]

    def _read(self, relation: Relation) -> LinksOf:
        edges = self.graph.edges_with(relation)
        edges = edges[
            (self.edge_trust[edges] > 0) & (self.graph.head[edges] != self.graph.tail[edges])
        ]
        if not len(edges):
            return LinksOf(np.zeros(len(self.graph) + 1, np.int64), edges, np.zeros(0))
        # Edges of a relation are in the order of head and tail, so equal pairs are neighbours.
        head, tail = self.graph.head[edges], self.graph.tail[edges]
        starts = np.flatnonzero(np.append(True, (np.diff(head) != 0) | (np.diff(tail) != 0)))
        joint = np.tile(_joint_trust(self.edge_trust[edges], starts), 2)
        ends = np.concatenate([head[starts], tail[starts]])
        others = np.concatenate([tail[starts], head[starts]])
        order = np.argsort(ends, kind="stable")
        first = np.searchsorted(ends[order], np.arange(len(self.graph) + 1, dtype=np.int32))
        return LinksOf(first.astype(np.int64), others[order], joint[order])

    @cached_property
    def edge_trust(self) -> Floats:
        """How far each edge can be trusted, float64 [E]."""
        columns = [self.graph.edges[name].combine_chunks() for name in ("evidence", "source")]
        columns = [c.chunk(0) if hasattr(c, "chunk") else c for c in columns]
        codes, sources = (column.dictionary.to_pylist() for column in columns)
        table = np.array([[trust(code, source) for source in sources] for code in codes])
        trusts: Floats = table[numbers(columns[0].indices), numbers(columns[1].indices)]
        return trusts

    @cached_property
    def experimental(self) -> Mask:
        """Whether each edge rests on an experiment or a clinical study, bool [E]."""
        column = self.graph.edges["evidence"].combine_chunks()
        column = column.chunk(0) if hasattr(column, "chunk") else column
        codes = np.array([code in EXPERIMENTAL for code in column.dictionary.to_pylist()], bool)
        mask: Mask = codes[numbers(column.indices)]
        return mask

    def edges_with(self, relation: Relation) -> Rows:
        """Rows of the edges of one relation that can be trusted at all, ascending; kept."""
        if relation not in self._edges:
            edges = self.graph.edges_with(relation)
            self._edges[relation] = edges[self.edge_trust[edges] > 0]
        return self._edges[relation]

    # which nodes

    @cached_property
    def telling(self) -> Mask:
        """Whether a node explains anything, bool [N].

        Not so for GO terms and pathways of less than ``MIN_BITS``, for "binding" and the like,
        and for phenotypes that are no findings.
        """
        graph = self.graph
        mask = np.ones(len(graph), bool)
        for of_type in GO_TYPES:
            rows = graph.rows_of(of_type)
            mask[rows] = graph.information_content()[rows] >= MIN_BITS
        pathways = graph.rows_of(NodeType.PATHWAY)
        share = self[Relation.PATHWAY_PROTEIN].degree / max(len(graph.rows_of(NodeType.PROTEIN)), 1)
        mask[pathways] = share[pathways] <= 2.0**-MIN_BITS
        for node_id in _NO_FINDINGS:
            if (row := graph.row(node_id)) is not None:
                mask[self.below(row)] = False
        for node_id in (*UNINFORMATIVE, *_NO_FINDINGS):
            if (row := graph.row(node_id)) is not None:
                mask[row] = False
        return mask

    def of_type(self, node_type: NodeType) -> Mask:
        """Whether each node is of a type, bool [N]."""
        mask = np.zeros(len(self.graph), bool)
        mask[self.graph.rows_of(node_type)] = True
        return mask

    def below(self, row: int) -> Rows:
        """Rows of all that is a kind or a part of a node, without itself, ascending."""
        first, children = self._children
        found: set[int] = set()
        todo = [row]
        while todo:
            one = todo.pop()
            new = set(children[first[one] : first[one + 1]].tolist()) - found
            found |= new
            todo.extend(new)
        return np.array(sorted(found - {row}), np.int32)

    def depths(self, rows: Iterable[int]) -> dict[int, int]:
        """All that is a kind or a part of some nodes, themselves included, and how far below."""
        first, children = self._children
        found = dict.fromkeys(rows, 0)
        todo = list(found)
        for depth in itertools.count(1):
            below = [children[first[one] : first[one + 1]] for one in todo]
            new = np.unique(np.concatenate(below)).tolist() if below else []
            todo = [row for row in new if row not in found]
            if not todo:
                return found
            found.update(dict.fromkeys(todo, depth))
        raise AssertionError

    @cached_property
    def _children(self) -> tuple[Ints, Rows]:
        edges = np.concatenate([self.graph.edges_with(relation) for relation in HIERARCHY])
        order = np.argsort(self.graph.tail[edges], kind="stable")
        parents = self.graph.tail[edges][order]
        first = np.searchsorted(parents, np.arange(len(self.graph) + 1, dtype=np.int32))
        return first.astype(np.int64), self.graph.head[edges][order]


@lru_cache(maxsize=2)
def links_of(graph: Graph) -> Links:
    """The links of a graph, kept for the next question."""
    return Links(graph)


def _joint_trust(trusts: Floats, starts: Ints) -> Floats:
    """Trust in each pair: the best fact's, raised a little by every further one, as for facts.

    Args:
        trusts: Of each fact.
        starts: Where each pair's facts begin.
    """
    best = np.maximum.reduceat(trusts, starts)
    further = np.multiply.reduceat(1.0 - 0.3 * trusts, starts) / (1.0 - 0.3 * best)
    joint: Floats = 1.0 - (1.0 - 0.9 * best) * further
    return joint
