"""LIST and COUNT: the nodes that satisfy a query, the most important first, each cited."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from bbqa.answer.closest import say_closest
from bbqa.answer.draft import Draft, listed
from bbqa.answer.phrases import condition, conditions, plural, predicate, relations_of, terms_named
from bbqa.query.engine import Found, Satisfied, chains_of, evidence_for, execute
from bbqa.query.folding import Member, fold
from bbqa.question.parsed import Operation, ParsedQuestion, Query
from bbqa.schema import AnswerStatus, Evidence, NodeType, Relation

if TYPE_CHECKING:
    from bbqa.kg.graph import Graph
    from bbqa.resources import Resources

MAX_NAMED: Final = 12
"""Members that are named in the first sentence."""
MAX_WHOLE: Final = 25
"""So many members, or fewer, are all named, if not in the first sentence."""
MAX_CITED: Final = 60
"""Items of evidence that a sentence cites for its members."""
MAX_FAMILIES: Final = 15
"""Gene families of each of which one member is named."""
MAX_GROUPS: Final = 6
MAX_IN_GROUP: Final = 8
MAX_MAIN: Final = 5
"""Members that are named where only the main ones are asked for."""
GAP: Final = 1.0
"""Difference in log odds of importance after which members are no longer in the front rank."""
MIN_LEADERS: Final = 12
"""Where there are more members than this, only the front rank is named."""
_FULL_NAMES: Final = 3
"""Where there are no more proteins than this, their full names are given."""
MANY: Final = 100
"""From so many proteins on, one of each gene family is named where one family outnumbers others."""
_STEM: Final = re.compile(r"[A-Z]+")


def say_members(query: Query, parsed: ParsedQuestion, resources: Resources, draft: Draft) -> bool:
    """Name the nodes that a query asks for, or their number first and then the main ones."""
    found = execute(query, resources)
    if found is None or not all(one.is_possible for one in found.satisfied):
        return False
    found = _among(found, query)
    if not found.members:
        if not say_closest(found, resources, draft):
            _say_none(found, resources, draft)
        _say_corrections(query, draft)
        return True
    draft.status = AnswerStatus.ANSWERED
    by_way = _grouping(found, query)
    if by_way is not None:
        _say_groups(found, by_way, query, resources, draft)
    else:
        _say_list(found, query, resources, draft)
    _say_ways(found, by_way, resources, draft)
    _say_caveats(found, resources, draft)
    _say_corrections(query, draft)
    return True


# what is asked for


def _among(found: Found, query: Query) -> Found:
    """The members among the things that a question offers to choose from."""
    offered = {row for subject in query.among for row in subject.rows}
    if not offered:
        return found
    members = tuple(m for m in found.members if offered & {m.row, *m.entries})
    return replace(found, members=members, entries=len(members))


def leaders(found: Found) -> tuple[Member, ...]:
    """The members of the front rank: up to the first gap in importance, a dozen at most."""
    odds = [_log_odds(_score(found, member)) for member in found.members]
    for place in range(1, min(len(odds), MAX_NAMED + 1)):
        if odds[place - 1] - odds[place] >= GAP:
            return found.members[:place]
    return found.members[:MAX_NAMED]


def _score(found: Found, member: Member) -> float:
    rows = (member.row, *member.entries)
    return max(found.score.get(row, 0.0) for row in rows)


def _log_odds(score: float) -> float:
    score = min(max(score, 1e-6), 1.0 - 1e-6)
    return math.log(score / (1.0 - score))


# sentences


def _say_list(found: Found, query: Query, resources: Resources, draft: Draft) -> None:
    named, is_front = _named(found, query, resources)
    items = cited(named, found.satisfied, resources)
    names = [name_of(member, found, resources) for member in named]
    count, more = len(found.members), len(found.members) > len(named)
    noun, clause = _described(found, count, resources.graph)
    if query.operation is Operation.COUNT:
        lead = ", above all" if is_front and more else ", such as" if more else ":"
        draft.say(f"{_counted(found, noun, clause)}{lead} {listed(names)}", items)
    elif count == 1:
        draft.say(f"{names[0]} is the only {noun} {clause} that is recorded", items)
    elif not more:
        draft.say(f"The {noun} {clause} are {listed(names)}{_in_all(found)}", items)
    elif len(named) == 1:
        one = plural(found.target, 1, relations=_relations(found, resources.graph))
        draft.say(f"{names[0]} is the main {one} {clause}", items)
        _say_rest(found, named, resources, draft)
    else:
        lead = "The main" if is_front else "Among the"
        draft.say(f"{lead} {noun} {clause} are {listed(names)}{_in_all(found)}", items)
    if more and len(named) > 1 and count <= MAX_WHOLE and not (query.main or query.limit):
        others = [member for member in found.members if member not in named]
        names = [name_of(member, found, resources) for member in others]
        draft.say(f"The others are {listed(names)}", cited(others, found.satisfied, resources))


def _counted(found: Found, noun: str, clause: str) -> str:
    """``14 drugs have recorded activity on EGFR (17 entries with their salts)``."""
    count = len(found.members)
    does = predicate(clause, count) if len(found.satisfied) == 1 else ""
    what = does or f"{clause} {_verb(count)} recorded"
    return f"{count} {noun} {what}{_folded(found)}"


def _in_all(found: Found) -> str:
    """`` (8 in all, 9 entries with their salts)``."""
    folded = _folded(found).removeprefix(" (").removesuffix(")")
    return f" ({len(found.members)} in all{', ' if folded else ''}{folded})"


def _named(found: Found, query: Query, resources: Resources) -> tuple[tuple[Member, ...], bool]:
    """The members that are named, and whether they are a front rank of many."""
    if query.limit is not None:
        return found.members[: min(query.limit, MAX_NAMED)], False
    front = leaders(found)
    if query.main:
        return front[:MAX_MAIN], True
    if len(found.members) <= MIN_LEADERS:
        return found.members, False
    is_front = len(front) < MAX_NAMED and (len(front) > 1 or _is_of_disease(found, resources))
    if is_front:
        return front, True
    first = found.members[:MAX_NAMED]
    if found.target is NodeType.PROTEIN and len(found.members) >= MANY:
        stems = Counter(_stem(member, resources.graph) for member in first)
        if max(stems.values()) > len(first) / 3:
            return _of_different_families(found, resources.graph), False
    return first, False


def _is_of_disease(found: Found, resources: Resources) -> bool:
    return Relation.DISEASE_PROTEIN in _relations(found, resources.graph)


def _of_different_families(found: Found, graph: Graph) -> tuple[Member, ...]:
    """The most important member of each family of genes that are called by one stem."""
    first: dict[str, Member] = {}
    for member in found.members:
        first.setdefault(_stem(member, graph), member)
    return tuple(first.values())[:MAX_FAMILIES]


def _stem(member: Member, graph: Graph) -> str:
    """The letters that a gene's symbol begins with: ``CYP`` of ``CYP2D6``."""
    symbol = graph.name_of(member.row)
    match = _STEM.match(symbol)
    return match[0] if match else symbol


