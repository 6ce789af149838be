"""What a knowledge-graph embedding is trained on: batches of one relation, and their negatives.

Sizes: B triples in a batch, K negatives.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.integer[Any]]


def batches(facts: Ints, size: int, draw: np.random.Generator) -> Iterator[Ints]:
    """All triples once, in batches [B, 3] of one relation each; both orders are random."""
    batches = []
    for relation in np.unique(facts[:, 1]):
        order = draw.permutation(np.flatnonzero(facts[:, 1] == relation))
        batches += [order[first : first + size] for first in range(0, len(order), size)]
    for index in draw.permutation(len(batches)):
        yield facts[batches[index]]


@dataclass(frozen=True, slots=True)
class Drawn:
    """Nodes [K] to put in place of one end of a batch, and where that makes a fact after all.

    ``rows`` and ``columns`` are the cells of [B, K] that are facts.
    """

    nodes: Ints
    rows: Ints
    columns: Ints


class Negatives:
    """Nodes that may replace one end (column ``asked``) of triples, without what is known."""

    def __init__(self, facts: Ints, asked: int, n_nodes: int, n_relations: int) -> None:
        self._given = 2 - asked
        self._n_nodes = n_nodes
        keys = self._keys_of(facts)
        order = np.argsort(keys, kind="stable")
        self._keys, self._answers = keys[order], facts[order, asked]
        self._nodes = [np.unique(facts[facts[:, 1] == r, asked]) for r in range(n_relations)]
        self._column = np.full(n_nodes, -1, np.int64)

    def _keys_of(self, facts: Ints) -> Ints:
        """One number for a question: the relation and the end that is given."""
        keys: Ints = facts[:, 1] * self._n_nodes + facts[:, self._given]
        return keys

    def drawn(self, batch: Ints, count: int, draw: np.random.Generator) -> Drawn:
        """At most ``count`` nodes for the batch; all of them where the relation has no more."""
        nodes = self._nodes[int(batch[0, 1])]
        if len(nodes) > count:
            nodes = draw.choice(nodes, count, replace=False)
        rows, answers = self._known(batch)
        self._column[nodes] = np.arange(len(nodes))
        columns = self._column[answers]
        self._column[nodes] = -1
        is_drawn = columns >= 0
        return Drawn(nodes, rows[is_drawn], columns[is_drawn])

    def _known(self, batch: Ints) -> tuple[Ints, Ints]:
        """All known answers to a batch: the row in the batch of each, and the node."""
        keys = self._keys_of(batch)
        first = np.searchsorted(self._keys, keys, side="left")
        many = np.searchsorted(self._keys, keys, side="right") - first
        rows = np.repeat(np.arange(len(batch)), many)
        nth = np.arange(len(rows)) - np.repeat(np.cumsum(many) - many, many)
        return rows, self._answers[first[rows] + nth]
