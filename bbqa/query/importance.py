"""How important a node is among those that are recorded with another.

A logistic score over features of the records that join the two (evidence, agreement of sources,
directness), of the node (how well known, how few others it has such records with), and of both
(whether its name names the other, whether the class of a drug acts on the protein). The weights
of each kind of pair were fitted on well-known examples: docs/decisions/importance.md.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import numpy as np

from bbqa.kg.ends import GO_TYPES, GROUPS
from bbqa.query.features import FEATURES, Pairs, features_of, pairs_of
from bbqa.query.steps import Step, relations_between, step_to, with_descendants
from bbqa.retrieve.links import Floats
from bbqa.schema import NodeType, Relation

if TYPE_CHECKING:
    from bbqa.resources import Resources

FURTHER: Final = 0.5
"""Factor for each step away from the most special of several terms that a question may mean."""
_GENERAL: Final = "general"
WEIGHTS: Final[Mapping[str, Mapping[str, float]]] = {
    _GENERAL: {
        "evidence": 1.0,
        "experiment": 1.0,
        "agreement": 3.0,
        "direct": 1.0,
        "named": 0.5,
        "known": 1.5,
    },
    "protein of term": {
        "evidence": 0.9,
        "experiment": 1.1,
        "agreement": 1.8,
        "breadth": 3.3,
        "direct": 0.7,
        "named": 1.8,
        "known": 2.8,
        "family": 2.2,
    },
    "protein of disease": {
        "evidence": 1.0,
        "agreement": 3.4,
        "breadth": 1.0,
        "direct": 2.0,
        "named": 2.1,
        "known": 1.6,
        "curated": 3.0,
        "family": 2.2,
    },
    "disease of protein": {
        "evidence": 0.7,
        "agreement": 2.0,
        "breadth": 0.7,
        "named": 1.3,
        "known": 0.7,
        "specific": 0.3,
        "curated": 2.0,
    },
    "term of protein": {
        "evidence": 1.0,
        "experiment": 0.5,
        "agreement": 3.0,
        "named": 3.0,
        "telling": 4.0,
    },
    "protein of drug": {"agreement": 2.0, "named": 3.4, "specific": 0.4, "family": 3.4},
    "drug of protein": {
        "named": 1.8,
        "known": 1.1,
        "specific": 0.5,
        "family": 2.7,
        "classified": 0.3,
    },
    "drug of group": {"direct": 0.1, "known": 1.8, "family": 2.4, "classified": 0.8},
}
"""For each kind of pair, the weight of each feature: twice the fitted one, which leaves the order
as it is; those of the general kind are a choice."""


def importance(
    row: int,
    targets: Collection[int],
    resources: Resources,
    *,
    relations: Collection[Relation] | None = None,
) -> dict[int, float]:
    """How important each of some nodes is to one that they are recorded with, in [0, 1].

    The nodes may be members of a term, drugs of a protein, targets of a drug, genes of a disease
    and so on; those without a record that may be seen get 0. A term stands for its descendants, a
    drug for its salts and esters.

    Args:
        row: The node.
        targets: Rows of nodes recorded with it; of several types they are compared within a type.
        resources: The graph, and what must not be seen of it.
        relations: Ways in which they may be related; any if not given.
    """
    graph = resources.graph
    depths = with_descendants((row,), resources)
    types = {graph.type_of(one) for one in depths}
    scores = dict.fromkeys(targets, 0.0)
    for target in sorted({graph.type_of(one) for one in targets}):
        allowed = relations_between(target, types)
        if relations is not None:
            allowed &= frozenset(relations)
        step = step_to(target, depths, resources, relations=allowed).only(targets)
        scores |= scores_of((step,), depths, (row,), resources)
    return scores


def scores_of(
    steps: Sequence[Step], depths: Mapping[int, int], terms: Sequence[int], resources: Resources
) -> dict[int, float]:
    """The importance of each node that some steps lead from, in [0, 1].

    That of a chain is the product of its steps'; a node has its best chain's, and a little more
    for every further one.

    Args:
        steps: The steps, that next to the target first.
        depths: The terms and what they stand for, and how far below them each is.
        terms: The terms.
        resources: The graph.
    """
    scores: dict[int, float] | None = None
    for step in reversed(steps):
        last = scores is None
        alone = len(terms) > 1 and resources.graph.type_of(terms[0]) in _THINGS
        pairs = pairs_of(step, depths if last else None, terms, one_meaning=last and not alone)
        of_pairs = _pair_scores(pairs, resources)
        if last and any(depths[term] for term in terms):
            of_pairs *= FURTHER ** _least_depth(pairs)
        scores = _of_near(pairs, of_pairs, scores)
    return scores or {}


def _least_depth(pairs: Pairs) -> Floats:
    """How far below the anchor the closest record of each pair is, float64 [P]."""
    least = np.full(len(pairs.near), np.inf)
    np.minimum.at(least, pairs.pair, pairs.depth.astype(float))
    return least


def _of_near(pairs: Pairs, score: Floats, of_far: Mapping[int, float] | None) -> dict[int, float]:
    best: dict[int, float] = {}
    for near, far, value in zip(
        pairs.near.tolist(), pairs.anchor.tolist(), score.tolist(), strict=True
    ):
        whole = value if of_far is None else value * of_far.get(far, 0.0)
        known = best.get(near, 0.0)
        best[near] = max(known, whole) + 0.05 * min(known, whole) * (1 - max(known, whole))
    return best


def _pair_scores(pairs: Pairs, resources: Resources) -> Floats:
    """The logistic score of each pair, float64 [P]."""
    if not len(pairs.near):
        return np.zeros(0)
    graph = resources.graph
    kind = kind_of(graph.type_of(int(pairs.near[0])), graph.type_of(int(pairs.anchor[0])))
    weights = np.array([WEIGHTS[kind].get(name, 0.0) for name in FEATURES])
    values = features_of(pairs, resources)
    scores: Floats = 1.0 / (1.0 + np.exp(weights.sum() / 2 - values @ weights))
    return scores


@lru_cache(maxsize=256)
def kind_of(near: NodeType, far: NodeType) -> str:
    """Which weights hold for nodes of one type that are recorded with one of another."""
    terms = {*GO_TYPES, NodeType.PATHWAY, NodeType.PHENOTYPE}
    if near is NodeType.PROTEIN and far in terms:
        return "protein of term"
    if far is NodeType.PROTEIN and near in terms:
        return "term of protein"
    if near is NodeType.DRUG and far in GROUPS:
        return "drug of group"
    kind = f"{_SHORT.get(near, near)} of {_SHORT.get(far, far)}"
    return kind if kind in WEIGHTS else _GENERAL


_THINGS: Final = (NodeType.PROTEIN, NodeType.DRUG)
"""Types of nodes that are different things even where a question means any of them."""
_SHORT: Final = {
    NodeType.PROTEIN: "protein",
    NodeType.DRUG: "drug",
    NodeType.DISEASE: "disease",
}


def ranked(rows: Iterable[int], scores: Mapping[int, float]) -> list[int]:
    """Rows, the most important first."""
    return sorted(rows, key=lambda row: (-scores.get(row, 0.0), row))
