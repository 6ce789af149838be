"""Answers about attached protein sequences: what they are, how they differ, what follows from it.

Responders of ``bbqa.answer.respond``. The first sentence says what the chain is. What is recorded
of the protein that it is follows; of a changed protein, and of a relative, it is said whose
records they are.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from bbqa.answer.draft import Draft, listed
from bbqa.answer.inhibitors import Inhibitor, inhibitors_of, role_evidence
from bbqa.answer.protein_nodes import LISTED, capital, has_role, tell_nodes
from bbqa.answer.protein_terms import FUNCTIONS, leading_terms, overview
from bbqa.answer.relatives import human_counterpart, tell_relatives
from bbqa.answer.sequence_words import (
    all_evidence,
    name_of,
    opening,
    part_name,
    tag_evidence,
    tags_phrase,
)
from bbqa.constructs import PARTNERS, find_tags
from bbqa.kg.graph import Graph
from bbqa.question.parsed import Operation, ParsedQuestion, Query, Subject
from bbqa.retrieve.fuse import Candidate
from bbqa.retrieve.kin import homologue_of
from bbqa.retrieve.sequence_reading import Part, SequenceReading, read_sequence
from bbqa.schema import AnswerStatus, Input, Kind, Modality, NodeType, Status

if TYPE_CHECKING:
    from bbqa.resources import Resources

CLOSE: Final = 0.4
"""Identity below which a relative's functions leave an answer unsure."""
TERMS_LISTED: Final = 6
DISEASES_BESIDE: Final = 4
SHORT: Final = 40
"""Residues of a part that is too short to have a function of its own told."""
# responders


def identify_sequence(
    query: Query, parsed: ParsedQuestion, resources: Resources, draft: Draft
) -> bool:
    """What attached proteins are, and what they do."""
    subjects = attached_proteins(query)
    if not subjects:
        return False
    for subject in subjects:
        told = introduce(subject, parsed, resources, draft)
        if _is_about_relative(query, parsed):
            continue
        if told.reading.parts and query.aspects:
            _tell_types(query.aspects, told, resources, draft)
        elif told.reading.parts and not _is_asked_for(FUNCTIONS, query, parsed):
            _tell_functions(told, resources, draft)
    return True


def _is_about_relative(query: Query, parsed: ParsedQuestion) -> bool:
    """Whether what both a protein and its counterpart do was told where that was asked for."""
    asked = bool(query.aspects) and set(query.aspects) <= set(FUNCTIONS)
    return asked and any(other.operation is Operation.SIMILAR for other in parsed.queries)


def difference_of_sequence(
    query: Query, parsed: ParsedQuestion, resources: Resources, draft: Draft
) -> bool:
    """How attached proteins differ from the reference, and what the gene is linked to."""
    subjects = attached_proteins(query)
    if not subjects:
        return False
    for subject in subjects:
        told = introduce(subject, parsed, resources, draft)
        main = told.reading.main
        if main is None:
            continue
        if main.is_same and not told.reading.is_changed:
            draft.note(f"No residue differs from {part_name(main, resources)} of the reference.")
        if _is_asked_for(set(NodeType), query, parsed):
            continue
        if not _tell_diseases_of_variant(told, resources, draft):
            _tell_functions(told, resources, draft)
    return True


def _is_asked_for(types: Collection[NodeType], query: Query, parsed: ParsedQuestion) -> bool:
    """Whether another part of the question asks for something of these types."""
    return any(
        set(types) & {*other.aspects, *([other.target] if other.target else [])}
        for other in parsed.queries
        if other is not query
    )


def list_of_sequence(
    query: Query, parsed: ParsedQuestion, resources: Resources, draft: Draft
) -> bool:
    """Nodes of one type that are related to an attached protein."""
    subjects = attached_proteins(query)
    if len(subjects) != 1 or query.target is None or query.experimental:
        return False
    own = set(subjects[0].rows)
    others = [one for one in query.constraints if not own.issuperset(one.terms)]
    if others and query.target is not NodeType.DRUG:
        return False
    terms = frozenset(row for constraint in others for row in constraint.terms)
    told = introduce(subjects[0], parsed, resources, draft)
    if told.reading.parts:
        _tell_types((query.target,), told, resources, draft, terms=terms)
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
    return tell_relatives(subject, resources, draft, taxon=query.taxon)


