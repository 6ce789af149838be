"""Training batches: heads of one link, true tails, and others of the same type to tell apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from bbqa.bridge.triples import Link, Triples
from bbqa.errors import GraphError

RARITY: Final = 0.5
"""A link is drawn in proportion to its number of heads to this power: rare ones count."""

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Batch:
    """Heads and tails of one link.

    Attributes:
        link: Which.
        heads: Rows of the heads, [B], each once.
        tails: Rows of the tails, [C], each once; all of the link's tail type.
        true: Which head has which tail, bool [B, C]; all that the graph says, so that no true
            tail is learned from as a wrong one.
        common: Logarithm of the share of the link's heads that have each tail, float32 [C].
    """

    link: Link
    heads: Ints
    tails: Ints
    true: npt.NDArray[np.bool_]
    common: npt.NDArray[np.float32]


class Batches:
    """Draws batches from training pairs.

    Args:
        triples: Training pairs by link.
        size: Heads in a batch, at most.
        positives: True tails of one head that are drawn, at most.
        negatives: Further tails of the link that are drawn, at most.
        seed: The same seed draws the same batches.

    Raises:
        GraphError: No link has any pair.
    """

    def __init__(
        self, triples: Sequence[Triples], *, size: int, positives: int, negatives: int, seed: int
    ) -> None:
        self._links = [_Known(t) for t in triples if len(t)]
        if not self._links:
            raise GraphError(
                "there is nothing to train on: no relation has a pair left",
                hint="bbqa kg stats shows what the graph has",
            )
        weight = np.array([len(known.heads) for known in self._links], float) ** RARITY
        self._weight = weight / weight.sum()
        self._size, self._positives, self._negatives = size, positives, negatives
        self.random = np.random.default_rng(seed)

    def draw(self) -> Batch:
        """The next batch."""
        known = self._links[self.random.choice(len(self._links), p=self._weight)]
        heads = self.random.permutation(len(known.heads))[: self._size]
        tails = np.unique(
            np.concatenate(
                [
                    self.random.permutation(len(known.tails))[: self._negatives],
                    *(self._some(known.of(head)) for head in heads),
                ]
            )
        )
        true = np.zeros((len(heads), len(known.tails)), np.bool_)
        for place, head in enumerate(heads):
            true[place, known.of(head)] = True
        return Batch(
            known.link,
            known.heads[heads],
            known.tails[tails],
            true[:, tails],
            known.common[tails],
        )

    def _some(self, tails: Ints) -> Ints:
        if len(tails) <= self._positives:
            return tails
        return self.random.choice(tails, self._positives, replace=False)


class _Known:
    """Pairs of one link with heads and tails numbered from 0."""

    def __init__(self, triples: Triples) -> None:
        self.link = triples.link
        self.heads, head = np.unique(triples.pairs[:, 0].astype(np.int64), return_inverse=True)
        self.tails, tail = np.unique(triples.pairs[:, 1].astype(np.int64), return_inverse=True)
        order = np.argsort(head, kind="stable")
        self._tail = tail[order].astype(np.int64)
        self._first = np.searchsorted(head[order], np.arange(len(self.heads) + 1))
        self.common = log_shares(np.bincount(tail), len(self.heads))

    def of(self, head: int) -> Ints:
        """Numbers of the tails of head number ``head``."""
        return self._tail[self._first[head] : self._first[head + 1]]


def log_shares(counts: npt.NDArray[np.integer], heads: int) -> npt.NDArray[np.float32]:
    """Logarithm of the share of heads that have each tail; none counts as half of one."""
    shares: npt.NDArray[np.float32] = np.log(np.maximum(counts, 0.5) / max(heads, 1)).astype(
        np.float32
    )
    return shares
