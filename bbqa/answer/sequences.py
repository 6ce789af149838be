"""Answers about attached protein sequences: what they are, how they differ, what follows from it.

Responders of ``bbqa.answer.respond``. The first sentence says what the chain is. What is recorded
of the protein that it is follows; of a changed protein, and of a relative, it is said whose
records they are.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Final

from bbqa.answer.draft import Draft, listed
from bbqa.answer.inhibitors import inhibitors_of, role_evidence
from bbqa.answer.protein_terms import FUNCTIONS, clause, leading_terms, overview, without_general
from bbqa.answer.relatives import human_counterpart, tell_relatives
from bbqa.answer.sequence_words import all_evidence, name_of, opening, part_name, tag_evidence
from bbqa.constructs import PARTNERS
from bbqa.kg.graph import Fact
from bbqa.query.folding import fold
from bbqa.query.importance import importance, ranked
from bbqa.question.parsed import ParsedQuestion, Query, Subject
from bbqa.retrieve.facts import evidence_of, trusted_facts
from bbqa.retrieve.fuse import Candidate
from bbqa.retrieve.sequence_reading import Part, SequenceReading, read_sequence
from bbqa.schema import AnswerStatus, Kind, Modality, NodeType, Relation, Status

if TYPE_CHECKING:
    from bbqa.resources import Resources

CLOSE: Final = 0.4
"""Identity below which a relative's functions leave an answer unsure."""
LISTED: Final = 8
TERMS_LISTED: Final = 6
DISEASES_BESIDE: Final = 4
SHORT: Final = 40
"""Residues of a part that is too short to have a function of its own told."""
_WORDS: Final = {
    NodeType.DRUG: ("acted on by", "No drug is recorded to act on {}"),
    NodeType.DISEASE: ("linked to", "No disease is recorded for {}"),
    NodeType.PHENOTYPE: ("linked to the phenotypes", "No phenotype is recorded for {}"),
    NodeType.PATHWAY: ("part of the pathways", "No pathway is recorded for {}"),
    NodeType.PROTEIN: ("recorded to interact with", "No interaction is recorded for {}"),
}
"""How a list of nodes of each type is joined to a protein, and what is said where it is empty."""


# responders


def identify_sequence(
    query: Query, parsed: ParsedQuestion, resources: Resources, draft: Draft
) -> bool:
    """What attached proteins are, and what they do."""
    subjects = _attached(query)
    if not subjects:
        return False
    for subject in subjects:
        reading = introduce(subject, parsed, resources, draft)
        types = [one for one in query.aspects if one not in FUNCTIONS]
        if query.aspects and reading.parts:
            _tell_types(query.aspects, subject, reading, parsed, resources, draft)
        elif not types:
            _tell_functions(subject, reading, resources, draft)
    return True


def difference_of_sequence(
    query: Query, parsed: ParsedQuestion, resources: Resources, draft: Draft
) -> bool:
    """How attached proteins differ from the reference, and what the gene is linked to."""
    subjects = _attached(query)
    if not subjects:
        return False
    for subject in subjects:
        reading = introduce(subject, parsed, resources, draft)
        if not reading.parts:
            continue
        if not any(part.changes for part in reading.parts) and reading.main is not None:
            if reading.main.is_same:
                name = part_name(reading.main, resources)
                draft.note(f"No residue differs from {name} of the reference.")
        if not _tell_diseases_of_variant(subject, reading, resources, draft):
            _tell_functions(subject, reading, resources, draft)
    return True


def list_of_sequence(
    query: Query, parsed: ParsedQuestion, resources: Resources, draft: Draft
) -> bool:
    """Nodes of one type that are related to an attached protein."""
    subjects = _attached(query)
    if len(subjects) != 1 or query.target is None or query.constraints:
        return False
    reading = introduce(subjects[0], parsed, resources, draft)
    if reading.parts:
        _tell_types((query.target,), subjects[0], reading, parsed, resources, draft)
    return True