def tell_missing_of_sequence(parsed: ParsedQuestion, resources: Resources, draft: Draft) -> None:
    """Say what attached proteins are where what is asked for of them is not held."""
    for subject in parsed.subjects:
        if subject.given.modality is Modality.PROTEIN:
            ended = draft.status
            introduce(subject, parsed, resources, draft)
            draft.status = ended


def queries_or_identity(parsed: ParsedQuestion) -> tuple[Query, ...]:
    """The queries of a question; where none was understood, what its attached proteins are."""
    proteins = tuple(s for s in parsed.subjects if s.given.modality is Modality.PROTEIN)
    others = len(proteins) < len(parsed.question.attached)
    understood = parsed.queries or parsed.missing or parsed.unknown or parsed.outside
    if understood or others or not proteins:
        return parsed.queries
    return (Query(Operation.IDENTIFY, parsed.question.text, subjects=proteins),)


def tell_pasted_peptides(parsed: ParsedQuestion, resources: Resources, draft: Draft) -> bool:
    """What names that nothing has are as peptides: tags, or fragments of known proteins.

    Returns:
        Whether all of them are.
    """
    pasted = [name for name in parsed.unknown if _PEPTIDE.fullmatch(name)]
    if not pasted or len(pasted) < len(parsed.unknown):
        return False
    given = [Input(name, Modality.PROTEIN, name, name) for name in pasted]
    found = [(one, find_tags(one.value), read_sequence(one, resources)) for one in given]
    if not all(tags or reading.parts for _, tags, reading in found):
        return False
    for one, tags, reading in found:
        if tags:
            draft.say(f"{one.value} is {tags_phrase(tags)}", tag_evidence(one, tags))
        else:
            items = all_evidence(one, reading, resources)
            draft.say(opening(reading, one.value, resources), items)
    draft.status = AnswerStatus.ANSWERED
    return True


_PEPTIDE: Final = re.compile(r"[ACDEFGHIKLMNPQRSTVWY]{6,}")


# the parts of an answer


@dataclass(frozen=True, slots=True)
class Told:
    """An attached protein and what it was read as."""

    subject: Subject
    reading: SequenceReading

    @property
    def label(self) -> str:
        """The label of the input."""
        return self.subject.given.label


def introduce(subject: Subject, parsed: ParsedQuestion, resources: Resources, draft: Draft) -> Told:
    """Say what an attached protein is, unless that was said; what it was read as."""
    told = Told(subject, read_sequence(subject.given, resources))
    if any(item.about == told.label and item.kind in _INTRODUCES for item in draft.evidence):
        return told
    main = told.reading.main
    if main is None:
        _say_nothing_like_it(told, resources, draft)
        return told
    this = "This" if len(parsed.question.attached) == 1 else told.label
    translated = [note for note in subject.given.notes if note.startswith("translated from")]
    if translated:
        size = len(subject.given.value)
        this = f"{this} is a nucleotide sequence, and its translation ({size} residues)"
    said = opening(told.reading, this, resources)
    draft.say(said, all_evidence(subject.given, told.reading, resources))
    far = not main.is_same and main.identity < CLOSE
    draft.status = AnswerStatus.UNSURE if far else AnswerStatus.ANSWERED
    return told


_INTRODUCES: Final = (Kind.IDENTITY, Kind.ALIGNMENT)


