"""Whether the first functions and processes of well-known proteins are those of textbooks.

    python -m bbqa.eval.salience [--fit]

``eval/sets/salience.tsv`` has for each protein words of its main function and process. The odd
rows chose the weights, the even ones are reported.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from bbqa.query.importance import importance
from bbqa.retrieve.facts import joint_trust, telling
from bbqa.retrieve.salience import (
    SIGNALS,
    facts_of_terms,
    salience,
    signals_of,
    without_implied,
)
from bbqa.schema import NodeType

if TYPE_CHECKING:
    from bbqa.resources import Resources

SET: Final = Path(__file__).parent / "sets" / "salience.tsv"
TYPES: Final = (NodeType.MOLECULAR_FUNCTION, NodeType.BIOLOGICAL_PROCESS)
PENALTY: Final = 0.02
STEPS: Final = 800
RATE: Final = 0.5
Ranking = Callable[[int, NodeType, "Resources"], Sequence[int]]


@dataclass(frozen=True, slots=True)
class Textbook:
    """A protein and words of what it is known for, by type of term."""

    symbol: str
    words: dict[NodeType, re.Pattern[str]]


def read_set() -> list[Textbook]:
    """The proteins of the set, in its order."""
    lines = SET.read_text(encoding="utf-8").splitlines()[1:]
    return [
        Textbook(symbol, {kind: re.compile(w) for kind, w in zip(TYPES, words, strict=True)})
        for symbol, *words in (line.split("\t") for line in lines)
    ]


def by_salience(row: int, kind: NodeType, resources: Resources) -> list[int]:
    """Terms by salience, as answers give them."""
    found = [term for term, _, _ in salience(row, kind, resources)]
    return without_implied(found, resources.graph, most=3)


def by_importance(row: int, kind: NodeType, resources: Resources) -> list[int]:
    """Terms by their importance, as members of lists are ranked."""
    scores = importance(row, list(facts_of_terms(row, kind, resources)), resources)
    return sorted(scores, key=lambda term: (-scores[term], term))[:3]


def by_specificity(row: int, kind: NodeType, resources: Resources) -> list[int]:
    """Terms by how specific and central they are, as evidence is ranked."""
    facts = facts_of_terms(row, kind, resources)
    trusts = {term: joint_trust(own) for term, own in facts.items()}
    scores = telling(resources.graph, trusts)
    return sorted(scores, key=lambda term: (-scores[term], term))[:3]


RANKINGS: Final[tuple[tuple[str, Ranking], ...]] = (
    ("salience", by_salience),
    ("importance", by_importance),
    ("specificity", by_specificity),
)


def hits(
    rows: Sequence[Textbook], ranking: Ranking, resources: Resources
) -> dict[str, tuple[float, float]]:
    """Share of the proteins of which the first, and one of the first three, is as in textbooks."""
    found: dict[str, tuple[float, float]] = {}
    for kind in TYPES:
        first = three = 0
        for one in rows:
            (row, *_) = resources.names.exact(one.symbol, types={NodeType.PROTEIN})
            names = [resources.graph.name_of(term) for term in ranking(row, kind, resources)]
            right = [one.words[kind].search(name) is not None for name in names]
            first += right[:1] == [True]
            three += any(right[:3])
        found[str(kind)] = (first / len(rows), three / len(rows))
    return found


@dataclass(frozen=True, slots=True)
class Ranked:
    """Terms of one type of a protein: which are right, bool [T]; signals, float64 [T, S]."""

    right: npt.NDArray[np.bool_]
    signals: npt.NDArray[np.float64]


def fit(rows: Sequence[Textbook], kind: NodeType, resources: Resources) -> dict[str, float]:
    """Weights of the signals that put right terms first: softmax loss with an L2 penalty."""
    rankings = [one for one in (_ranked(row, kind, resources) for row in rows) if one.right.any()]
    weights = np.zeros(len(SIGNALS))
    for _ in range(STEPS):
        step = -PENALTY * weights
        for one in rankings:
            raw = one.signals @ weights
            share = np.exp(raw - raw.max())
            wanted = share * one.right
            step += (wanted / wanted.sum() - share / share.sum()) @ one.signals / len(rankings)
        weights += RATE * step
    return {name: round(float(w), 1) for name, w in zip(SIGNALS, weights, strict=True)}


def _ranked(one: Textbook, kind: NodeType, resources: Resources) -> Ranked:
    (row, *_) = resources.names.exact(one.symbol, types={NodeType.PROTEIN})
    facts = facts_of_terms(row, kind, resources)
    signals = signals_of(row, facts, resources)
    names = [resources.graph.name_of(term) for term in facts]
    right = np.array([one.words[kind].search(name) is not None for name in names], bool)
    return Ranked(right, np.array([[signals[t][name] for name in SIGNALS] for t in facts]))


def main() -> int:
    """Print the shares for both halves and both rankings."""
    from bbqa.ask import open_resources

    resources = open_resources(None)
    rows = read_set()
    if "--fit" in sys.argv[1:]:
        for node_type in TYPES:
            print(node_type, fit(rows[::2], node_type, resources))
    for half, some in (("chosen on", rows[::2]), ("reported", rows[1::2])):
        for name, ranking in RANKINGS:
            for kind, (first, three) in hits(some, ranking, resources).items():
                print(
                    f"{half:<10} n={len(some)} {name:<12} {kind:<20} "
                    f"hit@1 {first:.2f}  hit@3 {three:.2f}"
                )
    return 0


if __name__ == "__main__":
    sys.exit(main())
