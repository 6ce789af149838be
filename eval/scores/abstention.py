"""Whether silence is kept where there is no answer, and only there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from bbqa.eval.benchmarks.contract import Item, Response
from bbqa.eval.scores.statistics import Floats, Measure, mean_of

METRICS: Final = {
    "unanswerable declined": (
        "Share of items without an answer where it said that it does not know; a failure is wrong."
    ),
    "answerable answered": (
        "Share of items with an answer where it gave one, right or wrong; a failure is wrong."
    ),
    "errors": "Share of items that ended in an error; each of them is wrong in all other scores.",
}


def numbers_of(item: Item, response: Response) -> Mapping[str, float]:
    """Whether the item failed, and whether it was rightly answered or declined, as 0 or 1."""
    failed = bool(response.error)
    kind = "answered at all" if item.answerable else "declined"
    handled = not failed and response.abstained != item.answerable
    return {"failed": float(failed), kind: float(handled)}


def measures(columns: Mapping[str, Floats]) -> list[Measure]:
    """Both rates, and the share of failures."""
    found: list[Measure] = []
    if "declined" in columns:
        found.append(mean_of("unanswerable declined", columns["declined"], binary=True))
    if "answered at all" in columns:
        found.append(mean_of("answerable answered", columns["answered at all"], binary=True))
    return [*found, mean_of("errors", columns["failed"], binary=True)]
