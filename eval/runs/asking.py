"""Whoever asks one item at a time and makes its lines; several share all but the model."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from bbqa.batch.turns import Turn, models_in_turn
from bbqa.errors import BbqaError
from bbqa.eval.benchmarks.contract import Condition, Item, Response
from bbqa.eval.conditions import READS, SEARCHES, USES_BRIDGE, USES_LLM, Answerer, answerer_for
from bbqa.eval.runs.calls import Recorded, Recording, spent
from bbqa.eval.runs.line import item_digest, to_line
from bbqa.eval.scores import verdict
from bbqa.limits import Limits

if TYPE_CHECKING:
    from bbqa.eval.runs.plan import Plan
    from bbqa.kg.graph import Graph
    from bbqa.resources import Resources

NAMED = 10
"""Ranked nodes whose names are kept."""


@dataclass(frozen=True, slots=True)
class Numbered:
    """An item and its place in the run, from 1."""

    line: int
    item: Item


@dataclass(frozen=True, slots=True)
class Asker:
    """Asks one item at a time.

    Attributes:
        answer: Who answers.
        graph: Knows the names of nodes.
        turn: Whose turn it is to compute; shared by all askers.
        model: This asker's own model, recorded; None where none is asked.
    """

    answer: Answerer
    graph: Graph
    turn: Turn
    model: Recording | None = None

    def line(self, row: Numbered, /) -> dict[str, Any]:
        """What came of an item; nothing is raised.

        ``item`` and ``calls`` are lines for the two files of a run, ``calls`` is None where the
        model was not asked; ``verdict`` is the name of what is counted and a number from 0 to 1.
        """
        with self.turn:
            if self.model is not None:
                self.model.begin()
            response, failed = asked(row.item, self.answer, self.model)
            names = names_of(row.item, response, self.graph)
            return {
                "line": row.line,
                "item": to_line(row.line, row.item, response, names, failed=failed),
                "calls": self._calls(row),
                "verdict": verdict(row.item, response),
                "failed": failed,
            }

    def _calls(self, row: Numbered) -> dict[str, Any] | None:
        if self.model is None or not self.model.calls:
            return None
        return {"line": row.line, "digest": item_digest(row.item), **self.model.to_json()}


def asked(
    item: Item, answer: Answerer, model: Recording | Recorded | None
) -> tuple[Response, bool]:
    """The response to an item with what it cost, and whether the model failed.

    Whatever goes wrong becomes the response's error: an item is never dropped.
    """
    started = time.perf_counter()
    try:
        response = answer(item)
    except BbqaError as error:
        response = Response(error=error.message)
    except Exception as error:  # our own fault, and still only this item's
        response = Response(error=f"bug in bbqa: {type(error).__name__}: {error}")
    failure = None if model is None else model.failure
    if failure is not None:
        response = replace(response, error=f"the language model failed: {failure.message}")
    calls = () if model is None else model.calls
    read, written = spent(calls)
    response = replace(
        response,
        llm_calls=len(calls),
        prompt_tokens=read,
        completion_tokens=written,
        seconds=round(time.perf_counter() - started, 3),
    )
    return response, failure is not None


def make_askers(
    plan: Plan,
    condition: Condition,
    items: Sequence[Item],
    resources: Resources,
    *,
    count: int,
) -> list[Asker]:
    """Askers that share what is opened; each has a connection of its own to the model.

    Raises:
        BbqaError: Something that all items need is missing, or the model cannot be opened.
    """
    limited = limited_by(plan, resources)
    open_all(condition, resources)
    dev = plan.dev(resources) if condition is Condition.MAJORITY else ()

    def answerer(own: Resources) -> Answerer:
        return answerer_for(condition, own, items=items, dev=dev, seed=plan.seed)

    turn = Turn()
    if condition not in USES_LLM:
        return [Asker(answerer(limited), resources.graph, turn)]
    recordings = [Recording(model) for model in models_in_turn(resources, count, turn)]
    return [
        Asker(answerer(limited.with_llm(model)), resources.graph, turn, model)
        for model in recordings
    ]


def limited_by(plan: Plan, resources: Resources) -> Resources:
    """The resources under the limits of a plan."""
    return resources.with_limits(Limits(frozenset(), plan.max_identity, plan.max_similarity))


def open_all(condition: Condition, resources: Resources) -> None:
    """Open everything once for all askers, before the first item is timed."""
    _ = resources.graph, resources.names
    if condition in READS:
        resources.prepare()
        _ = resources.router, resources.encoder
    if condition in SEARCHES:
        _ = resources.alignment, resources.molecule_index, resources.index, resources.vectors
    if condition in USES_BRIDGE and resources.uses_bridge:
        _ = resources.projection


def names_of(item: Item, response: Response, graph: Graph) -> dict[str, str]:
    """Names of the nodes of gold and response, by their ids."""
    ids = dict.fromkeys((*item.gold, *response.nodes, *response.ranked[:NAMED]))
    rows = ((one, graph.row(one)) for one in ids)
    return {one: graph.name_of(row) for one, row in rows if row is not None}
