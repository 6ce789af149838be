"""What a node is: names, definition, main facts."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Final

from pydantic import Field

from bbqa.card import defined_by, definition, identity_of
from bbqa.errors import ToolError
from bbqa.fasta import printable
from bbqa.retrieve import best_evidence
from bbqa.retrieve.facts import facts_about
from bbqa.schema import Evidence, Input, Kind, Modality, NodeType, Status
from bbqa.subject import node_of, subject_of
from bbqa.workbench import Found, Workbench

MAX_DEFINITION: Final = 300
"""Characters of a definition."""


def describe(
    name: Annotated[str, Field(description="A name, an id, or the label of an input.")],
    bench: Workbench,
    *,
    k: Annotated[int, Field(ge=1, le=20, description="How many items.")] = 8,
) -> Found:
    """Say what a protein, drug, disease, process, pathway or other known thing is.

    Use it for "What is X?": its other names and id, its definition, its main facts.
    """
    given = subject_of(name, bench)
    node = node_of(given, bench.resources)
    if node is None:
        raise ToolError(
            f"{given.label} is not in the graph, so it cannot be described: "
            f'call biobridge_search with input "{given.label}"'
        )
    row, how = node
    facts = facts_about(row, list(NodeType), bench.resources, about=given.label, because=how)
    label = "" if given.modality is Modality.ENTITY else given.label
    itself = identity_of(bench.graph, row, because=how, about=given.label, label=label)
    first = [itself, *_definition(given, row, how, bench)][:k]
    # Ranked without the question: a description is the same whatever it is asked for.
    main = best_evidence(facts, (), bench.resources, question="", k=k - len(first))
    evidence = (*first, *(replace(item, number=0) for item in main))
    return Found(evidence, total=len(first) + len({fact.row for fact in facts}))


def _definition(given: Input, row: int, how: str, bench: Workbench) -> list[Evidence]:
    """The first sentence of the node's definition, if it has one."""
    graph = bench.graph
    text = _first_sentence(definition(row, bench.resources))
    source, release = defined_by(graph, row)
    evidence = Evidence(
        number=0,
        statement=f"{graph.name_of(row)} is defined as: {text}",
        kind=Kind.DEFINITION,
        status=Status.CURATED,
        source=source,
        release=release,
        nodes=(graph.node_id(row),),
        type=graph.type_of(row),
        score=1.0,
        because=how,
        about=given.label,
    )
    return [evidence] if text else []


def _first_sentence(text: str) -> str:
    """The first sentence on one line without its full stop, cut between words if it is long."""
    first = printable(text, len(text)).partition(". ")[0].rstrip(". ")
    if len(first) <= MAX_DEFINITION:
        return first
    return first[:MAX_DEFINITION].rpartition(" ")[0] + " …"
