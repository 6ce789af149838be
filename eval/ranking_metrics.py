"""Numbers that say how good a ranking is, each with an interval.

Sizes: Q questions (heads), C candidates, T thresholds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

RESAMPLED: Final = 1000
HITS: Final = (1, 3, 10)
THRESHOLDS: Final = 50
TOP: Final = 10

Floats = npt.NDArray[np.floating]
Ints = npt.NDArray[np.integer]


@dataclass(frozen=True, slots=True)
class Record:
    """One number of the table.

    Attributes:
        relation: Which link, ``HEAD > RELATION > TAIL``.
        split: How the heads were kept back: ``cold``, ``warm``, ``transductive``, ``new-terms``,
            ``unseen-relation``.
        bin: Identity to the nearest known protein (``<30``, ``30-50``, ``50-95``, ``>95``) or
            novelty of the scaffold (``new scaffold``, ``known scaffold``); ``all`` for all.
        row: What ranked.
        metric: ``mrr``, ``hit@1``, ``hit@3``, ``hit@10``, ``fmax``, ``weighted_fmax``, ``ece`` ...
        value: The number; None where a row cannot say anything of such heads.
        low: Lower end of the 95 % bootstrap interval, over heads.
        high: Upper end.
        n: Heads that it rests on.
    """

    relation: str
    split: str
    bin: str
    row: str
    metric: str
    value: float | None
    low: float | None
    high: float | None
    n: int


def ranking_numbers(
    ranks: Sequence[Floats], seed: int = 0
) -> list[tuple[str, float, float, float]]:
    """MRR and hits over all true tails, as metric, value, low, high; resampled by heads.

    Args:
        ranks: Filtered ranks of the true tails of each head.
        seed: Of the resampling.
    """
    counts = np.array([len(r) for r in ranks], float)
    sums = {"mrr": np.array([(1 / r).sum() for r in ranks])}
    sums |= {f"hit@{k}": np.array([(r <= k).sum() for r in ranks], float) for k in HITS}
    chosen = np.random.default_rng(seed).integers(0, len(ranks), (RESAMPLED, len(ranks)))
    total = counts[chosen].sum(axis=1)
    found = []
    for metric, summed in sums.items():
        low, high = np.quantile(summed[chosen].sum(axis=1) / total, [0.025, 0.975])
        found.append((metric, float(summed.sum() / counts.sum()), float(low), float(high)))
    return found


def f_max(
    scores: Floats, true: npt.NDArray[np.bool_], weights: Floats, seed: int = 0
) -> list[tuple[float, float, float]]:
    """Highest F1 over all thresholds, protein-centric, with its bootstrap interval, by weight.

    Precision is the mean over heads with any prediction, recall the mean over all heads.

    Args:
        scores: Scores that never rise from a term to a more specific one, [Q, C].
        true: True terms, with all that they imply, [Q, C].
        weights: Of each term: 1, its information content, [M, C].
        seed: Of the resampling.

    Source: Radivojac et al., Nature Methods 10:221 (2013), doi:10.1038/nmeth.2340.
    """
    top = np.partition(scores, -min(100, scores.shape[1]), axis=1)[:, -100:].astype(np.float64)
    cuts = np.unique(np.quantile(top, np.linspace(0, 1, THRESHOLDS)))
    weighing = weights.T.astype(np.float32)
    possible = np.maximum(true.astype(np.float32) @ weighing, 1e-9)
    precision = np.full((len(weights), len(cuts), len(scores)), np.nan)
    recall = np.zeros_like(precision)
    for i, cut in enumerate(cuts):
        predicted = scores >= cut
        right = (predicted & true).astype(np.float32) @ weighing
        chosen = predicted.astype(np.float32) @ weighing
        recall[:, i] = (right / possible).T
        precision[:, i] = np.where(chosen > 0, right / np.maximum(chosen, 1e-9), np.nan).T
    drawn = np.random.default_rng(seed).integers(0, len(scores), (200, len(scores)))
    found = []
    for p, r in zip(precision, recall, strict=True):
        low, high = np.quantile([_best_f(p[:, rows], r[:, rows]) for rows in drawn], [0.025, 0.975])
        found.append((_best_f(p, r), float(low), float(high)))
    return found


def _best_f(precision: Floats, recall: Floats) -> float:
    some = ~np.isnan(precision)
    mean = np.nansum(precision, axis=1) / np.maximum(some.sum(axis=1), 1)
    complete = recall.mean(axis=1)
    return float((2 * mean * complete / np.maximum(mean + complete, 1e-9)).max())


def propagate(scores: Floats, child: Ints, ancestor: Ints) -> Floats:
    """Scores where a term has at least the score of whatever implies it, [C].

    Args:
        scores: Of each term, [C].
        child: Numbers of terms, [P].
        ancestor: Of each of them a term that it implies, [P]; all pairs, not only direct ones.
    """
    raised = scores.copy()
    np.maximum.at(raised, ancestor, scores[child])
    return raised


def calibration_error(
    probability: Floats, right: npt.NDArray[np.bool_], bins: int = 10
) -> tuple[float, list[tuple[float, float, int]]]:
    """Expected calibration error, and for each bin its mean probability, frequency and size.

    Source: Naeini et al., AAAI 2015 (ten bins of equal width).
    """
    place = np.minimum((probability * bins).astype(int), bins - 1)
    curve = []
    for number in range(bins):
        mine = place == number
        if mine.any():
            curve.append(
                (float(probability[mine].mean()), float(right[mine].mean()), int(mine.sum()))
            )
    error = sum(abs(p - f) * n for p, f, n in curve) / max(len(probability), 1)
    return float(error), curve


def hubness(top: Ints, candidates: int) -> tuple[float, float]:
    """How unevenly candidates are named: skewness of the counts, and the largest share of heads.

    Args:
        top: Numbers of the best ``TOP`` candidates of each head, [Q, TOP].
        candidates: How many there are.

    Source: Radovanovic et al., JMLR 11:2487 (2010).
    """
    counts = np.bincount(top.ravel(), minlength=candidates).astype(float)
    spread = counts.std()
    skewness = ((counts - counts.mean()) ** 3).mean() / max(spread**3, 1e-12)
    return float(skewness), float(counts.max() / max(len(top), 1))


def csls(cosine: Floats, k: int = 10) -> Floats:
    """Cosines less how near each candidate is to its k nearest heads, [Q, C]: hubs are lowered.

    Source: Conneau et al., ICLR 2018, arXiv:1710.04087, equation 4; the term of the head is left
    out, for it does not change the order of its candidates.
    """
    k = min(k, len(cosine))
    near = np.sort(cosine, axis=0)[-k:].mean(axis=0)
    lowered: Floats = 2 * cosine - near
    return lowered