def check_of_sequence(
    query: Query, parsed: ParsedQuestion, resources: Resources, draft: Draft
) -> bool:
    """Whether an attached protein has one of some functions, processes or places."""
    subjects = _attached(query)
    terms = {row for constraint in query.constraints for row in constraint.terms}
    graph = resources.graph
    if len(subjects) != 1 or len(query.constraints) != 1 or query.constraints[0].negated:
        return False
    if not terms or not all(graph.type_of(row) in FUNCTIONS for row in terms):
        return False
    reading = read_sequence(subjects[0].given, resources)
    part = reading.main
    if part is None or part.number is None:
        return False
    status = Status.CURATED if part.is_same else Status.INFERRED
    found = leading_terms(
        part.number,
        resources,
        about=subjects[0].given.label,
        status=status,
        types={graph.type_of(row) for row in terms},
    )
    bearing = [c for c in found if terms & {c.row, *graph.ancestors(c.row)}]
    name, asked = part_name(part, resources), query.constraints[0].text
    if bearing:
        says = clause(bearing[:3], bearing[0].evidence.type, resources)
        yes = "Yes" if part.is_same else "Probably"
        draft.say(f"{yes}: {name} {says}", [c.evidence for c in bearing[:3]])
        draft.status = AnswerStatus.ANSWERED if part.is_same else AnswerStatus.UNSURE
    else:
        draft.note(f"Nothing is recorded that joins {name} with {asked}.")
        draft.status = AnswerStatus.NO_EVIDENCE
    status_then = draft.status
    introduce(subjects[0], parsed, resources, draft)
    draft.status = status_then
    return True


def similar_to_protein(
    query: Query, parsed: ParsedQuestion, resources: Resources, draft: Draft
) -> bool:
    """Counterparts of a protein, attached or named, in the species of the reference."""
    subjects = [s for s in query.subjects if s.type is NodeType.PROTEIN]
    if len(subjects) != 1 or len(query.subjects) != 1:
        return False
    subject = subjects[0]
    if subject.given.modality is Modality.PROTEIN:
        introduce(subject, parsed, resources, draft)
    return tell_relatives(subject, resources, draft)


# the parts of an answer


def introduce(
    subject: Subject, parsed: ParsedQuestion, resources: Resources, draft: Draft
) -> SequenceReading:
    """Say what an attached protein is, unless that was said; what it was read as."""
    reading = read_sequence(subject.given, resources)
    label = subject.given.label
    if any(item.about == label and item.kind in _INTRODUCES for item in draft.evidence):
        return reading
    this = "This" if len(parsed.question.attached) == 1 else label
    if not reading.parts:
        _say_nothing_like_it(subject, reading, resources, draft)
        return reading
    draft.say(opening(reading, this, resources), all_evidence(subject.given, reading, resources))
    main = reading.main
    assert main is not None
    far = not main.is_same and main.identity < CLOSE
    draft.status = AnswerStatus.UNSURE if far else AnswerStatus.ANSWERED
    return reading


_INTRODUCES: Final = (Kind.IDENTITY, Kind.ALIGNMENT)


def _say_nothing_like_it(
    subject: Subject, reading: SequenceReading, resources: Resources, draft: Draft
) -> None:
    size = len(resources.graph.sequences)
    label = subject.given.label
    said = f"Nothing in the reference of {size:,} proteins is similar to {label}"
    draft.note(f"{said}, so its function is not known and bbqa cannot say what it does.")
    if reading.tags:
        tags = [f"a {found.tag.name} at residues {found.place}" for found in reading.tags]
        draft.say(f"It carries {listed(tags)}", tag_evidence(subject.given, reading.tags))
        if len(subject.given.value) <= SHORT:
            draft.status = AnswerStatus.ANSWERED
            return
    draft.status = AnswerStatus.NO_EVIDENCE


def _tell_functions(
    subject: Subject, reading: SequenceReading, resources: Resources, draft: Draft
) -> None:
    """What the proteins of a chain do: of each part that is no mere tag or leader."""
    for part in _telling_parts(reading):
        if part.number is None:
            continue
        terms = leading_terms(
            part.number, resources, about=subject.given.label, status=_status(part)
        )
        said, items = overview(terms, _whose(part, resources), resources)
        if said:
            draft.say(said, items)
    main = reading.main
    if main is not None and not main.is_same:
        _say_of_relative(subject, main, resources, draft)


