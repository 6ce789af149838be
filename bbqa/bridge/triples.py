"""What a bridge is trained on and asked for: the pairs of each relation, read in one direction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from bbqa.bridge.splits import Split
from bbqa.errors import GraphError
from bbqa.kg.graph import Graph
from bbqa.schema import NodeType, Relation

INPUTS: Final = frozenset({NodeType.PROTEIN, NodeType.DRUG})
"""What a person can put in as a sequence or a structure."""

Pairs = npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True, order=True)
class Link:
    """A relation, read from one type of node to another."""

    head: NodeType
    relation: Relation
    tail: NodeType

    def __str__(self) -> str:
        return f"{self.head} > {self.relation} > {self.tail}"

    @property
    def reverse(self) -> Link:
        """The same relation, read the other way."""
        return Link(self.tail, self.relation, self.head)


@dataclass(frozen=True, slots=True)
class Triples:
    """Distinct pairs of one link.

    Attributes:
        link: What they are pairs of.
        pairs: Rows of head and tail, int32 [E, 2], ascending, each once.
    """

    link: Link
    pairs: Pairs

    def __len__(self) -> int:
        return len(self.pairs)

    @property
    def reverse(self) -> Triples:
        """The same pairs, read the other way."""
        return Triples(self.link.reverse, _distinct(self.pairs[:, ::-1]))

    def only(self, kept: npt.NDArray[np.bool_]) -> Triples:
        """Those where ``kept``, bool [E], holds."""
        return Triples(self.link, self.pairs[kept])

    def tails_of(self) -> dict[int, npt.NDArray[np.int32]]:
        """Tails of each head."""
        heads, first = np.unique(self.pairs[:, 0], return_index=True)
        tails = np.split(self.pairs[:, 1], first)[1:]
        return dict(zip(heads.tolist(), tails, strict=True))


def triples_of(graph: Graph, *, both_ways: bool = False) -> list[Triples]:
    """All pairs of a graph that start at a protein or a drug, by link; isolated nodes give none.

    A relation between two proteins gives each pair both ways.

    Args:
        graph: The graph.
        both_ways: Add each link read backwards, from terms to proteins and drugs.

    Raises:
        GraphError: There is no edge at any protein or drug.
    """
    found: list[Triples] = []
    types = _type_numbers(graph)
    for relation in Relation:
        edges = graph.edges_with(relation)
        pairs = np.stack([graph.head[edges], graph.tail[edges]], axis=1)
        found += _links(pairs, relation, types)
    if not found:
        raise GraphError(
            "no edge of the graph starts at a protein or a drug", hint="bbqa kg stats shows it"
        )
    if both_ways:
        found += [t.reverse for t in found if t.link.tail not in INPUTS]
    return found


def training_triples(triples: Sequence[Triples], split: Split) -> list[Triples]:
    """What of ``triples`` may be learned from; links that keep nothing are left out."""
    kept = [t.only(split.training_pairs(t.pairs)) for t in triples]
    return [t for t in kept if len(t)]


def _links(pairs: Pairs, relation: Relation, types: npt.NDArray[np.int8]) -> list[Triples]:
    """The pairs of a relation, by the types of their ends, from proteins and drugs only."""
    both = np.concatenate([pairs, pairs[:, ::-1]])
    head_type, tail_type = types[both[:, 0]], types[both[:, 1]]
    links = []
    for head in sorted(INPUTS):
        for tail in sorted(NodeType):
            mine = both[(head_type == _TYPES.index(head)) & (tail_type == _TYPES.index(tail))]
            # Between a drug and a protein both directions start at an input; the rest is one way.
            if len(mine):
                links.append(Triples(Link(head, relation, tail), _distinct(mine)))
    return links


def _distinct(pairs: Pairs) -> Pairs:
    """The pairs in order, each once; each as one whole number, for these sort fast."""
    size = int(pairs.max(initial=0)) + 1
    numbers = np.unique(pairs[:, 0].astype(np.int64) * size + pairs[:, 1])
    return np.stack([numbers // size, numbers % size], axis=1).astype(np.int32)


def _type_numbers(graph: Graph) -> npt.NDArray[np.int8]:
    """The place of each node's type among all types, int8 [N]."""
    types = np.empty(len(graph), np.int8)
    for number, node_type in enumerate(_TYPES):
        types[graph.rows_of(node_type)] = number
    return types


_TYPES: Final = tuple(NodeType)
