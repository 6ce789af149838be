"""What a question takes for granted about an effect, held against what is recorded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from bbqa.answer.draft import Draft, listed
from bbqa.question.parsed import ParsedQuestion, Query
from bbqa.retrieve.facts import evidence_of, is_informative, trusted_facts
from bbqa.schema import AnswerStatus, NodeType

if TYPE_CHECKING:
    from bbqa.resources import Resources

NEAREST: Final = 4
"""Records that are named, those nearest in meaning to what is taken for granted."""
_TYPES: Final = frozenset(
    {NodeType.BIOLOGICAL_PROCESS, NodeType.MOLECULAR_FUNCTION, NodeType.ROLE, NodeType.DRUG_CLASS}
)


def say_presumed(query: Query, parsed: ParsedQuestion, resources: Resources, draft: Draft) -> bool:
    """Say that no record speaks of an effect that a question takes for granted, and what does."""
    if not query.presumed or len(query.subjects) != 1 or not query.subjects[0].rows:
        return False
    subject, graph = query.subjects[0], resources.graph
    row, name = subject.rows[0], graph.name_of(subject.rows[0])
    facts = {
        other: same
        for (_, other), same in trusted_facts(row, _TYPES, resources).items()
        if is_informative(graph, other)
    }
    draft.note(
        f"The question takes for granted that {subject.text} should {query.presumed}; "
        "no record here says so in these words."
    )
    if rows := list(facts):
        vectors = resources.vectors[np.array(rows, np.int64)].astype(np.float32)
        near: npt.NDArray[np.float32] = vectors @ resources.encode(query.presumed)
        chosen = [rows[i] for i in np.argsort(-near)[:NEAREST]]
        items = [evidence_of(facts[one], row, graph, about=subject.given.label) for one in chosen]
        draft.say(
            f"What is recorded of {name} and comes nearest is "
            f"{listed([graph.name_of(one) for one in chosen])}",
            items,
        )
    draft.status = AnswerStatus.UNSURE
    return True
