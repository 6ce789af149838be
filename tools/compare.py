"""What two things have to do with each other, and what they have in common."""

from __future__ import annotations

from dataclasses import replace
from itertools import zip_longest
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from bbqa.acting import acting_of_kin, predicted_acting
from bbqa.anchor import Anchor, anchor_of
from bbqa.errors import ToolError
from bbqa.likeness import molecules_alike, proteins_alike
from bbqa.path_evidence import path_evidence
from bbqa.retrieve.kin import NEAREST
from bbqa.retrieve.paths import Path, direct_links, paths_between
from bbqa.retrieve.visible import hidden_of
from bbqa.schema import Evidence, Input, Kind, Modality, NodeType, Status
from bbqa.subject import as_attached, node_of, subject_of
from bbqa.workbench import Found, Workbench

if TYPE_CHECKING:
    from bbqa.kg.graph import Graph
    from bbqa.resources import Resources

ALL = 1_000_000
"""More things in common than there are."""
LEAST_PROBABLE = 0.1
"""Predictions below this are not worth telling."""
IN_COMMON = (
    NodeType.PATHWAY,
    NodeType.BIOLOGICAL_PROCESS,
    NodeType.MOLECULAR_FUNCTION,
    NodeType.DISEASE,
    NodeType.PROTEIN,
    NodeType.DRUG,
    NodeType.ROLE,
    NodeType.DRUG_CLASS,
    NodeType.CELLULAR_COMPONENT,
    NodeType.PHENOTYPE,
)
"""Types in the order in which they take turns."""


def compare(
    first: Annotated[str, Field(description="Label of an input, or a name.")],
    second: Annotated[str, Field(description="Label of another input, or another name.")],
    bench: Workbench,
    *,
    of: Annotated[
        list[NodeType], Field(max_length=10, description="Types of things in common; empty: all.")
    ] = [],  # noqa: B006 - a schema shows it to models, and nothing changes it
    k: Annotated[int, Field(ge=1, le=20, description="How many things in common.")] = 5,
) -> Found:
    """Compare two things: does this molecule act on this protein, what do two proteins share?

    Two proteins: alignment, whether they interact, functions, diseases and drugs in common. Two
    molecules: similarity, scaffold, targets in common. Says so where nothing is recorded.
    """
    pair = subject_of(first, bench), subject_of(second, bench)
    if pair[0].label == pair[1].label:
        raise ToolError(f"both are {pair[0].label}; compare takes two different things")
    types = tuple(_type_of(given, bench.graph) for given in pair)
    if types == (NodeType.DRUG, NodeType.PROTEIN):
        return _acts(*pair, bench, k)
    if types == (NodeType.PROTEIN, NodeType.DRUG):
        return _acts(*pair[::-1], bench, k)
    return _alike(*pair, of, bench, k)


def _type_of(given: Input, graph: Graph) -> NodeType:
    match given.modality:
        case Modality.PROTEIN:
            return NodeType.PROTEIN
        case Modality.MOLECULE:
            return NodeType.DRUG
    row = graph.row(given.value)
    assert row is not None
    return graph.type_of(row)


# a molecule and a protein


def _acts(drug: Input, protein: Input, bench: Workbench, k: int) -> Found:
    """Whether a molecule acts on a protein: what is recorded; failing that, inferred, predicted."""
    if recorded := _recorded(drug, protein, bench):
        return Found(tuple(recorded), len(recorded))
    kin = acting_of_kin(drug, protein, bench.resources)
    if same := [item for item in kin if item.score >= NEAREST]:
        return Found(tuple(same[:k]), len(same))  # a salt of the drug, or what differs in nothing
    predicted = [
        item
        for item in predicted_acting(drug, protein, bench.resources)
        if item.score >= LEAST_PROBABLE
    ]
    note = f"No record says that {drug.label} acts on {protein.label}."
    if not kin and not predicted:
        note += " Nor is it recorded of anything near enough to them."
    return Found((*predicted, *kin[:k]), len(predicted) + len(kin), note)


