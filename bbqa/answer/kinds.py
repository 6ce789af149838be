"""The kinds of a disease, a term or a class of drugs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bbqa.answer.draft import Draft, listed
from bbqa.question.parsed import ParsedQuestion, Query
from bbqa.retrieve import visible
from bbqa.retrieve.facts import evidence_of
from bbqa.schema import AnswerStatus

if TYPE_CHECKING:
    from bbqa.resources import Resources

MOST: Final = 10
"""Kinds that are named."""


def kinds_of(query: Query, parsed: ParsedQuestion, resources: Resources, draft: Draft) -> bool:
    """The kinds of a disease, a term or a class, the most general first."""
    if not query.kinds or len(query.subjects) != 1 or not query.subjects[0].rows:
        return False
    subject, graph = query.subjects[0], resources.graph
    row = subject.rows[0]
    every = [
        int(one)
        for one in graph.rows_of(subject.type)
        if row in graph.ancestors(int(one)) and visible.is_visible(int(one), resources)
    ]
    direct = [one for one in every if row in graph.parents(one)] or every
    name = graph.name_of(row)
    if not every:
        draft.note(f"No kinds of {name} are recorded.")
        draft.status = AnswerStatus.NO_EVIDENCE
        return True
    below = {one: sum(one in graph.ancestors(other) for other in every) for one in direct}
    shown = sorted(direct, key=lambda one: (-below[one], one))[: query.limit or MOST]
    left = len(direct) - len(shown)
    names = [graph.name_of(one) for one in shown]
    more = f" and {left} more" if left else ""
    listing = f"{'; '.join(names)}{more}" if left else listed(names)
    facts = [f for one in shown for f in visible.facts(one, resources) if f.tail == row]
    items = [evidence_of([f], f.head, graph, about=subject.given.label) for f in facts]
    draft.say(f"Kinds of {name} are {listing} ({len(every)} with the kinds of these)", items)
    draft.status = AnswerStatus.ANSWERED
    return True
