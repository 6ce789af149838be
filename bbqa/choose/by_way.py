"""What options hang together with by way of something that is predicted of an input.

Which proteins interact with a protein that nobody has studied, or on which a molecule acts, is not
recorded but has a probability; which diseases these are linked to, or which drugs act on them, is
recorded. An option holds if at least one of its links does:

    1 - product over all m of (1 - P(input, m) trust(m, option))

as if these were independent of each other. Each m alone may be too improbable to be told.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from math import prod
from typing import TYPE_CHECKING

from bbqa.kg.describe import predicate
from bbqa.predict import predict
from bbqa.retrieve.facts import joint_trust, triple_of, trusted_facts
from bbqa.retrieve.paths import EXPLAINING
from bbqa.schema import Evidence, Input, NodeType, Status

if TYPE_CHECKING:
    from bbqa.kg.graph import Fact, Graph
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
    ways = {row: ways_to(row, through, resources) for row in sorted(rows)}
    between = {middle for found in ways.values() for middle in found}
    graph = resources.graph
    first = {graph.row(item.nodes[0]): item for item in predict(given, between, resources)}
    for row, found in ways.items():
        steps = {first[middle]: facts for middle, facts in found.items() if middle in first}
        if steps:
            yield together(row, steps, graph)


def ways_to(row: int, through: NodeType, resources: Resources) -> dict[int, list[Fact]]:
    """What a node is linked to, of a type, with the trusted facts that say so."""
    found = trusted_facts(row, {through}, resources, relations=EXPLAINING)
    return {middle: facts for (_, middle), facts in found.items()}


def together(row: int, steps: Mapping[Evidence, Sequence[Fact]], graph: Graph) -> Evidence:
    """All ways to a node as one item, told by the likeliest of them.

    Args:
        row: The node.
        steps: What is predicted of the input, with the facts that lead on to the node from there.
        graph: The graph.
    """
    chances = {
        item: (item.probability or 0.0) * joint_trust(facts) for item, facts in steps.items()
    }
    best = max(chances, key=chances.__getitem__)
    fact = steps[best][0]
    middle = fact.other(row)
    probability = 1.0 - prod(1.0 - chance for chance in chances.values())
    others = f" and {len(steps) - 1:,} more" if len(steps) > 1 else ""
    words = predicate(graph, fact.relation, row, as_head=fact.head == middle)
    sources = dict.fromkeys(one.source for one in steps[best])
    return Evidence(
        number=0,
        statement=f"{best.statement}, which {words}",
        kind=best.kind,
        status=Status.PREDICTED,
        source="; ".join([best.source, *sources]),
        release=best.release,
        nodes=(graph.node_id(row), graph.node_id(middle)),
        type=graph.type_of(row),
        score=best.score,
        probability=round(probability, 6),
        because=f"by way of {graph.name_of(middle)}{others}, together p {probability:.2g}",
        about=best.about,
        speculative=best.speculative,
        triple=triple_of(fact, graph),
        also=best.triples,
    )
