"""How fast the alignment index is and what it finds, beside exhaustive search in the same run.

Both search the same reference on one thread. A query's own entry, and whatever is identical to
it, is hidden from both, so that nothing here is about finding the same sequence again; only the
substitution test is about that.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence

import numpy as np

from bbqa.kg.graph import Graph
from bbqa.retrieve.alignment import AlignmentIndex, Homologue

LETTERS = "ACDEFGHIKLMNPQRSTVWY"
RATES = (0.0, 0.05, 0.2, 0.4)


def bench_alignment(
    index: AlignmentIndex, graph: Graph, *, n: int = 200, exhaustive: int = 40, seed: int = 0
) -> dict[str, float]:
    """Times of a search, and the share of exhaustive search's first hits that it finds.

    Args:
        index: The index.
        graph: The graph whose human proteins are the queries.
        n: How many random human proteins are searched for.
        exhaustive: How many of them exhaustively, too; a search takes seconds.
        seed: Of the choice.
    """
    rows = human_proteins(graph, n, seed)
    sequence = graph.sequences.sequence
    index.search(sequence(rows[0]))  # reads the index's files into memory
    searches = [_timed(index.search, sequence(row)) for row in rows]
    complete = [_timed(index.search_exhaustively, sequence(row)) for row in rows[:exhaustive]]
    found = {
        "searches": float(n),
        "search, ms, p50": 1000 * float(np.median([s for _, s in searches])),
        "search, ms, p99": 1000 * float(np.quantile([s for _, s in searches], 0.99)),
        "exhaustive searches": float(len(complete)),
        "exhaustive, ms, p50": 1000 * float(np.median([s for _, s in complete])),
        "exhaustive, ms, p99": 1000 * float(np.quantile([s for _, s in complete], 0.99)),
        "times faster, p50 of the same queries": float(
            np.median(
                [slow / fast for (_, slow), (_, fast) in zip(complete, searches, strict=False)]
            )
        ),
    }
    pairs = [
        (_others(fast, sequence(row), graph), _others(slow, sequence(row), graph))
        for row, (fast, _), (slow, _) in zip(rows, searches, complete, strict=False)
    ]
    return found | _agreement(pairs)


def substitution_test(
    index: AlignmentIndex,
    graph: Graph,
    *,
    n: int = 200,
    rates: Sequence[float] = RATES,
    seed: int = 0,
) -> dict[str, float]:
    """How often the right human protein comes first after random substitutions, by rate.

    Beside it the most that exact Smith-Waterman over everything could reach: exhaustive search is
    run where the index failed, and taken to be right where it did not.
    """
    found = {}
    rng = random.Random(seed)
    for rate in rates:
        right = exact = 0
        for row in human_proteins(graph, n, seed):
            original = graph.sequences.sequence(row)
            query = substituted(original, rate, rng)
            if _is_first(index.search(query, k=5), original, graph):
                right, exact = right + 1, exact + 1
            elif _is_first(index.search_exhaustively(query, k=5), original, graph):
                exact += 1
        found[f"{100 * rate:.0f} % replaced, right protein first, share of {n}"] = right / n
        found[f"{100 * rate:.0f} % replaced, exact Smith-Waterman at most"] = exact / n
    return found


def human_proteins(graph: Graph, n: int, seed: int) -> list[int]:
    """Numbers of ``n`` random human proteins with a sequence; the same for the same seed."""
    human = np.flatnonzero(graph.sequences.node >= 0).tolist()
    return random.Random(seed).sample(human, min(n, len(human)))


def substituted(sequence: str, rate: float, rng: random.Random) -> str:
    """The sequence with a share of its residues replaced by other ones."""
    letters = list(sequence)
    for place in rng.sample(range(len(letters)), round(rate * len(letters))):
        letters[place] = rng.choice(LETTERS.replace(letters[place], ""))
    return "".join(letters)


def _agreement(
    pairs: Sequence[tuple[Sequence[Homologue], Sequence[Homologue]]],
) -> dict[str, float]:
    """Shares of what exhaustive search found (second) that the index found, too (first)."""
    some = [(fast, slow) for fast, slow in pairs if slow]
    first = [bool(fast) and fast[0].row == slow[0].row for fast, slow in some]
    ten = [np.mean([h in fast for h in slow[:10]]) for fast, slow in some]
    return {
        "queries with a homologue at E <= 1e-3": float(len(some)),
        "exhaustive first hits found first, share": float(np.mean(first)) if some else 0.0,
        "exhaustive first ten hits found, share": float(np.mean(ten)) if some else 0.0,
    }


def _others(found: Sequence[Homologue], sequence: str, graph: Graph) -> list[Homologue]:
    return [h for h in found if graph.sequences.sequence(h.row) != sequence]


def _is_first(found: Sequence[Homologue], sequence: str, graph: Graph) -> bool:
    return bool(found) and graph.sequences.sequence(found[0].row) == sequence


def _timed(
    search: Callable[[str], list[Homologue]], sequence: str
) -> tuple[list[Homologue], float]:
    start = time.perf_counter()
    found = search(sequence)
    return found, time.perf_counter() - start
