"""CHECK: yes or no, whether a thing that is named satisfies what a question says of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from bbqa.answer.draft import Draft, listed
from bbqa.answer.phrases import plural, relations_of, terms_named
from bbqa.kg.describe import statement
from bbqa.kg.graph import Fact
from bbqa.query.engine import Chain, Satisfied, chains_of, evidence_for, execute, satisfy
from bbqa.query.folding import Member
from bbqa.query.steps import step_to
from bbqa.question.parsed import Constraint, Operation, ParsedQuestion, Query, Subject
from bbqa.retrieve.facts import is_informative
from bbqa.retrieve.forms import forms_of
from bbqa.schema import AnswerStatus, Evidence, NodeType

if TYPE_CHECKING:
    from bbqa.kg.graph import Graph
    from bbqa.resources import Resources

MAX_REASONS: Final = 3
"""Records that are named for a yes."""
MAX_INSTEAD: Final = 5
"""Things of the same type that are named where what was asked for is not recorded."""
_RELATED: Final = (
    NodeType.CELLULAR_COMPONENT,
    NodeType.MOLECULAR_FUNCTION,
    NodeType.DISEASE,
)
"""Types of which it helps to know what is recorded instead."""


def say_check(query: Query, parsed: ParsedQuestion, resources: Resources, draft: Draft) -> bool:
    """Say whether the subject of a query satisfies its constraints, each by itself."""
    subject = next((one for one in query.subjects if one.rows), None)
    if subject is None or not query.constraints:
        return False
    target = resources.graph.type_of(subject.rows[0])
    checked = [
        satisfy(target, one, resources, experimental=query.experimental)
        for one in query.constraints
    ]
    if not all(one.is_possible for one in checked):
        return False
    found = [_chains(subject, one, resources) for one in checked]
    draft.status = AnswerStatus.ANSWERED if any(found) else AnswerStatus.NO_EVIDENCE
    for one, chains in zip(checked, found, strict=True):
        if chains:
            _say_yes(subject, one, chains, resources, draft)
        else:
            _say_no(subject, one, target, resources, draft)
    if subject.correction:
        draft.note(f"“{subject.text}” was taken for {subject.correction}.")
    return True


def _chains(subject: Subject, one: Satisfied, resources: Resources) -> list[Chain]:
    """How the subject, or a salt of it, satisfies a constraint."""
    own = subject.rows[0]
    entries = (own, *(form for form, _ in forms_of(own, resources)))
    recorded = tuple(row for row in entries if row in one.rows or row in one.depths)
    chains = chains_of(Member(own, recorded), one, resources) if recorded else []
    return [chain for chain in chains if chain.facts]


def _say_yes(
    subject: Subject, one: Satisfied, chains: Sequence[Chain], resources: Resources, draft: Draft
) -> None:
    to_terms = [chain for chain in chains if chain.rows[-1] in one.constraint.terms]
    best = (to_terms or chains)[:MAX_REASONS]
    words = listed(list(dict.fromkeys(_in_words(chain, one, resources) for chain in best)))
    draft.say(f"Yes: {words}", [item for chain in best for item in evidence_for(chain, resources)])
    more = len(chains) - len(best)
    if more > 0 and one.steps and len(one.steps) > 1:
        draft.note(f"There are {more} more such connections.")


def _in_words(chain: Chain, one: Satisfied, resources: Resources) -> str:
    """A chain as a statement, with what the term it leads to is a kind of."""
    graph = resources.graph
    steps = [
        statement(graph, facts[0], row) for row, facts in zip(chain.rows, chain.facts, strict=False)
    ]
    words = steps[0]
    for step, row in zip(steps[1:], chain.rows[1:], strict=False):
        words += f", which{step.removeprefix(graph.name_of(row))}"
    last = chain.rows[-1]
    if last not in one.constraint.terms:
        words += f", a kind of {terms_named(one.constraint, graph)}"
    codes = sorted({fact.evidence for fact in chain.facts[0] if fact.evidence})
    return f"{words} ({'/'.join(codes)})" if codes else words


# not recorded


def _say_no(
    subject: Subject, one: Satisfied, target: NodeType, resources: Resources, draft: Draft
) -> None:
    graph = resources.graph
    name, terms = graph.name_of(subject.rows[0]), terms_named(one.constraint, graph)
    broader = _broader(subject, one, target, resources)
    if broader:
        words = listed([statement(graph, fact, subject.rows[0]) for fact in broader])
        draft.say(
            f"Not recorded of {terms} itself: {words}, which is more general",
            [item for fact in broader for item in _evidence(fact, subject, resources)],
        )
        draft.status = AnswerStatus.UNSURE
        return
    sources = listed(_sources(one, target, graph), conjunction="or")
    draft.note(f"No record in {sources or 'this graph'} connects {name} with {terms}.")
    _say_instead(subject, one, resources, draft)


def _broader(
    subject: Subject, one: Satisfied, target: NodeType, resources: Resources
) -> list[Fact]:
    """Facts that join the subject with something a little more general than the terms."""
    graph = resources.graph
    parents = {parent for term in one.constraint.terms for parent in graph.parents(term)}
    parents = {row for row in parents if is_informative(graph, row)} - set(one.constraint.terms)
    if one.constraint.through or not parents:
        return []
    relations = relations_of(target, one.constraint, graph)
    step = step_to(target, parents, resources, relations=relations)
    places = step.between(subject.rows[0])
    facts = [graph.fact(edge) for edge in step.edge[places].tolist()]
    return list({(fact.relation, fact.head, fact.tail): fact for fact in facts}.values())[:1]


def _evidence(fact: Fact, subject: Subject, resources: Resources) -> list[Evidence]:
    return evidence_for(
        Chain((subject.rows[0], fact.other(subject.rows[0])), ((fact,),)), resources
    )


def _say_instead(subject: Subject, one: Satisfied, resources: Resources, draft: Draft) -> None:
    """What of the same type is recorded of the subject, marked as that."""
    graph = resources.graph
    asked = graph.type_of(one.constraint.terms[0])
    if asked not in _RELATED or one.constraint.through:
        return
    own = Constraint(subject.rows[:1], subject.text, relations=one.constraint.relations)
    found = execute(
        Query(Operation.LIST, "", target=asked, subjects=(subject,), constraints=(own,)), resources
    )
    if found is None or not found.members:
        return
    first = found.members[:MAX_INSTEAD]
    items = [
        item
        for member in first
        for chain in chains_of(member, found.satisfied[0], resources, most=1)
        for item in evidence_for(chain, resources)
    ]
    names = [graph.name_of(member.row) for member in found.members]
    noun = plural(asked, len(names))
    own_name = graph.name_of(subject.rows[0])
    draft.say(f"The recorded {noun} of {own_name}: {listed(names, most=MAX_INSTEAD)}", items)


def _sources(one: Satisfied, target: NodeType, graph: Graph) -> list[str]:
    named: dict[str, None] = {}
    for relation in relations_of(target, one.constraint, graph):
        column = graph.edges["source"].take(graph.edges_with(relation)).unique().to_pylist()
        named |= dict.fromkeys(column)
    return list(named)
