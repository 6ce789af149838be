"""Metrics as the page groups them: what each tells, and which way is better."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from bbqa.eval.scores import LOWER_IS_BETTER, METRICS, abstention, costs, grounding, selective

GROUPS: Final[Mapping[str, frozenset[str]]] = {
    "trust": frozenset({*selective.METRICS, *abstention.METRICS}),
    "grounding": frozenset(grounding.METRICS),
    "cost": frozenset(costs.METRICS),
}
"""Metrics of each group; what is in none is about answers."""
ANSWERS: Final = "answers"
ORDER: Final = (ANSWERS, *GROUPS)


def group_of(metric: str) -> str:
    """The group that a metric is shown in."""
    return next((group for group, names in GROUPS.items() if metric in names), ANSWERS)


def meaning(metric: str) -> str:
    """What it is in a sentence, and which way is better; nothing for one that is not known."""
    told = METRICS.get(metric, "")
    return f"{told} Lower is better." if told and metric in LOWER_IS_BETTER else told


def best(metric: str, values: list[float]) -> float:
    """The best of some values."""
    return min(values) if metric in LOWER_IS_BETTER else max(values)


def is_better(metric: str, difference: float) -> bool:
    """Whether a difference is for the better."""
    return difference < 0 if metric in LOWER_IS_BETTER else difference > 0
