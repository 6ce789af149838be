"""What was run: versions, settings and hashes, so that an answer can be made again."""

from __future__ import annotations

import hashlib
import platform
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

PACKAGES = ("bbqa", "chromadb", "numpy", "pyopal", "rdkit", "tokenizers", "xllamacpp")


def make_record(
    *, graph_hash: str, models: Mapping[str, str], prompts: list[Path], settings: Mapping[str, Any]
) -> dict[str, Any]:
    """The record that goes with every answer.

    Args:
        graph_hash: Hash of the knowledge graph in use.
        models: Name of each model in use, by its part (``text_encoder``, ``llm``).
        prompts: Prompt files, hashed together in the order given.
        settings: Settings without secrets.
    """
    return {
        "graph": graph_hash,
        "models": dict(models),
        "prompts": hash_files(prompts),
        "settings": dict(settings),
        "versions": {name: _version(name) for name in PACKAGES} | {"python": _python()},
    }


def hash_files(paths: list[Path]) -> str:
    """SHA-256 (hex, first 16 digits) over names and contents of some files."""
    digest = hashlib.sha256()
    for path in paths:
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


def _python() -> str:
    return platform.python_version()


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"
