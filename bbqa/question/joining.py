"""The queries of a question as one answer: what one of them contains is not answered twice."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from bbqa.question.parsed import Operation, Query, Subject


def without_repeats(queries: Sequence[Query]) -> tuple[Query, ...]:
    """The queries, without those whose answer another one contains."""
    kept: list[Query] = []
    ops = {query.operation for query in queries}
    contained = {
        Operation.IDENTIFY: {Operation.DIFFERENCE},
        Operation.DESCRIBE: {Operation.IDENTIFY},
    }
    for query in _joined_properties(queries):
        within = contained.get(query.operation, set()) & ops
        if any(_says_same(query, other) for other in kept):
            continue
        same = any(
            (q.operation, q.subjects, q.target) == (query.operation, query.subjects, query.target)
            for q in kept
        )
        if not (same and not query.constraints) and not (within and not query.aspects):
            kept.append(query)
    return tuple(kept)


def _says_same(one: Query, other: Query) -> bool:
    """Whether two queries differ in their words alone."""
    return replace(one, text="") == replace(other, text="")


def _joined_properties(queries: Sequence[Query]) -> Iterator[Query]:
    """The queries, those for properties of the same things as one."""
    asked: dict[tuple[Subject, ...], tuple[str, ...]] = {}
    for query in queries:
        if query.operation is Operation.PROPERTY:
            asked[query.subjects] = (*asked.get(query.subjects, ()), *query.properties)
    for query in queries:
        if query.operation is not Operation.PROPERTY:
            yield query
        elif properties := asked.pop(query.subjects, ()):
            yield replace(query, properties=tuple(dict.fromkeys(properties)))
