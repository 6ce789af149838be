"""``bbqa bridge``: train, measure and look at bridges."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bbqa.options import GraphFolder, Quiet, given_resources, print_json

bridge = typer.Typer(
    no_args_is_help=True, help="The bridge from proteins and molecules into the space of texts."
)

DEFAULT_KIND = "mlp"


@bridge.command("train")
def train(
    to: Annotated[Path, typer.Option(help="Folder for the bridge.")] = Path("bridge"),
    kind: Annotated[str, typer.Option(help="linear, mlp or transformer.")] = DEFAULT_KIND,
    proteins: Annotated[str, typer.Option(help="Encoder of proteins.")] = "kmers",
    molecules: Annotated[str, typer.Option(help="Encoder of molecules.")] = "morgan",
    steps: Annotated[int, typer.Option(min=1, help="Steps, at most.")] = 1200,
    width: Annotated[int | None, typer.Option(min=4, help="Of the hidden layers.")] = None,
    layers: Annotated[int | None, typer.Option(min=1, help="How many of them.")] = None,
    learning_rate: Annotated[float | None, typer.Option(min=0.0, help="At its highest.")] = None,
    seed: Annotated[int, typer.Option(help="The same seed gives the same weights.")] = 0,
    name: Annotated[str, typer.Option(help="What evidence calls it.")] = "mine",
    picture: Annotated[bool, typer.Option(help="Draw the loss curve, loss.svg.")] = True,
    graph: GraphFolder = None,
    quiet: Quiet = False,
) -> None:
    """Train a bridge on a graph and calibrate it; goes on where an earlier run was stopped."""
    from dataclasses import replace

    from bbqa.errors import MissingExtraError, SettingsError
    from bbqa.learn import SETTINGS, Workshop, learn_bridge
    from bbqa.schema import NodeType

    known = {str(name): settings for name, settings in SETTINGS.items()}
    if kind not in known:
        raise SettingsError(
            f"there is no bridge of kind {kind!r}; there are {', '.join(SETTINGS)}",
            hint="bbqa bridge train --kind mlp",
        )
    given = {"width": width, "layers": layers, "learning_rate": learning_rate}
    chosen = {key: value for key, value in given.items() if value is not None}
    settings = replace(known[kind], steps=steps, seed=seed, **chosen)  # type: ignore[arg-type]
    with given_resources(quiet, graph=graph, use_bridge=False) as resources:
        resources.prepare()
        encoders = {NodeType.PROTEIN: proteins, NodeType.DRUG: molecules}
        workshop = Workshop(resources, encoders)
        trained = learn_bridge(workshop, to, name=name, settings=settings)
    about = trained.description
    typer.echo(
        f"{to}: {kind}, {about['parameters']:,} numbers, best after {about['steps']} steps, "
        f"validation MRR {max(about['validation_mrr']):.3f}"
    )
    if picture:
        from bbqa.bridge.curve import draw_loss_curve

        try:
            draw_loss_curve(about, to / "loss.svg")
        except MissingExtraError as error:
            typer.echo(f"no picture: {error.message} ({error.hint})", err=True)


@bridge.command("eval")
def evaluate(
    to: Annotated[Path, typer.Option(help="Folder for bridge.json, tables and pictures.")] = Path(
        "results"
    ),
    quick: Annotated[bool, typer.Option("--quick", help="Few heads, short training.")] = False,
    slow_kge: Annotated[
        bool, typer.Option("--slow-kge", help="TransH, TransD and TransR too.")
    ] = False,
    graph: GraphFolder = None,
    quiet: Quiet = False,
) -> None:
    """Measure the bridge beside everything simple, without leaks, and write tables."""
    from bbqa.eval.bridge_eval import FULL, QUICK, evaluate_bridge, with_slow_kge
    from bbqa.eval.bridge_report import report

    extent = QUICK if quick else FULL
    with given_resources(quiet, graph=graph) as resources:
        found = evaluate_bridge(resources, to, extent=with_slow_kge(extent) if slow_kge else extent)
    report(to / "bridge.json", to)
    typer.echo(f"{len(found)} numbers are in {to / 'bridge.json'}, tables in {to / 'bridge.md'}")


@bridge.command("split")
def split(
    to: Annotated[Path, typer.Option(help="File for the split.")] = Path("split.json"),
    seed: Annotated[int, typer.Option(help="Of the draws.")] = 0,
    graph: GraphFolder = None,
    quiet: Quiet = False,
) -> None:
    """Make a split without leaks: families of proteins, scaffolds of molecules, terms."""
    from bbqa.learn import Workshop

    with given_resources(quiet, graph=graph, use_bridge=False) as resources:
        resources.prepare()
        made = Workshop(resources).make_split(seed)
        made.write(to, resources.graph)
    for part, rows in made.parts.items():
        typer.echo(f"{part.value:16} {len(rows):6,} nodes")


@bridge.command("show")
def show(
    folder: Annotated[Path | None, typer.Argument(help="Of a bridge; default: bbqa's own.")] = None,
) -> None:
    """Print what a bridge is: kind, size, graph, encoders, training."""
    from bbqa.bridge.checkpoint import SHIPPED_BRIDGE, FrozenBridge

    opened = FrozenBridge.open(folder or SHIPPED_BRIDGE)
    print_json(opened.description)
