"""Evidence that contradicts evidence: items that say the reverse of each other point at each other.

Two items disagree where both speak of the same things and

- one says what the other denies: a disease has a phenotype, and does not have it;
- both tell a number of the same quantity, and the numbers differ.

Nothing is decided between them: the answer shows both.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Final

from bbqa.ground.facts import Fact, read_evidence
from bbqa.ground.quantities import QUANTITY, quantities_in
from bbqa.ground.relations import SYMMETRIC
from bbqa.schema import Evidence, Kind, Question


@dataclass(frozen=True, slots=True)
class _Measured:
    """What an item says of a quantity: the words around the number, the number, its unit."""

    words: str
    unit: str
    value: float
    step: float


_MEASURING: Final = (Kind.PROPERTY, Kind.ALIGNMENT, Kind.SIMILARITY)


def mark_disagreements(evidence: Sequence[Evidence]) -> list[Evidence]:
    """The items, each with the numbers of those that say the reverse of it.

    Args:
        evidence: Numbered items.
    """
    against: dict[int, set[int]] = {item.number: set(item.disagrees) for item in evidence}
    facts = {item.number: _facts(item) for item in evidence}
    measured = {item.number: _measured(item) for item in evidence}
    for one, other in combinations((item.number for item in evidence), 2):
        if _deny(facts[one], facts[other]) or _differ(measured[one], measured[other]):
            against[one].add(other)
            against[other].add(one)
    return [replace(item, disagrees=tuple(sorted(against[item.number]))) for item in evidence]


def _facts(item: Evidence) -> list[Fact]:
    """The facts of an item, its things by their names alone."""
    if item.kind not in (Kind.FACT, Kind.TEXT, Kind.PATH):
        return []
    alone = replace(item, about="")
    return read_evidence([alone], {}, Question("")).facts


def _deny(ours: Sequence[Fact], theirs: Sequence[Fact]) -> bool:
    """Whether one list affirms what the other denies."""
    return any(
        one.negated != other.negated and _same(one, other) for one in ours for other in theirs
    )


def _same(one: Fact, other: Fact) -> bool:
    """Whether two facts speak of the same relation between the same things."""
    if one.family is not other.family:
        return False
    straight = (one.agent, one.patient) == (other.agent, other.patient)
    return straight or (
        one.family in SYMMETRIC and (one.agent, one.patient) == (other.patient, other.agent)
    )


def _measured(item: Evidence) -> _Measured | None:
    """The one number that an item tells; None if it tells none, or several."""
    numbers = quantities_in(item.statement)
    if item.kind not in _MEASURING or len(numbers) != 1:
        return None
    plain = re.sub(r"[ -]+", " ", QUANTITY.sub("#", item.statement).casefold())
    return _Measured(plain, numbers[0].unit, numbers[0].value, numbers[0].step)


def _differ(one: _Measured | None, other: _Measured | None) -> bool:
    """Whether two items tell different numbers of the same quantity."""
    if one is None or other is None or (one.words, one.unit) != (other.words, other.unit):
        return False
    return abs(one.value - other.value) > max(one.step, other.step) / 2 + 1e-9
