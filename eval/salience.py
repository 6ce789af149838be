"""Whether the first functions and processes of well-known proteins are those of textbooks.

    python -m bbqa.eval.salience

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

from bbqa.retrieve.facts import is_informative, telling
from bbqa.retrieve.salience import salience, without_implied
from bbqa.schema import NodeType

if TYPE_CHECKING:
    from bbqa.resources import Resources

SET: Final = Path(__file__).parent / "sets" / "salience.tsv"
TYPES: Final = (NodeType.MOLECULAR_FUNCTION, NodeType.BIOLOGICAL_PROCESS)
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
    informative = [term for term in found if is_informative(resources.graph, term)]
    return without_implied(informative, resources.graph, most=3)


def by_specificity(row: int, kind: NodeType, resources: Resources) -> list[int]:
    """Terms by how specific and central they are, as evidence is ranked."""
    trusts = {term: 1.0 for term, _, _ in salience(row, kind, resources)}
    scores = telling(resources.graph, trusts)
    return sorted(scores, key=lambda term: (-scores[term], term))[:3]


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


def main() -> int:
    """Print the shares for both halves and both rankings."""
    from bbqa.ask import open_resources

    resources = open_resources(None)
    rows = read_set()
    for half, some in (("chosen on", rows[::2]), ("reported", rows[1::2])):
        for name, ranking in (("salience", by_salience), ("specificity", by_specificity)):
            for kind, (first, three) in hits(some, ranking, resources).items():
                print(
                    f"{half:<10} n={len(some)} {name:<12} {kind:<20} "
                    f"hit@1 {first:.2f}  hit@3 {three:.2f}"
                )
    return 0


if __name__ == "__main__":
    sys.exit(main())
