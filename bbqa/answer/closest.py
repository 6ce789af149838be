"""What satisfies most of several conditions, where nothing satisfies all of them."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Final

from bbqa.answer.draft import Draft, listed
from bbqa.answer.phrases import conditions, plural, relations_of
from bbqa.query.engine import Found, Satisfied, chains_of, evidence_for
from bbqa.query.folding import Member, parent_drug
from bbqa.query.importance import scores_of
from bbqa.schema import AnswerStatus, Evidence

if TYPE_CHECKING:
    from bbqa.resources import Resources

MIN_CONDITIONS: Final = 3
"""Of two conditions one alone is no answer; of three or more, all but one may be."""
MOST: Final = 5
MAX_CITED: Final = 12


def say_closest(found: Found, resources: Resources, draft: Draft) -> bool:
    """Name what satisfies all conditions but one, if there are three or more; False otherwise."""
    wanted = [one for one in found.satisfied if not one.constraint.negated]
    if len(wanted) < MIN_CONDITIONS or len(wanted) < len(found.satisfied):
        return False
    met = _met(wanted, resources)
    closest = [row for row, conditions_met in met.items() if len(conditions_met) == len(wanted) - 1]
    if not closest:
        return False
    worth = _worth(closest, wanted, resources)
    best = sorted(closest, key=lambda row: (-worth[row], row))
    same = [row for row in best if met[row] == met[best[0]]]
    graph = resources.graph
    has = [one for n, one in enumerate(wanted) if n in met[best[0]]]
    lacks = [one for n, one in enumerate(wanted) if n not in met[best[0]]]
    names = [graph.name_of(row) for row in same]
    draft.status = AnswerStatus.UNSURE
    relations = relations_of(found.target, wanted[0].constraint, graph)
    noun = plural(found.target, len(names), relations=relations)
    are = "is the" if len(names) == 1 else "are the"
    draft.say(
        f"{listed(names, most=MOST)} {are} {noun} closest to this: "
        f"{conditions(found.target, has, graph)}, but on record not "
        f"{conditions(found.target, lacks, graph)}",
        _evidence(same[:MOST], has, resources),
    )
    draft.note(f"No {plural(found.target, relations=relations)} with all of it are recorded.")
    return True


def _met(wanted: Sequence[Satisfied], resources: Resources) -> dict[int, frozenset[int]]:
    """For each node the places of the conditions that it satisfies."""
    met: dict[int, set[int]] = defaultdict(set)
    for place, one in enumerate(wanted):
        for row in one.rows:
            met[parent_drug(row, resources)].add(place)
    return {row: frozenset(places) for row, places in met.items()}


def _worth(
    rows: Iterable[int], wanted: Sequence[Satisfied], resources: Resources
) -> dict[int, float]:
    """How much each node speaks for itself: rare conditions count most, then importance."""
    worth = dict.fromkeys(rows, 0.0)
    for one in wanted:
        scores = scores_of(one.steps, one.depths, one.constraint.terms, resources)
        rarity = -math.log(max(1, len(one.rows)) / len(resources.graph))
        for row in worth.keys() & scores.keys():
            worth[row] += rarity + scores[row]
    return worth


def _evidence(
    rows: Sequence[int], has: Sequence[Satisfied], resources: Resources
) -> list[Evidence]:
    items: list[Evidence] = []
    for row in rows:
        for one in has:
            for chain in chains_of(Member(row, (row,)), one, resources, most=1):
                items += evidence_for(chain, resources)
    return items[:MAX_CITED]
