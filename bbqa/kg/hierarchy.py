"""Which of two related terms is the more general one, where a source does not say."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from bbqa.kg.graph import Graph

MIN_KNOWN: Final = 20
MIN_AGREEMENT: Final = 0.9
"""Where at least ``MIN_KNOWN`` pairs are known and that share of them stands in one order, the
others are read in that order too."""


@dataclass(frozen=True, slots=True)
class Directed:
    """Pairs that were given a direction.

    Attributes:
        pairs: (child, parent), in the order of what was given.
        known: How many the reference knows.
        parent_first: How many of those stand with the parent first.
        lost: The pairs whose direction nobody knows.
    """

    pairs: tuple[tuple[int, int], ...]
    known: int
    parent_first: int
    lost: tuple[tuple[int, int], ...]

    def to_json(self) -> dict[str, int]:
        """The counts, for a manifest."""
        return {
            "pairs": len(self.pairs) + len(self.lost),
            "direction_known_from_reference": self.known,
            "of_these_parent_first": self.parent_first,
            "direction_from_order": len(self.pairs) - self.known,
            "direction_unknown": len(self.lost),
        }


def direct(
    pairs: Iterable[tuple[int, int]],
    ids_of: Callable[[int], Sequence[str]],
    reference: Graph,
) -> Directed:
    """Pairs as (child, parent): by a reference graph, or as most of those it knows are written.

    Without enough known pairs the parent is taken to stand first, as PrimeKG's own scripts write
    it. Where known pairs stand in either order, the unknown ones are lost rather than guessed.

    Args:
        pairs: Two different nodes each, in the order in which the file first has them.
        ids_of: The ids of a node in the reference: more than one for a group of diseases.
        reference: A graph whose hierarchy is known.
    """
    known: dict[tuple[int, int], tuple[int, int]] = {}
    unknown: list[tuple[int, int]] = []
    parent_first = 0
    order = list(pairs)
    for first, second in order:
        first_rows, second_rows = _rows(first, ids_of, reference), _rows(second, ids_of, reference)
        is_parent = _is_above(first_rows, second_rows, reference)
        if is_parent == _is_above(second_rows, first_rows, reference):
            unknown.append((first, second))
        else:
            known[first, second] = (second, first) if is_parent else (first, second)
            parent_first += is_parent
    as_written = _as_written(len(known), parent_first)
    if as_written is None:
        lost, guessed = tuple(unknown), {}
    else:
        lost = ()
        guessed = {pair: pair[::-1] if as_written else pair for pair in unknown}
    found = known | guessed
    return Directed(
        tuple(found[pair] for pair in order if pair in found), len(known), parent_first, lost
    )


def _as_written(known: int, parent_first: int) -> bool | None:
    """Whether unknown pairs have their parent first; None if that cannot be told."""
    if known < MIN_KNOWN or parent_first >= MIN_AGREEMENT * known:
        return True
    return False if known - parent_first >= MIN_AGREEMENT * known else None


def _rows(node: int, ids_of: Callable[[int], Sequence[str]], reference: Graph) -> list[int]:
    rows = (reference.row(node_id) for node_id in ids_of(node))
    return [row for row in rows if row is not None]


def _is_above(above: list[int], below: list[int], reference: Graph) -> bool:
    return any(a in reference.ancestors(b) for b in below for a in above)
