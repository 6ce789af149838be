"""What the graph says of a node, and how far each of its sources can be trusted."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from bbqa.kg.describe import statement
from bbqa.kg.graph import Fact, Graph
from bbqa.retrieve.fuse import Candidate
from bbqa.schema import Evidence, Kind, NodeType, Relation, Status

_EXPERIMENTAL = "EXP IDA IPI IMP IGI IEP HTP HDA HMP HGI HEP PCS"
_TRUST = {
    **dict.fromkeys(_EXPERIMENTAL.split(), 1.0),
    **dict.fromkeys("TAS IC".split(), 0.9),
    **dict.fromkeys("IBA IBD IKR IRD ISS ISO ISA ISM IGC RCA".split(), 0.75),
    "NAS": 0.6,
    "GeneRIF": 0.55,
    "IEA": 0.6,
    "ND": 0.0,
}
"""How far an evidence code can be trusted, in [0, 1]: experiments, then statements of authors and
curators, then what was carried over by sequence or by machine.

Source: the groups of the Guide to GO evidence codes (geneontology.org); HPO's PCS is a published
clinical study. The order is theirs, the numbers are a choice.
"""
_TRUST_UNRECORDED = 0.7
_UNINFORMATIVE = frozenset({"GO:0003674", "GO:0005575", "GO:0008150", "GO:0005515", "GO:0005488"})
"""The three roots of the Gene Ontology, "protein binding" and "binding": true of anything."""


def trust(evidence: str) -> float:
    """How far an evidence code can be trusted, in [0, 1]."""
    return _TRUST.get(evidence, _TRUST_UNRECORDED)


def facts_about(
    graph: Graph,
    row: int,
    types: Collection[NodeType],
    *,
    about: str,
    because: str,
    subject: str = "",
) -> list[Candidate]:
    """What the graph says of a node, one candidate for each related node of the types asked for.

    Args:
        graph: The knowledge graph.
        row: The node.
        types: Types of related nodes that are wanted.
        about: Label of the input or entity that the node is.
        because: How the node was found ("identical sequence").
        subject: Name to use for the node instead of its own.
    """
    together: dict[tuple[Relation, int], list[Fact]] = defaultdict(list)
    for fact in graph.facts(row):
        other = fact.tail if fact.head == row else fact.head
        if trust(fact.evidence) > 0 and graph.type_of(other) in types:
            together[fact.relation, other].append(fact)
    return [
        _candidate(graph, row, other, facts, about=about, because=because, subject=subject)
        for (_, other), facts in together.items()
        if graph.node_id(other) not in _UNINFORMATIVE
    ]


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


def _candidate(
    graph: Graph,
    row: int,
    other: int,
    facts: Sequence[Fact],
    *,
    about: str,
    because: str,
    subject: str,
) -> Candidate:
    source, release = sources_of(facts)
    evidence = Evidence(
        number=0,
        statement=statement(graph, facts[0], row, subject=subject),
        kind=Kind.FACT,
        status=Status.CURATED,
        source=source,
        release=release,
        nodes=(graph.node_id(row), graph.node_id(other)),
        type=graph.type_of(other),
        score=_joint_trust(facts),
        because=because,
        about=about,
    )
    return Candidate(evidence, other, specificity(graph, other))


def _joint_trust(facts: Sequence[Fact]) -> float:
    """Trust in what several sources say: the best one's, raised a little by every further one."""
    values = sorted((trust(fact.evidence) for fact in facts), reverse=True)
    doubt = 1.0 - 0.9 * values[0]
    for value in values[1:]:
        doubt *= 1.0 - 0.3 * value
    return 1.0 - doubt
