"""A node's card: what it is called, how it is defined, what is recorded of it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from bbqa.errors import InputError
from bbqa.kg.describe import document, statement
from bbqa.retrieve.facts import sources_of
from bbqa.schema import Node, Relation

if TYPE_CHECKING:
    from bbqa.kg.graph import Fact, Graph
    from bbqa.resources import Resources


@dataclass(frozen=True, slots=True)
class FactGroup:
    """Facts of one relation: the first few in words, and how many there are."""

    relation: Relation
    total: int
    statements: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Card:
    """All that is shown of a node."""

    node: Node
    text: str
    facts: tuple[FactGroup, ...]

    def to_json(self) -> dict[str, Any]:
        """The card as plain dictionaries and lists."""
        return asdict(self)


def describe(name: str, resources: Resources, *, k: int = 8) -> Card:
    """Show what the knowledge graph records of one protein, drug, disease or other node.

    Args:
        name: An id, a gene symbol, a name or a synonym.
        resources: The graph and its names.
        k: Facts to show for each relation.

    Raises:
        InputError: Nothing has this name; the message lists the nearest three.
    """
    graph = resources.graph
    rows = resources.names.exact(name)
    if not rows:
        near = ", ".join(resources.names.nearest(name))
        raise InputError(f"nothing in the graph is called {name!r}", hint=f"nearest names: {near}")
    row = rows[0]
    grouped: dict[Relation, dict[int, list[Fact]]] = defaultdict(lambda: defaultdict(list))
    for fact in graph.facts(row):
        grouped[fact.relation][fact.tail if fact.head == row else fact.head].append(fact)
    groups = (_group(graph, row, relation, facts, k) for relation, facts in grouped.items())
    return Card(graph.node(row), document(graph, row), tuple(groups))


def _group(
    graph: Graph, row: int, relation: Relation, facts: dict[int, list[Fact]], k: int
) -> FactGroup:
    shown = list(facts.values())[:k]
    said = tuple((statement(graph, same[0], row), sources_of(same)[0]) for same in shown)
    return FactGroup(relation, len(facts), said)
