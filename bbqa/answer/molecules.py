"""Answers about attached structures: which drug it is, what that does, or what it resembles.

A structure that is a recorded drug is named, with its salt and stereochemistry, and then described
as a named drug is. What is recorded of another stereoisomer or an analogue is said of that one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bbqa.answer.analogues import Near, harmful_of, nearest, tell_lent, tell_nearest
from bbqa.answer.draft import Draft, listed
from bbqa.answer.drug_account import account_of, recorded
from bbqa.answer.drug_sentences import tell_listed, tell_overview
from bbqa.answer.drugs import asks_of, of_kind
from bbqa.answer.molecular_identity import (
    Known,
    can_be_read,
    drawn_with,
    identity_evidence,
    isomer_note,
    known_as,
    opening_of,
)
from bbqa.answer.properties import lipinski
from bbqa.question.parsed import ParsedQuestion, Query, Subject
from bbqa.schema import (
    AnswerStatus,
    Evidence,
    Input,
    Kind,
    Modality,
    NodeType,
    Status,
)
from bbqa.subject import as_attached

if TYPE_CHECKING:
    from bbqa.resources import Resources

_LISTED: Final = frozenset({NodeType.PROTEIN, NodeType.ROLE, NodeType.DRUG_CLASS})
ANALOGUES: Final = 5
"""Analogues that are named where they are asked for."""


# responders


def identify_molecule(
    query: Query, parsed: ParsedQuestion, resources: Resources, draft: Draft
) -> bool:
    """What attached structures are, and what is recorded of them."""
    subjects = _attached(query)
    if not subjects or not all(can_be_read(subject.given) for subject in subjects):
        return False
    told = {item.about for item in draft.evidence if item.kind is not Kind.PROPERTY}
    for subject in subjects:
        known = known_as(subject.given, resources)
        if subject.given.label in told and query.target in (None, NodeType.PROTEIN):
            continue
        if known is None:
            _tell_unknown(subject, query, parsed, resources, draft)
        else:
            _tell_known(subject, known, query, resources, draft, alone=len(subjects) == 1)
    return True


def describe_molecule(
    query: Query, parsed: ParsedQuestion, resources: Resources, draft: Draft
) -> bool:
    """What attached structures are and do."""
    if set(query.aspects) - _LISTED:
        return False
    return identify_molecule(query, parsed, resources, draft)


def list_of_molecule(
    query: Query, parsed: ParsedQuestion, resources: Resources, draft: Draft
) -> bool:
    """The targets, roles or classes of one attached structure."""
    subjects = _attached(query)
    if len(subjects) != 1 or query.target not in _LISTED or not asks_of(subjects[0].rows, query):
        return False
    given = subjects[0].given
    if not can_be_read(given):
        return False
    if known_as(given, resources) is None and not nearest(given, resources, k=1):
        return False
    return identify_molecule(query, parsed, resources, draft)


def similar_molecules(
    query: Query, parsed: ParsedQuestion, resources: Resources, draft: Draft
) -> bool:
    """The recorded drugs most similar to one molecule, attached or named, and how it differs."""
    drugs = [subject for subject in query.subjects if subject.type is NodeType.DRUG]
    if len(drugs) != 1 or len(query.subjects) != 1:
        return False
    whole = as_attached(drugs[0].given, resources.graph)
    if whole.modality is not Modality.MOLECULE or not can_be_read(whole):
        draft.note(f"bbqa holds no structure of {drugs[0].text}, so it cannot be compared.")
        draft.status = AnswerStatus.NO_EVIDENCE
        return True
    found = nearest(whole, resources, k=query.limit or ANALOGUES)
    known = known_as(whole, resources) if drugs[0] in _attached(query) else None
    if known is not None:
        said = opening_of(known, resources, subject="This")
        draft.say(said, [identity_evidence(whole, known, resources)])
    if not found:
        other = "other " if known is not None else ""
        draft.note(f"No {other}recorded drug resembles {drugs[0].text}.")
        draft.status = AnswerStatus.NO_EVIDENCE
        return True
    tell_nearest(
        whole,
        found,
        resources,
        draft,
        opening=f"The recorded drug most similar to {drugs[0].text} is",
    )
    return True


# what is recorded


def _tell_known(
    subject: Subject,
    known: Known,
    query: Query,
    resources: Resources,
    draft: Draft,
    *,
    alone: bool,
) -> None:
    """Which drug a structure is, and what is recorded of it."""
    given = subject.given
    status = Status.CURATED if known.is_same else Status.INFERRED
    account = account_of(known.row, resources, about=given.label, status=status)
    account = of_kind(account, subject.rows, query, resources)
    before = len(draft.text)
    opening = opening_of(known, resources, subject="This" if alone else given.label)
    items = [identity_evidence(given, known, resources)]
    if account.is_empty:
        draft.say(f"{opening}, of which no target, role or class is recorded", items)
        return
    if query.target in _LISTED:
        tell_listed(account, query, resources, draft, opening=f"{opening},", items=items)
    else:
        tell_overview(account, resources, draft, opening=f"{opening},", items=items)
    if note := isomer_note(known, resources):
        draft.text.insert(before + 1, note)


# what is not


def _tell_unknown(
    subject: Subject, query: Query, parsed: ParsedQuestion, resources: Resources, draft: Draft
) -> None:
    """What a structure that is no recorded drug resembles, and what that suggests of it."""
    given = subject.given
    found = nearest(given, resources)
    name = "This compound" if len(query.subjects) == 1 else given.label
    if drawn := drawn_with(given, resources):
        name = f"{name} (read as {given.value}, drawn {drawn})"
    if not found:
        said = f"{name} is not recorded here, and no recorded drug resembles it."
        if said in draft.text:
            return
        draft.note(said)
        draft.status = AnswerStatus.NO_EVIDENCE
    else:
        opening = f"{name} is not recorded here; its nearest analogue is"
        tell_nearest(given, found, resources, draft, opening=opening)
        draft.status = AnswerStatus.UNSURE
        if query.target in (None, NodeType.PROTEIN):
            _tell_suggested(given, found, query, resources, draft)
        else:
            _tell_groups(given, found, query, resources, draft)
    if not any(one.properties for one in parsed.queries):
        _tell_liabilities(given, found, resources, draft)


def _tell_suggested(
    given: Input, found: list[Near], query: Query, resources: Resources, draft: Draft
) -> None:
    if not tell_lent(given, found, resources, draft):
        draft.note("No target is recorded of these analogues.")


def _tell_groups(
    given: Input, found: list[Near], query: Query, resources: Resources, draft: Draft
) -> None:
    """Roles or classes of the nearest analogue, said of it."""
    account = account_of(found[0].row, resources, about=given.label, status=Status.INFERRED)
    groups = account.roles if query.target is NodeType.ROLE else account.classes
    if not groups:
        draft.note(f"Neither roles nor classes of {account.name} are recorded here.")
        return
    names = listed([group.name for group in groups], most=ANALOGUES)
    kind = "roles" if query.target is NodeType.ROLE else "ATC classes"
    items = [recorded(account, group, resources) for group in groups[:ANALOGUES]]
    draft.say(f"Of {account.name} are recorded the {kind} {names}", items)


def _tell_liabilities(given: Input, found: list[Near], resources: Resources, draft: Draft) -> None:
    """What speaks against a compound: Lipinski's limits, and what its analogues are known for."""
    from rdkit import rdBase

    from bbqa.structure import parse

    with rdBase.BlockLogs():
        said = lipinski(parse(given.value), f"RDKit {rdBase.rdkitVersion}")
    computed = Evidence(
        number=0,
        statement=f"{given.label} {said.words}",
        kind=Kind.PROPERTY,
        status=Status.COMPUTED,
        source=said.source,
        release="",
        nodes=(),
        type=NodeType.DRUG,
        score=1.0,
        because="calculated from its structure",
        about=given.label,
        value=said.value,
    )
    told, items = harmful_of(given, found, resources)
    words = f"it {said.words}"
    if told:
        words = f"{words}; {listed(told)}"
    harmful = told or said.value is None or said.value.amount > 0
    words = f"Liabilities: {words}" if harmful else f"By its structure {words}"
    draft.say(words, [computed, *items])


# words


def _attached(query: Query) -> list[Subject]:
    """The subjects of a query, if all are attached molecules."""
    subjects = list(query.subjects)
    return subjects if all(s.given.modality is Modality.MOLECULE for s in subjects) else []
