"""A node's card: what it is called, how it is defined, what is recorded of it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final

from bbqa.errors import IndexMismatchError, InputError
from bbqa.kg.describe import definition_of, document, statement, title
from bbqa.retrieve import visible
from bbqa.retrieve.facts import sources_of
from bbqa.schema import (
    Evidence,
    InputRelation,
    Kind,
    Node,
    NodeType,
    Relation,
    Status,
    Triple,
)
from bbqa.subject import with_article

if TYPE_CHECKING:
    from bbqa.kg.graph import Fact, Graph
    from bbqa.resources import Resources

_DEFINED: Final = frozenset(
    {
        NodeType.MOLECULAR_FUNCTION,
        NodeType.BIOLOGICAL_PROCESS,
        NodeType.CELLULAR_COMPONENT,
        NodeType.DISEASE,
        NodeType.PHENOTYPE,
    }
)
"""Types that the ontologies define; opening the index to look for others would be in vain."""

_SOURCES: Final = (
    ("GO:", "Gene Ontology"),
    ("HP:", "HPO"),
    ("MONDO:", "MONDO"),
    ("CHEBI:", "ChEBI"),
    ("ATC:", "ATC"),
    ("R-HSA-", "Reactome"),
    ("WP", "WikiPathways"),
    ("DB", "DrugBank"),
    ("CHEMBL:", "ChEMBL via drug2cell"),
)
"""Whose ids begin so."""
SYNONYMS: Final = 4
"""Other names that are told."""
_OF_TYPE: Final = {NodeType.PROTEIN: "UniProt"}
_DEFINING: Final = {NodeType.DISEASE: "Disease Ontology", NodeType.PHENOTYPE: "HPO"}


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


def make_card(name: str, resources: Resources, *, k: int = 8) -> Card:
    """What the graph records of one protein, drug, disease or other node.

    Args:
        name: An id, a gene symbol, a name or a synonym.
        resources: The graph, its names, and its index for definitions.
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
    for fact in visible.facts(row, resources):
        grouped[fact.relation][fact.other(row)].append(fact)
    groups = (_group(graph, row, relation, facts, k) for relation, facts in grouped.items())
    # A description is made of the main facts, which may name what is hidden.
    told = document(graph, row, definition(row, resources), facts=not resources.limits.hidden)
    return Card(graph.node(row), told, tuple(groups))


def definition(row: int, resources: Resources) -> str:
    """What a node is, in its source's words; empty if nobody says, or nothing is indexed yet.

    The starter graph has no definitions in itself: they are part of the descriptions that were
    made from the ontologies on this machine.
    """
    graph = resources.graph
    if own := definition_of(graph, row, graph.definitions):
        return own
    if graph.type_of(row) not in _DEFINED:
        return ""
    try:
        described = resources.index.document(graph.type_of(row), row)
    except (IndexMismatchError, KeyError):
        return ""
    return _without_the_rest(described, title(graph, row), document(graph, row))


def _without_the_rest(described: str, heading: str, undefined: str) -> str:
    """What a description says beyond the same description made without a definition."""
    told = undefined.removeprefix(heading).lstrip(". ")
    rest = described.removeprefix(heading).lstrip(". ")
    return (rest.removesuffix(told) if told else rest).rstrip(". ")


def identity_of(
    graph: Graph, row: int, *, because: str, about: str, label: str = "", score: float = 1.0
) -> Evidence:
    """What a node is and what else it is called, as evidence.

    Args:
        graph: The graph.
        row: The node.
        because: How it was found.
        about: Label of the input or entity that it is.
        label: The input's label, where the sentence is to begin with it.
        score: How surely it is meant.
    """
    node = graph.node(row)
    kind = with_article(node.type)
    also = f", also called {'; '.join(node.synonyms[:SYNONYMS])}" if node.synonyms else ""
    title = f"{node.name} ({node.id})"
    source, release = source_of(graph, row)
    return Evidence(
        number=0,
        statement=f"{label} is {title}, {kind}{also}" if label else f"{title} is {kind}{also}",
        kind=Kind.IDENTITY,
        status=Status.CURATED,
        source=source,
        release=release,
        nodes=(node.id,),
        type=node.type,
        score=score,
        because=because,
        about=about,
        triple=Triple(
            label or about,
            InputRelation.IS,
            node.id,
            head_name=label or node.name,
            tail_name=node.name,
            synonyms=node.synonyms[:SYNONYMS],
        ),
    )


def source_of(graph: Graph, row: int) -> tuple[str, str]:
    """Whose id and names a node has, and the release, if the graph's manifest tells it."""
    node_id, node_type = graph.node_id(row), graph.type_of(row)
    known = (source for prefix, source in _SOURCES if node_id.startswith(prefix))
    source = _OF_TYPE.get(node_type) or next(known, "knowledge graph")
    return source, _release(graph, source)


def defined_by(graph: Graph, row: int) -> tuple[str, str]:
    """Who defines a node, and the release, if the graph's manifest tells it."""
    source = _DEFINING.get(graph.type_of(row)) or source_of(graph, row)[0]
    return source, _release(graph, source)


def _release(graph: Graph, source: str) -> str:
    return "; ".join(graph.manifest.get("sources", {}).get(source, {}).get("releases", ()))


def _group(
    graph: Graph, row: int, relation: Relation, facts: dict[int, list[Fact]], k: int
) -> FactGroup:
    shown = list(facts.values())[:k]
    said = tuple((statement(graph, same[0], row), sources_of(same)[0]) for same in shown)
    return FactGroup(relation, len(facts), said)