def _recorded(first: Input, second: Input, bench: Workbench) -> list[Evidence]:
    """Facts that join the very two."""
    graph = bench.graph
    ends = [anchor_of(given, bench.resources) for given in (first, second)]
    return [
        replace(path_evidence(path, one, other, graph=graph), kind=Kind.FACT, because="recorded")
        for one, other in [ends]
        if one and other and one.exact and other.exact
        for path in direct_links(graph, one.row, other.row)
    ]


# two of a kind


def _alike(first: Input, second: Input, types: list[NodeType], bench: Workbench, k: int) -> Found:
    """What joins two things, how alike they are, and what they have in common."""
    recorded = _recorded(first, second, bench)
    computed = _computed(first, second, bench)
    common, total = _common(first, second, types, bench, k)
    names = f"{first.label} and {second.label}"
    notes = [] if recorded else [f"No record joins {names} directly."]
    if not common:
        notes.append(f"Nothing is recorded that {names} have in common in the same way.")
    evidence = (*recorded, *computed, *common)
    return Found(evidence, len(recorded) + len(computed) + total, " ".join(notes))


def _computed(first: Input, second: Input, bench: Workbench) -> list[Evidence]:
    """How alike two proteins or two molecules are."""
    one, other = (as_attached(given, bench.graph) for given in (first, second))
    if one.modality is other.modality is Modality.PROTEIN:
        found = list(proteins_alike(one, other, bench.resources))
    elif one.modality is other.modality is Modality.MOLECULE:
        found = list(molecules_alike(one, other))
    else:
        return []
    nodes = tuple(_id(given, bench.resources) for given in (first, second))
    return [replace(item, nodes=nodes) for item in found]


def _id(given: Input, resources: Resources) -> str:
    """The id of the node that an input is; its label if it is none."""
    node = node_of(given, resources)
    return given.label if node is None else resources.graph.node_id(node[0])


def _common(
    first: Input, second: Input, types: list[NodeType], bench: Workbench, k: int
) -> tuple[list[Evidence], int]:
    """The best of what two inputs, or what they resemble, are both related to; how much there is.

    Of each type first what the fewest others have; types take turns.
    """
    graph = bench.graph
    one, other = (anchor_of(given, bench.resources) for given in (first, second))
    if one is None or other is None:
        return [], 0
    if one.row == other.row:
        return [_same(one, other, graph)], 1
    by_type = [
        _shared(one, other, node_type, bench.resources)
        for node_type in dict.fromkeys(types or IN_COMMON)
    ]
    in_turn = [path for turn in zip_longest(*by_type) for path in turn if path is not None]
    evidence = [path_evidence(path, one, other, graph=graph) for path in in_turn[:k]]
    return evidence, len(in_turn)


def _shared(one: Anchor, other: Anchor, node_type: NodeType, resources: Resources) -> list[Path]:
    """Paths by way of nodes that both are related to in the same way."""
    hidden = hidden_of(resources).rows
    found = paths_between(
        resources.graph, one.row, other.row, through=[node_type], k=ALL, hidden=hidden
    )
    return [path for path in found.best if path.relations[0] is path.relations[-1]]


def _same(one: Anchor, other: Anchor, graph: Graph) -> Evidence:
    """That two inputs are, or resemble, the same node."""
    exact = one.exact and other.exact
    known = dict.fromkeys(
        anchor.statement(graph)
        for anchor in (one, other)
        if anchor.given.label != graph.name_of(anchor.row)
    )
    return Evidence(
        number=0,
        statement=", and ".join(known),
        kind=Kind.IDENTITY if exact else Kind.SIMILARITY,
        status=Status.CURATED if exact else Status.INFERRED,
        source="; ".join(dict.fromkeys(a.source for a in (one, other) if a.source != "named")),
        release="",
        nodes=(graph.node_id(one.row),),
        type=graph.type_of(one.row),
        score=one.near * other.near,
        because="; ".join(dict.fromkeys((one.because, other.because))),
        about=one.given.label,
        triple=one.triple(graph),
        also=(other.triple(graph),),
    )
