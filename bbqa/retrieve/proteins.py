"""Evidence about a protein: who it is, whom it resembles, and what follows from that."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import partial
from typing import TYPE_CHECKING

from bbqa.kg.describe import predicate
from bbqa.kg.evidence import trust
from bbqa.kg.graph import Graph
from bbqa.kg.sequences import Protein
from bbqa.retrieve import visible
from bbqa.retrieve.alignment import METHOD, Homologue, closeness, percent
from bbqa.retrieve.facts import facts_about, is_informative, specificity, triple_about
from bbqa.retrieve.fuse import Candidate
from bbqa.retrieve.identity import How
from bbqa.retrieve.kin import Kin, facts_of_kin, homology, kin_words
from bbqa.retrieve.predicted import about_inferred, implied_by
from bbqa.retrieve.relatives import CLOSE_EVALUE
from bbqa.retrieve.transfer import Transferred, transfer
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

ENOUGH_FACTS = 3
"""With this many facts of the kinds asked for, an identified protein needs no homologues."""
CLOSE_IDENTITY, CLOSE_COVERAGE = 0.4, 0.7
"""A human homologue at least this close may stand for a protein on a path through the graph."""
HOMOLOGUES_READ = 50
"""Homologues that are gone through until one has anything recorded."""
SHOWN_HOMOLOGUES = 3
INFERENCE_TRUST = 0.75
"""Trust in a function that all homologues share, against 1 for an experiment on the protein."""

_ANNOTATORS = ("GOA", "UniProt")

RELATION_OF_TERM = {
    NodeType.MOLECULAR_FUNCTION: Relation.MOLFUNC_PROTEIN,
    NodeType.BIOLOGICAL_PROCESS: Relation.BIOPROCESS_PROTEIN,
    NodeType.CELLULAR_COMPONENT: Relation.CELLCOMP_PROTEIN,
}


def about_protein(
    given: Input,
    types: Collection[NodeType],
    resources: Resources,
    *,
    min_vote: float = 0.0,
    speculative: bool = True,
) -> list[Candidate]:
    """All candidates for one protein sequence, unranked.

    Args:
        given: The protein.
        types: Types of nodes that are asked for.
        resources: Graph, alignment index and, if there is one, the bridge; and what must not be
            seen of them.
        min_vote: Least share of the homologues' votes for a function to be carried over; where a
            bridge tells probabilities, those decide instead.
        speculative: Whether predictions that are not sure are wanted too.
    """
    same = [match.number for match in visible.same_proteins(given, resources)]
    known = _about_identical(given, [resources.graph.sequences[i] for i in same], types, resources)
    if sum(not c.leads for c in known) >= ENOUGH_FACTS or (known and not types):
        return known
    if resources.uses_bridge:
        relatives = visible.relatives(given, resources)
        close = [h for h in relatives.homologues if h.evalue <= CLOSE_EVALUE and h.row not in same]
        shown = _shown(given, close, resources.graph, lead=not same)
        kin = _kin(given, close, resources)
        inferred = about_inferred(
            given, relatives, kin, types, resources, speculative=speculative, known=known
        )
        return [*known, *shown, *inferred]
    others = [h for h in visible.homologues(given, resources) if h.row not in same]
    return known + _about_homologues(
        given, others, types, resources, lead=not same, min_vote=min_vote
    )


def _about_identical(
    given: Input, proteins: Sequence[Protein], types: Collection[NodeType], resources: Resources
) -> list[Candidate]:
    """Who the protein is, and what is recorded of it: of the first, should several be identical."""
    if not proteins:
        return []
    graph, first = resources.graph, proteins[0]
    same = tuple(_identical(given, protein, graph) for protein in proteins[:4])
    names = " and ".join(title_of(graph, protein) for protein in proteins[:4])
    identity = Evidence(
        number=0,
        statement=f"{given.label} ({len(given.value)} residues) is identical to {names}",
        kind=Kind.IDENTITY,
        status=Status.CURATED,
        source=_sequence_source(first),
        release=str(graph.manifest.get("sequences_release", "")),
        nodes=tuple(protein.accession for protein in proteins[:4]),
        type=NodeType.PROTEIN,
        score=1.0,
        because=How.SEQUENCE,
        about=given.label,
        triple=same[0],
        also=same[1:],
    )
    lead = Candidate(identity, -1 if first.node is None else first.node, 1.0, leads=True)
    if first.node is None:
        terms = recorded_terms(given, first, types, resources, subject=_short(first))
        return [lead, *terms]
    facts = facts_about(first.node, types, resources, about=given.label, because=How.SEQUENCE)
    return [lead, *facts]


def _identical(given: Input, protein: Protein, graph: Graph) -> Triple:
    """That an input is a protein, residue by residue."""
    values = (Value("length", len(given.value), "residues"), Value("identity", 100, "%"))
    return Triple(
        given.label,
        InputRelation.IS,
        protein.accession,
        head_name=given.label,
        tail_name=_short(protein),
        synonyms=_also_called(graph, protein),
        values=values,
    )


def _sequence_source(protein: Protein) -> str:
    """Where a sequence is from; annotators such as GOA annotate UniProt's sequences."""
    return "UniProt sequence" if protein.source.startswith(_ANNOTATORS) else protein.source


