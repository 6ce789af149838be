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


def explain(
    answer: Annotated[str, typer.Argument(help="Saved answer, a batch's output, or - for stdin.")],
    html: Annotated[Path | None, typer.Option(help="Write a page that needs no network.")] = None,
    drawing: Annotated[
        Path | None, typer.Option(help="Draw the molecules into FILE.svg or FILE.png.")
    ] = None,
    line: Annotated[int | None, typer.Option(help="Line of the batch's questions.")] = None,
    id: Annotated[str | None, typer.Option(help="Id in the batch's questions.")] = None,
    graph: GraphFolder = None,
    quiet: Quiet = False,
) -> None:
    """Tell a saved answer again: what rests on what, what was dropped, by which steps."""
    from bbqa.explain import explain as explained
    from bbqa.explain import read_answer, write_drawing, write_page
    from bbqa.explain.terminal import tell

    saved = read_answer(answer, line=line, id=id)
    if drawing is not None:
        write_drawing(saved, drawing)
    with given_resources(quiet, graph=graph) as resources:
        explanation = explained(saved, resources=lambda: resources)
    if html is not None:
        write_page(explanation, html)
    if html is None and drawing is None:
        tell(explanation)
    for written in (html, drawing):
        if written is not None and not quiet:
            typer.echo(f"wrote {written}", err=True)


def _tell(report: Report, *, quiet: bool) -> None:
    """Say on stderr how a batch went; what went well only if it is wanted."""
    from bbqa.batch import record_path

    if quiet and not (report.stopped or report.failed):
        return
    for line in report.lines():
        typer.echo(line, err=True)
    typer.echo(f"{report.output}, run record {record_path(report.output)}", err=True)
