"""Many candidates become one ranked list of evidence for the question asked.

A candidate's worth is what is known of it (how far its source can be trusted), what it says (how
specific it is), and how near it is to the question's words. The list is filled greedily: each
choice makes further ones of the same node type and the same input worth less, so that an overview
shows several sides, while a question about location gets components and nothing else.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace

from bbqa.schema import Evidence, Kind, NodeType

TRUST_WEIGHT = 0.5
SPECIFICITY_WEIGHT = 0.3
SIMILARITY_WEIGHT = 0.2
REPETITION = 0.8
"""Factor on a candidate's worth for each item of its type and input that was already chosen."""
NAMED = 2.0
"""Factor on the worth of what the question names, and of what implies it."""
IMPLIED = 0.7
"""Factor on the worth of a term that follows from a more specific one that was already chosen."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A possible item of evidence.

    Attributes:
        evidence: The item; its ``score`` is how far it can be trusted, in [0, 1].
        row: Row of the node that it says something about; -1 if that is no node of the graph.
        specificity: How much it says, in [0, 1].
        leads: Whether it comes before all others: who an input is.
        denies: Whether it says that something is not so; it stands beside what says that it is.
    """

    evidence: Evidence
    row: int
    specificity: float = 0.5
    leads: bool = False
    denies: bool = False


def fuse(
    candidates: Sequence[Candidate],
    *,
    wanted: Sequence[NodeType],
    k: int,
    similarity: Callable[[int], float] = lambda _row: 0.0,
    ancestors: Callable[[int], Collection[int]] = lambda _row: (),
    named: Collection[int] = (),
) -> list[Candidate]:
    """The best ``k`` candidates in the order in which a person should read them, numbered 1 … k.

    Args:
        candidates: What all steps of retrieval found.
        wanted: Node types that the question asks for, most wanted first.
        k: How many to keep at most.
        similarity: Cosine of a node's description to the question, by row.
        ancestors: Rows of more general terms: beside a specific term they are worth less.
        named: Rows of nodes that the question names: whoever asks for one is told of it first.
    """
    asked = frozenset(named)
    leading = [c for c in candidates if c.leads]
    pool = _best_of_each([c for c in candidates if not c.leads])
    worth = [_worth(c, wanted, similarity) for c in pool]
    if asked:
        for i, c in enumerate(pool):
            if c.row >= 0 and not asked.isdisjoint({c.row, *ancestors(c.row)}):
                worth[i] *= NAMED
    chosen = leading[:k]
    taken: Counter[tuple[str, NodeType]] = Counter()
    while pool and len(chosen) < k:
        best = max(range(len(pool)), key=lambda i: worth[i] * REPETITION ** taken[_group(pool[i])])
        candidate = pool.pop(best)
        worth.pop(best)
        chosen.append(candidate)
        taken[_group(candidate)] += 1
        implied = set(ancestors(candidate.row)) if candidate.row >= 0 else set()
        for i, other in enumerate(pool):
            if other.row in implied and other.evidence.about == candidate.evidence.about:
                worth[i] *= IMPLIED
    return [
        replace(c, evidence=replace(c.evidence, number=n)) for n, c in enumerate(chosen, start=1)
    ]


def _best_of_each(candidates: Sequence[Candidate]) -> list[Candidate]:
    """One candidate per input and node: the most trusted; what has no node stays as it is."""
    best: dict[object, Candidate] = {}
    for index, candidate in enumerate(candidates):
        node = (candidate.evidence.about, candidate.row, candidate.denies)
        key = node if candidate.row >= 0 else index
        if key not in best or candidate.evidence.score > best[key].evidence.score:
            best[key] = candidate
    return list(best.values())


def _worth(
    candidate: Candidate, wanted: Sequence[NodeType], similarity: Callable[[int], float]
) -> float:
    evidence = candidate.evidence
    near = max(0.0, similarity(candidate.row)) if candidate.row >= 0 else 0.0
    value = (
        TRUST_WEIGHT * evidence.score
        + SPECIFICITY_WEIGHT * candidate.specificity
        + SIMILARITY_WEIGHT * near
    )
    return value * _demand(evidence, wanted)


def _demand(evidence: Evidence, wanted: Sequence[NodeType]) -> float:
    """How much the question asks for this type: 1 for the first, less for each later one."""
    if evidence.type in wanted:
        return 0.9 ** list(wanted).index(evidence.type)
    return 0.6 if evidence.kind in (Kind.ALIGNMENT, Kind.SIMILARITY) else 0.3


def _group(candidate: Candidate) -> tuple[str, NodeType]:
    return candidate.evidence.about, candidate.evidence.type
