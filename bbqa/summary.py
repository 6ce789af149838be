"""A plain summary of evidence in words, made without a language model."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from bbqa.ground import weakest
from bbqa.schema import Claim, Evidence, InputRelation, Kind

MAX_SENTENCES = 6
MAX_JOINED = 9


def summarise(evidence: Sequence[Evidence]) -> list[Claim]:
    """Sentences that say what the evidence says, in its order, facts of one kind joined.

    "EGFR enables A" and "EGFR enables B" become "EGFR enables A and B.", citing both.
    """
    ordered = sorted(evidence, key=lambda item: _first_place(item, evidence))
    groups = [list(items) for _, items in groupby(ordered, key=_kind_of_fact)]
    return [_sentence(group[:MAX_JOINED]) for group in groups[:MAX_SENTENCES]]


def _kind_of_fact(item: Evidence) -> tuple[object, ...]:
    """Two items with the same kind of fact can share a sentence; a path has one of its own."""
    if item.kind is Kind.PATH:
        return (item.number,)
    relation = "" if item.triple is None else item.triple.relation
    return item.about, item.type, item.status, item.kind, relation, _start(item)


def _first_place(item: Evidence, evidence: Sequence[Evidence]) -> int:
    """Place of the first item of the same kind, so that groups keep the order of the ranking."""
    kind = _kind_of_fact(item)
    return next(i for i, other in enumerate(evidence) if _kind_of_fact(other) == kind)


def _sentence(group: Sequence[Evidence]) -> Claim:
    start = _start(group[0])
    if len(group) == 1 or start == group[0].statement:
        start = ""
    rests = [item.statement[len(start) :] for item in group]
    return Claim(f"{start}{_listed(rests)}.", tuple(item.number for item in group), weakest(group))


def _start(item: Evidence) -> str:
    """What a statement says before it names what sets it apart from others of its kind."""
    triple = item.triple
    if triple is None:
        start = f"{item.about} has "
        alone = len(item.values) != 1 or not item.statement.startswith(start)
        return item.statement if alone else start
    if item.kind is Kind.ALIGNMENT and triple.relation == InputRelation.RESEMBLES:
        length = next((v.amount for v in triple.values if v.quantity == "length"), 0)
        start = f"{triple.head_name} ({length:g} residues) is "
        return start if item.statement.startswith(start) else item.statement
    of_tail = triple.tail != triple.head and triple.tail == (
        item.nodes[0] if item.kind is Kind.FACT and item.nodes else item.about
    )
    other = triple.head_name if of_tail else triple.tail_name
    place = item.statement.rfind(f" {other}")
    return item.statement[: place + 1] if other and place > 0 else item.statement


def _listed(parts: Sequence[str]) -> str:
    if len(parts) == 1:
        return parts[0]
    return f"{', '.join(parts[:-1])} and {parts[-1]}"
