"""Builds a knowledge graph by its name, fetching the sources that are not there yet."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from bbqa.artifacts import fetch
from bbqa.errors import InputError
from bbqa.kg.assets import ASSETS
from bbqa.kg.starter import build_starter
from bbqa.progress import Progress

if TYPE_CHECKING:
    from bbqa.settings import Settings

GRAPHS = ("starter",)


def build(name: str, out: Path | None, *, settings: Settings, progress: Progress) -> Path:
    """The folder of the graph that was built.

    Args:
        name: Which graph: ``starter``.
        out: Where to; default ``graphs/NAME`` in bbqa's home.
        settings: Where downloads are kept, and whether to stay offline.
        progress: Told how far it is.

    Raises:
        InputError: There is no such graph, or the folder is not empty.
        ArtifactError: A source cannot be fetched.
    """
    if name not in GRAPHS:
        raise InputError(
            f"unknown graph {name!r}; expected {', '.join(GRAPHS)}", hint="bbqa kg build starter"
        )
    folder = out or settings.home / "graphs" / name
    if folder.exists() and any(folder.iterdir()):
        raise InputError(
            f"{folder} is not empty", hint=f"choose another folder with --out, or remove {folder}"
        )
    paths = {
        asset: fetch(asset, home=settings.home, progress=progress, offline=settings.offline)
        for asset in ASSETS
    }
    build_starter(paths, folder, progress=progress)
    return folder
