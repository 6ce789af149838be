"""What the commands share: their options, and how they open settings and resources.

Typer reads the options from annotations, so this module imports nothing heavy.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from bbqa.progress import OpenProgress
    from bbqa.resources import Resources
    from bbqa.settings import Settings

Seq = Annotated[
    list[str] | None,
    typer.Option("--seq", help="Sequence, FASTA file, accession, or - for stdin; may repeat."),
]
Smiles = Annotated[
    list[str] | None, typer.Option("--smiles", help="SMILES, InChI or drug name; may repeat.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
K = Annotated[int | None, typer.Option("-k", help="Items of evidence, or hits.", min=1, max=1000)]
Llm = Annotated[
    str | None, typer.Option(help="embedded[:MODEL|:FILE.gguf], ollama:MODEL or openai:MODEL.")
]
NoLlm = Annotated[bool, typer.Option("--no-llm", help="Evidence and a plain summary.")]
Translate = Annotated[bool, typer.Option(help="Translate nucleotide sequences.")]
GraphFolder = Annotated[Path | None, typer.Option("--graph", help="Folder of a graph.")]
NoBridge = Annotated[bool, typer.Option("--no-bridge", help="Facts and relatives only.")]
BridgeFolder = Annotated[Path | None, typer.Option("--bridge", help="Folder of a bridge.")]
Speculative = Annotated[
    bool, typer.Option("--speculative", help="Show predictions that are not sure too.")
]
MaxIdentity = Annotated[
    float | None,
    typer.Option(help="Hide proteins more identical than this share.", min=0.0, max=1.0),
]
MaxSimilarity = Annotated[
    float | None,
    typer.Option(help="Hide drugs with a higher Tanimoto than this.", min=0.0, max=1.0),
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No progress on stderr.")]


def given_settings(**flags: Any) -> Settings:  # noqa: ANN401
    """The settings in force under some flags; ``None`` values count as not given."""
    from bbqa.settings import load_settings

    return load_settings(flags)


def given_progress(quiet: bool) -> OpenProgress:
    """Progress on stderr, or none."""
    from bbqa.progress import open_progress

    return open_progress(quiet)


@contextmanager
def given_resources(quiet: bool = False, **flags: Any) -> Iterator[Resources]:  # noqa: ANN401
    """Resources under some flags, with a progress that is closed at the end."""
    from bbqa.resources import Resources

    with given_progress(quiet) as progress:
        yield Resources(given_settings(**flags), progress=progress)


def print_json(value: object, *, indent: int | None = 2) -> None:
    """Print a value as JSON; without ``indent`` on one line."""
    typer.echo(json.dumps(value, indent=indent, ensure_ascii=False, default=str))
