"""Evidence about a molecule: which compound it is, which it resembles, and what follows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from functools import partial
from typing import TYPE_CHECKING

from bbqa.kg.describe import predicate
from bbqa.kg.graph import Graph
from bbqa.retrieve import visible
from bbqa.retrieve.facts import facts_about, specificity, triple_about
from bbqa.retrieve.forms import facts_of_forms
from bbqa.retrieve.fuse import Candidate
from bbqa.retrieve.identity import How
from bbqa.retrieve.kin import Kin, analogy, kin_words, kinship
from bbqa.retrieve.predicted import about_inferred
from bbqa.retrieve.similarity import METHOD, Analogue, likeness
from bbqa.schema import (
    Certainty,
    Evidence,
    Input,
    InputRelation,
    Kind,
    Kinship,
    NodeType,
    Relation,
    Status,
    Triple,
    Value,
)

if TYPE_CHECKING:
    from bbqa.resources import Resources

SHOWN_ANALOGUES = 3
INFERENCE_TRUST = 0.6
_LENT = {
    Relation.DRUG_PROTEIN: NodeType.PROTEIN,
    Relation.DRUG_ROLE: NodeType.ROLE,
    Relation.DRUG_CLASS: NodeType.DRUG_CLASS,
}
"""What an analogue lends: relation, and the type of the node at its other end."""


def about_molecule(
    given: Input,
    types: Collection[NodeType],
    resources: Resources,
    *,
    speculative: bool = True,
) -> list[Candidate]:
    """All candidates for one molecule, unranked.

    Args:
        given: The molecule, standardised.
        types: Types of nodes that are asked for.
        resources: Graph, fingerprint index and, if there is one, the bridge; and what must not
            be seen of them.
        speculative: Whether predictions that are not sure are wanted too.
    """
    known = _about_identical(given, types, resources)
    if any(not c.leads for c in known):
        return known
    own = {c.row for c in known}
    others = [a for a in visible.analogues(given, resources) if a.node not in own]
    shown = _shown(given, others, resources.graph, lead=not known)
    if not resources.uses_bridge:
        return [*known, *shown, *_lent(given, others, types, resources)]
    relatives = visible.relatives(given, resources)
    kin = _kin(given, others, resources)
    inferred = about_inferred(
        given, relatives, kin, types, resources, speculative=speculative, known=known
    )
    return [*known, *shown, *inferred]


def _about_identical(
    given: Input, types: Collection[NodeType], resources: Resources
) -> list[Candidate]:
    """The compound itself; failing that, one with the same skeleton, which then only lends."""
    graph = resources.graph
    matches = visible.same_molecules(given, resources)
    if not matches:
        return []
    rows = [match.node for match in matches if match.node is not None]
    how = matches[0].how
    if how is How.STEREO_DIFFERS:
        verb, status = "has the same skeleton, with other stereochemistry, as", Status.INFERRED
        kin = kinship(_id_and_name(graph, rows[0]), Kinship.STEREOISOMER, given.label)
        subject = f"{graph.name_of(rows[0])}, {kin_words(kin)},"
    else:
        verb, status, subject, kin = "is", Status.CURATED, "", None
    evidence = Evidence(
        number=0,
        statement=f"{given.label} {verb} {_title(graph, rows[0])}",
        kind=Kind.IDENTITY,
        status=status,
        source="InChIKey",
        release=given.digest,
        nodes=tuple(graph.node_id(row) for row in rows),
        type=NodeType.DRUG,
        score=1.0,
        because=how,
        about=given.label,
        triple=_identical(given, rows[0], how, graph),
    )
    facts = facts_about(
        rows[0],
        types,
        resources,
        about=given.label,
        because=how,
        subject=subject,
        status=status,
        kin=kin,
    )
    if how is not How.STEREO_DIFFERS:
        facts += facts_of_forms(rows[0], types, resources, about=given.label)
    return [Candidate(evidence, rows[0], 1.0, leads=True), *facts]


def _identical(given: Input, row: int, how: How, graph: Graph) -> Triple:
    """That an input is a drug, or a stereoisomer of one."""
    differs = how is How.STEREO_DIFFERS
    node, name = _id_and_name(graph, row)
    return Triple(
        given.label,
        InputRelation.STEREOISOMER if differs else InputRelation.IS,
        node,
        head_name=given.label,
        tail_name=name,
        values=() if differs else (Value("identity", 100, "%"),),
    )


def _shown(
    given: Input, analogues: Sequence[Analogue], graph: Graph, *, lead: bool
) -> list[Candidate]:
    """The nearest analogues; the first of them leads, if nothing else does."""
    return [
        Candidate(
            analogue_evidence(given, analogue, graph), analogue.node, leads=lead and rank == 0
        )
        for rank, analogue in enumerate(analogues[:SHOWN_ANALOGUES])
    ]


def analogue_evidence(given: Input, analogue: Analogue, graph: Graph) -> Evidence:
    """How near an analogue is to an input, in words."""
    return Evidence(
        number=0,
        statement=(
            f"{given.label} resembles {_title(graph, analogue.node)} ({likeness(analogue)})"
        ),
        kind=Kind.SIMILARITY,
        status=Status.INFERRED,
        source=METHOD,
        release="RDKit",
        nodes=(graph.node_id(analogue.node),),
        type=NodeType.DRUG,
        score=analogue.similarity,
        because=likeness(analogue),
        about=given.label,
        triple=Triple(
            given.label,
            InputRelation.RESEMBLES,
            graph.node_id(analogue.node),
            via=Kinship.ANALOGUE,
            head_name=given.label,
            tail_name=graph.name_of(analogue.node),
            values=(Value("Tanimoto", round(analogue.similarity, 2)),),
        ),
    )


def _kin(given: Input, analogues: Sequence[Analogue], resources: Resources) -> list[Kin]:
    """The nearest analogues, of which facts can be told."""
    return [
        Kin(near=analogue.similarity, facts=partial(_facts_of_analogue, given, analogue, resources))
        for analogue in analogues
    ]


def _facts_of_analogue(
    given: Input, analogue: Analogue, resources: Resources, types: Collection[NodeType]
) -> list[Candidate]:
    """What is recorded of an analogue: said of it, not of the input."""
    itself = _id_and_name(resources.graph, analogue.node)
    kin = analogy(given.label, analogue, itself)
    return facts_about(
        analogue.node,
        types,
        resources,
        about=given.label,
        because=likeness(analogue),
        subject=f"{itself[1]}, {kin_words(kin)},",
        status=Status.INFERRED,
        kin=kin,
    )


def _lent(
    given: Input,
    analogues: Sequence[Analogue],
    types: Collection[NodeType],
    resources: Resources,
) -> list[Candidate]:
    """Targets, roles and classes that the analogues share, by votes weighted by Tanimoto."""
    lenders: dict[tuple[Relation, int], list[Analogue]] = defaultdict(list)
    for analogue in analogues:
        for relation, node_type in _LENT.items():
            if node_type in types:
                for row in visible.neighbours(analogue.node, relation, resources):
                    lenders[relation, row].append(analogue)
    total = sum(a.similarity for a in analogues)
    return [
        _shared(given, resources.graph, lent, group, sum(a.similarity for a in group) / total)
        for lent, group in lenders.items()
    ]


def _shared(
    given: Input, graph: Graph, lent: tuple[Relation, int], group: Sequence[Analogue], vote: float
) -> Candidate:
    relation, row = lent
    names = " and ".join(graph.name_of(a.node) for a in group[:3])
    as_do = "as does" if len(group) == 1 else "as do"
    best = group[0]
    evidence = Evidence(
        number=0,
        statement=f"{given.label} probably {predicate(graph, relation, row)}, {as_do} {names}",
        kind=Kind.SIMILARITY,
        status=Status.INFERRED,
        source=f"{len(group)} of its nearest analogues",
        release="RDKit",
        nodes=(graph.node_id(row), *(graph.node_id(a.node) for a in group[:3])),
        type=graph.type_of(row),
        score=INFERENCE_TRUST * best.similarity * (0.5 + 0.5 * vote),
        because=f"{likeness(best)} to {graph.name_of(best.node)}",
        about=given.label,
        triple=triple_about(
            (given.label, given.label), relation, row, graph, certainty=Certainty.PROBABLE
        ),
        also=tuple(
            triple_about(_id_and_name(graph, a.node), relation, row, graph, via=Kinship.ANALOGUE)
            for a in group[:3]
        ),
    )
    return Candidate(evidence, row, specificity(graph, row))


def _id_and_name(graph: Graph, row: int) -> tuple[str, str]:
    return graph.node_id(row), graph.name_of(row)


def _title(graph: Graph, row: int) -> str:
    """A drug as a person knows it: ``Imatinib (DB00619)``."""
    return f"{graph.name_of(row)} ({graph.node_id(row)})"