def _say_of_relative(subject: Subject, part: Part, resources: Resources, draft: Draft) -> None:
    name = part_name(part, resources)
    draft.note(f"What is recorded of {name} need not hold of {subject.given.label}.")


def _telling_parts(reading: SequenceReading) -> list[Part]:
    """Parts whose function is worth telling: long ones, reporters only where there is no other."""
    long = [p for p in reading.parts if p.place.end - p.place.start >= SHORT or p.is_whole]
    others = [part for part in long if not _is_reporter(part)]
    return others or long


def _is_reporter(part: Part) -> bool:
    return part.partner is not None or (
        part.homologue is not None and part.homologue.accession in PARTNERS
    )


def _whose(part: Part, resources: Resources) -> str:
    """Whose functions are told: the whole protein's where the chain is a fragment of it."""
    name = part_name(part, resources)
    if part.is_same and part.target.end - part.target.start + 1 < 0.8 * part.length:
        return f"Full-length {name}"
    return name if part.is_same else f"Its relative {name}"


def _status(part: Part) -> Status:
    return Status.CURATED if part.is_same else Status.INFERRED


def _tell_types(
    types: Iterable[NodeType],
    subject: Subject,
    reading: SequenceReading,
    parsed: ParsedQuestion,
    resources: Resources,
    draft: Draft,
) -> None:
    """What is recorded of some types."""
    for node_type in types:
        if node_type in FUNCTIONS:
            _tell_terms(node_type, subject, reading, resources, draft)
        else:
            _tell_nodes(node_type, subject, reading, resources, draft)
    if reading.main is not None and not reading.main.is_same:
        _say_of_relative(subject, reading.main, resources, draft)


def _tell_terms(
    node_type: NodeType,
    subject: Subject,
    reading: SequenceReading,
    resources: Resources,
    draft: Draft,
) -> None:
    """Functions, processes or places of the parts; of a function's protein its processes too."""
    for part in _telling_parts(reading):
        if part.number is None:
            continue
        label = subject.given.label
        terms = leading_terms(part.number, resources, about=label, status=_status(part))
        own = without_general([c for c in terms if c.evidence.type is node_type], resources)
        if own:
            told = own[:TERMS_LISTED]
            said = f"{_whose(part, resources)} {clause(told, node_type, resources)}"
            draft.say(said, [c.evidence for c in told])
        rest = [c for c in terms if c.evidence.type is not node_type]
        beside = rest if node_type is NodeType.MOLECULAR_FUNCTION or not own else []
        said, items = overview(beside, "It" if own else _whose(part, resources), resources)
        if said:
            draft.say(said, items)


def _tell_nodes(
    node_type: NodeType,
    subject: Subject,
    reading: SequenceReading,
    resources: Resources,
    draft: Draft,
) -> None:
    """Drugs, diseases and the like of the human protein; of others by their human counterpart."""
    part = _with_node(reading, resources)
    if part is None and node_type is NodeType.DRUG and reading.main is not None:
        if _tell_inhibitors(subject, reading.main, resources, draft):
            return
    row, name = None, ""
    if part is not None and part.number is not None:
        row, name = int(resources.graph.sequences.node[part.number]), part_name(part, resources)
    elif (found := human_counterpart(subject.given, resources)) is not None:
        row = int(resources.graph.sequences.node[found.row])
        name = f"its human relative {name_of(found.row, resources)}"
    if row is None:
        whose = part_name(reading.main, resources) if reading.main else subject.given.label
        kind = "drugs" if node_type is NodeType.DRUG else "records of that kind"
        draft.note(
            f"bbqa holds {kind} for human proteins alone, and {whose} has no human relative."
        )
        draft.status = AnswerStatus.NO_EVIDENCE
        return
    told = tell_nodes(node_type, row, name, resources, draft, about=subject.given.label)
    if told and part is not None and part.changes and node_type is NodeType.DRUG:
        draft.note(
            f"These are recorded for wild-type {name}; bbqa holds no record of what acts on the "
            "variant."
        )


def _with_node(reading: SequenceReading, resources: Resources) -> Part | None:
    """The longest part that is a human protein, if any."""
    nodes = resources.graph.sequences.node
    human = [p for p in reading.parts if p.number is not None and nodes[p.number] >= 0]
    own = [part for part in human if part.is_same and not _is_reporter(part)]
    return max(
        own or ([] if reading.is_fusion else human),
        key=lambda part: part.place.end - part.place.start,
        default=None,
    )


