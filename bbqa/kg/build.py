"""Builds a knowledge graph by its name, from what a person gives or from what can be fetched."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Final

from bbqa.errors import InputError
from bbqa.progress import Progress

if TYPE_CHECKING:
    from bbqa.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What a person gives to build a graph from; each source takes some of it."""

    kg: Path | None = None
    drug_features: Path | None = None
    disease_features: Path | None = None
    sequences: Path | None = None
    smiles: Path | None = None
    nodes: Path | None = None
    edges: Path | None = None
    release: str = ""
    skip_invalid: bool = False

    def names(self) -> list[str]:
        """The fields that were given."""
        return [field.name for field in fields(self) if getattr(self, field.name)]


@dataclass(frozen=True, slots=True)
class GraphSource:
    """Something that a graph can be built from.

    Attributes:
        build: Writes the graph into a folder.
        needs: Fields of ``Given`` without which it cannot be built.
        takes: Further fields that it can use.
    """

    build: Callable[[Given, Path, Settings, Progress], object]
    needs: tuple[str, ...] = ()
    takes: tuple[str, ...] = ()


def build(
    name: str,
    out: Path | None,
    *,
    settings: Settings,
    progress: Progress,
    given: Given | None = None,
) -> Path:
    """The folder of the graph that was built.

    Args:
        name: What it is built from: one of ``SOURCES``.
        out: Where to; default ``graphs/NAME`` in bbqa's home.
        settings: Where downloads are kept, and whether to stay offline.
        progress: Told how far it is.
        given: The files to build it from.

    Raises:
        InputError: There is no such source, a file is missing or has a fault, or the folder is
            not empty.
        ArtifactError: A source cannot be fetched.
    """
    given = given or Given()
    source = _source(name, given)
    folder = out or settings.home / "graphs" / name
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise InputError(
            f"{folder} is not empty", hint=f"choose another folder with --to, or remove {folder}"
        )
    source.build(given, folder, settings, progress)
    return folder


def _source(name: str, given: Given) -> GraphSource:
    """The source of that name, once it is known that it was given what it needs."""
    if name not in SOURCES:
        raise InputError(
            f"unknown graph {name!r}; expected {', '.join(SOURCES)}", hint="bbqa kg build starter"
        )
    source = SOURCES[name]
    example = " ".join([f"bbqa kg build {name}", *(f"{_flag(n)} FILE" for n in source.needs)])
    if missing := [_flag(field) for field in source.needs if field not in given.names()]:
        raise InputError(f"{name} needs {', '.join(missing)}", hint=example)
    allowed = (*source.needs, *source.takes)
    if foreign := [_flag(field) for field in given.names() if field not in allowed]:
        taken = ", ".join(map(_flag, allowed)) or "no files"
        raise InputError(f"{name} takes {taken}; got {', '.join(foreign)}", hint=example)
    return source


def _flag(field: str) -> str:
    return "--from" if field == "kg" else f"--{field.replace('_', '-')}"


def _starter(given: Given, out: Path, settings: Settings, progress: Progress) -> None:
    from bbqa.artifacts import fetch
    from bbqa.kg.assets import ASSETS
    from bbqa.kg.starter import build_starter

    paths = {
        asset: fetch(asset, home=settings.home, progress=progress, offline=settings.offline)
        for asset in ASSETS
    }
    build_starter(paths, out, progress=progress)


def _primekg(given: Given, out: Path, settings: Settings, progress: Progress) -> None:
    from bbqa.kg.joined import Joined
    from bbqa.kg.primekg import build_primekg

    assert given.kg is not None
    joined = Joined(
        drug_features=given.drug_features,
        disease_features=given.disease_features,
        sequences=given.sequences,
        smiles=given.smiles,
        skip_invalid=given.skip_invalid,
    )
    build_primekg(given.kg, out, joined=joined, release=given.release, progress=progress)


def _tsv(given: Given, out: Path, settings: Settings, progress: Progress) -> None:
    from bbqa.kg.own import build_tsv

    assert given.nodes is not None
    assert given.edges is not None
    build_tsv(
        given.nodes,
        given.edges,
        out,
        release=given.release,
        skip_invalid=given.skip_invalid,
        progress=progress,
    )


SOURCES: Final[Mapping[str, GraphSource]] = {
    "starter": GraphSource(_starter),
    "primekg": GraphSource(
        _primekg,
        needs=("kg",),
        takes=(
            "drug_features",
            "disease_features",
            "sequences",
            "smiles",
            "release",
            "skip_invalid",
        ),
    ),
    "tsv": GraphSource(_tsv, needs=("nodes", "edges"), takes=("release", "skip_invalid")),
}
"""What ``bbqa kg build`` can build, by name; a further source is a builder and a line here."""
