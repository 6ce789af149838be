"""What the knowledge graph records of a node."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

from pydantic import Field

from bbqa.errors import ToolError
from bbqa.retrieve import best_evidence
from bbqa.retrieve.facts import facts_about
from bbqa.schema import Input, NodeType, Relation
from bbqa.subject import node_of, subject_of
from bbqa.workbench import Found, Workbench


def kg_facts(
    what: Annotated[str, Field(description="A name, an id, or the label of an input.")],
    bench: Workbench,
    *,
    to: Annotated[
        list[NodeType], Field(max_length=10, description="Types of related things; empty for all.")
    ] = [],  # noqa: B006 - a schema shows it to models, and nothing changes it
    relation: Annotated[
        Relation | None, Field(description="Only facts of this relation; leave out for all.")
    ] = None,
    k: Annotated[int, Field(ge=1, le=20, description="How many facts.")] = 8,
) -> Found:
    """List recorded facts of a named protein, drug, disease, process or other known thing.

    Every fact has its source. Use `to` for the type that is asked for: drugs, diseases,
    pathways, proteins. Nothing is predicted here.
    """
    given = subject_of(what, bench)
    row, how = _node(given, bench)
    wanted = list(dict.fromkeys(to)) or list(NodeType)
    candidates = facts_about(
        row,
        wanted,
        bench.resources,
        about=given.label,
        because=how,
        relations=None if relation is None else {relation},
    )
    found = best_evidence(
        candidates,
        to and wanted,
        bench.resources,
        question=bench.question,
        k=k,
        named=bench.named_beside(given),
    )
    evidence = tuple(replace(item, number=0) for item in found)
    total = len({candidate.row for candidate in candidates})
    return Found(evidence, total, "" if evidence else _nothing(bench, row, to, relation))


def _node(given: Input, bench: Workbench) -> tuple[int, str]:
    """The row of the node that an input is, and how that is known."""
    node = node_of(given, bench.resources)
    if node is None:
        raise ToolError(
            f"{given.label} is not in the graph, so nothing is recorded of it: "
            f'call biobridge_search with input "{given.label}"'
        )
    return node


def _nothing(bench: Workbench, row: int, to: list[NodeType], relation: Relation | None) -> str:
    """That nothing is recorded, and of what."""
    name = bench.graph.name_of(row)
    limits = [f"with {' or '.join(to)}"] if to else []
    limits += [f"by the relation {relation}"] if relation else []
    return " ".join([f"No fact is recorded that joins {name}", *limits]) + "."
