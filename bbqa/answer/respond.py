"""Composes the direct answer to a parsed question, one query after the other.

Each operation has responders, tried in order; the first that can answer a query does. Where none
can, the caller falls back on general retrieval.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Final

from bbqa.answer.draft import Draft
from bbqa.answer.members import say_members
from bbqa.answer.missing import say_missing, say_unknown
from bbqa.question.parsed import Operation, ParsedQuestion, Query
from bbqa.schema import AnswerStatus

if TYPE_CHECKING:
    from bbqa.resources import Resources

Responder = Callable[[Query, ParsedQuestion, "Resources", Draft], bool]
"""Adds the answer to a query to a draft and sets its status; False if it is not its affair, and
the draft is then left as it was."""

RESPONDERS: Final[Mapping[Operation, tuple[Responder, ...]]] = {
    Operation.LIST: (say_members,),
    Operation.COUNT: (say_members,),
}


def respond(parsed: ParsedQuestion, resources: Resources) -> Draft | None:
    """The composed answer to a question; None if some query has no responder that can answer it.

    Args:
        parsed: The question, read.
        resources: Graph and indexes, and what must not be seen of them.
    """
    draft = Draft()
    if parsed.unknown:
        say_unknown(parsed, resources, draft)
        return draft
    for query in parsed.queries:
        responders = RESPONDERS.get(query.operation, ())
        if not any(responder(query, parsed, resources, draft) for responder in responders):
            return None
    if parsed.missing:
        if not parsed.queries:
            draft.status = AnswerStatus.NOT_HELD
        say_missing(parsed, draft)
    return draft if draft.text else None
