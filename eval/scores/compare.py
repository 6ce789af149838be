"""Two answerers on the same items: how they differ in every metric and bin, and how surely."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np

from bbqa.errors import InputError
from bbqa.eval.benchmarks.contract import Item, Response
from bbqa.eval.scores import costs
from bbqa.eval.scores.statistics import RESAMPLED, Measure, Rows, holm, paired, selected
from bbqa.eval.scores.table import ALL, Numbers, numbers_of_run
from bbqa.progress import Progress, Silent

if TYPE_CHECKING:
    from bbqa.kg.names import NameIndex

NAMED: Final = 3
"""Ids that a refusal names."""


@dataclass(frozen=True, slots=True)
class Difference:
    """How much two answerers differ in one metric.

    Attributes:
        metric: Its name, as ``METRICS`` describes it.
        bin: ``all``, or ``identity: <30 %``.
        difference: First less second.
        low: Lower end of its 95 % interval.
        high: Upper end.
        p: Two-sided, of this comparison alone.
        p_holm: Corrected for all bins in which this metric is compared (Holm, 1979).
        n: Items that it rests on, the same for both.
        test: ``McNemar exact`` or ``paired bootstrap``.
    """

    metric: str
    bin: str
    difference: float
    low: float
    high: float
    p: float
    p_holm: float
    n: int
    test: str


def compare(
    first: Iterable[tuple[Item, Response]],
    second: Iterable[tuple[Item, Response]],
    *,
    names: NameIndex | None = None,
    bins: bool = True,
    meteor: bool = True,
    resampled: int = RESAMPLED,
    seed: int = 0,
    progress: Progress | None = None,
) -> list[Difference]:
    """First less second in every metric that both have, over all items and in each bin.

    Items are paired by id, whatever their order.

    Args:
        first: Items with the responses of one answerer; read once.
        second: The same items with the responses of the other.
        names: As for ``score``.
        bins: Whether each bin is compared too.
        meteor: Whether METEOR is computed.
        resampled: How often items are drawn.
        seed: Of the drawing.
        progress: Where progress is reported.

    Raises:
        InputError: The items differ; the message names the first three that only one of them has.
    """
    progress = progress or Silent()
    one, other = (
        numbers_of_run(answered, names=names, meteor=meteor, progress=progress)
        for answered in (first, second)
    )
    order = _same_order(one, other)
    measures = _in_both(one.measures(), [selected(m, order) for m in other.measures()])
    places = one.rows(bins)
    bar = progress.bar("Differences", len(places), unit="bins")
    found: list[Difference] = []
    for bin, rows in places.items():
        found += _in_bin(bin, rows, measures, resampled, seed)
        bar.advance(1)
    return _corrected(found)


def _same_order(first: Numbers, second: Numbers) -> Rows:
    """Where the items of the first are in the second.

    Raises:
        InputError: They are not the same items, or an item comes twice.
    """
    for numbers in (first, second):
        if len(set(numbers.ids)) < len(numbers.ids):
            raise InputError(
                "a run has an item twice; expected every id once",
                hint="run it again into a new folder",
            )
    place = {item_id: i for i, item_id in enumerate(second.ids)}
    known = set(first.ids)
    only_first = [item_id for item_id in first.ids if item_id not in place]
    only_second = [item_id for item_id in second.ids if item_id not in known]
    if differing := [*only_first, *only_second]:
        raise InputError(
            f"the runs differ in {len(differing)} items ({', '.join(differing[:NAMED])}); expected "
            f"the same {len(first.ids)} items in both, got {len(second.ids)} in the second",
            hint="compare runs of the same benchmark, split and limit; continue one that was cut "
            "short with --resume",
        )
    return np.array([place[item_id] for item_id in first.ids], np.intp)


def _in_both(
    first: Sequence[Measure], second: Sequence[Measure]
) -> tuple[list[Measure], list[Measure]]:
    others = {measure.metric: measure for measure in second}
    shared = [measure for measure in first if measure.metric in others]
    return shared, [others[measure.metric] for measure in shared]


def _in_bin(
    bin: str,
    rows: Rows,
    measures: tuple[Sequence[Measure], Sequence[Measure]],
    resampled: int,
    seed: int,
) -> list[Difference]:
    first, second = (
        [selected(m, rows) for m in side if bin == ALL or m.metric not in costs.METRICS]
        for side in measures
    )
    found = paired(first, second, resampled=resampled, seed=seed)
    return [
        Difference(m.metric, bin, one.difference, one.low, one.high, one.p, one.p, one.n, one.test)
        for m, one in zip(first, found, strict=True)
        if one is not None
    ]


def _corrected(differences: Sequence[Difference]) -> list[Difference]:
    """The differences with p corrected over the bins of each metric."""
    adjusted: dict[tuple[str, str], float] = {}
    for metric in {one.metric for one in differences}:
        same = [one for one in differences if one.metric == metric]
        values = holm([one.p for one in same])
        adjusted |= {(metric, one.bin): p for one, p in zip(same, values, strict=True)}
    return [replace(one, p_holm=adjusted[one.metric, one.bin]) for one in differences]
