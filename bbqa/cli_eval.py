"""``bbqa eval``: benchmarks and their runs, and routing, abstention and grounding by themselves."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bbqa import cli_runs
from bbqa.options import GraphFolder, Llm, NoLlm, Quiet, given_resources, print_json

evaluate = typer.Typer(no_args_is_help=True, help="How good bbqa is, measured.")
evaluate.command("list")(cli_runs.list_benchmarks)
evaluate.command("fetch")(cli_runs.fetch)
evaluate.command("run")(cli_runs.run)
evaluate.command("compare")(cli_runs.compare)
evaluate.command("report")(cli_runs.report)
evaluate.command("replay")(cli_runs.replay)
evaluate.command("results")(cli_runs.results)
evaluate.command("make")(cli_runs.make)

Split = Annotated[str, typer.Option(help="dev or test half of the labelled set.")]
To = Annotated[Path | None, typer.Option("--to", help="File for the results.")]


@evaluate.command("ground")
def ground(
    n: Annotated[int, typer.Option("-n", min=0, help="Inputs for the counterfactual checks.")] = 10,
    to: To = None,
    llm: Llm = None,
    no_llm: NoLlm = False,
    graph: GraphFolder = None,
    quiet: Quiet = False,
) -> None:
    """Check the checker: false sentences that pass, true ones that are kept, counterfactuals."""
    from bbqa.eval.grounding import grounding

    with given_resources(quiet, llm=llm, graph=graph) as resources:
        resources.prepare()
        found = grounding(resources, to=to, n=n, use_llm=not no_llm, progress=resources.progress)
    print_json(found)


@evaluate.command("routing")
def routing(split: Split = "test", graph: GraphFolder = None, quiet: Quiet = False) -> None:
    """How many of the labelled questions reach the right tools and node types."""
    from bbqa.eval.routing import routing as measure

    with given_resources(quiet, graph=graph) as resources:
        resources.prepare()
        found = measure(resources, split=split, progress=resources.progress)
    print_json(found)


@evaluate.command("abstention")
def abstention(
    split: Split = "test",
    limit: Annotated[int | None, typer.Option(min=1, help="Ask so many questions.")] = None,
    llm: Llm = None,
    no_llm: NoLlm = False,
    graph: GraphFolder = None,
    quiet: Quiet = False,
) -> None:
    """How many answerable questions are answered, and unanswerable ones not."""
    from bbqa.eval.abstention import abstention as measure

    with given_resources(quiet, llm=llm, graph=graph) as resources:
        resources.prepare()
        found = measure(
            resources,
            split=split,
            use_llm=not no_llm,
            limit=limit,
            folder=resources.settings.home / "eval",
            progress=resources.progress,
        )
    print_json(found)


@evaluate.command("rubric")
def rubric(
    file: Annotated[str, typer.Argument(help="JSONL of questions with rubrics, or: professional.")],
    split: Annotated[str | None, typer.Option(help="dev or test; all by default.")] = None,
    answers: Annotated[
        Path | None, typer.Option(help="Judge what `bbqa batch` wrote; nothing is asked.")
    ] = None,
    show: Annotated[bool, typer.Option("--show", help="Tell each failure.")] = False,
    llm: Llm = None,
    no_llm: NoLlm = False,
    graph: GraphFolder = None,
    quiet: Quiet = False,
) -> None:
    """How many answers are right and useful, by rubrics that say what each has to establish."""
    from bbqa.eval.rubric import read_rubrics
    from bbqa.eval.rubrics import judged, lines, read_answers, rubrics, set_path

    questions = read_rubrics(set_path(file), split=split)
    if answers is not None:
        found = judged(questions, read_answers(answers))
    else:
        with given_resources(quiet, llm=llm, graph=graph) as resources:
            resources.prepare()
            found = rubrics(questions, resources, use_llm=not no_llm, progress=resources.progress)
    for line in lines(found, show=show):
        typer.echo(line)
