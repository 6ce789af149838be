"""Evidence that contradicts evidence: items that say the reverse of each other point at each other.

Two items disagree where both speak of the same things and

- one says what the other denies: a disease has a phenotype, and does not have it;
- both tell a number of the same quantity, and the numbers differ.

Nothing is decided between them: the answer shows both.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import combinations
from typing import Final

from bbqa.ground.quantities import Quantity, quantity_of
from bbqa.ground.relations import SYMMETRIC, families_of
from bbqa.schema import Certainty, Evidence, InputRelation

_Pair = frozenset[str] | tuple[str, str]
_Stated = dict[tuple[object, ...], bool]
_Measured = dict[tuple[object, ...], Quantity]
_IDENTIFYING: Final = frozenset(InputRelation)


def mark_disagreements(evidence: Sequence[Evidence]) -> list[Evidence]:
    """The items, each with the numbers of those that say the reverse of it.

    Args:
        evidence: Numbered items.
    """
    against: dict[int, set[int]] = {item.number: set(item.disagrees) for item in evidence}
    stated = {item.number: _stated(item) for item in evidence}
    measured = {item.number: dict(_measured(item)) for item in evidence}
    for one, other in combinations((item.number for item in evidence), 2):
        if _deny(stated[one], stated[other]) or _differ(measured[one], measured[other]):
            against[one].add(other)
            against[other].add(one)
    return [replace(item, disagrees=tuple(sorted(against[item.number]))) for item in evidence]


def _stated(item: Evidence) -> _Stated:
    """The relations of an item, and whether it denies them."""
    return {
        (family, _pair(triple.head, triple.tail, symmetric=family in SYMMETRIC)): triple.negated
        for triple in item.triples
        if triple.relation not in _IDENTIFYING
        for family in families_of(triple.relation)
    }


def _pair(head: str, tail: str, *, symmetric: bool) -> _Pair:
    return frozenset((head, tail)) if symmetric else (head, tail)


def _deny(ours: _Stated, theirs: _Stated) -> bool:
    """Whether one item affirms what the other denies."""
    return any(theirs.get(relation, denied) != denied for relation, denied in ours.items())


def _measured(item: Evidence) -> Iterator[tuple[tuple[object, ...], Quantity]]:
    """The quantities of an item, by what they are measured of."""
    for value in item.values:
        quantity = quantity_of(value)
        yield (item.about, value.quantity, quantity.unit), quantity
    for triple in item.triples:
        for value in triple.values if triple.certainty is Certainty.RECORDED else ():
            quantity = quantity_of(value)
            yield (triple.head, triple.tail, value.quantity, quantity.unit), quantity


def _differ(ours: _Measured, theirs: _Measured) -> bool:
    """Whether two items tell different numbers of the same quantity."""
    return any(_is_other(ours[key], theirs[key]) for key in ours.keys() & theirs.keys())


def _is_other(one: Quantity, other: Quantity) -> bool:
    """Whether two amounts differ by more than their rounding."""
    return abs(one.value - other.value) > max(one.step, other.step) / 2 + 1e-9