def recorded_terms(
    given: Input,
    protein: Protein,
    types: Collection[NodeType],
    resources: Resources,
    *,
    subject: str,
    because: str = How.SEQUENCE,
    status: Status = Status.CURATED,
    kin: Triple | None = None,
) -> list[Candidate]:
    """The recorded functions of a protein of another species, said of ``subject``."""
    graph = resources.graph
    itself, via = (protein.accession, _short(protein)), "" if kin is None else kin.via
    return [
        Candidate(
            Evidence(
                number=0,
                statement=f"{subject} {predicate(graph, _relation(graph, row), row)}",
                kind=Kind.FACT,
                status=status,
                source=f"{protein.source}, {code or 'evidence code not recorded'}",
                release=protein.release,
                nodes=(protein.accession, graph.node_id(row)),
                type=graph.type_of(row),
                score=0.9 * trust(code),
                because=because,
                about=given.label,
                triple=triple_about(itself, _relation(graph, row), row, graph, via=via),
                also=() if kin is None else (kin,),
            ),
            row,
            specificity(graph, row),
        )
        for row, code in protein.terms
        if graph.type_of(row) in types
        and is_informative(graph, row)
        and visible.is_visible(row, resources)
    ]


def _about_homologues(
    given: Input,
    homologues: Sequence[Homologue],
    types: Collection[NodeType],
    resources: Resources,
    *,
    lead: bool,
    min_vote: float,
) -> list[Candidate]:
    graph = resources.graph
    shown = _shown(given, homologues, graph, lead=lead)
    voted = transfer(homologues, resources.terms_of, ancestors=graph.ancestors)
    functions = [
        _transferred(given, item, graph)
        for item in voted
        if item.score >= min_vote
        and graph.type_of(item.node) in types
        and is_informative(graph, item.node)
    ]
    told = implied_by(functions, graph)
    kin = _kin(given, homologues, resources)
    return [*shown, *functions, *facts_of_kin(kin, types, told=told)]


def _shown(
    given: Input, homologues: Sequence[Homologue], graph: Graph, *, lead: bool
) -> list[Candidate]:
    """The nearest homologues; the first of them leads, if nothing else does."""
    return [
        Candidate(
            homologue_evidence(given, homologue, graph),
            _row(graph, homologue),
            leads=lead and rank == 0,
        )
        for rank, homologue in enumerate(homologues[:SHOWN_HOMOLOGUES])
    ]


def _row(graph: Graph, homologue: Homologue) -> int:
    """Row of a homologue's node, -1 for a protein that has none; as ``sequences.node`` has it."""
    return int(graph.sequences.node[homologue.row])


