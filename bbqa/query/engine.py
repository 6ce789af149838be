"""Executes a typed query over the graph: which nodes satisfy all constraints, and why.

A term stands for itself and its descendants, a drug also for its salts and esters; the terms of a
constraint are alternatives, its ``through`` are nodes on the way; constraints are intersected, and
negated ones subtracted. Nodes that are one thing to a reader are folded into one member (a drug
with its salts, a disease with its subtypes), and both numbers are kept.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

import numpy as np

from bbqa.kg.ends import GO_TYPES, GROUPS, HIERARCHY
from bbqa.kg.graph import Fact
from bbqa.query.folding import Member, fold, parent_drug, shared_terms
from bbqa.query.importance import scores_of
from bbqa.query.steps import Step, relations_between, step_to, with_descendants
from bbqa.question.parsed import Constraint, Query
from bbqa.retrieve.facts import evidence_of, specificity
from bbqa.schema import Evidence, NodeType, Relation

if TYPE_CHECKING:
    from bbqa.resources import Resources

MAX_CHAINS: Final = 50
"""Chains that are read for one member and constraint; the rest says nothing new."""
_WITH_GENERAL_TERMS: Final = frozenset({*GO_TYPES, *GROUPS, NodeType.PHENOTYPE, NodeType.DISEASE})
"""Types of which a node that has one has all more general ones as well."""


@dataclass(frozen=True, slots=True)
class Chain:
    """How a node satisfies a constraint: the facts from it to a term, one a step.

    Attributes:
        rows: The node, those on the way, and the term or the descendant that it is related to.
        facts: For each step the facts that state it, the most trusted first.
    """

    rows: tuple[int, ...]
    facts: tuple[tuple[Fact, ...], ...]


@dataclass(frozen=True, slots=True)
class Satisfied:
    """The nodes that satisfy one constraint.

    Attributes:
        constraint: The constraint.
        depths: Its terms and what they stand for, and how far below them each is.
        steps: The edges of each step, that next to the target first; empty if no relation leads
            from the target to the terms.
        rows: The nodes with a record of their own, ascending.
    """

    constraint: Constraint
    depths: Mapping[int, int]
    steps: tuple[Step, ...] = ()
    rows: tuple[int, ...] = ()

    @property
    def is_possible(self) -> bool:
        """Whether the graph records relations of this kind at all."""
        return bool(self.steps)


@dataclass(frozen=True, slots=True)
class Found:
    """What a query found.

    Attributes:
        target: The type asked for.
        members: The nodes that satisfy all constraints, folded, the most important first.
        entries: How many nodes there were before folding.
        satisfied: What satisfies each constraint, in the order of the query.
        score: The importance of each node, of a member's row that of all it stands for, in [0, 1].
    """

    target: NodeType
    members: tuple[Member, ...]
    entries: int
    satisfied: tuple[Satisfied, ...]
    score: Mapping[int, float] = field(default_factory=dict)


def execute(query: Query, resources: Resources) -> Found | None:
    """The nodes that a query asks for; None if it asks for no type or sets no condition.

    Subjects of a query without constraints are its conditions.
    """
    constraints = conditions_of(query)
    if query.target is None or all(constraint.negated for constraint in constraints):
        return None
    satisfied = tuple(
        satisfy(query.target, one, resources, experimental=query.experimental)
        for one in constraints
    )
    if _may_be_general(query.target, constraints, resources):
        return _shared(query.target, satisfied, resources)
    rows = _rows_of_all(satisfied, resources)
    score = _combined_scores(rows, satisfied, resources)
    members = fold(sorted(rows, key=lambda row: (-score[row], row)), query.target, resources)
    score |= {member.row: _joint(member, query.target, score) for member in members}
    members = tuple(sorted(members, key=lambda member: (-score[member.row], member.row)))
    return Found(query.target, members, len(rows), satisfied, score)


def _joint(member: Member, target: NodeType, score: Mapping[int, float]) -> float:
    """The importance of what was folded: subtypes of a disease add to it; of others the best."""
    if target is NodeType.DISEASE:
        return _any(score, member.entries)
    return max(score[row] for row in member.entries)


def _may_be_general(
    target: NodeType, constraints: Sequence[Constraint], resources: Resources
) -> bool:
    """Whether terms are asked for that several things have, be it by more special ones.

    Two proteins of two kinds of a disease are both linked to the disease; but of two kinds of a
    disease with a sign each none has both.
    """
    wanted = [one for one in constraints if not one.negated]
    things = {resources.graph.type_of(row) for one in wanted for row in one.terms}
    diseases = target is NodeType.DISEASE and things != {NodeType.PROTEIN}
    return target in _WITH_GENERAL_TERMS and len(wanted) > 1 and not diseases


def _shared(target: NodeType, satisfied: tuple[Satisfied, ...], resources: Resources) -> Found:
    """Terms that all constraints lead to, where what has a term has all that is more general."""
    wanted = [one for one in satisfied if not one.constraint.negated]
    unwanted = {row for one in satisfied if one.constraint.negated for row in one.rows}
    shared = shared_terms([one.rows for one in wanted], target, resources)
    scores = [scores_of(one.steps, one.depths, one.constraint.terms, resources) for one in wanted]
    information = resources.graph.information_content()
    of_rows = _any if target in GO_TYPES else _best
    score = {
        term: math.prod(of_rows(of, below) for of in scores)
        * (1.0 + float(information[term]))
        * specificity(resources.graph, term)
        for term, below in shared.items()
        if term not in unwanted
    }
    members = tuple(
        Member(term, shared[term]) for term in sorted(score, key=lambda row: (-score[row], row))
    )
    return Found(target, members, len(members), satisfied, score)


def _any(scores: Mapping[int, float], rows: Iterable[int]) -> float:
    """The importance of some rows taken together: each adds to it."""
    return 1.0 - math.prod(1.0 - scores.get(row, 0.0) for row in rows)


def _best(scores: Mapping[int, float], rows: Iterable[int]) -> float:
    return max(scores.get(row, 0.0) for row in rows)


def conditions_of(query: Query) -> tuple[Constraint, ...]:
    """The constraints of a query; where it has none, one for each of its subjects."""
    return query.constraints or tuple(
        Constraint(subject.rows[:1], subject.text) for subject in query.subjects if subject.rows
    )


def satisfy(
    target: NodeType, constraint: Constraint, resources: Resources, *, experimental: bool = False
) -> Satisfied:
    """The nodes of a type that satisfy one constraint, its negation aside.

    Args:
        target: The type of the nodes.
        constraint: The constraint.
        resources: The graph, and what must not be seen of it.
        experimental: Whether edges need experimental evidence, where their source tells.
    """
    if target is NodeType.PROTEIN and not constraint.through:
        constraint = replace(constraint, terms=_diseases_first(constraint, resources))
    depths = with_descendants(constraint.terms, resources)
    kinds = _kinds(target, constraint, depths, resources)
    if kinds is not None:
        return kinds
    steps: list[Step] = []
    frontier: Collection[int] = depths
    relations: Collection[Relation] = constraint.relations
    for near in (*reversed(constraint.through), target):
        types = {resources.graph.type_of(row) for row in frontier}
        allowed = resources.graph.relations & set(relations or relations_between(near, types))
        if frontier and not allowed:
            return Satisfied(constraint, depths)
        step = step_to(near, frontier, resources, relations=allowed, experimental=experimental)
        steps.insert(0, step)
        frontier, relations = step.reached.tolist(), ()
    return Satisfied(
        constraint,
        depths,
        tuple(steps),
        tuple(row for row in frontier if row not in depths),
    )


def _diseases_first(constraint: Constraint, resources: Resources) -> tuple[int, ...]:
    """The terms; of a name that is a disease's and a sign's the disease, if it has any genes.

    Genes of a sign are those of all diseases with it.
    """
    graph = resources.graph
    diseases = tuple(t for t in constraint.terms if graph.type_of(t) is NodeType.DISEASE)
    others = {graph.type_of(term) for term in constraint.terms} - {NodeType.DISEASE}
    if not diseases or others != {NodeType.PHENOTYPE}:
        return constraint.terms
    has_genes = step_to(
        NodeType.PROTEIN,
        with_descendants(diseases, resources),
        resources,
        relations={Relation.DISEASE_PROTEIN},
    )
    return diseases if len(has_genes.near) else constraint.terms


def _kinds(
    target: NodeType, constraint: Constraint, depths: Mapping[int, int], resources: Resources
) -> Satisfied | None:
    """Kinds of the terms, where the terms are of the type that is asked for; otherwise None."""
    types = {resources.graph.type_of(row) for row in constraint.terms}
    if constraint.through or types != {target} or relations_between(target, types):
        return None
    step = step_to(target, depths, resources, relations=HIERARCHY)
    among = np.isin(step.near, list(depths))
    step = Step(step.near[among], step.far[among], step.edge[among])
    rows = tuple(row for row in step.reached.tolist() if row not in constraint.terms)
    return Satisfied(constraint, depths, (step,), rows)


def _rows_of_all(satisfied: Sequence[Satisfied], resources: Resources) -> list[int]:
    """Rows with a record that satisfy all constraints, where salts count as their drug."""
    wanted = [one for one in satisfied if not one.constraint.negated]
    unwanted = [one for one in satisfied if one.constraint.negated]
    whole = {row: parent_drug(row, resources) for one in satisfied for row in one.rows}
    kept = set.intersection(*({whole[row] for row in one.rows} for one in wanted))
    kept -= {whole[row] for one in unwanted for row in one.rows}
    return sorted({row for one in wanted for row in one.rows if whole[row] in kept})


def _combined_scores(
    rows: Sequence[int], satisfied: Sequence[Satisfied], resources: Resources
) -> dict[int, float]:
    """The importance of each row: the product over the constraints; of salts the drug's best.

    A constraint that many nodes satisfy says less of each: its score counts as the logarithm of
    the smallest number over that of its own.
    """
    wanted = [one for one in satisfied if not one.constraint.negated]
    smallest = min(len(one.rows) for one in wanted)
    total = dict.fromkeys(rows, 1.0)
    whole = {row: parent_drug(row, resources) for row in rows}
    for one in wanted:
        of_entry = scores_of(one.steps, one.depths, one.constraint.terms, resources)
        weight = math.log(2.0 + smallest) / math.log(2.0 + len(one.rows))
        best: dict[int, float] = {}
        for row in rows:
            best[whole[row]] = max(best.get(whole[row], 0.0), of_entry.get(row, 0.0))
        for row in rows:
            total[row] *= best[whole[row]] ** weight
    return total


def chains_of(
    member: Member, satisfied: Satisfied, resources: Resources, *, most: int = MAX_CHAINS
) -> list[Chain]:
    """How a member satisfies a constraint, the closest and most trusted chains first."""
    found = [
        chain
        for entry in member.entries
        for chain in _chains(entry, satisfied.steps, resources, most)
    ]
    return sorted(found, key=lambda chain: satisfied.depths.get(chain.rows[-1], 0))[:most]


def _chains(row: int, steps: Sequence[Step], resources: Resources, most: int) -> Iterator[Chain]:
    if not steps:
        yield Chain((row,), ())
        return
    here, rest = steps[0], steps[1:]
    places = here.between(row)
    facts: dict[int, list[Fact]] = {}
    for far, edge in zip(here.far[places].tolist(), here.edge[places].tolist(), strict=True):
        if far in facts or len(facts) < most:
            facts.setdefault(far, []).append(resources.graph.fact(edge))
    for far, stated in facts.items():
        for chain in _chains(far, rest, resources, most):
            yield Chain((row, *chain.rows), (tuple(stated), *chain.facts))


def evidence_for(chain: Chain, resources: Resources, *, about: str = "") -> list[Evidence]:
    """One item of evidence for each step of a chain, with what a salt is a form of."""
    graph = resources.graph
    found = []
    for row, facts in zip(chain.rows, chain.facts, strict=False):
        parent = parent_drug(row, resources)
        stated = _one_relation(facts)
        item = evidence_of(
            stated,
            row,
            graph,
            about=about or graph.name_of(chain.rows[0]),
            subject=""
            if parent == row
            else f"{graph.name_of(row)}, a salt or ester of {graph.name_of(parent)},",
        )
        if parent != row and item.triple is not None:
            item = replace(item, triple=replace(item.triple, via=graph.node_id(row)))
        found.append(item)
    return found


def _one_relation(facts: Sequence[Fact]) -> list[Fact]:
    """The facts that say the same as the first."""
    return [fact for fact in facts if fact.relation is facts[0].relation]
