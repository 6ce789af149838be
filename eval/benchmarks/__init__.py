"""The benchmarks: a file each, and here the list of them."""

from __future__ import annotations

import importlib
import pkgutil

from bbqa.eval.benchmarks.contract import (
    Answered,
    Benchmark,
    Card,
    Condition,
    Form,
    Item,
    Response,
    Score,
)

__all__ = [
    "Answered",
    "Benchmark",
    "Card",
    "Condition",
    "Form",
    "Item",
    "Response",
    "Score",
    "benchmarks",
]


def benchmarks() -> dict[str, Benchmark]:
    """All benchmarks by name: what each module of this folder calls ``BENCHMARK``."""
    modules = [name for _, name, _ in pkgutil.iter_modules(__path__) if name != "contract"]
    found = [importlib.import_module(f"{__name__}.{name}") for name in sorted(modules)]
    listed = [module.BENCHMARK for module in found if hasattr(module, "BENCHMARK")]
    return {one.card.name: one for one in listed}
