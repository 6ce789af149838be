"""What a thing is called, and by which identifiers it is known."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bbqa.answer.draft import Draft, listed
from bbqa.card import identity_of
from bbqa.question.parsed import ParsedQuestion, Query, Subject
from bbqa.schema import AnswerStatus, Evidence, Modality, NodeType

if TYPE_CHECKING:
    from bbqa.resources import Resources

MOST_SHARED: Final = 4
"""Proteins of one name that are listed."""
MOST: Final = 8
"""Other names that are listed."""
_DATABASES: Final = {
    "HGNC": "HGNC",
    "NCBIGene": "NCBI Gene",
    "ENSG": "Ensembl",
    "OMIM": "OMIM",
    "CHEMBL": "ChEMBL",
}


def names_of(query: Query, parsed: ParsedQuestion, resources: Resources, draft: Draft) -> bool:
    """Other names and identifiers of what a question names; whether two names are of one thing."""
    subjects = [s for s in query.subjects if s.rows and s.given.modality is Modality.ENTITY]
    if not subjects or len(subjects) < len(query.subjects):
        return False
    if len(subjects) == 2 and subjects[0].rows[0] == subjects[1].rows[0]:
        _say_same(subjects[0], subjects[1], resources, draft)
    else:
        for subject in dict.fromkeys(subjects):
            _say_names(subject, resources, draft)
    draft.status = AnswerStatus.ANSWERED
    return True


def same_thing(query: Query, parsed: ParsedQuestion, resources: Resources, draft: Draft) -> bool:
    """Whether two names that a question holds against each other are of one thing."""
    if len(query.subjects) != 1 or len(query.constraints) != 1:
        return False
    subject, constraint = query.subjects[0], query.constraints[0]
    if not subject.rows or constraint.through or constraint.terms != subject.rows[:1]:
        return False
    item = _identity(subject, resources)
    name = resources.graph.name_of(subject.rows[0])
    draft.say(f"Yes: {subject.text} and {constraint.text} are names of one thing, {name}", [item])
    _say_names(subject, resources, draft)
    draft.status = AnswerStatus.ANSWERED
    return True


def _say_same(first: Subject, second: Subject, resources: Resources, draft: Draft) -> None:
    name = resources.graph.name_of(first.rows[0])
    draft.say(
        f"Yes: {first.text} and {second.text} are names of one thing, {name}",
        [_identity(first, resources)],
    )


def _say_names(subject: Subject, resources: Resources, draft: Draft) -> None:
    """``CD274 (PD-L1) is also called …``, and identifiers elsewhere."""
    graph = resources.graph
    if len(subject.rows) > 1 and graph.type_of(subject.rows[0]) is NodeType.PROTEIN:
        _say_shared_name(subject, resources, draft)
        return
    for row in subject.rows[:1]:
        node = graph.node(row)
        item = _identity(Subject(subject.given, subject.text, subject.type, (row,)), resources)
        asked = subject.text.lower()
        others = [name for name in node.synonyms if name.lower() != asked]
        is_symbol = node.name.lower() == asked or node.id.lower() == asked
        what = "approved symbol" if subject.type is NodeType.PROTEIN else "name"
        opening = node.name if is_symbol else f"{node.name} is the {what} of {subject.text}; it"
        also = (
            f" is also called {listed(others, most=MOST)}" if others else " has no other name here"
        )
        known = f"; {_identifiers(node.id, graph.xrefs_of(row), subject.type)}"
        draft.say(f"{opening}{also}{known}", [item])


def _say_shared_name(subject: Subject, resources: Resources, draft: Draft) -> None:
    """``MLL2 is another name of KMT2D (O14686, ...) and of KMT2B (Q9UMN6, ...)``."""
    graph, asked = resources.graph, subject.text.lower()
    nodes = [graph.node(row) for row in subject.rows[:MOST_SHARED]]
    titles = [
        f"{node.name} ({', '.join([f'UniProt {node.id}', *node.synonyms[:1]])})" for node in nodes
    ]
    items = [
        _identity(Subject(subject.given, subject.text, subject.type, (row,)), resources)
        for row in subject.rows[:MOST_SHARED]
    ]
    own = [title for node, title in zip(nodes, titles, strict=True) if node.name.lower() == asked]
    others = [title for title in titles if title not in own]
    if own:
        said = f"{own[0]} has this approved symbol; it is another name of {listed(others)} too"
    else:
        said = f"{subject.text} is another name, not the approved symbol, of {listed(others)}"
    draft.say(said, items)


def _identifiers(own: str, elsewhere: tuple[str, ...], node_type: NodeType) -> str:
    """``UniProt P04637, HGNC 11998, Ensembl ENSG00000141510``."""
    found = [f"UniProt {own}" if node_type is NodeType.PROTEIN else own]
    for one in elsewhere:
        prefix, _, local = one.rpartition(":")
        key = prefix or one[:4]
        if key in _DATABASES:
            found.append(f"{_DATABASES[key]} {local}")
    return ", ".join(found)


def _identity(subject: Subject, resources: Resources) -> Evidence:
    return identity_of(
        resources.graph,
        subject.rows[0],
        because=f"named: {subject.text}",
        about=subject.given.label,
    )