def tell_nodes(
    node_type: NodeType,
    row: int,
    name: str,
    resources: Resources,
    draft: Draft,
    *,
    about: str,
    most: int = LISTED,
) -> bool:
    """Nodes of one type recorded with a protein, the most important first.

    Returns:
        Whether there are any.
    """
    joining, nothing = _WORDS.get(
        node_type, ("recorded with", "Nothing of that kind is recorded for {}")
    )
    facts = _facts_by_other(row, node_type, resources)
    rows = ranked(facts, importance(row, facts, resources))
    members = fold(rows, node_type, resources)
    if not members:
        draft.note(f"{nothing.format(name)}.")
        draft.status = AnswerStatus.NO_EVIDENCE
        return False
    graph = resources.graph
    names = [graph.name_of(member.row) for member in members]
    items = [
        evidence_of(facts[entry], row, graph, about=about)
        for member in members[:most]
        for entry in member.entries[:1]
    ]
    draft.say(f"{_capital(name)} is {joining} {listed(names, most=most)}", items)
    draft.status = AnswerStatus.ANSWERED
    return True


def _facts_by_other(row: int, node_type: NodeType, resources: Resources) -> dict[int, list[Fact]]:
    """What joins a protein with each node of a type."""
    found: dict[int, list[Fact]] = {}
    for (relation, other), facts in trusted_facts(row, {node_type}, resources).items():
        if relation is not Relation.DISEASE_PHENOTYPE_ABSENT:
            found.setdefault(other, facts)
    return found


def _tell_inhibitors(subject: Subject, part: Part, resources: Resources, draft: Draft) -> bool:
    """Drugs whose roles name a function of a protein that no drug is recorded for."""
    if part.number is None:
        return False
    graph, label = resources.graph, subject.given.label
    functions = leading_terms(
        part.number, resources, about=label, types={NodeType.MOLECULAR_FUNCTION}
    )
    found = inhibitors_of([c.row for c in functions], resources)
    against = [one for one in found if one.antimicrobial is not None]
    chosen = (against or found)[:LISTED]
    if not chosen:
        return False
    named = [
        f"{graph.name_of(one.row)} ({graph.name_of(one.antimicrobial)})"
        if one.antimicrobial is not None and one.antimicrobial != one.role
        else graph.name_of(one.row)
        for one in chosen
    ]
    role = graph.name_of(chosen[0].role)
    bearing = [c.evidence for c in _named_by(functions, chosen[0].role, resources)]
    items = [item for one in chosen for item in role_evidence(one, label, resources)]
    draft.say(
        f"Drugs with the role {role} inhibit such enzymes: {listed(named)}", [*bearing, *items]
    )
    draft.note("Whether they were measured on this very enzyme is not recorded.")
    draft.status = AnswerStatus.ANSWERED
    return True


def _named_by(functions: Sequence[Candidate], role: int, resources: Resources) -> list[Candidate]:
    """The function that a role names."""
    return [
        c for c in functions if any(one.role == role for one in inhibitors_of([c.row], resources))
    ][:1]


def _tell_diseases_of_variant(
    subject: Subject, reading: SequenceReading, resources: Resources, draft: Draft
) -> bool:
    """What diseases a changed human protein is linked to; whether anything was said."""
    part = _with_node(reading, resources)
    if part is None or part.number is None or not part.changes:
        return False
    row = int(resources.graph.sequences.node[part.number])
    name = part_name(part, resources)
    told = tell_nodes(
        NodeType.DISEASE,
        row,
        name,
        resources,
        draft,
        about=subject.given.label,
        most=DISEASES_BESIDE,
    )
    if told:
        draft.note("These are records of the gene; bbqa holds none of the single variant.")
    draft.status = AnswerStatus.ANSWERED
    return True


def _attached(query: Query) -> list[Subject]:
    return [s for s in query.subjects if s.given.modality is Modality.PROTEIN]


def _capital(name: str) -> str:
    return f"{name[:1].upper()}{name[1:]}"
