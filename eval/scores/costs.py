"""What an answer costs: time, tokens, calls of the language model."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from bbqa.eval.benchmarks.contract import Item, Response
from bbqa.eval.scores.statistics import Floats, Measure, mean_of, median_of

COSTS: Final = {
    "seconds": "Seconds from question to answer",
    "prompt tokens": "Tokens that the language model read",
    "completion tokens": "Tokens that the language model wrote",
    "LLM calls": "How often the language model was asked",
}
METRICS: Final = {
    f"{cost} ({what})": f"{meaning}, {what} over all items, failures included."
    for cost, meaning in COSTS.items()
    for what in ("mean", "median")
}


def numbers_of(item: Item, response: Response) -> Mapping[str, float]:
    """What one answer cost."""
    return {
        "seconds": response.seconds,
        "prompt tokens": float(response.prompt_tokens),
        "completion tokens": float(response.completion_tokens),
        "LLM calls": float(response.llm_calls),
    }


def measures(columns: Mapping[str, Floats]) -> list[Measure]:
    """Mean and median of each cost."""
    return [
        measure
        for cost in COSTS
        for measure in (
            mean_of(f"{cost} (mean)", columns[cost]),
            median_of(f"{cost} (median)", columns[cost]),
        )
    ]
