"""One step over the graph from a set of nodes to all related nodes of a type, as arrays."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from bbqa.kg.ends import ENDS, HIERARCHY
from bbqa.retrieve.forms import forms_of
from bbqa.retrieve.links import Mask, Rows, links_of
from bbqa.retrieve.signals import UNINFORMATIVE
from bbqa.retrieve.visible import hidden_of
from bbqa.schema import NodeType, Relation

if TYPE_CHECKING:
    from bbqa.kg.graph import Graph
    from bbqa.resources import Resources

_CODED: Final = frozenset(
    {
        Relation.MOLFUNC_PROTEIN,
        Relation.BIOPROCESS_PROTEIN,
        Relation.CELLCOMP_PROTEIN,
        Relation.PROTEIN_PROTEIN,
        Relation.DISEASE_PHENOTYPE,
    }
)
"""Relations whose sources tell experiments by an evidence code."""


@dataclass(frozen=True, slots=True)
class Step:
    """Edges from the nodes of one step to those of the next, E edges.

    Attributes:
        near: Rows on the side of what is asked for, int32 [E], ascending.
        far: Rows on the side of the terms, int32 [E].
        edge: Rows of the edges in the graph, int32 [E].
    """

    near: Rows
    far: Rows
    edge: Rows

    def between(self, row: int) -> slice:
        """The places of a near node's edges."""
        first, last = np.searchsorted(self.near, np.array((row, row + 1), np.int32))
        return slice(int(first), int(last))

    def only(self, rows: Collection[int]) -> Step:
        """The edges of some of the near nodes."""
        kept = np.isin(self.near, list(rows))
        return Step(self.near[kept], self.far[kept], self.edge[kept])

    @property
    def reached(self) -> Rows:
        """The near nodes, each once, ascending."""
        return np.unique(self.near)


def with_descendants(terms: Iterable[int], resources: Resources) -> dict[int, int]:
    """Terms and all that they stand for, with the number of steps down to each.

    A term stands for what is a kind or a part of it, a drug for its salts and esters. A term above
    others of the terms counts as so many steps away: the most special is what is meant. Hidden
    nodes are left out, unless they are terms themselves.
    """
    terms = list(terms)
    depths = _depths(terms, resources.graph)
    for row in [row for row in depths if resources.graph.type_of(row) is NodeType.DRUG]:
        for form, _ in forms_of(row, resources):
            depths.setdefault(form, 1)
    hidden = hidden_of(resources).rows
    return {row: depth for row, depth in depths.items() if row in terms or row not in hidden}


def _depths(terms: Sequence[int], graph: Graph) -> dict[int, int]:
    links, among = links_of(graph), set(terms)
    depths: dict[int, int] = {}
    for term in terms:
        below = links.depths((term,))
        away = len(among & below.keys()) - 1
        for row, depth in below.items():
            depths[row] = min(depths.get(row, depth + away), depth + away)
    return depths


def relations_between(target: NodeType, others: Collection[NodeType]) -> frozenset[Relation]:
    """Relations that join nodes of a type with nodes of some others, and state what is so."""
    return frozenset(
        relation
        for relation, (head, tail) in ENDS.items()
        if relation not in HIERARCHY
        and relation is not Relation.DISEASE_PHENOTYPE_ABSENT
        and ((head is target and tail in others) or (tail is target and head in others))
    )


def step_to(
    target: NodeType,
    frontier: Collection[int],
    resources: Resources,
    *,
    relations: Collection[Relation],
    experimental: bool = False,
) -> Step:
    """The edges that lead from the nodes of a type to the nodes of a frontier.

    Args:
        target: Type of the near nodes.
        frontier: Rows of the far nodes.
        resources: The graph, and what must not be seen of it.
        relations: How they may be related.
        experimental: Whether edges need experimental evidence, where their source tells.
    """
    links = links_of(resources.graph)
    far = np.zeros(len(resources.graph), bool)
    far[list(frontier)] = True
    near = _may_be_reached(target, resources)
    found = [
        part
        for relation in relations
        for part in _edges(relation, near, far, resources, experimental=experimental)
    ]
    if not found:
        return Step(*(np.zeros(0, np.int32) for _ in range(3)))
    nears, fars, edges = (np.concatenate(column) for column in zip(*found, strict=True))
    order = np.lexsort((-links.edge_trust[edges], nears))
    return Step(nears[order], fars[order], edges[order])


def _may_be_reached(target: NodeType, resources: Resources) -> Mask:
    """Whether a node is of a type, visible, and says anything, bool [N].

    Modes of inheritance are phenotypes that say nothing, as the roots of GO do.
    """
    graph = resources.graph
    mask = links_of(graph).of_type(target)
    if target is NodeType.PHENOTYPE:
        mask &= links_of(graph).telling
    mask[list(hidden_of(resources).rows)] = False
    mask[[row for node_id in UNINFORMATIVE if (row := graph.row(node_id)) is not None]] = False
    return mask


def _edges(
    relation: Relation, near: Mask, far: Mask, resources: Resources, *, experimental: bool
) -> Iterable[tuple[Rows, Rows, Rows]]:
    """Near and far ends, and edges, in both directions of a relation; a hierarchy has one."""
    links = links_of(resources.graph)
    edges = links.edges_with(relation)
    if experimental and relation in _CODED:
        edges = edges[links.experimental[edges]]
    head, tail = resources.graph.head[edges], resources.graph.tail[edges]
    ways = [(head, tail)] if relation in HIERARCHY else [(head, tail), (tail, head)]
    for from_, to in ways:
        kept = near[from_] & far[to] & (from_ != to)
        yield from_[kept], to[kept], edges[kept]
