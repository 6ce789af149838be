"""Choosing one of some options: how often it is the right one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np

from bbqa.eval.benchmarks.contract import Form, Item, Response
from bbqa.eval.scores.statistics import Floats, Measure, mean_of

METRICS: Final = {
    "accuracy": (
        "Share of answerable items with options where the right one was chosen; who abstains or "
        "fails is wrong."
    ),
    "accuracy on answered": (
        "Share of right choices among answerable items with options where one was chosen; a "
        "failure counts as a wrong choice."
    ),
}


def numbers_of(item: Item, response: Response) -> Mapping[str, float]:
    """1 for a right choice, 0 for any other; nothing for items of other forms."""
    if item.form is not Form.CHOICE or not item.answerable:
        return {}
    return {"right": float(is_right(item, response))}


def is_right(item: Item, response: Response) -> bool:
    """Whether the right option was chosen, blanks and case aside, without abstaining."""
    if response.error or response.abstained:
        return False
    return _plain(response.choice) in {_plain(option) for option in item.gold}


def _plain(option: str) -> str:
    return " ".join(option.split()).casefold()


def measures(columns: Mapping[str, Floats]) -> list[Measure]:
    """Accuracy, over all and over answered ones.

    Args:
        columns: ``right``, and ``answered`` of ``selective``.
    """
    if "right" not in columns:
        return []
    right, answered = columns["right"], columns["answered"]
    return [
        mean_of("accuracy", right, binary=True),
        mean_of("accuracy on answered", np.where(answered == 1, right, np.nan)),
    ]
