"""Diseases of a named protein: curated ones first, then those that literature notes mention."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Final

from bbqa.answer.draft import Draft, listed
from bbqa.kg.graph import Fact
from bbqa.query.folding import Member, fold
from bbqa.query.importance import importance
from bbqa.question.parsed import Subject
from bbqa.retrieve.facts import evidence_of, trusted_facts
from bbqa.schema import Evidence, NodeType, Relation

if TYPE_CHECKING:
    from bbqa.kg.graph import Graph
    from bbqa.resources import Resources

CURATED: Final = "HPO"
"""The source whose links of genes and diseases are curated; others are literature notes."""
BRIEF: Final = 4
FULL: Final = 10
NOTED: Final = 5
"""Diseases named: in an overview, where they are asked for, and of literature notes."""
_NUMBERED: Final = re.compile(r"^(.+?),? (?:type )?(\d+[A-Z]?|[IVX]+[ab]?)$")


def tell_diseases(subject: Subject, resources: Resources, draft: Draft, *, asked: bool) -> bool:
    """The diseases that a protein is linked to, those of one numbered series together.

    Args:
        subject: The protein.
        resources: The graph, and what must not be seen of it.
        draft: Where they are named.
        asked: Whether they are asked for; otherwise notes are left out beside curated ones.

    Returns:
        Whether there are any.
    """
    row, name = subject.rows[0], resources.graph.name_of(subject.rows[0])
    facts = diseases_of(row, resources)
    curated = [one for one, own in facts.items() if is_curated(own)]
    noted = _without_kin([one for one in facts if one not in curated], curated, resources.graph)
    if curated:
        members = fold(curated, NodeType.DISEASE, resources)
        most = FULL if asked else BRIEF
        draft.say(
            f"{name} is linked to {in_series(members, resources.graph, most=most)}",
            _cited(members[:FULL], subject, facts, resources),
        )
    if noted and (asked or not curated):
        members = fold(noted, NodeType.DISEASE, resources)[:None]
        names = [resources.graph.name_of(member.row) for member in members]
        lead = f"Notes on the literature (GeneRIF) {'also ' if curated else ''}link it to"
        lead = lead if curated else f"Only notes on the literature (GeneRIF) link {name} to"
        draft.say(
            f"{lead} {listed(names, most=NOTED)}",
            _cited(members[:NOTED], subject, facts, resources),
        )
    return bool(curated or noted)


def diseases_of(row: int, resources: Resources) -> dict[int, list[Fact]]:
    """The diseases that a protein is linked to with the facts, the most important first."""
    found = trusted_facts(row, {NodeType.DISEASE}, resources, relations={Relation.DISEASE_PROTEIN})
    facts = {other: own for (_, other), own in found.items()}
    scores = importance(row, list(facts), resources)
    return {one: facts[one] for one in sorted(facts, key=lambda one: (-scores[one], one))}


def is_curated(facts: Iterable[Fact]) -> bool:
    """Whether a link rests on curation, not on literature notes alone."""
    return any(fact.source == CURATED for fact in facts)


def in_series(members: Sequence[Member], graph: Graph, *, most: int) -> str:
    """Diseases as a list, numbered ones of one series as one: ``long QT syndrome 1 and 2``."""
    series: dict[str, list[tuple[str, str]]] = {}
    for member in members:
        name = graph.name_of(member.row)
        match = _NUMBERED.match(name)
        stem, number = (match[1], match[2]) if match else (name, "")
        series.setdefault(stem, []).append((name, number))
    names = [
        f"{stem} {listed([number for _, number in found])}"
        if len(found) > 1 and all(number for _, number in found)
        else listed([name for name, _ in found])
        for stem, found in series.items()
    ]
    return listed(names, most=most)


def _without_kin(rows: Sequence[int], told: Sequence[int], graph: Graph) -> list[int]:
    """Diseases that are neither kinds of what has been told nor more general."""
    general = frozenset(told).union(*(graph.ancestors(one) for one in told))
    return [row for row in rows if row not in general and graph.ancestors(row).isdisjoint(told)]


def _cited(
    members: Sequence[Member],
    subject: Subject,
    facts: Mapping[int, Sequence[Fact]],
    resources: Resources,
) -> list[Evidence]:
    return [
        evidence_of(
            facts[member.entries[0]],
            subject.rows[0],
            resources.graph,
            about=subject.given.label,
            because=f"named: {subject.text}",
        )
        for member in members
    ]
