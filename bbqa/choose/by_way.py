"""What options hang together with by way of something that is predicted of an input.

Which proteins interact with a protein that nobody has studied, or on which a molecule acts, is not
recorded but has a probability; which diseases these are linked to, or which drugs act on them, is
recorded. An option holds if at least one of its links does:

    1 - product over all m of (1 - P(input, m) trust(m, option))

as if these were independent of each other. Each m alone may be too improbable to be told.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from math import prod
from typing import TYPE_CHECKING

from bbqa.choose.predict import predict
from bbqa.kg.describe import predicate
from bbqa.kg.ends import ENDS, HIERARCHY
from bbqa.kg.graph import Graph
from bbqa.retrieve.links import links_of
from bbqa.retrieve.visible import hidden_of
from bbqa.schema import Evidence, Input, NodeType, Relation, Status

if TYPE_CHECKING:
    from bbqa.resources import Resources


def predict_by_way(
    given: Input, rows: Collection[int], through: NodeType, resources: Resources
) -> Iterator[Evidence]:
    """How probable it is that an input leads to some nodes by way of others, however little.

    Args:
        given: A protein or molecule.
        rows: What it may lead to.
        through: Type of what lies between.
        resources: Graph and bridge; without a bridge nothing is predicted.
    """
    graph = resources.graph
    hidden = hidden_of(resources).rows
    ways = {row: ways_to(graph, row, through, hidden) for row in sorted(rows)}
    between = {middle for found in ways.values() for middle in found}
    first = {graph.row(item.nodes[0]): item for item in predict(given, between, resources)}
    for row, found in ways.items():
        steps = {first[middle]: trust for middle, (trust, _) in found.items() if middle in first}
        if steps:
            yield together(row, steps, found, graph)


def ways_to(
    graph: Graph, row: int, through: NodeType, hidden: Collection[int]
) -> dict[int, tuple[float, Relation]]:
    """What is linked to a node: how far that can be trusted, and how it is linked."""
    ends = {through, graph.type_of(row)}
    found: dict[int, tuple[float, Relation]] = {}
    for relation, types in ENDS.items():
        if set(types) != ends or relation in HIERARCHY | {Relation.DISEASE_PHENOTYPE_ABSENT}:
            continue
        links = links_of(graph)[relation]
        of_row = slice(*links.first[row : row + 2].tolist())
        pairs = zip(links.other[of_row].tolist(), links.trust[of_row].tolist(), strict=True)
        found |= {other: (trust, relation) for other, trust in pairs if other not in hidden}
    return found


def together(
    row: int,
    steps: Mapping[Evidence, float],
    ways: Mapping[int, tuple[float, Relation]],
    graph: Graph,
) -> Evidence:
    """All ways to a node as one item, told by the likeliest of them."""
    best = max(steps, key=lambda item: (item.probability or 0.0) * steps[item])
    middle = graph.row(best.nodes[0])
    assert middle is not None
    relation = ways[middle][1]
    is_head = graph.type_of(middle) is ENDS[relation][0]
    probability = 1.0 - prod(1.0 - (item.probability or 0.0) * t for item, t in steps.items())
    others = f" and {len(steps) - 1:,} more" if len(steps) > 1 else ""
    return Evidence(
        number=0,
        statement=f"{best.statement}, which {predicate(graph, relation, row, as_head=is_head)}",
        kind=best.kind,
        status=Status.PREDICTED,
        source=f"{best.source}; {_sources(graph, middle, row, relation)}",
        release=best.release,
        nodes=(graph.node_id(row), graph.node_id(middle)),
        type=graph.type_of(row),
        score=best.score,
        probability=round(probability, 6),
        because=f"by way of {graph.name_of(middle)}{others}, together p {probability:.2g}",
        about=best.about,
        speculative=best.speculative,
    )


def _sources(graph: Graph, one: int, other: int, relation: Relation) -> str:
    """Who says that two nodes are linked."""
    facts = (f for f in graph.facts(one, relations=[relation]) if f.other(one) == other)
    return "; ".join(dict.fromkeys(fact.source for fact in facts))
