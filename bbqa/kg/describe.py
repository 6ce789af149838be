"""Facts and nodes in words."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Final

from bbqa.kg.evidence import trust
from bbqa.kg.graph import Fact, Graph
from bbqa.schema import NodeType, Relation

_KIND_OF: Final = ("is a kind of {}", "includes {}")
_WORDS: Final[dict[Relation, tuple[str, str]]] = {
    Relation.MOLFUNC_PROTEIN: ("enables {}", "is enabled by {}"),
    Relation.BIOPROCESS_PROTEIN: ("takes part in {}", "involves {}"),
    Relation.CELLCOMP_PROTEIN: ("is found in {}", "contains {}"),
    Relation.PATHWAY_PROTEIN: ("takes part in the pathway {}", "involves {}"),
    Relation.PROTEIN_PROTEIN: ("interacts with {}", "interacts with {}"),
    Relation.DISEASE_PROTEIN: ("is associated with {}", "is associated with {}"),
    Relation.PHENOTYPE_PROTEIN: ("is associated with the phenotype {}", "is associated with {}"),
    Relation.DISEASE_PHENOTYPE: ("has the phenotype {}", "is a phenotype of {}"),
    Relation.DISEASE_PHENOTYPE_ABSENT: (
        "does not have the phenotype {}",
        "is not a phenotype of {}",
    ),
    Relation.DRUG_PROTEIN: ("has recorded activity on {}", "is acted on by {}"),
    Relation.DRUG_INDICATION: ("is indicated for {}", "is treated with {}"),
    Relation.DRUG_ROLE: ("has the role {}", "is a role of {}"),
    Relation.DRUG_CLASS: ("belongs to the drug class {}", "includes {}"),
    Relation.GO_PART_OF: ("is part of {}", "has the part {}"),
    Relation.MOLFUNC_MOLFUNC: _KIND_OF,
    Relation.BIOPROCESS_BIOPROCESS: _KIND_OF,
    Relation.CELLCOMP_CELLCOMP: _KIND_OF,
    Relation.DISEASE_DISEASE: _KIND_OF,
    Relation.PHENOTYPE_PHENOTYPE: _KIND_OF,
    Relation.ROLE_ROLE: _KIND_OF,
    Relation.CLASS_CLASS: _KIND_OF,
}
"""For each relation: what its head does to its tail, and what its tail does to its head."""

_COMPLEX: Final = "GO:0032991"
_INHERITANCE: Final = "HP:0000005"
_SPOKEN_FOR: Final = (
    NodeType.PROTEIN,
    NodeType.DRUG,
    NodeType.DISEASE,
    NodeType.PATHWAY,
    NodeType.DRUG_CLASS,
)
"""Types whose facts make up their description; the rest are described by what they are."""

_COLLECTIONS: Final = (NodeType.PATHWAY, NodeType.DRUG_CLASS)

MAX_DOCUMENT: Final = 1000
MAX_SYNONYMS: Final = 5
MAX_FACTS: Final = 8
MAX_FACTS_OF_A_KIND: Final = 3


def statement(graph: Graph, fact: Fact, subject: int, *, name: str = "") -> str:
    """A fact as a sentence without a full stop, seen from one of its two nodes.

    Args:
        graph: The graph of the fact.
        fact: The fact.
        subject: Row of its head or its tail: what the sentence is about.
        name: What to call the subject instead of its own name.
    """
    as_head = subject == fact.head
    other = fact.tail if as_head else fact.head
    words = predicate(graph, fact.relation, other, as_head=as_head)
    return f"{name or graph.name_of(subject)} {words}"


def predicate(graph: Graph, relation: Relation, other: int, *, as_head: bool = True) -> str:
    """What a subject does to the node ``other``: ``enables protein tyrosine kinase activity``.

    Args:
        graph: The graph.
        relation: How the two are related.
        other: Row of the other node.
        as_head: Whether the subject is the relation's head.
    """
    name = graph.name_of(other)
    if relation is Relation.CELLCOMP_PROTEIN and as_head:
        return _location(graph, other, name)
    words = _WORDS[relation][0 if as_head else 1]
    if as_head and words.endswith("phenotype {}") and _is_below(graph, other, _INHERITANCE):
        words = words.replace("phenotype", "mode of inheritance")
    return words.format(name)


def _location(graph: Graph, component: int, name: str) -> str:
    """How a protein relates to a cellular component: it is in it, or it is a part of it."""
    if name.startswith(("integral component", "intrinsic component", "extrinsic component")):
        return f"is an {name}"
    if name.endswith("complex") or _is_below(graph, component, _COMPLEX):
        return f"is part of {name}"
    return f"is found in {name}"


def _is_below(graph: Graph, row: int, ancestor: str) -> bool:
    above = graph.row(ancestor)
    return above is not None and (row == above or above in graph.ancestors(row))


def definition_of(graph: Graph, row: int, definitions: Mapping[str, str]) -> str:
    """A node's definition by its id or by one of its ids elsewhere; empty if there is none."""
    ids = (graph.node_id(row), *graph.xrefs_of(row))
    return next((definitions[known] for known in ids if known in definitions), "")


