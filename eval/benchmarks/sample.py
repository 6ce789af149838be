"""Some items of a benchmark instead of all: evenly over its kinds of questions."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from heapq import heappush, heappushpop
from typing import Final

from bbqa.eval.benchmarks.contract import Item

KIND: Final = "kind"


def stratified(items: Iterable[Item], limit: int, *, by: Sequence[str] = (KIND,)) -> list[Item]:
    """At most ``limit`` items, as evenly over bins and forms as these allow, in their own order.

    Which items of a stratum are taken is decided by a hash of their ids, so it depends on neither
    their order nor chance, and a smaller limit takes some of what a larger one takes. At most
    ``limit`` items of each stratum are held in memory.

    >>> from bbqa.eval.benchmarks.contract import Form
    >>> items = [Item(f"{n}", Form.TEXT, "?", (), bins={"kind": "ab"[n > 1]}) for n in range(9)]
    >>> [item.bins["kind"] for item in stratified(items, 4)]
    ['a', 'a', 'b', 'b']

    Args:
        items: All items.
        limit: How many at most.
        by: Names of the bins to spread over; an item without such a bin counts as of a bin of
            its own.
    """
    kept: dict[tuple[str, ...], list[tuple[int, int, Item]]] = defaultdict(list)
    if limit < 1:
        return []
    for place, item in enumerate(items):
        heap = kept[item.form, *(item.bins.get(name, "") for name in by)]
        entry = (-_draw(item.id), place, item)
        if len(heap) < limit:
            heappush(heap, entry)
        else:
            heappushpop(heap, entry)
    shares = _shares({stratum: len(heap) for stratum, heap in kept.items()}, limit)
    chosen = [
        entry for stratum, heap in kept.items() for entry in sorted(heap)[::-1][: shares[stratum]]
    ]
    return [item for _, _, item in sorted(chosen, key=lambda entry: entry[1])]


def _shares(sizes: Mapping[tuple[str, ...], int], limit: int) -> dict[tuple[str, ...], int]:
    """How many of each stratum: one after the other in turn, the strata in order of their names."""
    shares = dict.fromkeys(sorted(sizes), 0)
    left = min(limit, sum(sizes.values()))
    while left:
        for stratum in [one for one in shares if shares[one] < sizes[one]][:left]:
            shares[stratum] += 1
            left -= 1
    return shares


def _draw(item_id: str) -> int:
    return int.from_bytes(hashlib.sha256(item_id.encode()).digest()[:8])