def homologue_evidence(given: Input, homologue: Homologue, graph: Graph) -> Evidence:
    """How near a homologue is to an input, in words."""
    protein = graph.sequences[homologue.row]
    return Evidence(
        number=0,
        statement=(
            f"{given.label} ({len(given.value)} residues) is {percent(homologue.identity)} % "
            f"identical to {title_of(graph, protein)} over {percent(homologue.query_coverage)} % "
            "of its length"
        ),
        kind=Kind.ALIGNMENT,
        status=Status.INFERRED,
        source=METHOD,
        release=str(graph.manifest.get("sequences_release", "")),
        nodes=(protein.accession,),
        type=NodeType.PROTEIN,
        score=homologue.near,
        because=closeness(homologue),
        about=given.label,
        triple=_aligned(given, homologue, graph),
    )


def _aligned(given: Input, homologue: Homologue, graph: Graph) -> Triple:
    """How near a homologue is to an input."""
    protein = graph.sequences[homologue.row]
    values = (
        Value("identity", float(percent(homologue.identity)), "%"),
        Value("coverage", float(percent(homologue.query_coverage)), "%"),
        Value("length", len(given.value), "residues"),
    )
    return Triple(
        given.label,
        InputRelation.RESEMBLES,
        protein.accession,
        via=Kinship.HOMOLOGUE,
        head_name=given.label,
        tail_name=_short(protein),
        synonyms=_also_called(graph, protein),
        values=values,
    )


def _transferred(given: Input, item: Transferred, graph: Graph) -> Candidate:
    best = item.support[0]
    evidence = Evidence(
        number=0,
        statement=(
            f"{given.label} probably {predicate(graph, _relation(graph, item.node), item.node)}"
        ),
        kind=Kind.ALIGNMENT,
        status=Status.INFERRED,
        source=f"{item.n_support} of {item.n_neighbours} homologues",
        release=str(graph.manifest.get("sequences_release", "")),
        nodes=(graph.node_id(item.node), *(h.accession for h in item.support)),
        type=graph.type_of(item.node),
        score=INFERENCE_TRUST * item.score,
        because=closeness(best),
        about=given.label,
        triple=triple_about(
            (given.label, given.label),
            _relation(graph, item.node),
            item.node,
            graph,
            certainty=Certainty.PROBABLE,
        ),
    )
    return Candidate(evidence, item.node, specificity(graph, item.node))


def _kin(given: Input, homologues: Sequence[Homologue], resources: Resources) -> list[Kin]:
    """The nearest homologues, of which facts can be told."""
    return [
        Kin(near=homologue.near, facts=partial(_facts_of_homologue, given, homologue, resources))
        for homologue in homologues[:HOMOLOGUES_READ]
    ]


def _facts_of_homologue(
    given: Input, homologue: Homologue, resources: Resources, types: Collection[NodeType]
) -> list[Candidate]:
    """What is recorded of a homologue: said of it, not of the input."""
    graph = resources.graph
    protein = graph.sequences[homologue.row]
    kin = homology(given.label, homologue, (protein.accession, _short(protein)))
    subject = f"{_short(protein)}, {kin_words(kin)},"
    because = closeness(homologue)
    if protein.node is None:
        return recorded_terms(
            given,
            protein,
            types,
            resources,
            subject=subject,
            because=because,
            status=Status.INFERRED,
            kin=kin,
        )
    return facts_about(
        protein.node,
        types,
        resources,
        about=given.label,
        because=because,
        subject=subject,
        status=Status.INFERRED,
        kin=kin,
    )


def title_of(graph: Graph, protein: Protein) -> str:
    """A protein as a person knows it: ``EGFR (P00533, Epidermal growth factor receptor)``."""
    inside = ", ".join((protein.accession, *_also_called(graph, protein)))
    return f"{protein.symbol} ({inside})" if protein.symbol else f"{inside}"


def _also_called(graph: Graph, protein: Protein) -> tuple[str, ...]:
    """A protein's full name, if it is known."""
    if protein.name or protein.node is None:
        return (protein.name,) if protein.name else ()
    return graph.node(protein.node).synonyms[:1]


def _short(protein: Protein) -> str:
    return protein.symbol or protein.accession


def _relation(graph: Graph, row: int) -> Relation:
    return RELATION_OF_TERM[graph.type_of(row)]
