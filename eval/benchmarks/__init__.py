"""The benchmarks: a file each, and here the list of them."""

from __future__ import annotations

import importlib
import pkgutil
from pathlib import Path

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
from bbqa.eval.benchmarks.own import own_benchmarks

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


def benchmarks(folder: Path | None = None) -> dict[str, Benchmark]:
    """All benchmarks, sorted by name: what each module of this folder calls ``BENCHMARK``.

    Args:
        folder: One with benchmarks of one's own, a Python file each; its files are run. A name
            that bbqa has too is then the folder's.

    Raises:
        InputError: The folder is not there, or a file of it has no ``BENCHMARK``.
    """
    modules = [name for _, name, _ in pkgutil.iter_modules(__path__) if name != "contract"]
    found = [importlib.import_module(f"{__name__}.{name}") for name in sorted(modules)]
    listed = [module.BENCHMARK for module in found if hasattr(module, "BENCHMARK")]
    listed += [] if folder is None else own_benchmarks(folder)
    by_name = {one.card.name: one for one in listed}
    return {name: by_name[name] for name in sorted(by_name)}
