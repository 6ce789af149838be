"""Answers that are a number: right if they agree with the reference to its last digit."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

from bbqa.eval.benchmarks.contract import Form, Item, Response
from bbqa.eval.scores.statistics import Floats, Measure, mean_of

METRICS: Final = {
    "number right": (
        "Share of items whose reference is a number and whose answer's first number agrees with "
        "it to the last digit that the reference has; numbers within names do not count."
    ),
}

_NUMBER: Final = re.compile(r"(?<![\w.])[-+\N{MINUS SIGN}]?\d+(?:,\d{3})*(?:\.\d+)?(?!\w|\.\d)")
_ROUNDING: Final = 1e-9
"""What binary fractions may add to half a unit."""


def asks_for_number(item: Item) -> bool:
    """Whether all references of an item are numbers."""
    return (
        item.form is Form.TEXT
        and item.answerable
        and all(_NUMBER.fullmatch(gold.strip()) for gold in item.gold)
    )


def numbers_of(item: Item, response: Response) -> Mapping[str, float]:
    """Whether one number is right; nothing for items that do not ask for one."""
    return {"number right": float(is_right(item, response))} if asks_for_number(item) else {}


def is_right(item: Item, response: Response) -> bool:
    """Whether the first number of an answer agrees with a reference."""
    if response.error or response.abstained:
        return False
    stated = _NUMBER.search(response.text)
    return stated is not None and _agrees(_value(stated.group()), item.gold)


def measures(columns: Mapping[str, Floats]) -> list[Measure]:
    """The share of right numbers."""
    return [mean_of(metric, columns[metric]) for metric in METRICS if metric in columns]


def _agrees(stated: float, gold: Sequence[str]) -> bool:
    return any(abs(stated - _value(one)) <= _half_unit(one) + _ROUNDING for one in gold)


def _value(number: str) -> float:
    return float(number.strip().replace(",", "").replace("\N{MINUS SIGN}", "-"))


def _half_unit(number: str) -> float:
    """Half of what the last digit of a number counts: .005 for "38.91"."""
    _, _, digits = number.strip().partition(".")
    return 0.5 * 10.0 ** -len(digits)
