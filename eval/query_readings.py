"""How questions are read into queries: by rules, by a language model, and by both together.

``eval/sets/query_readings.jsonl`` has 20 plain and 20 intricate questions, each with the operation,
the type asked for and the terms of its query. A reading is right if it has all of these and no
condition more. The replies of the default model are kept in ``eval/results/query-readings.json``,
so that what is made of them can be judged again without asking it.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from bbqa.question.doubts import doubts
from bbqa.question.model_parser import query_of
from bbqa.question.parse import parse
from bbqa.question.parsed import Missing, Operation, Query
from bbqa.question.read import read_question

if TYPE_CHECKING:
    from bbqa.resources import Resources

FOLDER: Final = Path(__file__).parent
LACKS: Final = "lacks"
"""Operation of a question for something that is not held."""
WAYS: Final = ("rules", "model", "rules, model if unread", "rules, model if doubtful")

Condition = tuple[frozenset[int], bool]
"""Rows that will do, and whether the condition is negated."""


@dataclass(frozen=True, slots=True)
class Reading:
    """How one question was read.

    Attributes:
        id: The question's.
        level: ``easy`` or ``hard``.
        doubts: What speaks against the rules' reading.
        verdicts: ``right``, ``wrong`` or ``none`` for each of ``WAYS``.
    """

    id: str
    level: str
    doubts: tuple[str, ...]
    verdicts: Mapping[str, str]


def readings(resources: Resources, replies: Mapping[str, str]) -> Iterator[Reading]:
    """Every question of the set, read in each way.

    Args:
        resources: Graph, names and encoder.
        replies: What the model wrote, by the question's id.
    """
    for row in read_set():
        question = read_question(row["question"], (), (), resources, False)
        parsed = parse(question, resources)
        ruled = judge(parsed.queries, parsed.missing, row, resources)
        reply = replies.get(row["id"], "")
        read = query_of(reply, row["question"], parsed.subjects, resources)
        modelled = judge(
            [read] if isinstance(read, Query) else [],
            [read] if isinstance(read, Missing) else [],
            row,
            resources,
        )
        instead = ruled if modelled == "none" else modelled
        found = doubts(parsed)
        verdicts = (
            ruled,
            modelled,
            instead if ruled == "none" else ruled,
            instead if found else ruled,
        )
        yield Reading(
            row["id"],
            row["level"],
            tuple(map(str, found)),
            dict(zip(WAYS, verdicts, strict=True)),
        )


def read_set() -> list[dict[str, Any]]:
    """The labelled questions."""
    text = (FOLDER / "sets" / "query_readings.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


def counts(found: Sequence[Reading]) -> dict[str, Counter[str]]:
    """Verdicts by way and level: ``{"rules, hard": Counter(right=9, …)}``."""
    table: dict[str, Counter[str]] = {}
    for reading in found:
        for way, verdict in reading.verdicts.items():
            table.setdefault(f"{way}, {reading.level}", Counter())[verdict] += 1
    return table


def judge(
    queries: Sequence[Query],
    missing: Sequence[Missing],
    row: Mapping[str, Any],
    resources: Resources,
) -> str:
    """Whether a reading is ``right`` or ``wrong``, or there is ``none``."""
    if not queries:
        if not missing:
            return "none"
        return "right" if row["operation"] == LACKS else "wrong"
    if len(queries) > 1:
        return "wrong"
    operation, target, conditions = _plain(queries[0])
    if operation != row["operation"] or row["target"] not in (None, target):
        return "wrong"
    return "right" if _same(conditions, row["terms"], resources) else "wrong"


def _same(
    conditions: Sequence[Condition], wanted: Sequence[Mapping[str, Any]], resources: Resources
) -> bool:
    """Whether conditions are those wanted, each once, and no others."""
    left = list(conditions)
    for one in wanted:
        rows = {
            row
            for name in one["any"]
            for found in resources.names.by_type(name).values()
            for row in found
        }
        negated = one.get("not", False)
        hit = next((c for c in left if c[0] & rows and c[1] == negated), None)
        if hit is not None:
            left.remove(hit)
        elif not one.get("optional"):
            return False
    return not left


def _plain(query: Query) -> tuple[str, str | None, list[Condition]]:
    """Operation, type and conditions, the same for queries that mean the same."""
    about: list[Condition] = [(frozenset(s.rows), False) for s in query.subjects]
    having: list[Condition] = [(frozenset(c.terms), c.negated) for c in query.constraints]
    aspect = query.aspects[0] if len(query.aspects) == 1 else None
    match query.operation:
        case Operation.SHARED:
            return Operation.LIST, query.target or aspect, about
        case Operation.DESCRIBE if aspect is not None:
            return Operation.LIST, aspect, about
        case Operation.CHECK:
            return Operation.CHECK, None, [*having, *about[:1]]
        case Operation.LIST | Operation.COUNT:
            return query.operation, query.target, having or about
    return query.operation, None, about
