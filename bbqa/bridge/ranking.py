"""Where the true tails of a head stand among all candidates."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.floating]


def filtered_ranks(scores: Floats, true: npt.NDArray[np.integer]) -> npt.NDArray[np.float64]:
    """Rank of each true tail among it and all false ones, float64 [n]; 1 is best.

    Other true tails do not count against it ("filtered"). Of candidates with equal scores half
    count as better, so that scores without any difference earn the rank of chance.

    Args:
        scores: Scores of all candidates, [C]; higher is better.
        true: Numbers of the true tails among the candidates, [n].

    Source: Bordes et al., NeurIPS 2013 (filtered setting); Berrendorf et al. 2020,
    arXiv:2002.06914 (realistic rank).
    """
    false = np.sort(np.delete(scores, true))
    better = len(false) - np.searchsorted(false, scores[true], side="right")
    not_worse = len(false) - np.searchsorted(false, scores[true], side="left")
    ranks: npt.NDArray[np.float64] = 1 + (better + not_worse) / 2
    return ranks
