"""How far the relatives of a reference protein have what it has.

What a whole family does is what its members are for; what was found of one member alone is often
incidental. So agreement among relatives says which of a protein's many records come first.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from bbqa.retrieve import visible
from bbqa.schema import Input, Modality, NodeType

if TYPE_CHECKING:
    from bbqa.resources import Resources
    from bbqa.retrieve.alignment import Homologue

SEARCHED: Final = 24
VOTERS: Final = 20
"""Relatives with terms of a type that are heard at most."""
PRIOR: Final = 0.1
"""Votes for a term that no relative has, of one vote in all that is added to those cast."""


@lru_cache(maxsize=256)
def family_agreement(number: int, resources: Resources) -> Mapping[NodeType, Mapping[int, float]]:
    """For each type of GO term, the share of the relatives' votes for each term, in (0, 1).

    A relative votes for its terms and all that these imply, with a weight of its coverage and the
    root of its identity. Terms without a vote are absent; see ``share_of``.

    Args:
        number: The protein in ``graph.sequences``.
        resources: Sequences, their index, and what must not be seen of them.
    """
    given = Input("", Modality.PROTEIN, resources.graph.sequences.sequence(number), "")
    found = visible.homologues(given, resources, k=SEARCHED)
    relatives = [one for one in found if one.row != number]
    cast: dict[NodeType, dict[int, float]] = defaultdict(lambda: defaultdict(float))
    heard: dict[NodeType, int] = defaultdict(int)
    total: dict[NodeType, float] = defaultdict(float)
    for one in relatives:
        for node_type, terms in _terms_of(one.row, resources).items():
            if heard[node_type] < VOTERS:
                heard[node_type] += 1
                total[node_type] += _vote(one)
                for term in terms:
                    cast[node_type][term] += _vote(one)
    return {
        node_type: {row: (v + PRIOR) / (total[node_type] + 1) for row, v in votes.items()}
        | {-1: PRIOR / (total[node_type] + 1)}
        for node_type, votes in cast.items()
    }


def share_of(row: int, shares: Mapping[int, float]) -> float:
    """The share of the votes for a term; a little where it has none, or nobody votes."""
    return shares.get(row, shares.get(-1, PRIOR))


def _terms_of(number: int, resources: Resources) -> dict[NodeType, set[int]]:
    """Terms of a protein and all that they imply, by type."""
    graph = resources.graph
    found: dict[NodeType, set[int]] = defaultdict(set)
    for term in resources.terms_of(number):
        if visible.is_visible(term, resources):
            found[graph.type_of(term)] |= {term, *graph.ancestors(term)}
    return found


def _vote(one: Homologue) -> float:
    return one.query_coverage * one.target_coverage * math.sqrt(one.identity)
