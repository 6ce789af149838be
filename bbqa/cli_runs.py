"""``bbqa eval list | fetch | run | compare | report | replay | results | make``: benchmarks."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bbqa.options import (
    AsJson,
    BridgeFolder,
    GraphFolder,
    Llm,
    Quiet,
    Speculative,
    given_resources,
    given_settings,
    print_json,
)

if TYPE_CHECKING:
    from bbqa.eval.benchmarks import Benchmark
    from bbqa.eval.runs import Run
    from bbqa.resources import Resources

Data = Annotated[
    Path | None,
    typer.Option("--data", help="Folder with a benchmark's files; or BBQA_BENCHMARK_DATA."),
]
Own = Annotated[
    Path | None,
    typer.Option("--benchmarks", help="Folder with your own benchmarks; or BBQA_BENCHMARKS."),
]
Runs = Annotated[list[Path], typer.Argument(help="Folders that `bbqa eval run` wrote.")]
Columns = Annotated[
    str, typer.Option(help="Of a file: question=q,gold=answer,seq=sequence,options=a|b.")
]
Conditions = Annotated[
    list[str] | None,
    typer.Option(
        "--condition",
        "-c",
        help="closed-book, random-evidence, copy, no-bridge, bbqa, gold-evidence, majority, "
        "chance, or all; may repeat. Default: all.",
    ),
]
Fraction = Annotated[float | None, typer.Option(min=0.0, max=1.0)]


def list_benchmarks(
    data: Data = None,
    benchmarks: Own = None,
    as_json: AsJson = False,
    graph: GraphFolder = None,
    quiet: Quiet = False,
) -> None:
    """The benchmarks: what they ask, how they are judged, whether their data is here."""
    from bbqa.eval.benchmarks import benchmarks as all_benchmarks
    from bbqa.eval.runs.find import data_folder, data_for, own_folder
    from bbqa.eval.runs.tables import print_rows

    place = data_folder(data)
    with given_resources(quiet, graph=graph) as resources:
        known = all_benchmarks(own_folder(benchmarks)).values()
        found = [_listed(one, data_for(one.card, data), resources) for one in known]
    if as_json:
        print_json(found)
        return
    head = ("name", "modality", "here", "items", "metric", "licence", "source")
    rows = [
        (
            one["name"],
            one["modality"],
            "yes" if one["here"] else "no",
            "" if one["items"] is None else f"{one['items']:,}",
            one["metric"],
            one["licence"],
            _address(one["source"]),
        )
        for one in found
    ]
    print_rows(head, rows, right=("items",))
    if place is None:
        typer.echo("no --data: benchmarks that do not come with bbqa are not looked for", err=True)


def fetch(
    name: Annotated[
        str, typer.Argument(help="Of a benchmark, or OWNER/NAME[:CONFIGURATION] of a data set.")
    ],
    to: Annotated[
        Path | None, typer.Option(help="Folder; default: where `bbqa eval run` looks for data.")
    ] = None,
    benchmarks: Own = None,
    quiet: Quiet = False,
) -> None:
    """Fetch a benchmark's files, or any data set with its splits, from the Hugging Face hub."""
    from bbqa.errors import InputError
    from bbqa.eval.benchmarks.hub import fetch_files, fetch_splits, hide_bars
    from bbqa.eval.runs.find import find_benchmark, usual_folder

    if quiet:
        hide_bars()
    settings = given_settings()
    folder = to or usual_folder()
    if "/" in name:
        written = fetch_splits(name, folder, settings.home, offline=settings.offline)
    else:
        card = find_benchmark(name, own=benchmarks).card
        if not card.hub:
            raise InputError(f"{name} is not fetched by bbqa", hint=f"from {card.source}")
        written = fetch_files(card, folder, settings.home, offline=settings.offline)
    for path in () if quiet else written:
        typer.echo(f"wrote {path}", err=True)


