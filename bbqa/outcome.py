"""How an answer ended, and what is said in plain words beside the cited sentences."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Final

from bbqa.examples import Task
from bbqa.kg.ends import are_related
from bbqa.premise import Premise, unrecorded
from bbqa.question.read import about_types
from bbqa.retrieve.kin import kin_words
from bbqa.route import YES_NO
from bbqa.schema import (
    AnswerStatus,
    Claim,
    Evidence,
    Kind,
    Kinship,
    Modality,
    NodeType,
    Question,
    Status,
)

if TYPE_CHECKING:
    from bbqa.agent import Findings
    from bbqa.kg.names import NameIndex
    from bbqa.resources import Resources

_ADVICE: Final = re.compile(
    r"\b(?:should|can|could|may|must|shall)\s+(?:i|we|he|she|my \w+|one|patients?|people|you)\b"
    r"|\b(?:i have|i am|i'm|my (?:doctor|mother|father|child|wife|husband|son|daughter))\b"
    r"|\b(?:safe|dangerous|harmful)\s+(?:for|to|in|during)\b"
    r"|\b(?:dose|dosage|prescri\w+|overdose|pregnan\w+|side effects?|cure|stop taking|take it)\b",
    re.IGNORECASE,
)
_RELATIVES: Final = (Kinship.HOMOLOGUE, Kinship.ANALOGUE, Kinship.STEREOISOMER)
"""Who is another than the input; a salt is not."""
NO_ADVICE: Final = (
    "These are records from databases and no medical advice: ask a physician or a pharmacist."
)
OUTSIDE: Final = (
    "This question is about neither proteins nor molecules nor what is recorded of them; "
    "I cannot answer it."
)
_SOUGHT: Final = {
    Task.COMPARE: "connections",
    Task.DESCRIBE: "a description",
    Task.LOOKUP: "names",
    Task.SIMILAR: "relatives",
}
HELD: Final = (
    "functions, processes, places in the cell, pathways, interactions, diseases, phenotypes, "
    "drugs, targets, roles, drug classes, and properties computed from a sequence or a structure"
)


def status_of(claims: Sequence[Claim], findings: Findings) -> AnswerStatus:
    """Whether the claims answer what was asked.

    ``no_evidence``: nothing was found of what was asked for. ``unsure``: what was found is
    predicted, or no claim uses it. ``answered`` otherwise, unless a limit cut it short.
    """
    if findings.route.task is Task.OUTSIDE and not findings.unknown:
        return AnswerStatus.OUT_OF_SCOPE
    if findings.premise is not None:
        return AnswerStatus.FALSE_PREMISE
    if findings.unknown or findings.route.task is Task.LACKING:
        return AnswerStatus.NO_EVIDENCE
    if findings.undone:
        return AnswerStatus.CUT_SHORT
    relevant = {item.number for item in findings.evidence if _is_asked_for(item, findings)}
    if not relevant:
        return AnswerStatus.NO_EVIDENCE
    sure = [c for c in claims if relevant & set(c.citations) and c.status is not Status.PREDICTED]
    return AnswerStatus.ANSWERED if sure else AnswerStatus.UNSURE


def _is_asked_for(item: Evidence, findings: Findings) -> bool:
    """Whether an item of evidence belongs to what was asked for."""
    if item.number in findings.called:
        return True
    return item.type in findings.route.types and item.kind is not Kind.IDENTITY


def closing_lines(
    status: AnswerStatus,
    claims: Sequence[Claim],
    findings: Findings,
    question: Question,
    resources: Resources,
) -> Iterator[str]:
    """What is said without a citation: what was not found, and what this is not."""
    about = ", ".join(dict.fromkeys(i.label for i in question.inputs)) or "the question's words"
    match status:
        case AnswerStatus.OUT_OF_SCOPE:
            yield OUTSIDE
        case AnswerStatus.FALSE_PREMISE if findings.premise is not None:
            yield (
                f"The question takes for granted of {_whom(findings.premise)}: "
                f'"{findings.premise.claim}". No record in this graph says so.'
            )
        case AnswerStatus.NO_EVIDENCE if findings.unknown:
            yield from (_unknown(name, resources.names) for name in findings.unknown)
        case AnswerStatus.NO_EVIDENCE if findings.route.task is Task.LACKING:
            yield f"That is not recorded of {about}. What the graph holds: {HELD}."
        case AnswerStatus.NO_EVIDENCE:
            yield f"I looked for {_sought(findings)} of {about} and found nothing."
            yield from _never_recorded(findings, question, resources)
        case AnswerStatus.UNSURE:
            yield f"I looked for {_sought(findings)} of {about} and am not sure."
        case AnswerStatus.CUT_SHORT:
            yield f"The answer is not complete: {findings.undone}."
    if status in (AnswerStatus.ANSWERED, AnswerStatus.UNSURE):
        yield from _not_said(findings, question, resources)
    yield from _of_kin(claims, findings)
    if status is not AnswerStatus.OUT_OF_SCOPE and _ADVICE.search(question.text):
        yield NO_ADVICE


def _never_recorded(findings: Findings, question: Question, resources: Resources) -> Iterator[str]:
    """That the graph at hand has no relation at all which what was asked could be read from."""
    subjects, asked = about_types(question, resources), findings.route.types
    if findings.route.task is Task.FACTS and not _may_be_held(subjects, asked, resources):
        yield f"This graph holds no relation between {_ends(subjects, asked)}: it cannot tell."


def _not_said(findings: Findings, question: Question, resources: Resources) -> Iterator[str]:
    """What a question asks for and what was found does not say."""
    is_yes_no = YES_NO.match(question.text)
    said = list(_neither_yes_nor_no(findings, question, resources)) if is_yes_no else []
    yield from said
    if findings.apart and not said:
        joined, told = (
            " and ".join(dict.fromkeys(labels))
            for labels in ((i.label for i in question.inputs), findings.apart)
        )
        whose = "each" if told == joined else told
        yield f"Nothing was found that joins {joined}; this is what is known of {whose}."


def _neither_yes_nor_no(
    findings: Findings, question: Question, resources: Resources
) -> Iterator[str]:
    """That what was found does not say whether one thing does to the other what is asked."""
    first, *others = about_types(question, resources)
    if (
        others
        and findings.route.task is Task.PATHS
        and not _may_be_held([first], others, resources)
    ):
        yield (
            f"This graph holds no relation between {_ends([first], others)}: it cannot say yes or "
            "no, only how they are connected."
        )
    elif (asked := unrecorded(question, resources)) is not None:
        yield f'No record in this graph connects {_whom(asked)} directly with "{asked.claim}".'


def _whom(premise: Premise) -> str:
    """Whom something is said of: as the question calls it, or the label of what is attached."""
    subject = premise.subject
    return subject.given if subject.modality is Modality.ENTITY else subject.label


def _may_be_held(
    ones: Iterable[NodeType], others: Collection[NodeType], resources: Resources
) -> bool:
    """Whether the graph at hand records anything between nodes of these types and of those."""
    held = resources.graph.relations
    return any(one is other or are_related(one, other, held) for one in ones for other in others)


def _ends(ones: Iterable[NodeType], others: Iterable[NodeType]) -> str:
    return " and ".join(", ".join(map(_in_words, dict.fromkeys(some))) for some in (ones, others))


def _of_kin(claims: Sequence[Claim], findings: Findings) -> Iterator[str]:
    """Whose the facts are that claims tell of a relative instead of the input."""
    cited = {number for claim in claims for number in claim.citations}
    told = (item for item in findings.evidence if item.number in cited)
    stated = ((one, item) for item in told if item.kind is Kind.FACT for one in item.triples[1:])
    kin = {
        f"{one.head_name}, {kin_words(one)}": item.about
        for one, item in stated
        if one.via in _RELATIVES
    }
    for words, label in kin.items():
        yield f"What is recorded of {words}, need not be so of {label}."


def _sought(findings: Findings) -> str:
    types = [_in_words(t) for t in findings.route.types]
    match findings.route.task:
        case Task.PATHS:
            return f"paths to {', '.join(types)}" if types else "paths"
        case Task.FACTS:
            return ", ".join(types)
        case task:
            return _SOUGHT.get(task, str(task))


def _in_words(node_type: NodeType) -> str:
    return str(node_type).replace("_", " ")


def _unknown(name: str, names: NameIndex) -> str:
    near = ", ".join(names.nearest(name))
    return f'Nothing in this graph is called "{name}". The nearest names are {near}.'
