"""What is recorded of a reference protein, what matters most first, and in sentences."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from bbqa.answer.draft import listed
from bbqa.kg.describe import predicate
from bbqa.query.importance import importance
from bbqa.retrieve.facts import facts_about, is_informative, specificity
from bbqa.retrieve.family_agreement import family_agreement, share_of
from bbqa.retrieve.fuse import Candidate
from bbqa.retrieve.proteins import recorded_terms
from bbqa.schema import Evidence, Input, Modality, NodeType, Relation, Status, Triple

if TYPE_CHECKING:
    from bbqa.resources import Resources

FUNCTIONS: Final = (
    NodeType.MOLECULAR_FUNCTION,
    NodeType.BIOLOGICAL_PROCESS,
    NodeType.CELLULAR_COMPONENT,
)
SHOWN: Final = {
    NodeType.MOLECULAR_FUNCTION: 3,
    NodeType.BIOLOGICAL_PROCESS: 3,
    NodeType.CELLULAR_COMPONENT: 2,
}
"""Terms of each type in an overview."""
ACTIVITY: Final = 1.4
"""Factor on the worth of what a protein does, against what it binds."""
_BROAD: Final = frozenset(
    {
        "protein binding",
        "identical protein binding",
        "metal ion binding",
        "ion binding",
        "ATP binding",
        "nucleotide binding",
        "catalytic activity",
        "hydrolase activity",
        "transferase activity",
        "oxidoreductase activity",
        "metabolic process",
        "oxidation-reduction process",
        "cellular_component",
        "molecular_function",
        "biological_process",
        "membrane",
        "integral component of membrane",
        "cytoplasm",
        "protein homodimerization activity",
    }
)
"""Names of terms that hold of very many proteins; they come last."""


def leading_terms(
    number: int,
    resources: Resources,
    *,
    about: str,
    types: Collection[NodeType] = FUNCTIONS,
    subject: str = "",
    status: Status = Status.CURATED,
) -> list[Candidate]:
    """What is recorded of a reference protein of some types, what matters most first.

    Args:
        number: The protein in ``graph.sequences``.
        resources: The graph, and what must not be seen of it.
        about: Label of the input that it is evidence about.
        types: Types of the related nodes.
        subject: What to call the protein.
        status: Status of the facts as evidence about the input.
    """
    graph, protein = resources.graph, resources.graph.sequences[number]
    if protein.node is not None:
        found = facts_about(
            protein.node, types, resources, about=about, because="", subject=subject, status=status
        )
    else:
        found = [
            _with_triple(candidate)
            for candidate in recorded_terms(
                Input(about, Modality.PROTEIN, "", ""),
                protein,
                types,
                resources,
                subject=subject or protein.symbol or protein.accession,
                because="",
                status=status,
            )
        ]
    kept = [c for c in found if not c.denies and is_informative(graph, c.row)]
    scores = _scores(number, kept, resources)
    order = {node_type: place for place, node_type in enumerate(FUNCTIONS)}
    return sorted(
        kept,
        key=lambda c: (
            order.get(c.evidence.type, len(order)),
            -_worth(c, scores.get(c.row, 0.0), resources),
            c.row,
        ),
    )


def _with_triple(candidate: Candidate) -> Candidate:
    """A recorded term of a protein that is no node, with what it states as a triple."""
    from bbqa.retrieve.proteins import RELATION_OF_TERM

    item = candidate.evidence
    relation = str(RELATION_OF_TERM[item.type])
    triple = Triple(item.nodes[0], relation, item.nodes[1])
    return replace(candidate, evidence=replace(item, triple=triple))


def _scores(number: int, candidates: Sequence[Candidate], resources: Resources) -> dict[int, float]:
    """How much each recorded term matters: trusted, specific, and shared by the family."""
    graph, node = resources.graph, resources.graph.sequences[number].node
    agreed = family_agreement(number, resources)
    own = {} if node is None else importance(node, [c.row for c in candidates], resources)
    return {
        c.row: c.evidence.score
        * math.sqrt(specificity(graph, c.row) * share_of(c.row, agreed.get(c.evidence.type, {})))
        * own.get(c.row, 1.0)
        for c in candidates
    }


def _worth(candidate: Candidate, worth: float, resources: Resources) -> float:
    """The worth of a term where what all have comes last, and deeds before what is bound."""
    name = resources.graph.name_of(candidate.row)
    if name in _BROAD:
        return 0.01 * worth
    is_function = candidate.evidence.type is NodeType.MOLECULAR_FUNCTION
    return worth * (ACTIVITY if is_function and not name.endswith("binding") else 1.0)


def without_kin(candidates: Sequence[Candidate], resources: Resources) -> list[Candidate]:
    """Candidates without those that are more general or more special than one before them."""
    kept: list[Candidate] = []
    for candidate in candidates:
        above = resources.graph.ancestors(candidate.row)
        kin = (
            one.row in above or candidate.row in resources.graph.ancestors(one.row) for one in kept
        )
        if not any(kin):
            kept.append(candidate)
    return kept


def overview(
    candidates: Sequence[Candidate],
    subject: str,
    resources: Resources,
    *,
    first: NodeType = NodeType.MOLECULAR_FUNCTION,
    most: Mapping[NodeType, int] = SHOWN,
) -> tuple[str, list[Evidence]]:
    """One sentence of the leading functions, processes and places, and what it rests on.

    Args:
        candidates: What is recorded, in order.
        subject: What the sentence is about.
        resources: The graph.
        first: The type that is told first.
        most: Terms of some types, where not as in ``SHOWN``.
    """
    clauses: list[str] = []
    items: list[Evidence] = []
    for node_type in sorted(FUNCTIONS, key=lambda one: one is not first):
        own = [c for c in candidates if c.evidence.type is node_type]
        told = [c for c in without_kin(own, resources) if _is_telling(c, resources)]
        if chosen := (told or own)[: most.get(node_type, SHOWN[node_type])]:
            clauses.append(clause(chosen, node_type, resources))
            items += [c.evidence for c in chosen]
    if not clauses:
        return "", []
    return f"{subject} {_joined(clauses)}", items


def _joined(clauses: Sequence[str]) -> str:
    """Clauses with lists in them, joined so that it is plain where each ends."""
    if len(clauses) < 2:
        return "".join(clauses)
    return f"{', '.join(clauses[:-1])}, and {clauses[-1]}"


def _is_telling(candidate: Candidate, resources: Resources) -> bool:
    return resources.graph.name_of(candidate.row) not in _BROAD


def clause(candidates: Sequence[Candidate], node_type: NodeType, resources: Resources) -> str:
    """``enables A, B and C``: what candidates of one type say of their subject."""
    graph = resources.graph
    names = [graph.name_of(candidate.row) for candidate in candidates]
    if node_type is NodeType.MOLECULAR_FUNCTION:
        return f"enables {listed(names)}"
    if node_type is NodeType.BIOLOGICAL_PROCESS:
        return f"takes part in {listed(names)}"
    words = [predicate(graph, Relation.CELLCOMP_PROTEIN, c.row) for c in candidates]
    grouped = [_of_verb(words, verb) for verb in ("is found in ", "is part of ")]
    others = [one for one in words if not one.startswith(("is found in ", "is part of "))]
    return listed([one for one in (*others, *grouped) if one])


def _of_verb(words: Sequence[str], verb: str) -> str:
    """``is found in A and B``, of those phrases that begin so; empty if none does."""
    places = [one.removeprefix(verb) for one in words if one.startswith(verb)]
    return f"{verb}{listed(places)}" if places else ""
