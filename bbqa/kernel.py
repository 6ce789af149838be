"""Kernel ridge regression, for what is learned from labelled examples."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.floating[Any]]


def gaussian(some: Floats, others: Floats, *, gamma: float) -> Floats:
    """The kernel ``exp(-gamma |x - y|^2)``, [n, m] of [n, F] and [m, F], as precise as these."""
    squared = (some**2).sum(1)[:, None] + (others**2).sum(1) - 2 * some @ others.T
    kernel: Floats = np.exp(-gamma * np.maximum(squared, 0.0))
    return kernel


def solved(inputs: Floats, wanted: Floats, *, gamma: float, ridge: float) -> Floats:
    """What each input says: weights [N, G] for what is wanted, [N, G], of inputs [N, F].

    What is wanted of new rows is then ``gaussian(rows, inputs, gamma=gamma) @ weights``.
    """
    alike = gaussian(inputs, inputs, gamma=gamma) + ridge * np.eye(len(inputs))
    weights: Floats = np.linalg.solve(alike, wanted)
    return weights
