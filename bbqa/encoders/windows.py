"""Sequences longer than a model reads: overlapping windows, pooled so that nothing is cut.

A sequence's vector is the mean of its places' states. Where windows overlap, a place has several
states and each counts for its share, so that every place weighs the same in the end. A sequence
that fits has one window and the plain mean.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt

from bbqa.progress import Bar

if TYPE_CHECKING:
    import torch

Array = npt.NDArray[np.float32]


class Window(NamedTuple):
    """Places ``start`` to ``stop`` of sequence number ``row``; ``weights`` is [stop - start]."""

    row: int
    start: int
    stop: int
    weights: Array


def encode_windows(
    lengths: Sequence[int],
    states_of: Callable[[Sequence[Window]], torch.Tensor],
    *,
    dimension: int,
    longest: int,
    overlap: int,
    places_per_batch: int,
    bar: Bar,
) -> Array:
    """One vector for each sequence, float32 [n, D]: the mean state of its places.

    Args:
        lengths: Places of each sequence.
        states_of: Gives the model's states of B windows, [B, L, D], each window's from the first
            place on; what stands after a window's end is not used.
        dimension: D.
        longest: Most places that the model reads at once.
        overlap: Places that two neighbouring windows share at least.
        places_per_batch: A batch of windows has at most so many, padding counted.
        bar: Moved on by the places that are done.
    """
    windows = [window for row, n in enumerate(lengths) for window in cut(row, n, longest, overlap)]
    sums = np.zeros((len(lengths), dimension), np.float32)
    for numbers in by_length([w.stop - w.start for w in windows], places_per_batch):
        batch = [windows[number] for number in numbers]
        for window, total in zip(batch, _weighted_sums(states_of(batch), batch), strict=True):
            sums[window.row] += total
        bar.advance(float(sum(window.weights.sum() for window in batch)))
    counts = np.maximum(np.array(lengths, np.int64), 1)
    means: Array = np.divide(sums, counts[:, None], dtype=np.float32)
    return means


def cut(row: int, length: int, longest: int, overlap: int) -> list[Window]:
    """The windows of one sequence; all are full, and together they cover every place.

    >>> [(w.start, w.stop, w.weights.tolist()) for w in cut(0, 5, 4, 2)]
    [(0, 4, [1.0, 0.5, 0.5, 0.5]), (1, 5, [0.5, 0.5, 0.5, 1.0])]
    """
    if length <= longest:
        return [Window(row, 0, length, np.ones(length, np.float32))]
    starts = [*range(0, length - longest, longest - overlap), length - longest]
    covered = np.zeros(length, np.float32)
    for start in starts:
        covered[start : start + longest] += 1
    return [
        Window(row, start, start + longest, np.reciprocal(covered[start : start + longest]))
        for start in starts
    ]


def by_length(
    lengths: Sequence[int], places_per_batch: int, most: int = 1 << 30
) -> Iterator[list[int]]:
    """Numbers of things of like length, longest first, so that little is padded.

    Args:
        lengths: Of each thing.
        places_per_batch: A batch has at most so many places with padding, or is one thing.
        most: Things in a batch.
    """
    order = sorted(range(len(lengths)), key=lambda number: -lengths[number])
    start = 0
    while start < len(order):
        size = min(max(1, places_per_batch // max(lengths[order[start]], 1)), most)
        yield order[start : start + size]
        start += size


def _weighted_sums(states: torch.Tensor, batch: Sequence[Window]) -> Array:
    """Sum of each window's states by its weights, float32 [B, D]."""
    import torch

    weights = np.zeros((len(batch), states.shape[1]), np.float32)
    for number, window in enumerate(batch):
        weights[number, : window.stop - window.start] = window.weights
    shares = torch.from_numpy(weights).to(states.device)
    # what is padding may be anything, and zero times NaN is NaN
    kept = states.float().masked_fill(shares[:, :, None] == 0, 0)
    summed: Array = torch.einsum("bld,bl->bd", kept, shares).cpu().numpy()
    return summed
