"""Numbers over items with their intervals, and differences between two answerers with their p.

A ``Measure`` is a metric of a run in a form that can be computed again for any resample of the
items: ``Summed`` from sums of numbers per item (a mean, BLEU, a calibration error), ``Ordered``
from the items in their order (a median, the area under a curve).

Sizes: N items, K numbers per item, R resamples.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt

RESAMPLED: Final = 2000
LEVEL: Final = 0.95
AT_ONCE: Final = 2_000_000
"""Items times resamples that are held in memory at a time."""

Floats = npt.NDArray[np.float64]
Rows = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Summed:
    """A metric that is computed from sums over items.

    Attributes:
        metric: Its name.
        numbers: Per item, [N, K]; rows of NaN are items that it does not rest on.
        combine: From sums [R, K] to values [R], NaN where there is nothing to compute from.
        binary: Whether it is the share of items that are right, the first number being 0 or 1.
    """

    metric: str
    numbers: Floats
    combine: Callable[[Floats], Floats]
    binary: bool = False


@dataclass(frozen=True, slots=True)
class Ordered:
    """A metric that depends on how items are ordered.

    Attributes:
        metric: Its name.
        numbers: Per item, [N, K]; rows of NaN are items that it does not rest on.
        combine: From how often each item is in each resample [R, M], and the numbers [M, K] of the
            M items that it rests on, to values [R].
        binary: Never.
    """

    metric: str
    numbers: Floats
    combine: Callable[[Floats, Floats], Floats]
    binary: bool = False


Measure = Summed | Ordered


@dataclass(frozen=True, slots=True)
class Interval:
    """A value with its 95 % interval, and the number of items that it rests on."""

    value: float
    low: float
    high: float
    n: int


@dataclass(frozen=True, slots=True)
class Paired:
    """A difference between two answerers, over the same items.

    Attributes:
        difference: First less second.
        low: Lower end of its 95 % interval.
        high: Upper end.
        p: Two-sided; how likely so large a difference is if there is none.
        n: Items that it rests on.
        test: ``McNemar exact`` or ``paired bootstrap``.
    """

    difference: float
    low: float
    high: float
    p: float
    n: int
    test: str


# the measures that several modules make


def mean_of(metric: str, column: Floats, *, scale: float = 1.0, binary: bool = False) -> Summed:
    """The mean of a column [N] over the items where it is no NaN."""
    counted = np.where(np.isnan(column), np.nan, 1.0)
    return Summed(metric, np.column_stack([scale * column, counted]), quotient, binary)


def share_of(metric: str, part: Floats, whole: Floats) -> Summed:
    """The sum of one column [N] divided by the sum of another."""
    return Summed(metric, np.column_stack([part, whole]), quotient)


def median_of(metric: str, column: Floats) -> Ordered:
    """The median of a column [N] over the items where it is no NaN."""
    return Ordered(metric, column[:, None], _median)


def quotient(sums: Floats) -> Floats:
    """The first sum divided by the second, [R, 2] -> [R]; NaN for nothing."""
    return divided(sums[:, 0], sums[:, 1])


def divided(part: Floats, whole: Floats, *, nothing: float = np.nan) -> Floats:
    """``part / whole``, and ``nothing`` where the whole is 0."""
    found = np.full(whole.shape, nothing)
    np.divide(part, whole, out=found, where=whole > 0)
    return found


def _median(counts: Floats, numbers: Floats) -> Floats:
    """Weighted medians, [R, M] -> [R]: between the two middle ones where there are two."""
    order = np.argsort(numbers[:, 0])
    values = numbers[order, 0]
    upto = np.cumsum(counts[:, order], axis=1)
    total = upto[:, -1:]
    # The k-th smallest, counted from 1, stands where the counts first reach k.
    lower = (upto < np.floor((total + 1) / 2)).sum(axis=1)
    upper = (upto < np.floor((total + 2) / 2)).sum(axis=1)
    last = len(values) - 1
    middle = (values[np.minimum(lower, last)] + values[np.minimum(upper, last)]) / 2
    return np.where(total[:, 0] > 0, middle, np.nan)


def selected(measure: Measure, rows: Rows) -> Measure:
    """The same measure over some of the items."""
    return replace(measure, numbers=measure.numbers[rows])


# intervals


def intervals(
    measures: Sequence[Measure], *, resampled: int = RESAMPLED, seed: int = 0
) -> list[Interval | None]:
    """Each measure's value with its 95 % percentile interval; None where it rests on no item.

    Items are drawn with replacement, the same ones for all measures. An interval is as narrow as
    its items are alike: for 0 right of 20 it is from 0 to 0.

    Args:
        measures: Over the same N items.
        resampled: How often items are drawn.
        seed: Of the drawing.

    Source: Efron, Tibshirani, "An introduction to the bootstrap" (1993), chapter 13.
    """
    some = [measure for measure in measures if _counted(measure).any()]
    if not some:
        return [None] * len(measures)
    n = len(some[0].numbers)
    whole = values_of(some, np.ones((1, n)))[:, 0]
    drawn = np.hstack([values_of(some, counts) for counts in draws(n, resampled, seed)])
    found = {
        id(measure): Interval(float(value), *_ends(row, value), int(_counted(measure).sum()))
        for measure, value, row in zip(some, whole, drawn, strict=True)
        if not np.isnan(value)
    }
    return [found.get(id(measure)) for measure in measures]


def paired(
    first: Sequence[Measure],
    second: Sequence[Measure],
    *,
    resampled: int = RESAMPLED,
    seed: int = 0,
) -> list[Paired | None]:
    """How two answerers differ in each measure; None where they share no item that it rests on.

    Items are drawn in pairs. Shares of right items are tested with McNemar's exact test, all else
    by how often the resampled difference is on the other side of nothing.

    Args:
        first: Measures of one answerer, over N items.
        second: The same measures of the other, over the same items.
        resampled: How often items are drawn.
        seed: Of the drawing.

    Source: Efron, Tibshirani (1993), chapters 13 and 15; Koehn, EMNLP 2004, for BLEU.
    """
    if not first or not len(first[0].numbers):
        return [None] * len(first)
    firsts, seconds = zip(
        *(_in_common(a, b) for a, b in zip(first, second, strict=True)), strict=True
    )
    n = len(first[0].numbers)
    every = np.ones((1, n))
    whole = (values_of(firsts, every) - values_of(seconds, every))[:, 0]
    drawn = np.hstack(
        [
            values_of(firsts, counts) - values_of(seconds, counts)
            for counts in draws(n, resampled, seed)
        ]
    )
    return [
        None if np.isnan(value) else _paired(a, b, float(value), row)
        for a, b, value, row in zip(firsts, seconds, whole, drawn, strict=True)
    ]


def _paired(first: Measure, second: Measure, value: float, drawn: Floats) -> Paired:
    n = int(_counted(first).sum())
    low, high = _ends(drawn, value)
    if first.binary:
        kept = _counted(first)
        right = first.numbers[kept, 0], second.numbers[kept, 0]
        return Paired(value, low, high, mcnemar(*right), n, "McNemar exact")
    return Paired(value, low, high, _p_of(drawn), n, "paired bootstrap")


def _in_common(first: Measure, second: Measure) -> tuple[Measure, Measure]:
    """Both measures over the items that both rest on; the others become NaN in both."""
    neither = ~(_counted(first) & _counted(second))
    return _without(first, neither), _without(second, neither)


def _without(measure: Measure, rows: npt.NDArray[np.bool_]) -> Measure:
    return replace(measure, numbers=np.where(rows[:, None], np.nan, measure.numbers))


def draws(n: int, resampled: int, seed: int) -> Iterator[Floats]:
    """How often each of n items is in each resample, [R, n], in parts that fit into memory."""
    rng = np.random.default_rng(seed)
    at_once = max(1, min(resampled, AT_ONCE // max(n, 1)))
    for begin in range(0, resampled, at_once):
        size = min(at_once, resampled - begin)
        places = rng.integers(0, n, (size, n)) + n * np.arange(size)[:, None]
        yield np.bincount(places.ravel(), minlength=size * n).reshape(size, n).astype(np.float64)


def values_of(measures: Sequence[Measure], counts: Floats) -> Floats:
    """All measures in all resamples, [len(measures), R].

    Args:
        measures: Over the same N items.
        counts: How often each item is in each resample, [R, N].
    """
    summed = [measure for measure in measures if isinstance(measure, Summed)]
    # All sums come from one product of matrices: many small ones would take most of the time.
    columns = [np.nan_to_num(measure.numbers) for measure in summed]
    sums = counts @ np.hstack(columns) if columns else np.empty((len(counts), 0))
    parts = iter(np.split(sums, np.cumsum([part.shape[1] for part in columns]), axis=1))
    return np.array(
        [
            measure.combine(next(parts))
            if isinstance(measure, Summed)
            else _ordered(measure, counts)
            for measure in measures
        ]
    ).reshape(len(measures), len(counts))


def _ordered(measure: Ordered, counts: Floats) -> Floats:
    counted = _counted(measure)
    if not counted.any():
        return np.full(len(counts), np.nan)
    return measure.combine(counts[:, counted], measure.numbers[counted])


def _counted(measure: Measure) -> npt.NDArray[np.bool_]:
    """Which items a measure rests on, [N]."""
    counted: npt.NDArray[np.bool_] = np.logical_not(np.isnan(measure.numbers).any(axis=1))
    return counted


def _ends(drawn: Floats, value: float) -> tuple[float, float]:
    known = drawn[~np.isnan(drawn)]
    if not len(known):
        return float(value), float(value)
    low, high = np.quantile(known, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return float(low), float(high)


# tests


def _p_of(differences: Floats) -> float:
    """Twice the share of resampled differences on the smaller side of nothing; never 0.

    Differences of nothing count for either side, so where both answer alike p is 1.
    """
    known = differences[~np.isnan(differences)]
    fewer = min((known <= 0).sum(), (known >= 0).sum())
    return float(min(1.0, 2 * (fewer + 1) / (len(known) + 1)))


def mcnemar(first: Floats, second: Floats) -> float:
    """Two-sided p of McNemar's exact test that two answerers are right equally often.

    Only items that one of them has right and the other wrong say anything: under the hypothesis
    each is a toss of a coin.

    Args:
        first: 1 for right and 0 for wrong, [N].
        second: The same items, by the other answerer, [N].

    Source: McNemar, Psychometrika 12:153 (1947), with the binomial distribution.
    """
    from scipy.special import bdtr

    only_first = int(((first == 1) & (second == 0)).sum())
    only_second = int(((first == 0) & (second == 1)).sum())
    at_most = bdtr(min(only_first, only_second), only_first + only_second, 0.5)
    return min(1.0, 2 * float(at_most))


def holm(p: Sequence[float]) -> list[float]:
    """The p of several comparisons, each raised so that all together hold at its level.

    Source: Holm, Scandinavian Journal of Statistics 6:65 (1979).
    """
    adjusted = [0.0] * len(p)
    highest = 0.0
    for place, which in enumerate(sorted(range(len(p)), key=lambda i: p[i])):
        highest = max(highest, min(1.0, (len(p) - place) * p[which]))
        adjusted[which] = highest
    return adjusted
