"""bbqa's writer and verifier over evidence that nobody had to find: the right one, or any.

With evidence that holds the answer this is an upper bound for whatever retrieval could do; with
the evidence of another item it tells how much the writer is led astray.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from bbqa.eval.benchmarks.contract import Form, Item, Response
from bbqa.eval.conditions.asking import from_answer, from_choice
from bbqa.eval.conditions.seen import asked_with, seen
from bbqa.schema import Evidence, Kind, NodeType, Question, Status

if TYPE_CHECKING:
    from bbqa.resources import Resources

SOURCE: Final = "gold"


def from_gold(item: Item, resources: Resources) -> Response:
    """What bbqa makes of statements that hold the answer.

    Where these speak for no option by the nodes that they name, the model picks one from them: what
    can be read from the right evidence is to be measured, not what bbqa dares to say.

    Raises:
        InputError: The item's inputs cannot be used.
    """
    view = seen(item, resources).with_settings(driver="asked")
    resources.prepare()
    question = _question(item, view)
    return _answer(item, question, list(gold_evidence(item, question, view)), view)


def from_another(item: Item, items: Sequence[Item], resources: Resources, *, seed: int) -> Response:
    """What bbqa makes of the evidence for another item, which is drawn.

    Raises:
        InputError: The inputs of one of the two cannot be used.
    """
    from bbqa.agent import gather

    view = seen(item, resources)
    resources.prepare()
    question = _question(item, view)
    other = drawn(item, items, seed=seed)
    if other is None:
        return _answer(item, question, [], view)
    theirs = seen(other, resources)
    # without a model: which tools would be called for another item is not what is measured
    evidence = gather(_question(other, theirs), theirs).evidence
    return _answer(item, question, evidence, view)


def drawn(item: Item, items: Sequence[Item], *, seed: int) -> Item | None:
    """Another item with another answer; the same for the same seed, whatever was drawn before."""
    rng = random.Random(f"{seed} {item.id}")
    for place in rng.sample(range(len(items)), min(len(items), 100)):
        other = items[place]
        if other.id != item.id and not set(other.gold) & set(item.gold):
            return other
    return None


def gold_evidence(item: Item, question: Question, resources: Resources) -> list[Evidence]:
    """Statements that hold the answer, numbered, as if they were recorded of the first input."""
    about = question.inputs[0].label if question.inputs else ""
    return [
        Evidence(
            number=number,
            statement=statement,
            kind=Kind.FACT,
            status=Status.CURATED,
            source=SOURCE,
            release="",
            nodes=(nodes := _told(statement, item, resources)),
            type=_type_of(nodes, item, resources),
            score=1.0,
            because="it is given",
            about=about,
        )
        for number, statement in enumerate(item.evidence, start=1)
    ]


def _answer(
    item: Item, question: Question, evidence: Sequence[Evidence], resources: Resources
) -> Response:
    from bbqa.agent import Findings
    from bbqa.ask import answer_from
    from bbqa.choose import choose_from
    from bbqa.examples import Task

    if item.form is Form.CHOICE:
        choice = choose_from(question, item.options, evidence, resources, context=item.context)
        return from_choice(choice, item, resources)
    # what is asked for is given as well, so that nothing but writing and checking is measured
    route = replace(resources.router.route(question), task=Task.FACTS, types=item.types, sure=True)
    numbers = frozenset(one.number for one in evidence)
    findings = Findings(route, evidence=list(evidence), called=numbers)
    return from_answer(answer_from(question, findings, resources), item, resources)


def _question(item: Item, resources: Resources) -> Question:
    from bbqa.question.read import read_question

    text = item.question if item.form is Form.CHOICE else asked_with(item)
    return read_question(text, item.seq, item.smiles, resources, translate=False)


def _told(statement: str, item: Item, resources: Resources) -> tuple[str, ...]:
    """Ids of the nodes that a statement names, those of the gold last."""
    graph, gold = resources.graph, set(item.gold)
    rows = [row for name in resources.names.mentions(statement) for row in name.rows]
    ids = list(dict.fromkeys(map(graph.node_id, rows)))
    return tuple(sorted(ids, key=gold.__contains__))


def _type_of(nodes: Sequence[str], item: Item, resources: Resources) -> NodeType:
    """The type of what is told last; of what is asked for where no node is named."""
    row = resources.graph.row(nodes[-1]) if nodes else None
    if row is not None:
        return resources.graph.type_of(row)
    return item.types[0] if item.types else NodeType.PROTEIN