def _say_nothing_like_it(told: Told, resources: Resources, draft: Draft) -> None:
    size, given = len(resources.graph.sequences), told.subject.given
    said = f"Nothing in the reference of {size:,} proteins is similar to {given.label}"
    if any(said in sentence for sentence in draft.text):
        return
    tags = told.reading.tags
    words = [f"a {found.tag.name} at residues {found.place}" for found in tags]
    if tags and len(given.value) <= SHORT:
        draft.say(f"This is {tags_phrase(tags)}", tag_evidence(given, tags))
        draft.status = AnswerStatus.ANSWERED
        return
    draft.note(f"{said}, so its function is not known and bbqa cannot say what it does.")
    if tags:
        draft.say(f"It carries {listed(words)}", tag_evidence(given, tags))
    draft.status = AnswerStatus.NO_EVIDENCE


def _tell_functions(told: Told, resources: Resources, draft: Draft) -> None:
    """What the proteins of a chain do: of each part that is no mere tag or leader."""
    for part in _telling_parts(told.reading):
        if part.number is None:
            continue
        said, items = overview(_terms_of(part, told, resources), _whose(part, resources), resources)
        if said:
            draft.say(said, items)
    _say_of_relative(told, resources, draft)


def _say_of_relative(told: Told, resources: Resources, draft: Draft) -> None:
    main = told.reading.main
    if main is not None and not main.is_same:
        name = part_name(main, resources)
        draft.note(f"What is recorded of {name} need not hold of {told.label}.")


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
    name = capital(part_name(part, resources))
    if part.is_same and part.target.end - part.target.start + 1 < 0.8 * part.length:
        return f"Full-length {part_name(part, resources)}"
    return name if part.is_same else f"Its relative {part_name(part, resources)}"


def _terms_of(part: Part, told: Told, resources: Resources) -> list[Candidate]:
    """What is recorded of the protein of a part; of a relative it is said that it is one."""
    assert part.number is not None
    if part.is_same or part.homologue is None:
        return leading_terms(part.number, resources, about=told.label)
    kin = homologue_of(told.label, part.homologue)
    return leading_terms(
        part.number,
        resources,
        about=told.label,
        subject=f"{part_name(part, resources)}, {kin},",
        status=Status.INFERRED,
    )


def _tell_types(
    types: Iterable[NodeType],
    told: Told,
    resources: Resources,
    draft: Draft,
    *,
    terms: frozenset[int] = frozenset(),
) -> None:
    """What is recorded of some types; of drugs, those of some roles or classes (``terms``)."""
    for node_type in types:
        if node_type in FUNCTIONS:
            _tell_terms(node_type, told, resources, draft)
        else:
            _tell_nodes(node_type, told, resources, draft, terms=terms)
    _say_of_relative(told, resources, draft)


def _tell_terms(node_type: NodeType, told: Told, resources: Resources, draft: Draft) -> None:
    """Functions, processes or places of the parts, those that are asked for first."""
    for part in _telling_parts(told.reading):
        if part.number is not None:
            terms = _terms_of(part, told, resources)
            most = {node_type: TERMS_LISTED}
            if node_type is NodeType.CELLULAR_COMPONENT:
                terms = [c for c in terms if c.evidence.type is node_type] or terms
            whose = _whose(part, resources)
            said, items = overview(terms, whose, resources, first=node_type, most=most)
            if said:
                draft.say(said, items)


def _tell_nodes(
    node_type: NodeType,
    told: Told,
    resources: Resources,
    draft: Draft,
    *,
    terms: frozenset[int] = frozenset(),
) -> None:
    """Drugs, diseases and the like of the human protein; of others by their human counterpart."""
    part, main, graph = with_node(told.reading, resources), told.reading.main, resources.graph
    assert main is not None
    is_drug = node_type is NodeType.DRUG
    if part is None and is_drug and _tell_inhibitors(told, main, resources, draft, terms=terms):
        return
    row, name, relative = None, "", ""
    if part is not None and part.number is not None:
        row, name = int(graph.sequences.node[part.number]), part_name(part, resources)
        if part.homologue is not None and not part.is_same:
            relative = f"{name}, {homologue_of(told.label, part.homologue)},"
    elif (found := human_counterpart(told.subject.given, resources)) is not None:
        row = int(graph.sequences.node[found.row])
        name = f"its human relative {name_of(found.row, resources)}"
        relative = f"{name_of(found.row, resources)}, {homologue_of(told.label, found)},"
    if row is None:
        kind = "drugs" if is_drug else "records of that kind"
        whose = part_name(main, resources)
        draft.note(f"bbqa holds {kind} for human proteins, and {whose} has no human relative.")
        draft.status = AnswerStatus.NO_EVIDENCE
        return
    any_told = tell_nodes(
        node_type,
        row,
        name,
        resources,
        draft,
        about=told.label,
        terms=terms,
        relative=relative,
    )
    if not any_told or part is None or not told.reading.is_changed:
        return
    if is_drug:
        draft.note(
            f"These are recorded for wild-type {name}; bbqa holds no record of what acts on the "
            "variant."
        )
    elif node_type is NodeType.DISEASE:
        draft.note(_OF_THE_GENE)