def _say_rest(found: Found, named: Sequence[Member], resources: Resources, draft: Draft) -> None:
    """The number of the others, and the first few of them."""
    others = [member for member in found.members if member not in named]
    names = [name_of(member, found, resources) for member in others]
    draft.say(
        f"Less well supported are {listed(names, most=4)}",
        cited(others[:4], found.satisfied, resources, most=4),
    )


def _described(found: Found, count: int, graph: Graph) -> tuple[str, str]:
    noun = plural(found.target, count, relations=_relations(found, graph))
    return noun, conditions(found.target, found.satisfied, graph)


def _relations(found: Found, graph: Graph) -> tuple[Relation, ...]:
    return tuple(
        relation
        for one in found.satisfied
        for relation in relations_of(found.target, one.constraint, graph)
    )


def _verb(count: int) -> str:
    return "is" if count == 1 else "are"


def _folded(found: Found) -> str:
    """`` (17 entries with their salts)``; empty where nothing was folded."""
    if found.entries <= len(found.members):
        return ""
    what = {
        NodeType.DRUG: "with their salts",
        NodeType.DISEASE: "with their subtypes",
    }.get(found.target, "with the more general ones that they imply")
    return f" ({found.entries} entries {what})"


def name_of(member: Member, found: Found, resources: Resources) -> str:
    """A member's name; of a few proteins with what the symbol stands for."""
    graph = resources.graph
    name = graph.name_of(member.row)
    if found.target is NodeType.PROTEIN and len(found.members) <= _FULL_NAMES:
        synonyms = graph.node(member.row).synonyms
        if synonyms and synonyms[0].lower() != name.lower():
            return f"{name} ({synonyms[0]})"
    return name


def cited(
    members: Iterable[Member],
    satisfied: Sequence[Satisfied],
    resources: Resources,
    *,
    most: int = MAX_CITED,
) -> list[Evidence]:
    """Evidence for members, the best chain for each constraint, as much as is cited at most."""
    items: list[Evidence] = []
    for member in members:
        for one in satisfied:
            if not one.constraint.negated and len(items) < most:
                for chain in chains_of(member, one, resources, most=1):
                    items += evidence_for(chain, resources)
    return list({item.statement: item for item in items}.values())


# members by what is on the way


def _grouping(found: Found, query: Query) -> Satisfied | None:
    """The constraint by whose way the members are grouped: that with something in between."""
    longer = [
        one for one in found.satisfied if one.constraint.through and not one.constraint.negated
    ]
    alone = len(found.satisfied) == 1 and query.operation is Operation.LIST
    return longer[0] if alone and longer and len(found.members) > 1 else None


def _groups(found: Found, by_way: Satisfied, resources: Resources) -> dict[int, list[Member]]:
    """Members by the node next to them on the way to the terms, the best members' first."""
    groups: dict[int, list[Member]] = {}
    for member in found.members:
        chains = chains_of(member, by_way, resources)
        for way in dict.fromkeys(chain.rows[1] for chain in chains):
            groups.setdefault(way, []).append(member)
    sizes = {way: len(members) for way, members in groups.items()}
    best = {
        way: max(_score(found, member) for member in members) for way, members in groups.items()
    }
    order = sorted(groups, key=lambda way: (-best[way], -sizes[way], way))
    return {way: groups[way] for way in order}


