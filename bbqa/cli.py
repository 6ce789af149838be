"""The Typer app: each command parses, calls one function, prints."""

from __future__ import annotations

import os
import sys
from itertools import takewhile
from pathlib import Path
from typing import Annotated

import typer

from bbqa.cli_answers import batch, explain
from bbqa.cli_bridge import bridge
from bbqa.cli_chat import chat
from bbqa.cli_eval import evaluate
from bbqa.errors import BbqaError
from bbqa.limits import Limits
from bbqa.options import (
    AsJson,
    BridgeFolder,
    GraphFolder,
    K,
    Llm,
    MaxIdentity,
    MaxSimilarity,
    NoBridge,
    NoLlm,
    Quiet,
    Seq,
    Smiles,
    Speculative,
    Translate,
    given_progress,
    given_resources,
    given_settings,
    print_json,
)

app = typer.Typer(
    help="Answers questions about proteins and molecules, with numbered evidence.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
kg = typer.Typer(help="The knowledge graph.", no_args_is_help=True)
index = typer.Typer(help="The indexes made from the graph.", no_args_is_help=True)
app.add_typer(bridge, name="bridge")
app.add_typer(evaluate, name="eval")
app.add_typer(kg, name="kg")
app.add_typer(index, name="index")
app.command("chat")(chat)


@app.command()
def ask(
    question: Annotated[list[str], typer.Argument(help="The question in words.")],
    seq: Seq = None,
    smiles: Smiles = None,
    option: Annotated[
        list[str] | None, typer.Option("--option", help="Choose among these; repeat it.")
    ] = None,
    k: K = None,
    llm: Llm = None,
    no_llm: NoLlm = False,
    evidence: Annotated[
        bool, typer.Option("--evidence", help="Show all evidence below the answer.")
    ] = False,
    trace: Annotated[
        bool, typer.Option("--trace", help="Show the evidence and what each step did.")
    ] = False,
    driver: Annotated[
        str | None,
        typer.Option(help="Who decides which tools are called: auto, plan, asked or native."),
    ] = None,
    translate: Translate = False,
    graph: GraphFolder = None,
    bridge: BridgeFolder = None,
    no_bridge: NoBridge = False,
    speculative: Speculative = False,
    max_identity: MaxIdentity = None,
    max_similarity: MaxSimilarity = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Answer a question in words, every sentence backed by numbered evidence."""
    from bbqa.ask import ask as answer_question
    from bbqa.choose import choose
    from bbqa.show import Screen, show_choice

    screen = Screen(evidence=evidence, trace=trace)
    words = " ".join(question)

    with given_resources(
        quiet,
        llm=llm,
        k=k,
        graph=graph,
        bridge=bridge,
        use_bridge=False if no_bridge else None,
        speculative=speculative or None,
        driver=driver,
    ) as opened:
        limits = Limits(max_identity=max_identity, max_similarity=max_similarity)
        resources = opened.with_limits(limits)
        if option:
            choice = choose(
                words,
                option,
                seq=seq or (),
                smiles=smiles or (),
                translate=translate,
                use_llm=not no_llm,
                resources=resources,
            )
        else:
            try:
                answer = answer_question(
                    words,
                    seq=seq or (),
                    smiles=smiles or (),
                    translate=translate,
                    use_llm=not no_llm,
                    resources=resources,
                    listener=None if as_json else screen,
                )
            except KeyboardInterrupt:
                if (kept := screen.stopped()) is not None:
                    screen.finish(kept)
                raise
    if as_json:
        print_json((choice if option else answer).to_json())
    elif option:
        show_choice(choice, option, evidence=evidence, trace=trace)
    else:
        screen.finish(answer)


@app.command()
def retrieve(
    to: Annotated[str, typer.Option("--to", help="Type of node, such as molecular_function.")],
    seq: Seq = None,
    smiles: Smiles = None,
    fasta: Annotated[Path | None, typer.Option(help="FASTA file with many sequences.")] = None,
    k: K = None,
    translate: Translate = False,
    graph: GraphFolder = None,
    bridge: BridgeFolder = None,
    no_bridge: NoBridge = False,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Rank nodes of one type for each input, without a language model."""
    from bbqa.ranking import DEFAULT_K, retrieve_many
    from bbqa.show import show_hits

    with given_resources(
        quiet, graph=graph, bridge=bridge, use_bridge=False if no_bridge else None
    ) as resources:
        rows = retrieve_many(
            to,
            resources,
            seq=seq or (),
            smiles=smiles or (),
            fasta=fasta,
            translate=translate,
            k=k or DEFAULT_K,
        )
        for row in rows:
            if as_json:
                print_json(row.to_json(), indent=None)
            else:
                show_hits(row)


app.command()(batch)
app.command()(explain)


@kg.command("stats")
def kg_stats(graph: GraphFolder = None, as_json: AsJson = False) -> None:
    """Count nodes and edges, and what could not be mapped."""
    from bbqa.kg.starter import stats
    from bbqa.show import show_stats

    with given_resources(quiet=True, graph=graph) as resources:
        counts = stats(resources.graph)
    if as_json:
        print_json(counts)
    else:
        show_stats(counts)


@kg.command("show")
def kg_show(
    name: Annotated[str, typer.Argument(help="An id, a symbol, a name or a synonym.")],
    k: K = None,
    graph: GraphFolder = None,
    as_json: AsJson = False,
) -> None:
    """Show a node: names, and its facts by relation, with their sources."""
    from bbqa.card import make_card
    from bbqa.show import show_card

    with given_resources(quiet=True, graph=graph) as resources:
        card = make_card(name, resources, k=k or 8)
    if as_json:
        print_json(card.to_json())
    else:
        show_card(card)


@kg.command("build")
def kg_build(
    source: Annotated[
        str, typer.Argument(help="What to build from: starter, primekg or tsv.")
    ] = "starter",
    to: Annotated[
        Path | None, typer.Option("--to", "--out", help="Folder to write; must not exist.")
    ] = None,
    kg_file: Annotated[
        Path | None, typer.Option("--from", help="primekg: PrimeKG's kg.csv.")
    ] = None,
    drug_features: Annotated[
        Path | None, typer.Option(help="primekg: PrimeKG's drug_features.csv.")
    ] = None,
    disease_features: Annotated[
        Path | None, typer.Option(help="primekg: PrimeKG's disease_features.csv.")
    ] = None,
    sequences: Annotated[
        Path | None, typer.Option(help="primekg: FASTA or table of symbol, ncbi or uniprot.")
    ] = None,
    smiles: Annotated[
        Path | None, typer.Option(help="primekg: table of id or name, and smiles.")
    ] = None,
    nodes: Annotated[Path | None, typer.Option(help="tsv: id, type, name and more.")] = None,
    edges: Annotated[Path | None, typer.Option(help="tsv: head, relation, tail and more.")] = None,
    release: Annotated[str, typer.Option(help="Version of what is given.")] = "",
    skip_invalid: Annotated[
        bool, typer.Option("--skip-invalid", help="Leave out unreadable sequences and SMILES.")
    ] = False,
    quiet: Quiet = False,
) -> None:
    """Build a knowledge graph from files, or the starter from its packages."""
    from bbqa.kg.build import Given, build

    given = Given(
        kg=kg_file,
        drug_features=drug_features,
        disease_features=disease_features,
        sequences=sequences,
        smiles=smiles,
        nodes=nodes,
        edges=edges,
        release=release,
        skip_invalid=skip_invalid,
    )
    with given_progress(quiet) as progress:
        folder = build(source, to, settings=given_settings(), progress=progress, given=given)
    typer.echo(f"built {folder}; use it with --graph {folder} or BBQA_GRAPH={folder}")


@index.command("build")
def index_build(graph: GraphFolder = None, quiet: Quiet = False) -> None:
    """Build all indexes of the graph in use, going on where an earlier build stopped."""
    with given_resources(quiet, graph=graph) as resources:
        resources.prepare()
    typer.echo(f"indexes are in {resources.folder}")


@app.command()
def models(as_json: AsJson = False) -> None:
    """List models and data, better models that fit this machine, and servers found on it."""
    from bbqa.doctor import free_memory
    from bbqa.doctor import models as list_models
    from bbqa.llm.local import fitting, local_servers
    from bbqa.show import show_better_models, show_models

    rows = list_models(given_settings().home)
    if as_json:
        print_json([row.to_json() for row in rows])
        return
    show_models(rows)
    memory = free_memory()
    show_better_models(fitting(memory), local_servers(), memory_bytes=memory)


@app.command()
def doctor(as_json: AsJson = False) -> None:
    """Check what bbqa needs, and say how to mend what is wrong."""
    from bbqa.checkup import checkup
    from bbqa.show import show_checks

    with given_progress(as_json) as progress:
        checks = checkup(given_settings(), progress)
    if as_json:
        print_json([check.to_json() for check in checks])
    else:
        show_checks(checks)
    if any(check.status == "fail" for check in checks):
        raise typer.Exit(1)


def main(args: list[str] | None = None) -> int:
    """Run the program and return its exit code.

    2 for what the person can mend in the command, 1 for the rest, 130 after Ctrl-C. With
    ``BBQA_DEBUG=1`` errors keep their traceback.
    """
    # OpenMP threads that spin while they wait are ruinous beside other work on the same cores.
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")
    debug = os.environ.get("BBQA_DEBUG") == "1"
    args = _with_command(sys.argv[1:] if args is None else args)
    try:
        return int(app(args=args, prog_name="bbqa", standalone_mode=False) or 0)
    except typer.TyperException as error:
        _complain(error.format_message(), _hint(args))
        return error.exit_code
    except BbqaError as error:
        if debug:
            raise
        _complain(error.message, error.hint)
        return error.exit_code
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # The reader of our output has gone; what is left to flush goes nowhere.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except Exception as error:
        if debug:
            raise
        _complain(
            f"{type(error).__name__}: {error}",
            "this is a bug in bbqa; run again with BBQA_DEBUG=1 and report what it prints",
        )
        return 1


def _with_command(args: list[str]) -> list[str]:
    """Arguments that begin with a question, given to the command that answers one."""
    first = args[0].strip() if args else ""
    is_question = " " in first and not first.startswith("-")
    return ["ask", *args] if is_question else args


def _hint(args: list[str]) -> str:
    """What to type where the arguments name no command, or use one wrongly."""
    words = list(takewhile(lambda word: not word.startswith("-"), args))
    known = {command.name or "" for command in app.registered_commands}
    known |= {group.name or "" for group in app.registered_groups}
    known |= {getattr(c.callback, "__name__", "") for c in app.registered_commands}
    if len(words) > 1 and words[0] not in known:
        return f'to ask: bbqa ask "{" ".join(words)}"'
    return "bbqa --help"


def _complain(message: str, hint: str) -> None:
    typer.echo(f"error: {message}", err=True)
    if hint:
        typer.echo(f"hint: {hint}", err=True)


if __name__ == "__main__":
    sys.exit(main())