def with_node(reading: SequenceReading, resources: Resources) -> Part | None:
    """The longest part that is a human protein, if any."""
    nodes = resources.graph.sequences.node
    human = [p for p in reading.parts if p.number is not None and nodes[p.number] >= 0]
    own = [part for part in human if part.is_same and not _is_reporter(part)]
    return max(
        own or ([] if reading.is_fusion else human),
        key=lambda part: part.place.end - part.place.start,
        default=None,
    )


_OF_THE_GENE: Final = "These are records of the gene; bbqa holds none of the single variant."


def _tell_inhibitors(
    told: Told,
    part: Part,
    resources: Resources,
    draft: Draft,
    *,
    terms: frozenset[int] = frozenset(),
) -> bool:
    """Drugs whose roles name a function of a protein that no drug is recorded for."""
    if part.number is None:
        return False
    graph = resources.graph
    functions = leading_terms(
        part.number, resources, about=told.label, types={NodeType.MOLECULAR_FUNCTION}
    )
    found = inhibitors_of([c.row for c in functions], resources)
    asked = [one for one in found if has_role(one.row, terms, resources)]
    against = [one for one in found if one.antimicrobial is not None]
    chosen = (asked or against or found)[:LISTED]
    if not chosen:
        return False
    named = [_named_inhibitor(one, graph) for one in chosen]
    bearing = [c.evidence for c in _named_by(functions, chosen[0].role, resources)]
    items = [item for one in chosen for item in role_evidence(one, told.label, resources)]
    role = graph.name_of(chosen[0].role)
    verb = "has" if len(named) == 1 else "have"
    draft.say(f"{listed(named)} {verb} the role {role}", [*bearing, *items])
    draft.note("Whether they were measured on this very enzyme is not recorded.")
    draft.status = AnswerStatus.ANSWERED
    return True


def _named_inhibitor(one: Inhibitor, graph: Graph) -> str:
    """``Trimethoprim (antibacterial drug)``."""
    name, other = graph.name_of(one.row), one.antimicrobial
    return name if other is None or other == one.role else f"{name} ({graph.name_of(other)})"


def _named_by(functions: Sequence[Candidate], role: int, resources: Resources) -> list[Candidate]:
    """The function that a role names."""
    return [
        c for c in functions if any(one.role == role for one in inhibitors_of([c.row], resources))
    ][:1]


def _tell_diseases_of_variant(told: Told, resources: Resources, draft: Draft) -> bool:
    """What diseases a changed human protein is linked to; whether it is one."""
    part = with_node(told.reading, resources)
    if part is None or part.number is None or not told.reading.is_changed:
        return False
    row, name = int(resources.graph.sequences.node[part.number]), part_name(part, resources)
    any_told = tell_nodes(
        NodeType.DISEASE, row, name, resources, draft, about=told.label, most=DISEASES_BESIDE
    )
    if any_told:
        draft.note(_OF_THE_GENE)
    draft.status = AnswerStatus.ANSWERED
    return True


def attached_proteins(query: Query) -> list[Subject]:
    """The attached proteins that a query is about."""
    return [s for s in query.subjects if s.given.modality is Modality.PROTEIN]
