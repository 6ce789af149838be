"""Drugs, diseases, pathways and the like of a protein, the most important first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from bbqa.answer.draft import Draft, listed
from bbqa.kg.graph import Fact
from bbqa.query.folding import fold
from bbqa.query.importance import importance, ranked
from bbqa.retrieve import visible
from bbqa.retrieve.facts import evidence_of, trusted_facts
from bbqa.schema import AnswerStatus, NodeType, Relation, Status

if TYPE_CHECKING:
    from bbqa.resources import Resources

LISTED: Final = 8
_WORDS: Final = {
    NodeType.DRUG: ("acted on by", "No drug is recorded to act on {}"),
    NodeType.DISEASE: ("linked to", "No disease is recorded for {}"),
    NodeType.PHENOTYPE: ("linked to the phenotypes", "No phenotype is recorded for {}"),
    NodeType.PATHWAY: ("part of the pathways", "No pathway is recorded for {}"),
    NodeType.PROTEIN: ("recorded to interact with", "No interaction is recorded for {}"),
}
_OTHER_WORDS: Final = ("recorded with", "Nothing of that kind is recorded for {}")
"""How a list of nodes of each type is joined to a protein, and what is said where it is empty."""


def tell_nodes(
    node_type: NodeType,
    row: int,
    name: str,
    resources: Resources,
    draft: Draft,
    *,
    about: str,
    most: int = LISTED,
    terms: frozenset[int] = frozenset(),
    relative: str = "",
) -> bool:
    """Nodes of one type recorded with a protein, the most important first.

    Args:
        node_type: Their type.
        row: The protein.
        name: What to call it.
        resources: The graph, and what must not be seen of it.
        draft: Where it is said.
        about: Label of the input that it is evidence about.
        most: How many are named.
        terms: Roles or classes of which drugs must have one.
        relative: What to call the protein in evidence, where it is only like the input.

    Returns:
        Whether there are any.
    """
    graph = resources.graph
    joining, nothing = _WORDS.get(node_type, _OTHER_WORDS)
    facts = _facts_by_other(row, node_type, resources)
    if terms:
        facts = {one: own for one, own in facts.items() if has_role(one, terms, resources)}
    order = ranked(facts, importance(row, facts, resources))
    rows = order
    if node_type is NodeType.DISEASE:
        rows = _without_kin(order, resources)
    elif node_type is NodeType.PATHWAY:
        general = {above for one in order for above in graph.ancestors(one)}
        rows = [one for one in order if one not in general]
    members = fold(rows, node_type, resources)
    if not members:
        sentence = nothing.format(name)
        kind = sentence.replace("No drug", "No drug of the kind asked for") if terms else sentence
        draft.note(f"{kind}.")
        draft.status = AnswerStatus.NO_EVIDENCE
        return False
    names = [graph.name_of(member.row) for member in members]
    items = [
        evidence_of(
            facts[entry],
            row,
            graph,
            about=about,
            subject=relative,
            status=Status.INFERRED if relative else Status.CURATED,
        )
        for member in members[:most]
        for entry in member.entries[:1]
    ]
    draft.say(f"{capital(name)} is {joining} {listed(names, most=most)}", items)
    draft.status = AnswerStatus.ANSWERED
    return True


def _without_kin(rows: Sequence[int], resources: Resources) -> list[int]:
    """Diseases without those that are more general or more special than one before them."""
    kept: list[int] = []
    for row in rows:
        above = resources.graph.ancestors(row)
        if not any(one in above or row in resources.graph.ancestors(one) for one in kept):
            kept.append(row)
    return kept


def has_role(drug: int, terms: frozenset[int], resources: Resources) -> bool:
    """Whether a drug has one of some roles or classes, or a more special one."""
    graph = resources.graph
    own = [
        row
        for relation in (Relation.DRUG_ROLE, Relation.DRUG_CLASS)
        for row in visible.neighbours(drug, relation, resources)
    ]
    return any(terms & {row, *graph.ancestors(row)} for row in own)


def _facts_by_other(row: int, node_type: NodeType, resources: Resources) -> dict[int, list[Fact]]:
    """What joins a protein with each node of a type."""
    found: dict[int, list[Fact]] = {}
    for (relation, other), facts in trusted_facts(row, {node_type}, resources).items():
        if relation is not Relation.DISEASE_PHENOTYPE_ABSENT:
            found.setdefault(other, facts)
    return found


def capital(name: str) -> str:
    """A name at the beginning of a sentence."""
    return f"{name[:1].upper()}{name[1:]}"
