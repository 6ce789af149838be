"""What the graph says of a node."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from bbqa.kg.describe import statement
from bbqa.kg.evidence import trust
from bbqa.kg.graph import Fact, Graph
from bbqa.retrieve import visible
from bbqa.retrieve.fuse import Candidate
from bbqa.retrieve.signals import UNINFORMATIVE
from bbqa.schema import Certainty, Evidence, Kind, NodeType, Relation, Status, Triple

if TYPE_CHECKING:
    from bbqa.resources import Resources


def is_informative(graph: Graph, row: int) -> bool:
    """Whether naming this node says anything: not so for the roots of GO and for "binding"."""
    return graph.node_id(row) not in UNINFORMATIVE


def facts_about(
    row: int,
    types: Collection[NodeType],
    resources: Resources,
    *,
    about: str,
    because: str,
    subject: str = "",
    status: Status = Status.CURATED,
    relations: Collection[Relation] | None = None,
    kin: Triple | None = None,
) -> list[Candidate]:
    """What the graph says of a node, one candidate for each related node of the types asked for.

    Args:
        row: The node.
        types: Types of related nodes that are wanted.
        resources: The graph, and what must not be seen of it.
        about: Label of the input or entity that the node is.
        because: How the node was found ("identical sequence").
        subject: Name to use for the node instead of its own.
        status: Status of the facts as evidence about the input: inferred if the node is only
            like it.
        relations: Ways in which they may be related; any if not given.
        kin: What the node is to the input, where it is only a relative of it.
    """
    graph = resources.graph
    together = trusted_facts(row, types, resources, relations=relations)
    trusts = {other: joint_trust(facts) for (_, other), facts in together.items()}
    worth = telling(graph, trusts)
    return [
        Candidate(
            evidence_of(
                facts,
                row,
                graph,
                about=about,
                because=because,
                subject=subject,
                status=status,
                score=trusts[other],
                kin=kin,
            ),
            other,
            worth[other],
            denies=relation is Relation.DISEASE_PHENOTYPE_ABSENT,
        )
        for (relation, other), facts in together.items()
        if is_informative(graph, other)
    ]


def evidence_of(
    facts: Sequence[Fact],
    row: int,
    graph: Graph,
    *,
    about: str,
    because: str = "",
    subject: str = "",
    status: Status = Status.CURATED,
    score: float | None = None,
    kin: Triple | None = None,
) -> Evidence:
    """One item of evidence from facts of several sources that say the same of a node.

    Args:
        facts: Facts that join ``row`` with the same other node by the same relation.
        row: The node that the sentence is about.
        graph: Their graph.
        about: Label of the input or entity that it is evidence about.
        because: How the node was found.
        subject: Name to use for the node instead of its own.
        status: Status of the facts as evidence about the input.
        score: Trust in what they say; default: ``joint_trust``.
        kin: What the node is to the input, where it is only a relative of it.
    """
    first = facts[0]
    other = first.other(row)
    return Evidence(
        number=0,
        statement=statement(graph, first, row, name=subject),
        kind=Kind.FACT,
        status=status,
        source=sources_of(facts)[0],
        release=sources_of(facts)[1],
        nodes=(graph.node_id(row), graph.node_id(other)),
        type=graph.type_of(other),
        score=joint_trust(facts) if score is None else score,
        because=because,
        about=about,
        triple=triple_of(first, graph, via="" if kin is None else kin.via),
        also=() if kin is None else (kin,),
    )


def triple_of(fact: Fact, graph: Graph, *, via: str = "") -> Triple:
    """What a fact states, in the direction in which the graph stores it."""
    return Triple(
        graph.node_id(fact.head),
        str(fact.relation),
        graph.node_id(fact.tail),
        negated=fact.relation is Relation.DISEASE_PHENOTYPE_ABSENT,
        via=via,
        head_name=graph.name_of(fact.head),
        tail_name=graph.name_of(fact.tail),
    )


def triple_about(
    one: tuple[str, str],
    relation: Relation,
    row: int,
    graph: Graph,
    *,
    is_head: bool = True,
    certainty: Certainty = Certainty.RECORDED,
    via: str = "",
) -> Triple:
    """What is stated of something that need not be a node, and a node.

    Args:
        one: Its id or label, and its name.
        relation: How the two are related.
        row: The node.
        graph: The graph.
        is_head: Whether the first is the relation's head.
        certainty: How surely it holds.
        via: What the first is to the input, where it is only a relative of it.
    """
    other = (graph.node_id(row), graph.name_of(row))
    head, tail = (one, other) if is_head else (other, one)
    return Triple(
        head[0],
        str(relation),
        tail[0],
        negated=relation is Relation.DISEASE_PHENOTYPE_ABSENT,
        certainty=certainty,
        via=via,
        head_name=head[1],
        tail_name=tail[1],
    )


def trusted_facts(
    row: int,
    types: Collection[NodeType],
    resources: Resources,
    *,
    relations: Collection[Relation] | None = None,
) -> dict[tuple[Relation, int], list[Fact]]:
    """All facts that can be trusted at all and seen, by how they join a node with which other."""
    found: dict[tuple[Relation, int], list[Fact]] = defaultdict(list)
    for fact in visible.facts(row, resources, relations=relations):
        other = fact.other(row)
        if trust(fact.evidence, fact.source) > 0 and resources.graph.type_of(other) in types:
            found[fact.relation, other].append(fact)
    return found


def telling(graph: Graph, trusts: Mapping[int, float]) -> dict[int, float]:
    """How much each related node says about a node that has all of them, in [0, 1].

    The geometric mean of two shares: how specific it is, and how central: how much of what else
    is recorded is a kind of it. An odd process seen once is specific, the roots of GO are
    central; what a protein is known for is both.
    """
    mass = dict.fromkeys(trusts, 0.0)
    for row, value in trusts.items():
        for general in (row, *graph.ancestors(row)):
            if general in mass:
                mass[general] += value
    most: dict[NodeType, float] = defaultdict(float)
    for row, value in mass.items():
        most[graph.type_of(row)] = max(most[graph.type_of(row)], value)
    return {
        row: math.sqrt(
            specificity(graph, row) * math.log1p(value) / math.log1p(most[graph.type_of(row)])
        )
        for row, value in mass.items()
    }


def sources_of(facts: Sequence[Fact]) -> tuple[str, str]:
    """Sources with their evidence codes, and releases, of facts that say the same.

    ``("GOA human, IDA/TAS; Reactome", "2019-01; 2020")``.
    """
    codes: dict[str, list[str]] = {}
    for fact in facts:
        codes.setdefault(fact.source, []).append(fact.evidence)
    named = []
    for source, found in codes.items():
        listed = "/".join(sorted({code for code in found if code}))
        named.append(f"{source}, {listed}" if listed else source)
    return "; ".join(named), "; ".join(dict.fromkeys(fact.release for fact in facts))


def specificity(graph: Graph, row: int) -> float:
    """How much naming this node says, in [0, 1].

    For a GO term its information content, as a share of the largest there is; for any other node
    one minus the logarithm of its degree as a share of the largest there is.
    """
    return float(_specificities(graph)[row])


@lru_cache(maxsize=4)
def _specificities(graph: Graph) -> npt.NDArray[np.float32]:
    information = graph.information_content()
    degree = np.bincount(graph.head, minlength=len(graph)) + np.bincount(
        graph.tail, minlength=len(graph)
    )
    rarity = 1.0 - np.log1p(degree) / max(float(np.log1p(degree.max(initial=1))), 1e-9)
    share = information / max(float(information.max(initial=0.0)), 1e-9)
    return np.where(information > 0, share, rarity).astype(np.float32)


def joint_trust(facts: Sequence[Fact]) -> float:
    """Trust in what several sources say: the best one's, raised a little by every further one."""
    values = sorted((trust(fact.evidence, fact.source) for fact in facts), reverse=True)
    doubt = 1.0 - 0.9 * values[0]
    for value in values[1:]:
        doubt *= 1.0 - 0.3 * value
    return 1.0 - doubt
