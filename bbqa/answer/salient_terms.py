"""The terms of a named protein that are told first, with their records."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from bbqa.question.parsed import Subject
from bbqa.retrieve.facts import evidence_of
from bbqa.retrieve.salience import is_deed, salience, without_implied
from bbqa.schema import Evidence, NodeType

if TYPE_CHECKING:
    from bbqa.kg.graph import Fact
    from bbqa.resources import Resources

DEEDS: Final = 2
"""Activities that are told in an overview."""
CLOSE: Final = 1.5
"""Difference of salience up to which a second deed is told beside the first."""
_INHIBITOR: Final = "inhibitor"


@dataclass(frozen=True, slots=True)
class Salient:
    """A term that is recorded of a protein.

    Attributes:
        row: The term.
        name: What it is called.
        score: How salient it is.
        item: The record.
    """

    row: int
    name: str
    score: float
    item: Evidence


def main_deeds(functions: Sequence[Salient], resources: Resources) -> list[Salient]:
    """What a protein does, first of all; a second deed only if it comes close to the first."""
    deeds = [one for one in functions if is_deed(resources.graph, one.row)]
    if not deeds:
        return []
    first = deeds[0]
    inhibits = _INHIBITOR in first.name
    close = [
        one
        for one in deeds[1:]
        if first.score - one.score <= CLOSE and (_INHIBITOR in one.name) == inhibits
    ]
    return [first, *close][:DEEDS]


def salient(
    subject: Subject, node_type: NodeType, resources: Resources, *, most: int
) -> list[Salient]:
    """The most salient terms of a type that are recorded of a named protein, none implied."""
    graph, row = resources.graph, subject.rows[0]
    ranked = salience(row, node_type, resources)
    facts = {term: same for term, _, same in ranked}
    scores = {term: score for term, score, _ in ranked}
    kept = without_implied(list(facts), graph, most=most)
    return [
        Salient(
            term, graph.name_of(term), scores[term], record_of(facts[term], row, subject, resources)
        )
        for term in kept
    ]


def record_of(facts: Sequence[Fact], row: int, subject: Subject, resources: Resources) -> Evidence:
    """The record of a term with a named protein."""
    because = f"named: {subject.text}"
    return evidence_of(facts, row, resources.graph, about=subject.given.label, because=because)


def agent(function: str) -> str:
    """What has an activity: ``a protein tyrosine kinase`` for ``protein tyrosine kinase activity``.

    >>> agent("DNA-binding transcription factor activity, RNA polymerase II-specific")
    'a DNA-binding transcription factor (RNA polymerase II-specific)'
    """
    head, _, qualifier = function.partition(" activity")
    qualifier = qualifier.strip(" ,")
    noun = f"{head} ({qualifier})" if qualifier else head
    article = "an" if noun[:1].lower() in "aeio" or noun.startswith(("NAD", "RNA", "mRNA")) else "a"
    return f"{article} {noun}"