def _say_groups(
    found: Found, by_way: Satisfied, query: Query, resources: Resources, draft: Draft
) -> None:
    graph = resources.graph
    groups = _groups(found, by_way, resources)
    shown = dict(list(groups.items())[:MAX_GROUPS])
    told: list[str] = []
    items: list[Evidence] = []
    for way, members in shown.items():
        names = listed([graph.name_of(one.row) for one in members], most=MAX_IN_GROUP)
        told.append(f"{graph.name_of(way)}: {names}")
        items += _cited_by_way(members[:MAX_IN_GROUP], way, by_way, resources)
    noun, clause = _described(found, len(found.members), graph)
    more = len(groups) - len(shown)
    rest = f"; and {more} more of these {plural(by_way.constraint.through[0])}" if more else ""
    draft.say(
        f"{_counted(found, noun, clause)}: {'; '.join(told)}{rest}",
        list({item.statement: item for item in items}.values())[:MAX_CITED],
    )


def _cited_by_way(
    members: Sequence[Member], way: int, by_way: Satisfied, resources: Resources
) -> list[Evidence]:
    items: list[Evidence] = []
    for member in members:
        chains = chains_of(member, by_way, resources)
        chain = next((one for one in chains if one.rows[1] == way), None)
        items += evidence_for(chain, resources) if chain is not None else []
    return items


def _say_ways(found: Found, grouped: Satisfied | None, resources: Resources, draft: Draft) -> None:
    """What is on the way to the terms, where the members were not grouped by it."""
    graph = resources.graph
    for one in found.satisfied:
        through = one.constraint.through
        if one is grouped or not through or one.constraint.negated:
            continue
        groups = dict(list(_groups(found, one, resources).items())[:MAX_GROUPS])
        names = [
            f"{graph.name_of(way)} ({listed([graph.name_of(m.row) for m in members], most=4)})"
            for way, members in groups.items()
        ]
        items = [
            item
            for way, members in groups.items()
            for item in _cited_by_way(members[:1], way, one, resources)
        ]
        what = condition(through[0], replace(one.constraint, through=through[1:]), graph)
        draft.say(f"The {plural(through[0])} {what} are here {listed(names)}", items)


# what is uncertain, and nothing found


def _say_corrections(query: Query, draft: Draft) -> None:
    for subject in query.subjects:
        if subject.correction:
            draft.note(f"“{subject.text}” was taken for {subject.correction}.")


def _say_caveats(found: Found, resources: Resources, draft: Draft) -> None:
    graph = resources.graph
    for one in found.satisfied:
        if one.constraint.nearest:
            names = terms_named(one.constraint, graph)
            draft.note(
                f"“{one.constraint.text}” was taken for {names}, the nearest that is recorded."
            )
    if any(one.constraint.negated for one in found.satisfied):
        draft.note("That something is not recorded does not mean that it is not so.")
    elif found.target is NodeType.DRUG and _has_weak(found, resources):
        draft.note(
            "These are activities recorded in ChEMBL, which do not say what a drug is meant for; "
            "those named last are the least specific."
        )


def _has_weak(found: Found, resources: Resources) -> bool:
    relations = {r for one in found.satisfied for r in _relations_of_one(found, one, resources)}
    return Relation.DRUG_PROTEIN in relations and len(found.members) > 3


def _relations_of_one(found: Found, one: Satisfied, resources: Resources) -> tuple[Relation, ...]:
    return relations_of(found.target, one.constraint, resources.graph)


def _say_none(found: Found, resources: Resources, draft: Draft) -> None:
    """What was looked for and not found, and which condition alone is met by how many."""
    draft.status = AnswerStatus.NO_EVIDENCE
    graph = resources.graph
    many = plural(found.target, relations=_relations(found, graph))
    clause = conditions(found.target, found.satisfied, graph)
    sources = listed(_sources(found, resources))
    searched = f" in {sources}" if sources else ""
    draft.note(f"No {many} {clause} are recorded{searched}.")
    wanted = [one for one in found.satisfied if not one.constraint.negated]
    if len(found.satisfied) > 1:
        alone = [_alone(one, found.target, resources) for one in wanted]
        draft.note(f"Alone there are {listed(alone)}; none is all of this.")


def _alone(one: Satisfied, target: NodeType, resources: Resources) -> str:
    """``12 drugs with recorded activity on EGFR``."""
    count = len(fold(one.rows, target, resources))
    relations = relations_of(target, one.constraint, resources.graph)
    noun = plural(target, count, relations=relations)
    return f"{count or 'no'} {noun} {condition(target, one.constraint, resources.graph)}"


def _sources(found: Found, resources: Resources) -> list[str]:
    """The sources of the relations that were looked at."""
    graph = resources.graph
    named: dict[str, None] = {}
    for relation in _relations(found, graph):
        edges = graph.edges_with(relation)
        if len(edges):
            column = graph.edges["source"].take(edges).unique().to_pylist()
            named |= dict.fromkeys(column)
    return list(named)
