"""How two named proteins or diseases are alike, and how they differ."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from bbqa.answer.disease_account import compare_diseases
from bbqa.answer.draft import Draft, listed
from bbqa.answer.overview import related, title
from bbqa.answer.salient_terms import agent, salient
from bbqa.answer.shared import say_shared
from bbqa.likeness import proteins_alike
from bbqa.question.parsed import ParsedQuestion, Query, Subject
from bbqa.retrieve.salience import is_deed, salience
from bbqa.schema import AnswerStatus, Evidence, Modality, NodeType
from bbqa.subject import as_attached

if TYPE_CHECKING:
    from bbqa.resources import Resources

SHARED: Final = 4
OWN: Final = 3
DEPTH: Final = 20
"""Leading terms of each protein among which shared ones are looked for."""
_TYPES: Final = (NodeType.MOLECULAR_FUNCTION, NodeType.BIOLOGICAL_PROCESS)


def compare_named(query: Query, parsed: ParsedQuestion, resources: Resources, draft: Draft) -> bool:
    """What two named things of one type share, and what each has alone."""
    subjects = list({s.rows[0]: s for s in query.subjects if s.rows}.values())
    if len(subjects) != 2 or any(s.given.modality is not Modality.ENTITY for s in subjects):
        return False
    if all(s.type is NodeType.DISEASE for s in subjects):
        compare_diseases(subjects[0], subjects[1], resources, draft)
        return True
    if any(s.type is not NodeType.PROTEIN for s in subjects):
        return say_shared(query, parsed, resources, draft)
    first, second = subjects
    _tell_common(first, second, resources, draft)
    _tell_alike(first, second, resources, draft)
    _tell_diseases(first, second, resources, draft)
    for one, other in ((first, second), (second, first)):
        _tell_own(one, other, resources, draft)
    draft.status = AnswerStatus.ANSWERED
    return True


def _tell_common(first: Subject, second: Subject, resources: Resources, draft: Draft) -> None:
    names = [title(s.rows[0], resources) for s in (first, second)]
    clauses: list[str] = []
    items: list[Evidence] = []
    for kind in _TYPES:
        one, other = (salient(s, kind, resources, most=DEPTH) for s in (first, second))
        others = {term.row: term for term in other}
        both = [term for term in one if term.row in others][:SHARED]
        if not both:
            continue
        if kind is NodeType.MOLECULAR_FUNCTION:
            deeds = [t for t in both if is_deed(resources.graph, t.row)]
            is_what = [agent(t.name).split(" ", 1)[1] for t in deeds]
            binds = [t.name.removesuffix(" binding") for t in both if t not in deeds]
            clauses += [f"have {listed(is_what)} activity"] if is_what else []
            clauses += [f"bind {listed(binds)}"] if binds else []
        else:
            clauses.append(f"take part in {listed([t.name for t in both])}")
        items += [item for t in both for item in (t.item, others[t.row].item)]
    said = "; both ".join(clauses) if clauses else "share no leading function or process"
    draft.say(f"{names[0]} and {names[1]} both {said}", items) if items else draft.note(
        f"{names[0]} and {names[1]} {said}."
    )


def _tell_alike(first: Subject, second: Subject, resources: Resources, draft: Draft) -> None:
    """How alike their sequences are, where both have one."""
    inputs = [as_attached(s.given, resources.graph) for s in (first, second)]
    if all(given.modality is Modality.PROTEIN for given in inputs):
        for item in proteins_alike(inputs[0], inputs[1], resources):
            draft.say(item.statement, [item])


def _tell_diseases(first: Subject, second: Subject, resources: Resources, draft: Draft) -> None:
    """The diseases that both are linked to."""
    one, other = (related(s, NodeType.DISEASE, resources) for s in (first, second))
    if one is None or other is None:
        return
    rows = {member.row for member in other.members}
    both = [member for member in one.members if member.row in rows][:SHARED]
    if both:
        from bbqa.answer.members import cited

        names = [resources.graph.name_of(member.row) for member in both]
        items = [*cited(both, one.satisfied, resources), *cited(both, other.satisfied, resources)]
        draft.say(f"Both are linked to {listed(names)}", items)


def _tell_own(one: Subject, other: Subject, resources: Resources, draft: Draft) -> None:
    """What one has and the other has not, the most salient first."""
    told: list[tuple[str, Evidence]] = []
    for kind in _TYPES:
        theirs = _implied(other, kind, resources)
        own = [t for t in salient(one, kind, resources, most=DEPTH) if t.row not in theirs]
        told += [(t.name, t.item) for t in own[:OWN]]
    if told:
        name = resources.graph.name_of(one.rows[0])
        draft.say(f"Recorded of {name} alone: {listed([n for n, _ in told])}", _items(told))


def _items(told: Sequence[tuple[str, Evidence]]) -> list[Evidence]:
    return [item for _, item in told]


def _implied(subject: Subject, kind: NodeType, resources: Resources) -> set[int]:
    """Terms that are recorded of a protein, and what they imply."""
    own = {term for term, _, _ in salience(subject.rows[0], kind, resources)}
    return own.union(*(resources.graph.ancestors(term) for term in own)) if own else set()