def run(
    name: Annotated[str, typer.Argument(help="Of a benchmark, or a .jsonl, .csv, .tsv file.")],
    columns: Columns = "",
    condition: Conditions = None,
    limit: Annotated[
        int | None, typer.Option(min=1, help="So many items, of each kind its share.")
    ] = None,
    split: Annotated[str, typer.Option(help="Which items.")] = "test",
    data: Data = None,
    benchmarks: Own = None,
    max_identity: Fraction = None,
    max_similarity: Fraction = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on; refuse to begin a new run.")
    ] = False,
    fresh: Annotated[bool, typer.Option("--fresh", help="Begin anew, overwrite.")] = False,
    to: Annotated[Path | None, typer.Option(help="Folder for runs; default HOME/runs.")] = None,
    jobs: Annotated[
        int | None, typer.Option(help="Items at a time; 4 for a server, else 1.", min=1)
    ] = None,
    seed: Annotated[int, typer.Option(help="Of what is drawn.")] = 0,
    llm: Llm = None,
    graph: GraphFolder = None,
    bridge: BridgeFolder = None,
    speculative: Speculative = False,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Ask a benchmark under some conditions; run it again to go on where it stopped."""
    from bbqa.eval.runs.find import data_for, find_benchmark
    from bbqa.eval.runs.plan import Plan
    from bbqa.eval.runs.several import carry_out_all

    benchmark = find_benchmark(name, columns=columns, own=benchmarks)
    file = Path(name).expanduser() if Path(name).expanduser().is_file() else None
    plan = Plan(
        benchmark,
        data=file or data_for(benchmark.card, data),
        file=file,
        columns=columns,
        split=split,
        limit=limit,
        seed=seed,
        max_identity=max_identity,
        max_similarity=max_similarity,
    )
    ended: list[Run] = []
    with given_resources(
        quiet, llm=llm, graph=graph, bridge=bridge, speculative=speculative or None
    ) as resources:
        try:
            carry_out_all(
                plan,
                condition or ["all"],
                resources,
                to=to,
                resume=resume,
                fresh=fresh,
                jobs=jobs,
                on_run=ended.append,
            )
        finally:
            _tell(ended, as_json=as_json, quiet=quiet)
    if any(one.state != "done" for one in ended):
        typer.echo("stopped: the same command goes on where this left off", err=True)
        raise typer.Exit(130)


def compare(
    runs: Runs,
    bins: Annotated[bool, typer.Option(help="Each bin too.")] = True,
    as_json: AsJson = False,
    graph: GraphFolder = None,
    quiet: Quiet = False,
) -> None:
    """The first run less each of the others: difference, interval, significance, per bin."""
    from bbqa.errors import InputError
    from bbqa.eval.runs import read_run
    from bbqa.eval.runs.tables import difference_rows, print_rows
    from bbqa.eval.scores import compare as differences_of

    if len(runs) < 2:
        raise InputError("one run has nothing to be compared to", hint="bbqa eval compare RUN RUN")
    first, *others = map(read_run, runs)
    found: dict[str, Any] = {}
    with given_resources(quiet, graph=graph) as resources:
        for other in others:
            differences = differences_of(
                first.answered,
                other.answered,
                names=_names(resources, first),
                bins=bins,
                progress=resources.progress,
            )
            found[str(other.folder)] = [asdict(one) for one in differences]
            if not as_json:
                typer.echo(f"\n{first.folder.name} less {other.folder.name}")
                print_rows(*difference_rows(differences, main=first.metric, bins=bins))
    if as_json:
        print_json({"first": str(first.folder), "less": found})


def report(
    runs: Runs,
    output: Annotated[Path, typer.Option("--output", "-o", help="The HTML file.")],
    graph: GraphFolder = None,
    quiet: Quiet = False,
) -> None:
    """A page that needs no network: tables, plots, every item with its answers and evidence."""
    from bbqa.eval.report import report as write_report
    from bbqa.eval.runs import read_run

    with given_resources(quiet, graph=graph) as resources:
        names = _names(resources, read_run(runs[0]))
        written = write_report(runs, output, names=names, progress=resources.progress)
    typer.echo(f"wrote {written}", err=True)


def replay(
    run: Annotated[Path, typer.Argument(help="A folder that `bbqa eval run` wrote.")],
    data: Data = None,
    benchmarks: Own = None,
    graph: GraphFolder = None,
    bridge: BridgeFolder = None,
    quiet: Quiet = False,
) -> None:
    """Do a run again from its recorded calls, without a model, and compare bit for bit."""
    from bbqa.eval.runs import read_run
    from bbqa.eval.runs.find import plan_of
    from bbqa.eval.runs.replay import replay as done_again

    plan = plan_of(read_run(run).record, data=data, own=benchmarks)
    with given_resources(quiet, graph=graph, bridge=bridge) as resources:
        found = done_again(run, plan, resources)
    same = found.items - len(found.differing)
    typer.echo(f"{same:,} of {found.items:,} items came out the same, bit for bit")
    for one in found.differing:
        typer.echo(f"{one.id}: {', '.join(one.fields)}")
    if found.differing:
        raise typer.Exit(1)


def results(
    runs: Runs,
    to: Annotated[Path, typer.Option(help="Folder for NAME.json.")] = Path("eval/results"),
    quiet: Quiet = False,
) -> None:
    """Write the scores of runs as JSON: a file a benchmark, a record a run, bin and metric."""
    from bbqa.eval.runs.results import write_results

    for path in write_results(runs, to):
        if not quiet:
            typer.echo(f"wrote {path}", err=True)


def make(
    name: Annotated[str, typer.Argument(help="starter-qa.")],
    to: Annotated[Path | None, typer.Option(help="The file; default: where bbqa reads it.")] = None,
    seed: Annotated[int, typer.Option(help="Of the draws.")] = 0,
    graph: GraphFolder = None,
    quiet: Quiet = False,
) -> None:
    """Make the benchmark that comes with bbqa from the starter graph again."""
    from bbqa.errors import InputError
    from bbqa.eval.starter.make import FILE, make_starter_qa

    if name != "starter-qa":
        raise InputError(f"{name!r} cannot be made", hint="bbqa eval make starter-qa")
    with given_resources(quiet, graph=graph) as resources:
        resources.prepare()
        progress = resources.progress
        written = make_starter_qa(resources, seed=seed, to=to or FILE, progress=progress)
    typer.echo(f"wrote {written}", err=True)


def _listed(benchmark: Benchmark, data: Path | None, resources: Resources) -> dict[str, Any]:
    """A benchmark's card, whether its data is here, and how many items its test split has."""
    from bbqa.errors import BbqaError
    from bbqa.eval.runs.find import is_here

    items, problem = None, ""
    here = is_here(benchmark.card, data)
    if here:
        try:
            items = sum(1 for _ in benchmark.items(data, resources, split="test"))
        except BbqaError as error:
            here, problem = False, error.message
    return {**asdict(benchmark.card), "items": items, "here": here, "problem": problem}


def _address(source: str) -> str:
    """The first address in a source, which is shorter; the whole source where there is none."""
    found = re.search(r"https?://[^\s,;)]+", source)
    return found.group() if found else source


def _names(resources: Resources, run: Run) -> Any:  # noqa: ANN401 - a NameIndex, or nothing
    """Names of nodes, where the graph is the one that a run was made with."""
    same = resources.graph.hash == run.record["run"]["graph"]
    return resources.names if same else None


def _tell(runs: Sequence[Run], *, as_json: bool, quiet: bool) -> None:
    """The scores of runs that ended, beside each other."""
    from bbqa.eval.runs.tables import print_rows, score_rows

    if as_json:
        print_json(
            {
                run.condition: {
                    "run": str(run.folder),
                    "state": run.state,
                    "scores": [asdict(score) for score in run.scores],
                }
                for run in runs
            }
        )
    elif runs:
        print_rows(*score_rows(runs))
    if not quiet:
        for run in runs:
            typer.echo(f"{run.state}: {run.folder}", err=True)
