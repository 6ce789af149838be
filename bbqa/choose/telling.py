"""A choice in words: sentences that cite what decides, each checked as any other sentence is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Final

from bbqa.choose.pick import Pick
from bbqa.choose.weigh import Weighed
from bbqa.ground import ground
from bbqa.kg.ends import HIERARCHY
from bbqa.schema import (
    AnswerStatus,
    Claim,
    Evidence,
    Kind,
    Question,
    Relation,
    Status,
    Triple,
)
from bbqa.summary import summarise

if TYPE_CHECKING:
    from bbqa.kg.graph import Fact, Graph
    from bbqa.kg.names import NameIndex

DECIDING: Final = 2
"""Items of evidence that are told for a choice, at most."""
SURE: Final = 0.5
"""Confidence from which a choice is said to answer the question."""


def deciding(weighed: Weighed, picked: Pick | None, evidence: Sequence[Evidence]) -> list[Evidence]:
    """The items that a choice rests on: what speaks for the option, and what the model went by."""
    items = list(weighed.supports[weighed.best].items[:DECIDING])
    if picked is not None and picked.place == weighed.best:
        items += [item for item in evidence if item.number in picked.cites]
    return list(dict.fromkeys(items))


def kinship(weighed: Weighed, graph: Graph, *, number: int) -> Evidence | None:
    """That what is told comes under the option, or the other way round; None if it is the same."""
    by = weighed.supports[weighed.best].by
    if by is None or by[0] == by[1]:
        return None
    below, above = by if by[1] in graph.ancestors(by[0]) else by[::-1]
    steps = _steps_up(below, above, graph)
    kind = all(step.relation is not Relation.GO_PART_OF for step in steps)
    verb = "is a kind of" if kind else "is part of"
    relation = steps[0].relation if kind else Relation.GO_PART_OF
    return Evidence(
        number=number,
        statement=f"{graph.name_of(below)} {verb} {graph.name_of(above)}",
        kind=Kind.FACT,
        status=Status.CURATED,
        source="; ".join(dict.fromkeys(step.source for step in steps)),
        release="; ".join(dict.fromkeys(step.release for step in steps)),
        nodes=(graph.node_id(below), graph.node_id(above)),
        type=graph.type_of(above),
        score=1.0,
        because=f"{len(steps)} step{'s' * (len(steps) != 1)} up the hierarchy",
        about=graph.name_of(below),
        triple=Triple(
            graph.node_id(below),
            str(relation),
            graph.node_id(above),
            head_name=graph.name_of(below),
            tail_name=graph.name_of(above),
        ),
    )


def _steps_up(below: int, above: int, graph: Graph) -> list[Fact]:
    """The facts of one way up the hierarchy."""
    steps: list[Fact] = []
    row = below
    while row != above:
        row, fact = next(
            (fact.tail, fact)
            for fact in graph.facts(row, relations=HIERARCHY)
            if fact.head == row and (fact.tail == above or above in graph.ancestors(fact.tail))
        )
        steps.append(fact)
    return steps


def claims_from(
    items: Sequence[Evidence],
    evidence: Mapping[int, Evidence],
    question: Question,
    names: NameIndex,
) -> Iterator[Claim]:
    """A sentence for each item, checked; what cannot be read is said in the item's own words."""
    for item in items:
        found = ground(
            f"{item.statement}.",
            (item.number,),
            evidence=evidence,
            question=question,
            lexicon=names,
        )
        yield found if isinstance(found, Claim) else summarise([item])[0]


def why(
    weighed: Weighed, options: Sequence[str], picked: Pick | None, claims: Sequence[Claim]
) -> str:
    """Why an option was chosen, or none, with the numbers of the evidence."""
    if not weighed.knows:
        spoken = any(one.items for one in weighed.supports)
        return f"Nothing that was found speaks {'clearly enough ' * spoken}for an option."
    parts = [f"{claim.text.rstrip('.')} {_numbers(claim.citations)}." for claim in claims]
    if weighed.judged and not claims:
        parts.append("No record joins them, though the graph knows both.")
    if picked is not None and picked.place == weighed.best:
        unsupported = not weighed.supports[weighed.best].items
        doubt = ", though none of it speaks for it by itself" * unsupported
        parts.append(f"The model picked it from the evidence{doubt}.")
    if (rival := _rival(weighed)) is not None:
        number = weighed.supports[rival].items[0].number
        parts.append(f'For "{options[rival]}" speaks [{number}].')
    return " ".join(parts)


def _rival(weighed: Weighed) -> int | None:
    """Place of the likeliest other option that anything speaks for."""
    others = [
        place
        for place, one in enumerate(weighed.supports)
        if one.items and place != weighed.best and not weighed.judged
    ]
    return max(others, key=lambda place: weighed.weights[place], default=None)


def _numbers(citations: Sequence[int]) -> str:
    return "".join(f"[{number}]" for number in citations)


def status_of(weighed: Weighed, claims: Sequence[Claim]) -> AnswerStatus:
    """How a choice ended: answered where evidence that is no mere prediction bears it out."""
    if not weighed.knows:
        spoken = any(one.items for one in weighed.supports)
        return AnswerStatus.UNSURE if spoken else AnswerStatus.NO_EVIDENCE
    borne_out = any(claim.status is not Status.PREDICTED for claim in claims)
    sure = weighed.probabilities[weighed.best] >= SURE
    return AnswerStatus.ANSWERED if borne_out and sure else AnswerStatus.UNSURE
