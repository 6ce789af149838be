"""What an answerer's silence and confidence are worth: coverage, risk, and calibration.

The loss of an item is 1 for a wrong choice and 1 - F1 for entities. Only answerable items count;
whether silence is kept where there is no answer is told by ``abstention``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

import numpy as np

from bbqa.eval.benchmarks.contract import Form, Item, Response
from bbqa.eval.scores.choices import is_right
from bbqa.eval.scores.entities import exact_f1
from bbqa.eval.scores.statistics import Floats, Measure, Ordered, Summed, divided, mean_of

BINS: Final = 10
NONE_TOLD: Final = -1.0
"""Trust in an answer without confidence: less than in any that comes with one."""
ABSTAINED: Final = -2.0
"""Trust where it abstained: least of all."""

METRICS: Final = {
    "coverage": (
        "Share of answerable items that were answered, rightly or not; a failure counts as a "
        "wrong answer."
    ),
    "risk": (
        "Mean loss over answered answerable items: 1 for a wrong choice, 1 - F1 for entities."
    ),
    "AURC": (
        "Area under the risk-coverage curve, 0 to 1: mean of the risks among the k most trusted "
        "items for every k, abstentions last and as loss 1, ties in the mean of all their orders, "
        "confidence read to three decimals (Geifman, El-Yaniv, NeurIPS 2017)."
    ),
    "ECE": (
        "Expected calibration error over ten bins of equal width: how far stated confidence is "
        "from the share of right choices; answered items that come with a confidence "
        "(Naeini et al., AAAI 2015)."
    ),
    "Brier": (
        "Mean squared difference between the stated confidence and 1 for a right choice, 0 for a "
        "wrong one; answered items that come with a confidence (Brier, 1950)."
    ),
}


def numbers_of(item: Item, response: Response) -> Mapping[str, float]:
    """Loss, whether it was answered, and how far it is trusted; nothing for texts."""
    if not item.answerable or item.form is Form.TEXT:
        return {}
    choosing = item.form is Form.CHOICE
    right = float(is_right(item, response)) if choosing else exact_f1(item, response)
    answered = is_answered(response)
    numbers = {"loss": 1 - right, "answered": float(answered), "trust": _trust(response)}
    if choosing and answered and response.confidence is not None and not response.error:
        numbers["probability"] = response.confidence
    return numbers


def is_answered(response: Response) -> bool:
    """Whether it answered; a failure counts as an answer, a wrong one."""
    return bool(response.error) or not response.abstained


def _trust(response: Response) -> float:
    if not is_answered(response):
        return ABSTAINED
    if response.confidence is None or response.error:
        return NONE_TOLD
    # A thousand steps are as fine as anyone can tell, and keep resampling fast.
    return round(response.confidence, 3)


def measures(columns: Mapping[str, Floats]) -> list[Measure]:
    """Coverage, risk, the area under their curve; calibration where confidence is told."""
    if "loss" not in columns:
        return []
    loss, answered = columns["loss"], columns["answered"]
    return [
        mean_of("coverage", answered, binary=True),
        mean_of("risk", np.where(answered == 1, loss, np.nan)),
        Ordered("AURC", np.column_stack([columns["trust"], loss]), area),
        *(_calibration(columns["probability"], 1 - loss) if "probability" in columns else []),
    ]


def _calibration(probability: Floats, right: Floats) -> list[Measure]:
    return [
        Summed("ECE", _by_bin(probability, right), _calibration_error),
        mean_of("Brier", (probability - right) ** 2),
    ]


def _by_bin(probability: Floats, right: Floats) -> Floats:
    """One, confidence and right of each item at the place of its bin, [N, 3 x BINS]."""
    known = ~np.isnan(probability)
    place = np.minimum((np.nan_to_num(probability) * BINS).astype(int), BINS - 1)
    inside = (place[:, None] == np.arange(BINS)).astype(np.float64)
    numbers = np.hstack([inside, inside * probability[:, None], inside * right[:, None]])
    return np.where(known[:, None], numbers, np.nan)


def _calibration_error(sums: Floats) -> Floats:
    """|confidence - right| summed over bins, of all items, [R, 3 x BINS] -> [R]."""
    size, confidence, right = np.split(sums, 3, axis=1)
    return divided(np.abs(confidence - right).sum(axis=1), size.sum(axis=1))


def area(counts: Floats, numbers: Floats) -> Floats:
    """Area under the risk-coverage curve, [R].

    Within a tie of g items with mean loss m, after c items with losses that sum to e, the risk
    that is expected after j more is (e + j m) / (c + j) = m + (e - m c) / (c + j); summed over j
    this is g m + (e - m c) (H(c + g) - H(c)) with the harmonic numbers H.

    Args:
        counts: How often each item is in each resample, [R, M].
        numbers: Trust and loss of each item, [M, 2].
    """
    order = np.argsort(-numbers[:, 0], kind="stable")
    trust, loss = numbers[order].T
    starts = np.flatnonzero(np.concatenate([[True], trust[1:] != trust[:-1]]))
    ordered = counts[:, order]
    sizes = np.add.reduceat(ordered, starts, axis=1)
    losses = np.add.reduceat(ordered * loss, starts, axis=1)
    seen = np.cumsum(sizes, axis=1)
    total = seen[:, -1]
    before, lost = seen - sizes, np.cumsum(losses, axis=1) - losses
    mean = divided(losses, sizes, nothing=0.0)
    harmonic = np.concatenate([[0.0], np.cumsum(1 / np.arange(1, int(total.max()) + 1))])
    grown = harmonic[seen.astype(int)] - harmonic[before.astype(int)]
    return divided((losses + (lost - mean * before) * grown).sum(axis=1), total)


# for plots


def risk_coverage(answered: Iterable[tuple[Item, Response]]) -> list[tuple[float, float]]:
    """The curve: coverage and risk at each confidence that was told, the most trusted first.

    It ends where answers end: abstentions are no part of it.
    """
    rows = [numbers_of(*pair) for pair in answered]
    known = sorted(((row["trust"], row["loss"]) for row in rows if row), reverse=True)
    points: list[tuple[float, float]] = []
    lost = 0.0
    for k, (trust, loss) in enumerate(known, start=1):
        lost += loss
        if trust != ABSTAINED and (k == len(known) or known[k][0] != trust):
            points.append((k / len(known), lost / k))
    return points


def reliability(answered: Iterable[tuple[Item, Response]]) -> list[tuple[float, float, int]]:
    """Mean confidence, share of right choices and size of each bin that has any item."""
    from bbqa.eval.ranking_metrics import calibration_error

    rows = [row for pair in answered if "probability" in (row := numbers_of(*pair))]
    told = np.array([row["probability"] for row in rows])
    right = np.array([row["loss"] == 0 for row in rows], bool)
    return calibration_error(told, right, BINS)[1]