def document(graph: Graph, row: int, definition: str = "", *, facts: bool = True) -> str:
    """What a person would want to read of a node, at most ``MAX_DOCUMENT`` characters.

    Its name, what else it is called, its definition, and its main facts in words. The same
    graph and definition always give the same text.

    Args:
        graph: The graph.
        row: The node.
        definition: In its source's words, if there is one.
        facts: Whether facts that join it with nodes of other types are told. What a model learns
            those facts from must not tell them.
    """
    told = _facts_in_words(graph, row) if facts or not _is_spoken_for(graph, row) else []
    parts = [title(graph, row), definition.rstrip(". "), *told]
    text = ". ".join(part for part in parts if part) + "."
    return text if len(text) <= MAX_DOCUMENT else text[: MAX_DOCUMENT - 1].rsplit(" ", 1)[0] + "…"


def title(graph: Graph, row: int) -> str:
    """What a node is called, and what else: the beginning of its description."""
    node = graph.node(row)
    if not node.synonyms:
        return node.name
    return f"{node.name} ({'; '.join(node.synonyms[:MAX_SYNONYMS])})"


def _is_spoken_for(graph: Graph, row: int) -> bool:
    """Whether a node is described by its facts rather than by what it is a kind of."""
    return graph.type_of(row) in _SPOKEN_FOR


def _facts_in_words(graph: Graph, row: int) -> list[str]:
    if not _is_spoken_for(graph, row):
        parents = [graph.name_of(parent) for parent in graph.parents(row)[:3]]
        return [f"Kind or part of {', '.join(parents)}"] if parents else []
    chosen = _main_facts(graph, row)
    joined: dict[str, list[str]] = defaultdict(list)
    for fact in chosen:
        other = fact.other(row)
        name = graph.name_of(other)
        words = predicate(graph, fact.relation, other, as_head=fact.head == row)
        joined[words.removesuffix(name).strip()].append(name)
    return [f"{verb[:1].upper()}{verb[1:]} {', '.join(names)}" for verb, names in joined.items()]


def _main_facts(graph: Graph, row: int) -> list[Fact]:
    """The most telling facts of a node: trusted sources and specific terms, few of each kind."""
    information = graph.information_content()
    best: dict[tuple[Relation, int], tuple[float, Fact]] = {}
    for fact in graph.facts(row):
        other = fact.other(row)
        worth = 8.0 * trust(fact.evidence) + float(information[other])
        if worth > best.get((fact.relation, other), (0.0, fact))[0]:
            best[fact.relation, other] = (worth, fact)
    ranked = sorted(best.items(), key=lambda item: (-item[1][0], item[0][1]))
    most = MAX_FACTS if graph.type_of(row) in _COLLECTIONS else MAX_FACTS_OF_A_KIND
    chosen: list[Fact] = []
    for (relation, _), (_, fact) in ranked:
        if sum(f.relation is relation for f in chosen) < most:
            chosen.append(fact)
    return sorted(chosen[:MAX_FACTS], key=lambda fact: list(Relation).index(fact.relation))
