"""The commands for many answers and for saved ones: each parses, calls one function, prints."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bbqa.options import (
    BridgeFolder,
    GraphFolder,
    K,
    Llm,
    NoBridge,
    NoLlm,
    Quiet,
    Speculative,
    Translate,
    given_resources,
)

if TYPE_CHECKING:
    from bbqa.batch import Report


def batch(
    questions: Annotated[Path, typer.Argument(help="JSONL or CSV with a column question.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="JSONL file of answers.")],
    jobs: Annotated[
        int | None, typer.Option(help="Questions at a time; 4 for a server, else 1.", min=1)
    ] = None,
    retry: Annotated[bool, typer.Option(help="Ask again what failed earlier.")] = True,
    restart: Annotated[bool, typer.Option("--restart", help="Begin anew, overwrite.")] = False,
    k: K = None,
    llm: Llm = None,
    no_llm: NoLlm = False,
    translate: Translate = False,
    graph: GraphFolder = None,
    bridge: BridgeFolder = None,
    no_bridge: NoBridge = False,
    speculative: Speculative = False,
    quiet: Quiet = False,
) -> None:
    """Answer every question of a file; run it again to go on where it stopped."""
    from bbqa.batch import batch as answer_all

    with given_resources(
        quiet,
        llm=llm,
        k=k,
        graph=graph,
        bridge=bridge,
        use_bridge=False if no_bridge else None,
        speculative=speculative or None,
    ) as resources:
        report = answer_all(
            questions,
            output,
            resources=resources,
            use_llm=not no_llm,
            translate=translate,
            jobs=jobs,
            retry=retry,
            restart=restart,
        )
    _tell(report, quiet=quiet)
    if report.stopped or report.failed:
        raise typer.Exit(130 if report.stopped else 1)


def _tell(report: Report, *, quiet: bool) -> None:
    """Say on stderr how a batch went; what went well only if it is wanted."""
    from bbqa.batch import record_path

    if quiet and not (report.stopped or report.failed):
        return
    for line in report.lines():
        typer.echo(line, err=True)
    typer.echo(f"{report.output}, run record {record_path(report.output)}", err=True)
