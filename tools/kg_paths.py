"""How two things hang together, and what a chain of relations leads to."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from bbqa.anchor import Anchor, anchor_of, anchors_of
from bbqa.errors import ToolError
from bbqa.path_evidence import path_evidence
from bbqa.retrieve.mechanism_paths import backward, drug_and_end, mechanism_paths
from bbqa.retrieve.paths import Paths, paths_along, paths_between
from bbqa.retrieve.visible import hidden_of
from bbqa.schema import Input, NodeType
from bbqa.subject import subject_of
from bbqa.workbench import Found, Workbench

CUT = "There were too many paths to follow all of them; these are the best of those followed."
NAMED = 3
"""Relatives that are named where nothing leads on from any."""
MIN_SCORE = 0.001
"""Score below which a path between two ends leads over so much that it explains nothing."""


def kg_paths(
    start: Annotated[str, Field(description="A name, an id, or the label of an input.")],
    bench: Workbench,
    *,
    end: Annotated[
        str, Field(description="The other thing, if the question names two; else empty.")
    ] = "",
    through: Annotated[
        list[NodeType], Field(max_length=3, description="Types of the steps in between, in order.")
    ] = [],  # noqa: B006 - a schema shows it to models, and nothing changes it
    to: Annotated[
        NodeType | None, Field(description="Type that is looked for, if there is no `end`.")
    ] = None,
    k: Annotated[int, Field(ge=1, le=20, description="How many paths.")] = 5,
) -> Found:
    """Find how two things are connected, or what is reached over several steps.

    With `end`: "How could this drug help against X?", "What do A and B share?" (`through` what).
    With `through` and `to`: "Which drugs act on proteins that interact with this one?" is
    through ["gene/protein"] to "drug". Each path is told step by step.
    """
    if not end:
        return _along(start, bench, through, to, k)
    first, second = (_anchor(name, bench) for name in (start, end))
    if isinstance(first, Found):
        return first
    return second if isinstance(second, Found) else _between(first, second, bench, through, k)


def _anchor(name: str, bench: Workbench) -> Anchor | Found:
    given = subject_of(name, bench)
    return anchor_of(given, bench.resources) or _unknown(given)


def _unknown(given: Input) -> Found:
    return Found(note=f"Nothing that the graph knows is {given.label} or close enough to it.")


def _between(
    first: Anchor, second: Anchor, bench: Workbench, through: list[NodeType], k: int
) -> Found:
    graph = bench.graph
    if first.row == second.row:
        names = f"{first.given.label} and {second.given.label}"
        raise ToolError(f"{names} both lead to {graph.name_of(first.row)}; paths need two ends")
    hidden = hidden_of(bench.resources).rows
    if not through and (pair := drug_and_end(graph, first.row, second.row)):
        return _mechanisms(pair, first, second, bench, k)
    found = paths_between(graph, first.row, second.row, through=through, k=k, hidden=hidden)
    told = (path_evidence(path, first, second, graph=graph) for path in found.best)
    evidence = tuple(item for item in told if item.score >= MIN_SCORE)
    by = f" by way of {', '.join(through)}" if through else ""
    names = f"{graph.name_of(first.row)} and {graph.name_of(second.row)}"
    if not evidence:
        return Found(note=f"No recorded path joins {names}{by}.")
    return Found(evidence, found.total, _cut(found))


def _mechanisms(
    pair: tuple[int, int], first: Anchor, second: Anchor, bench: Workbench, k: int
) -> Found:
    """How a drug may work on a disease or sign, by way of its main targets."""
    graph, (drug, other) = bench.graph, pair
    hidden = hidden_of(bench.resources).rows
    found = mechanism_paths(drug, other, bench.resources, k=k, hidden=hidden)
    forward = drug == first.row
    paths = found.paths.best if forward else backward(found.paths.best)
    evidence = [path_evidence(path, first, second, graph=graph) for path in paths]
    evidence += [
        path_evidence(path, first if forward else second, graph=graph) for path in found.dead_ends
    ]
    if not evidence:
        names = f"{graph.name_of(first.row)} and {graph.name_of(second.row)}"
        return Found(note=f"No recorded path joins {names}.")
    ends = ", ".join(graph.name_of(path.nodes[-1]) for path in found.dead_ends)
    note = f"No recorded path leads from {ends} to {graph.name_of(other)}." if ends else ""
    total = found.paths.total + len(found.dead_ends)
    return Found(tuple(evidence), total, " ".join(filter(None, (note, _cut(found.paths)))))


def _along(
    start: str, bench: Workbench, through: list[NodeType], to: NodeType | None, k: int
) -> Found:
    """Where a chain of types leads from an input, or from the nearest relative with such facts."""
    if to is None and not through:
        raise ToolError("kg_paths needs `end`, or `to`: a type, with the types on the way")
    types = [*through, *([] if to is None else [to])]
    given = subject_of(start, bench)
    graph, hidden = bench.graph, hidden_of(bench.resources).rows
    tried = []
    for first in anchors_of(given, bench.resources):
        found = paths_along(graph, first.row, types[:-1], types[-1], k=k, hidden=hidden)
        if found.best:
            evidence = tuple(path_evidence(path, first, graph=graph) for path in found.best)
            return Found(evidence, found.total, _cut(found))
        tried.append(graph.name_of(first.row))
    if not tried:
        return _unknown(given)
    names = " or ".join(tried[:NAMED])
    return Found(note=f"No recorded facts lead from {names} to {', '.join(types)}.")


def _cut(found: Paths) -> str:
    return CUT if found.cut else ""
