"""An input becomes ranked evidence: identity, homology or analogy, the graph's facts, text."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Final

from bbqa.kg.ends import GROUPS, are_related
from bbqa.retrieve.facts import facts_about
from bbqa.retrieve.forms import facts_of_forms
from bbqa.retrieve.fuse import Candidate, fuse
from bbqa.retrieve.molecules import about_molecule
from bbqa.retrieve.proteins import about_protein
from bbqa.retrieve.text import about_text
from bbqa.retrieve.visible import is_visible
from bbqa.schema import Evidence, Hit, Input, Modality, NodeType, Question

if TYPE_CHECKING:
    from bbqa.kg.graph import Graph
    from bbqa.resources import Resources


MIN_VOTE = 0.6
"""Least share of the homologues' votes for "probably". Of functions carried over to human proteins
whose own entry was hidden, 92 % were recorded of them at a share of .8 and more, 79 % from .6 to
.8, 48 % from .4 to .6, and 2 % below .2; with homologues above 30 % identity hidden as well it was
86, 51, 26 and 5 %. Where there is a bridge for the graph, its calibrated probabilities decide."""

MAX_KINDS: Final = 200
"""Kinds of a named class whose facts are told where it has none itself."""


def retrieve(
    question: Question,
    wanted: Sequence[NodeType],
    resources: Resources,
    *,
    k: int,
    named: Collection[int] = (),
) -> list[Evidence]:
    """The best ``k`` items of evidence for a question, numbered 1 … k.

    Evidence rests on the inputs and on what the question names. Only where there is neither, or
    no relation could ever join what is named to what is asked for, are descriptions searched for
    the question's words: about a protein of which nothing is known, that would be a guess.

    Args:
        question: The question with its subjects.
        wanted: Node types that are asked for, most wanted first.
        resources: What is opened.
        k: Items at most.
        named: Rows of what else the question names; what is found of these comes first.
    """
    candidates = [
        candidate
        for given in question.inputs
        for candidate in trusted_candidates(given, wanted, resources)
        or about_kinds(given, wanted, resources)
    ]
    if not candidates and not _may_be_recorded(question, wanted, resources.graph):
        candidates += about_text(question.text, wanted, resources)
    return best_evidence(candidates, wanted, resources, question=question.text, k=k, named=named)


def _may_be_recorded(question: Question, wanted: Sequence[NodeType], graph: Graph) -> bool:
    """Whether an input could have an edge to something of a wanted type."""
    rows = [graph.row(i.value) for i in question.inputs if i.modality is Modality.ENTITY]
    if len(rows) < len(question.inputs):
        return True
    named = {graph.type_of(row) for row in rows if row is not None}
    return any(are_related(one, other) for one in named for other in wanted)


def trusted_candidates(
    given: Input, types: Collection[NodeType], resources: Resources
) -> list[Candidate]:
    """What is known or follows of one input surely enough to be told in an answer."""
    speculative = resources.settings.speculative
    return candidates_for(given, types, resources, min_vote=MIN_VOTE, speculative=speculative)


def best_evidence(
    candidates: Sequence[Candidate],
    wanted: Sequence[NodeType],
    resources: Resources,
    *,
    question: str,
    k: int,
    named: Collection[int] = (),
) -> list[Evidence]:
    """The best ``k`` of the candidates for a question in words, numbered 1 … k.

    Without a question they are ranked by what they say and how far they are to be trusted.
    """
    near = resources.similarity_to(question) if question else (lambda _row: 0.0)
    chosen = fuse(
        candidates,
        wanted=wanted,
        k=k,
        similarity=near,
        ancestors=resources.graph.ancestors,
        named=named,
    )
    return [candidate.evidence for candidate in chosen]


def candidates_for(
    given: Input,
    types: Collection[NodeType],
    resources: Resources,
    *,
    min_vote: float = 0.0,
    speculative: bool = True,
) -> list[Candidate]:
    """All that is known or follows of one input, unranked; nothing that is hidden."""
    match given.modality:
        case Modality.PROTEIN:
            found = about_protein(
                given, types, resources, min_vote=min_vote, speculative=speculative
            )
        case Modality.MOLECULE:
            found = about_molecule(given, types, resources, speculative=speculative)
        case Modality.ENTITY:
            found = about_entity(given, types, resources)
    return [candidate for candidate in found if is_visible(candidate.row, resources)]


def about_entity(
    given: Input, types: Collection[NodeType], resources: Resources
) -> list[Candidate]:
    """What the graph says of a node that was named."""
    row = resources.graph.row(given.value)
    if row is None:
        return []
    because = f"named: {given.given}"
    return [
        *facts_about(row, types, resources, about=given.label, because=because),
        *facts_of_forms(row, types, resources, about=given.label),
    ]


def about_kinds(given: Input, types: Collection[NodeType], resources: Resources) -> list[Candidate]:
    """What the graph says of the kinds of a class or role that was named.

    A class of drugs may have its drugs in subclasses alone; what is in these is in it.
    """
    graph = resources.graph
    row = graph.row(given.value) if given.modality is Modality.ENTITY else None
    if row is None or graph.type_of(row) not in GROUPS:
        return []
    return [
        candidate
        for kind in _kinds(row, graph)
        for candidate in facts_about(
            kind,
            set(types) - GROUPS,
            resources,
            about=given.label,
            because=f"named: {given.given}",
            subject=f"{graph.name_of(kind)}, a kind of {graph.name_of(row)},",
        )
        if is_visible(candidate.row, resources)
    ]


def _kinds(row: int, graph: Graph) -> list[int]:
    """What is less general than a node, the nearest first, at most ``MAX_KINDS``."""
    own = len(graph.ancestors(row))
    kinds = [int(one) for one in graph.rows_of(graph.type_of(row)) if row in graph.ancestors(one)]
    return sorted(kinds, key=lambda one: (len(graph.ancestors(one)) - own, one))[:MAX_KINDS]


def rank_nodes(given: Input, node_type: NodeType, resources: Resources, *, k: int) -> list[Hit]:
    """The ``k`` nodes of one type that belong to an input most surely, best first.

    For proteins asked for by a protein these are itself and its homologues, then its partners.
    """
    found = candidates_for(given, {node_type}, resources)
    candidates = [c for c in found if c.evidence.type is node_type]
    best: dict[str, Hit] = {}
    for candidate in sorted(candidates, key=lambda c: (not c.leads, -_strength(c))):
        hit = _hit(candidate, resources)
        best.setdefault(hit.id, hit)
    return list(best.values())[:k]


def _strength(candidate: Candidate) -> float:
    """Trust first; among equals, what says more."""
    return round(candidate.evidence.score, 2) + 0.2 * candidate.specificity


def _hit(candidate: Candidate, resources: Resources) -> Hit:
    evidence, graph = candidate.evidence, resources.graph
    if candidate.row >= 0:
        node_id, name = graph.node_id(candidate.row), graph.name_of(candidate.row)
    else:
        node_id = name = evidence.nodes[0]
    return Hit(
        id=node_id,
        name=name,
        type=evidence.type,
        score=round(evidence.score, 4),
        probability=evidence.probability,
        kind=evidence.kind,
        status=evidence.status,
        because=evidence.because,
        speculative=evidence.speculative,
    )
