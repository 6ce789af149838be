"""What speaks against the rules' reading of a question, seen from the query alone.

Rules do not know when they are wrong. These checks do, in part: a name that no condition uses, a
denial that no condition has, a list of nothing. A question with a doubt is one for which asking a
language model (``model_parser``) may be worth its time.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import StrEnum
from typing import Final

from bbqa.question.parsed import Operation, ParsedQuestion, Query, Subject

_DENIES: Final = re.compile(
    r"\b(?:not|no|without|except|excluding|unlike|nor|never|neither|spar(?:e|es|ing)"
    r"|avoid(?:s|ing)?|leav(?:e|es|ing) \S+ alone|other than|apart from)\b|n't\b",
    re.IGNORECASE,
)
_WHETHER: Final = re.compile(r"\s*(?:does|do|did|is|are|can|could|has|have)\b(?!\s+there\b)", re.I)
_ASKS: Final = re.compile(
    r"\b(?:what|which|who|whose|where|when|why|how)\b"
    r"|^\s*(?:is|are|does|do|did|can|has|have)\b"
    r"|\band (?:is|are|does|do|did|can|has|have) (?:it|they|this|that|these|those|there)\b",
    re.IGNORECASE,
)
_SENTENCES: Final = re.compile(r"[^.?!;]*[A-Za-z][^.?!;]*(?:[.?!;](?=\s|$)|$)")
_LISTS: Final = frozenset({Operation.LIST, Operation.COUNT})
_OVER: Final = _LISTS | {Operation.CHECK}


class Doubt(StrEnum):
    """What is wrong with a reading.

    UNREAD: there is no query. NO_TARGET: a list of nothing. UNUSED: a name of the question is in
    no query. UNDENIED: the question denies something, and no query does; neither is looked for
    where something is attached and the words may tell of its origin. NO_VERDICT: a yes-or-no
    question was read as a list. SPLIT: there are more queries than sentences or question words.
    """

    UNREAD = "unread"
    NO_TARGET = "no_target"
    UNUSED = "unused"
    UNDENIED = "undenied"
    NO_VERDICT = "no_verdict"
    SPLIT = "split"


def doubts(parsed: ParsedQuestion) -> tuple[Doubt, ...]:
    """What speaks against a reading; empty where nothing does, or something is not held."""
    if parsed.missing or parsed.unknown or parsed.outside:
        return ()
    return tuple(_doubts(parsed))


def _doubts(parsed: ParsedQuestion) -> Iterator[Doubt]:
    text, queries = parsed.question.text, parsed.queries
    if not queries:
        yield Doubt.UNREAD
        return
    if any(query.operation in _LISTS and query.target is None for query in queries):
        yield Doubt.NO_TARGET
    if not parsed.question.attached and not all(_uses(queries, one) for one in parsed.subjects):
        yield Doubt.UNUSED
    negated = any(one.negated or one.relations for query in queries for one in query.constraints)
    if not parsed.question.attached and _DENIES.search(text) and not negated:
        yield Doubt.UNDENIED
    if _WHETHER.match(text) and all(query.operation in _LISTS for query in queries):
        yield Doubt.NO_VERDICT
    if len(queries) > max(1, len(_SENTENCES.findall(text)), len(_ASKS.findall(text))):
        yield Doubt.SPLIT


def _uses(queries: tuple[Query, ...], subject: Subject) -> bool:
    """Whether some query is about a thing, or has it, or a term named after it, in a condition."""
    name = subject.text.lower()
    return any(
        not set(subject.rows).isdisjoint(_terms(query))
        or any(name in constraint.text.lower() for constraint in query.constraints)
        for query in queries
    )


def _terms(query: Query) -> Iterator[int]:
    for constraint in query.constraints:
        yield from constraint.terms
    if query.operation is Operation.CHECK:
        for subject in query.subjects[:1]:
            yield from subject.rows
    elif query.operation not in _OVER or not query.constraints:
        for subject in query.subjects:
            yield from subject.rows
