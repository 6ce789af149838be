"""A plain summary of evidence in words, made without a language model."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby, takewhile

from bbqa.ground import weakest
from bbqa.kg.describe import PREDICATES
from bbqa.schema import Claim, Evidence, Kind

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
    """Two items with the same kind of fact can share a sentence; a path has one of its own.

    Facts of two nodes do not, alike as their names may begin.
    """
    if item.kind is Kind.PATH:
        return (item.number,)
    words = item.statement.split()
    verb = words[:3] if words[1:2] in (["is"], ["has"]) else words[:2]
    of = item.nodes[:1] if item.kind is Kind.FACT else ()
    return item.about, item.type, item.status, item.kind, of, tuple(verb)


def _first_place(item: Evidence, evidence: Sequence[Evidence]) -> int:
    """Place of the first item of the same kind, so that groups keep the order of the ranking."""
    kind = _kind_of_fact(item)
    return next(i for i, other in enumerate(evidence) if _kind_of_fact(other) == kind)


def _sentence(group: Sequence[Evidence]) -> Claim:
    shared = _shared_words([item.statement for item in group])
    rests = [" ".join(item.statement.split()[shared:]) for item in group]
    start = " ".join(group[0].statement.split()[:shared])
    text = f"{start} {_listed(rests)}" if shared else _listed([i.statement for i in group])
    return Claim(f"{text}.", tuple(item.number for item in group), weakest(group))


def _shared_words(statements: Sequence[str]) -> int:
    """How many first words all statements share, no part of a name among them."""
    if len(statements) == 1:
        return 0
    rows = [statement.split() for statement in statements]
    limit = min(len(row) for row in rows) - 1
    same = takewhile(lambda place: len({row[place] for row in rows}) == 1, range(limit))
    return _without_name(rows[0][: len(list(same))])


def _without_name(words: Sequence[str]) -> int:
    """How many of some first words come before the name of what something is done to."""
    text = f"{' '.join(words)} "
    ends = [text.find(f" {p} ") + len(p) + 1 for p in PREDICATES if f" {p} " in text]
    return len(text[: max(ends)].split()) if ends else len(words)


def _listed(parts: Sequence[str]) -> str:
    if len(parts) == 1:
        return parts[0]
    return f"{', '.join(parts[:-1])} and {parts[-1]}"
