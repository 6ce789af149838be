"""Benchmarks from a folder of one's own: each Python file in it is one, as each file here is."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

from bbqa.errors import InputError
from bbqa.eval.benchmarks.contract import Benchmark

_HINT = "docs/add-a-benchmark.md has a whole file to begin with"


def own_benchmarks(folder: Path) -> list[Benchmark]:
    """The benchmarks of a folder, by the names of their files; files that begin with _ are none.

    Raises:
        InputError: The folder is not there, or a file of it fails or has no ``BENCHMARK``.
    """
    if not folder.is_dir():
        raise InputError(f"{folder} is no folder; expected one with benchmarks", hint=_HINT)
    files = sorted(path for path in folder.glob("*.py") if not path.name.startswith("_"))
    return [_benchmark(path) for path in files]


def _benchmark(path: Path) -> Benchmark:
    try:
        module = _run(path)
    except Exception as error:
        raise InputError(f"{path}: {type(error).__name__}: {error}", hint=_HINT) from error
    if not hasattr(module, "BENCHMARK"):
        raise InputError(
            f"{path} has no BENCHMARK; expected an object with card and items", hint=_HINT
        )
    found: Benchmark = module.BENCHMARK
    return found


def _run(path: Path) -> ModuleType:
    """The file as a module, known to Python under a name that no other has."""
    name = f"bbqa_own_benchmark_{path.stem}"
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ImportError(f"{path} is no Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module
