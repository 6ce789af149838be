"""SHARED: what several things have in common, type by type, the most telling first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from bbqa.answer.draft import Draft, listed
from bbqa.answer.members import cited
from bbqa.answer.phrases import plural, relations_of
from bbqa.kg.ends import GO_TYPES, are_related
from bbqa.query.engine import Found, execute
from bbqa.query.folding import Member
from bbqa.question.parsed import Constraint, Operation, ParsedQuestion, Query, Subject
from bbqa.schema import AnswerStatus, NodeType, Relation

if TYPE_CHECKING:
    from bbqa.resources import Resources

_ORDER: Final[Mapping[NodeType, tuple[NodeType, ...]]] = {
    NodeType.PROTEIN: (
        NodeType.DISEASE,
        NodeType.PATHWAY,
        NodeType.BIOLOGICAL_PROCESS,
        NodeType.MOLECULAR_FUNCTION,
        NodeType.CELLULAR_COMPONENT,
        NodeType.DRUG,
        NodeType.PROTEIN,
    ),
    NodeType.DISEASE: (NodeType.PROTEIN, NodeType.PHENOTYPE, NodeType.DRUG),
    NodeType.DRUG: (NodeType.DRUG_CLASS, NodeType.ROLE, NodeType.PROTEIN, NodeType.DISEASE),
}
"""What things of a type may share, the most telling type first."""
MAX_TYPES: Final = 4
MAX_OF_TYPE: Final = 4
MAX_OF_ASKED: Final = 10
MIN_BITS: Final = 5.0
"""Least information of a GO term that says anything about things that share it."""


def say_shared(query: Query, parsed: ParsedQuestion, resources: Resources, draft: Draft) -> bool:
    """Name what all subjects of a query have in common, of the type asked for or of several."""
    subjects = [one for one in query.subjects if one.rows]
    if len(subjects) < 2 or len(subjects) < len(query.subjects):
        return False
    shared = list(_shared(query, subjects, resources))
    if not shared:
        _say_nothing(query, subjects, resources, draft)
        return True
    draft.status = AnswerStatus.ANSWERED
    asked = query.target is not None or bool(query.aspects)
    shown = shared[: None if asked else MAX_TYPES]
    most = MAX_OF_ASKED if asked else MAX_OF_TYPE
    for place, found in enumerate(shown):
        who = "They also" if place else _called(subjects, resources)
        _say_found(found, who, resources, draft, most=most)
    return True


def _shared(query: Query, subjects: Sequence[Subject], resources: Resources) -> Iterator[Found]:
    for target in _targets(query, subjects, resources):
        own = tuple(Constraint(subject.rows[:1], subject.text) for subject in subjects)
        asked = replace(query, operation=Operation.LIST, target=target, constraints=own)
        found = execute(asked, resources)
        if found is not None:
            members = tuple(m for m in found.members if _says_anything(m, target, resources))
            if members:
                yield replace(found, members=members, entries=len(members))


def _targets(
    query: Query, subjects: Sequence[Subject], resources: Resources
) -> tuple[NodeType, ...]:
    if query.target is not None or query.aspects:
        wanted = (query.target, *query.aspects) if query.target is not None else query.aspects
        return tuple(dict.fromkeys(wanted))
    kind = resources.graph.type_of(subjects[0].rows[0])
    among = resources.graph.relations
    return tuple(t for t in _ORDER.get(kind, ()) if are_related(t, kind, among))


def _says_anything(member: Member, target: NodeType, resources: Resources) -> bool:
    if target not in GO_TYPES:
        return True
    return float(resources.graph.information_content()[member.row]) >= MIN_BITS


def _say_found(found: Found, who: str, resources: Resources, draft: Draft, *, most: int) -> None:
    graph = resources.graph
    names = [graph.name_of(member.row) for member in found.members]
    relations = [
        relation
        for one in found.satisfied
        for relation in relations_of(found.target, one.constraint, graph)
    ]
    noun = plural(found.target, len(names), relations=relations)
    if set(relations) == {Relation.PROTEIN_PROTEIN}:
        noun = "interaction partner" if len(names) == 1 else "interaction partners"
    many = f" ({len(names)} in all)" if len(names) > most else ""
    draft.say(
        f"{who} share the {noun} {listed(names[:most])}{many}",
        cited(found.members[:most], found.satisfied, resources),
    )


def _called(subjects: Sequence[Subject], resources: Resources) -> str:
    return listed([resources.graph.name_of(subject.rows[0]) for subject in subjects])


def _say_nothing(
    query: Query, subjects: Sequence[Subject], resources: Resources, draft: Draft
) -> None:
    draft.status = AnswerStatus.NO_EVIDENCE
    targets = _targets(query, subjects, resources)
    kinds = listed([plural(target) for target in targets], conjunction="or")
    draft.note(f"No {kinds} are recorded of all of {_called(subjects, resources)}.")
