"""Evidence that could decide between options: all that is known of the subjects and of those.

What retrieval finds for an input is ranked by the question's words and cut; here whatever speaks
for an option is kept, however low it ranks. Only where nothing does, the whole search is made, and
paths to each option are looked for; where a question goes by way of others, so is what is predicted
by way of them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from bbqa.agent import gather
from bbqa.agent.planned import subjects_of
from bbqa.choose.by_way import predict_by_way
from bbqa.choose.offered import Option
from bbqa.choose.support import LEAST, told_of, trust_in
from bbqa.disagree import mark_disagreements
from bbqa.examples import Task
from bbqa.kg.ends import are_related
from bbqa.predict import predict
from bbqa.question.read import type_of
from bbqa.retrieve import candidates_for
from bbqa.retrieve.fuse import Candidate
from bbqa.route import Route
from bbqa.schema import Evidence, Input, Kind, NodeType, Question, Status
from bbqa.workbench import Workbench

if TYPE_CHECKING:
    from bbqa.kg.graph import Graph
    from bbqa.resources import Resources

MOST_FOR_AN_OPTION: Final = 5
PATHS_TO_AN_OPTION: Final = 2


def search(question: Question, options: Sequence[Option], resources: Resources) -> list[Evidence]:
    """The evidence for a question with options, numbered 1 … n."""
    types = types_of(options, resources.graph)
    route = resources.router.route(question, to=types)
    stepwise = route.task is Task.PATHS
    found = [] if stepwise else list(_direct(question, options, types, resources))
    if not any(_speaks(item, options, resources.graph) for item in found):
        found += gather(question, resources).evidence
        found += _by_paths(question, options, types, resources, route.through)
    if len(route.through) == 1:
        rows = {row for option in options for row in option.rows}
        for given in subjects(question, types, options, resources):
            found += predict_by_way(given, rows, route.through[0], resources)
    return number(found)


def number(found: Iterable[Evidence]) -> list[Evidence]:
    """Items numbered 1 … n, each once, those that say the reverse of each other marked.

    What is too improbable to be told comes last.
    """
    once: dict[tuple[str, str], Evidence] = {}
    for item in found:
        once.setdefault((item.statement, item.about), item)
    kept = sorted(once.values(), key=lambda item: trust_in(item) < LEAST)
    return mark_disagreements([replace(item, number=n) for n, item in enumerate(kept, start=1)])


def types_of(options: Iterable[Option], graph: Graph) -> tuple[NodeType, ...]:
    """Types of the nodes that the options stand for, each once."""
    return tuple(dict.fromkeys(graph.type_of(row) for option in options for row in option.rows))


def subjects(
    question: Question, types: tuple[NodeType, ...], options: Sequence[Option], resources: Resources
) -> list[Input]:
    """The inputs that an option may hold of; what is an option itself is none."""
    offered = {resources.graph.node_id(row) for option in options for row in option.rows}
    able = subjects_of(question, Route(Task.FACTS, types), resources)
    return [given for given in able if given.value not in offered]


def _direct(
    question: Question,
    options: Sequence[Option],
    types: tuple[NodeType, ...],
    resources: Resources,
) -> Iterator[Evidence]:
    """Who the subjects are, and what is known or follows of them that speaks for an option."""
    rows = frozenset(row for option in options for row in option.rows)
    for given in subjects(question, types, options, resources):
        found = candidates_for(given, types, resources)
        yield from (c.evidence for c in found if c.leads)
        yield from decided(given, found, options, rows, resources)


def decided(
    given: Input,
    found: Sequence[Candidate],
    options: Sequence[Option],
    rows: Collection[int],
    resources: Resources,
) -> Iterator[Evidence]:
    """What speaks for the options: what was found, and where no record does, what is predicted."""
    speaking = list(telling(found, options, resources.graph))
    if any(item.status is Status.CURATED for item in speaking):
        yield from speaking
        return
    foretold = {item.nodes[0]: item for item in predict(given, rows, resources)}
    for item in speaking:
        # A calibrated probability is the same for many nodes; what it was made from is not.
        same = foretold.pop(item.nodes[0], None) if item.probability is not None else None
        yield item if same is None else replace(item, score=same.score)
    yield from foretold.values()


def telling(
    found: Sequence[Candidate], options: Sequence[Option], graph: Graph
) -> Iterator[Evidence]:
    """The best items that speak for each option."""
    ranked = sorted((c for c in found if not c.leads), key=lambda c: -c.evidence.score)
    for option in options:
        speaking = (c.evidence for c in ranked if _speaks(c.evidence, [option], graph))
        yield from (item for item, _ in zip(speaking, range(MOST_FOR_AN_OPTION), strict=False))


def _speaks(item: Evidence, options: Sequence[Option], graph: Graph) -> bool:
    """Whether an item tells of an option's node, or of one more general or more special."""
    if item.kind is Kind.IDENTITY:
        return False
    return any(
        told == row or told in graph.ancestors(row) or row in graph.ancestors(told)
        for told in told_of(item, graph)
        for option in options
        for row in option.rows
    )


def _by_paths(
    question: Question,
    options: Sequence[Option],
    types: tuple[NodeType, ...],
    resources: Resources,
    through: Sequence[NodeType],
) -> list[Evidence]:
    """The best paths from each subject to each option, where the question goes by way of others.

    So it does where it says by way of what, and where nothing could join the two directly.
    """
    from bbqa.tools.kg_paths import kg_paths

    bench = Workbench(resources, question.inputs, question=question.text)
    graph = resources.graph
    for given in subjects(question, types, options, resources):
        own = type_of(given, resources)
        for row in (group[0] for option in options for group in option.groups[:1]):
            if through or not are_related(own, graph.type_of(row)):
                asked = {"start": given.label, "end": graph.node_id(row), "k": PATHS_TO_AN_OPTION}
                bench.call(kg_paths, {**asked, "through": [str(t) for t in through]})
    return bench.evidence
