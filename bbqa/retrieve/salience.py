"""How much a term says of what a protein is for, among all that is recorded of it.

Rare terms are no better than common ones: what a protein is known for has several kinds of
evidence, is recorded of its orthologues too, is what the protein is called after, lies in the midst
of its other annotations, and is a deed rather than something bound on the way. The weights were
chosen on well-known proteins: docs/decisions/salience.md.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import numpy as np

from bbqa.kg.evidence import trust
from bbqa.retrieve.facts import trusted_facts
from bbqa.schema import NodeType

if TYPE_CHECKING:
    from bbqa.kg.graph import Fact, Graph
    from bbqa.resources import Resources

ORTHOLOGUES: Final = frozenset({10090, 10116, 7955, 7227, 6239})
"""NCBI taxa whose proteins of the same symbol count: mouse, rat, zebrafish, fly, worm."""
BINDING: Final = "GO:0005488"
DEEDS: Final = (
    "GO:0003824",
    "GO:0005215",
    "GO:0038023",
    "GO:0048018",
    "GO:0140110",
    "GO:0098772",
    "GO:0005198",
    "GO:0003774",
    "GO:0016209",
    "GO:0140104",
    "GO:0044183",
)
"""Catalytic, transporter, signalling receptor, receptor ligand, transcription regulator, molecular
function regulator, structural molecule, motor, antioxidant, molecular carrier and chaperone
activity: what a protein does."""
FULL: Final = 4
"""Kinds of evidence from which agreement is complete."""
TELLING_BITS: Final = (2.0, 5.0)
"""Information content below which a term says next to nothing, and from which it says enough."""
RARE_BITS: Final = 9.0
"""Information content above which a term says something of few proteins, and is an aside."""


@dataclass(frozen=True, slots=True)
class Weights:
    """Weights of the signals, each of which lies in [0, 1]."""

    evidence: float = 1.0
    agreement: float = 1.0
    named: float = 1.5
    orthologues: float = 1.0
    deed: float = 1.5
    telling: float = 1.0
    rare: float = -0.7
    central: float = 1.0


CHOSEN: Final = Weights()


def salience(
    row: int,
    node_type: NodeType,
    resources: Resources,
    *,
    weights: Weights = CHOSEN,
) -> list[tuple[int, float, list[Fact]]]:
    """The terms of a type that are recorded of a protein, the most salient first.

    Args:
        row: The protein.
        node_type: Molecular function, biological process, cellular component or pathway.
        resources: The graph, and what must not be seen of it.
        weights: How much each signal counts.

    Returns:
        (row of the term, score, facts that say so); general terms are kept beside specific ones.
    """
    graph = resources.graph
    together = trusted_facts(row, {node_type}, resources)
    facts = {other: same for (_, other), same in together.items()}
    central = _central(graph, list(facts))
    shared = _of_orthologues(graph, row)
    names = _stems(graph, row)
    scored = [
        (
            other,
            _score(graph, other, same, central[other], shared, names, weights),
            same,
        )
        for other, same in facts.items()
    ]
    return sorted(scored, key=lambda one: (-one[1], one[0]))


def _score(
    graph: Graph,
    term: int,
    facts: Sequence[Fact],
    central: float,
    shared: Mapping[int, float],
    names: frozenset[str],
    weights: Weights,
) -> float:
    bits = float(graph.information_content()[term])
    low, high = TELLING_BITS
    codes = {(fact.source, fact.evidence) for fact in facts}
    return (
        weights.evidence * max(trust(fact.evidence, fact.source) for fact in facts)
        + weights.agreement * min(1.0, math.log2(1 + len(codes)) / math.log2(1 + FULL))
        + weights.named * _named(graph, term, names)
        + weights.orthologues * shared.get(term, 0.0)
        + weights.deed * _is_deed(graph, term)
        + weights.telling * min(1.0, max(0.0, (bits - low) / (high - low)))
        + weights.rare * min(1.0, max(0.0, (bits - RARE_BITS) / 3.0))
        + weights.central * central
    )


def _central(graph: Graph, terms: Sequence[int]) -> dict[int, float]:
    """Share of the other terms that are more special or more general than each, in [0, 1]."""
    above = {term: graph.ancestors(term) for term in terms}
    count = {
        term: sum(term in above[other] or other in above[term] for other in terms) for term in terms
    }
    most = max(count.values(), default=0) or 1
    return {term: math.log1p(n) / math.log1p(most) for term, n in count.items()}


def is_deed(graph: Graph, term: int) -> bool:
    """Whether a function is what a protein does rather than what it binds."""
    return graph.type_of(term) is NodeType.MOLECULAR_FUNCTION and _is_deed(graph, term) == 1.0


def _is_deed(graph: Graph, term: int) -> float:
    """1 for an activity, 0 for something bound; for other types of terms a half."""
    if graph.type_of(term) is not NodeType.MOLECULAR_FUNCTION:
        return 0.5
    above = {graph.node_id(one) for one in graph.ancestors(term)} | {graph.node_id(term)}
    if above.intersection(DEEDS):
        return 1.0
    return 0.0 if BINDING in above else 0.5


def _named(graph: Graph, term: int, names: frozenset[str]) -> float:
    """Share of the words of a term that the protein's own names have."""
    words = _words(graph.name_of(term))
    return len(words & names) / len(words) if words else 0.0


def _stems(graph: Graph, row: int) -> frozenset[str]:
    """The beginnings of the words that a protein is called by."""
    node = graph.node(row)
    return frozenset().union(*(_words(name) for name in node.synonyms[:8]))


def _words(name: str) -> frozenset[str]:
    words = re.findall(r"[a-z][a-z0-9]{2,}", name.lower())
    return frozenset(word[:6] for word in words) - _EMPTY


_EMPTY: Final = frozenset(
    "activi proces proteir protei factor the and via comple signal bindin regula positi negati".split()  # noqa: SIM905
)


def _of_orthologues(graph: Graph, row: int) -> dict[int, float]:
    """Share of a protein's orthologues that have each term, or one that implies it."""
    numbers = _by_symbol(graph).get(graph.name_of(row).lower(), ())
    counts: dict[int, float] = {}
    for number in numbers:
        own = {term for term, _ in graph.sequences[number].terms}
        for term in own.union(*(graph.ancestors(one) for one in own)) if own else ():
            counts[term] = counts.get(term, 0.0) + 1.0 / len(numbers)
    return counts


@lru_cache(maxsize=4)
def _by_symbol(graph: Graph) -> dict[str, tuple[int, ...]]:
    """Numbers of the reference proteins of model organisms, by their symbols in small letters."""
    symbols = graph.sequences.table.column("symbol").to_pylist()
    found: dict[str, tuple[int, ...]] = {}
    for number in np.flatnonzero(np.isin(graph.sequences.taxon, list(ORTHOLOGUES))).tolist():
        if symbols[number]:
            key = symbols[number].lower()
            found[key] = (*found.get(key, ()), number)
    return found


def without_implied(terms: Sequence[int], graph: Graph, *, most: int) -> list[int]:
    """The first ``most`` terms, none of which implies another or is implied by one before it."""
    kept: list[int] = []
    for term in terms:
        above = graph.ancestors(term)
        if not any(other in above or term in graph.ancestors(other) for other in kept):
            kept.append(term)
        if len(kept) == most:
            break
    return kept
