"""Functions that a protein's homologues agree on: a weighted vote.

A homologue's vote weighs as much as the bits of its alignment times how much of both proteins it
covers: a short shared domain says less about the whole protein than an alignment end to end. A
term gets the votes of all homologues that have it or anything more specific.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Final

from bbqa.retrieve.alignment import Homologue

SHOWN_SUPPORT: Final = 3
VOTERS: Final = 25
"""The nearest homologues that vote; further ones of a large family would drown them."""


@dataclass(frozen=True, slots=True)
class Transferred:
    """A term that homologues of a protein have.

    Attributes:
        node: Row of the term.
        score: Share of the votes, in [0, 1]; not a probability.
        support: The nearest homologues that have it, best first.
        n_support: How many have it.
        n_neighbours: How many voted.
    """

    node: int
    score: float
    support: tuple[Homologue, ...]
    n_support: int
    n_neighbours: int


def transfer(
    homologues: Sequence[Homologue],
    terms_of: Callable[[int], Collection[int]],
    *,
    ancestors: Callable[[int], Collection[int]],
) -> list[Transferred]:
    """Terms of the homologues, the most agreed on first.

    Homologues without any term do not vote. A general term is left out where a more specific one
    has the very same support.

    Args:
        homologues: Homologues, best first.
        terms_of: Rows of the terms of a reference protein, by its number.
        ancestors: Rows of what is more general than a term.
    """
    terms = {h: frozenset(terms_of(h.row)) for h in homologues[:VOTERS]}
    voters = [homologue for homologue, own in terms.items() if own]
    total = sum(map(_weight, voters))
    support: dict[int, list[Homologue]] = defaultdict(list)
    for homologue in voters:
        own = terms[homologue]
        for term in own.union(*map(ancestors, own)):
            support[term].append(homologue)
    implied = {
        general
        for term, having in support.items()
        for general in ancestors(term)
        if len(support[general]) == len(having)
    }
    voted = [
        Transferred(
            term,
            sum(map(_weight, having)) / total,
            tuple(having[:SHOWN_SUPPORT]),
            len(having),
            len(voters),
        )
        for term, having in support.items()
        if term not in implied
    ]
    return sorted(voted, key=lambda t: (-t.score, t.node))


def _weight(homologue: Homologue) -> float:
    return homologue.bits * homologue.query_coverage * homologue.target_coverage
