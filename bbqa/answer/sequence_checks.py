"""Yes or no about attached proteins, and how two of them differ."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bbqa.answer.draft import Draft, listed
from bbqa.answer.protein_terms import FUNCTIONS, clause, leading_terms
from bbqa.answer.sequence_words import part_name
from bbqa.answer.sequences import attached_proteins, introduce, with_node
from bbqa.differences import changes, summarised
from bbqa.question.parsed import ParsedQuestion, Query
from bbqa.retrieve import visible
from bbqa.retrieve.alignment import METHOD, percent
from bbqa.retrieve.facts import evidence_of
from bbqa.retrieve.sequence_reading import Part, SequenceReading, read_sequence
from bbqa.schema import AnswerStatus, Evidence, Input, Kind, NodeType, Status, Value

if TYPE_CHECKING:
    from bbqa.resources import Resources

SHOWN: Final = 8
RELATED: Final = 50
"""Least score of an alignment of two proteins that are told to be alike."""


# responders


def check_of_sequence(
    query: Query, parsed: ParsedQuestion, resources: Resources, draft: Draft
) -> bool:
    """Whether an attached protein has a function, or is recorded with a drug, disease or so."""
    subjects = attached_proteins(query)
    terms = frozenset(row for constraint in query.constraints for row in constraint.terms)
    if len(subjects) != 1 or len(query.constraints) != 1 or query.constraints[0].negated:
        return False
    given = subjects[0].given
    reading = read_sequence(given, resources)
    if not terms or reading.main is None or reading.main.number is None:
        return False
    if all(resources.graph.type_of(row) in FUNCTIONS for row in terms):
        ended = _check_terms(query, terms, reading.main, given, resources, draft)
    else:
        ended = _check_nodes(query, terms, reading, given, resources, draft)
    introduce(subjects[0], parsed, resources, draft)
    draft.status = ended
    return True


def compare_sequences(
    query: Query, parsed: ParsedQuestion, resources: Resources, draft: Draft
) -> bool:
    """What two attached proteins are, and how the one differs from the other."""
    subjects = attached_proteins(query)
    if len(subjects) != 2 or len(query.subjects) != 2:
        return False
    first, second = (subject.given for subject in subjects)
    _tell_alike(first, second, draft)
    ended = draft.status
    for subject in subjects:
        introduce(subject, parsed, resources, draft)
    draft.status = ended
    return True


# the parts of an answer


def _check_terms(  # noqa: PLR0917 - called once, just above
    query: Query,
    terms: frozenset[int],
    part: Part,
    given: Input,
    resources: Resources,
    draft: Draft,
) -> AnswerStatus:
    """Whether functions, processes or places are recorded of a protein or of its relative."""
    graph, name = resources.graph, part_name(part, resources)
    assert part.number is not None
    found = leading_terms(
        part.number,
        resources,
        about=given.label,
        status=Status.CURATED if part.is_same else Status.INFERRED,
        types={graph.type_of(row) for row in terms},
    )
    bearing = [c for c in found if terms & {c.row, *graph.ancestors(c.row)}][:3]
    if not bearing:
        draft.note(f"Nothing is recorded that joins {name} with {query.constraints[0].text}.")
        return AnswerStatus.NO_EVIDENCE
    says = clause(bearing, bearing[0].evidence.type, resources)
    items = [c.evidence for c in bearing]
    if part.is_same:
        draft.say(f"Yes: {name} {says}", items)
        return AnswerStatus.ANSWERED
    draft.say(f"Probably: its relative {name} {says}", items)
    return AnswerStatus.UNSURE


def _check_nodes(  # noqa: PLR0917 - called once, above
    query: Query,
    terms: frozenset[int],
    reading: SequenceReading,
    given: Input,
    resources: Resources,
    draft: Draft,
) -> AnswerStatus:
    """Whether drugs, diseases and the like are recorded with the human protein of a chain."""
    part, asked = with_node(reading, resources), query.constraints[0].text
    if part is None or part.number is None:
        draft.note(
            f"Nothing is recorded that joins it with {asked}: bbqa holds such records for human "
            "proteins alone."
        )
        return AnswerStatus.NO_EVIDENCE
    graph, name = resources.graph, part_name(part, resources)
    row = int(graph.sequences.node[part.number])
    facts = [f for f in visible.facts(row, resources) if _concerns(f.other(row), terms, resources)]
    if not facts:
        draft.note(f"No record joins {name} with {asked}.")
        return AnswerStatus.NO_EVIDENCE
    item = evidence_of(facts[:1], row, graph, about=given.label)
    if not reading.is_changed:
        draft.say(f"Yes: {item.statement}", [item])
        return AnswerStatus.ANSWERED
    draft.say(f"{item.statement[:1].upper()}{item.statement[1:]}", [item])
    draft.note(
        f"This is recorded for wild-type {name}; whether it holds of the variant is not recorded."
    )
    return AnswerStatus.UNSURE


def _concerns(row: int, terms: frozenset[int], resources: Resources) -> bool:
    return bool(terms & {row, *resources.graph.ancestors(row)})


def _tell_alike(first: Input, second: Input, draft: Draft) -> None:
    """How two chains differ, in positions of the second."""
    from bbqa.retrieve.pairwise import align_letters, find_ends

    names = f"{first.label} and {second.label}"
    if first.value == second.value:
        draft.note(f"{names} are identical, residue by residue.")
        draft.status = AnswerStatus.ANSWERED
        return
    query = first.value.encode("ascii")
    (end,) = find_ends(query, [second.value.encode("ascii")])
    if end.score < RELATED:
        draft.note(f"{names} are not similar in sequence.")
        draft.status = AnswerStatus.ANSWERED
        return
    upper, lower = align_letters(query, end)
    start = end.target_end - len(lower.replace("-", ""))
    identical = sum(a == b for a, b in zip(upper, lower, strict=True))
    share = percent(identical / len(upper))
    found = changes(upper, lower, start)
    alone, regions = summarised(found) if len(found) > SHOWN else (found, [])
    words = listed([*map(str, alone[:SHOWN]), *map(str, regions[:3])])
    span = f"over {len(lower.replace('-', ''))} residues"
    said = f"{names} are {share} % identical {span}"
    if found and len(alone) <= SHOWN:
        said += f"; {first.label} differs from {second.label} by {words}"
    elif found:
        said += f", with {len(found)} differences"
    draft.say(said, [_compared(first, second, said, len(found))])
    draft.status = AnswerStatus.ANSWERED


def _compared(first: Input, second: Input, said: str, number: int) -> Evidence:
    return Evidence(
        number=0,
        statement=said,
        kind=Kind.PROPERTY,
        status=Status.COMPUTED,
        source=METHOD,
        release="",
        nodes=(),
        type=NodeType.PROTEIN,
        score=1.0,
        about=f"{first.label} {second.label}",
        value=Value("differences", number),
    )
