"""A plan is made before anything is called, for models too small to call tools themselves.

What a question asks to be done is usually clear from its words and from examples (``bbqa.route``).
Where it is not, the likeliest task is taken; or, with the driver ``asked``, a model chooses among
the likeliest, constrained by a JSON schema, with the most similar labelled questions before its
eyes.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from bbqa.agent.contract import Budget, Gathered, Limits
from bbqa.errors import LLMError
from bbqa.examples import Task
from bbqa.kg.ends import GO_TYPES
from bbqa.llm.replies import read_object
from bbqa.question.read import type_of
from bbqa.route import Route
from bbqa.schema import Input, Modality, NodeType, Question, Step
from bbqa.workbench import Tool, Workbench

if TYPE_CHECKING:
    from bbqa.llm import LLM
    from bbqa.resources import Resources

MAX_CHOICE = 60
"""Tokens of a model's choice, at most."""
PATHS_SHOWN = 6


@dataclass(frozen=True, slots=True)
class Call:
    """A tool and what it is to be called with."""

    tool: str
    arguments: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be done for a question.

    Attributes:
        route: What the question asks for.
        calls: Tools to call, in order.
    """

    route: Route
    calls: tuple[Call, ...]

    @property
    def tools(self) -> tuple[str, ...]:
        """Names of the tools, each once."""
        return tuple(dict.fromkeys(call.tool for call in self.calls))

    @property
    def types(self) -> tuple[NodeType, ...]:
        """Node types asked for."""
        return self.route.types


def make_plan(question: Question, resources: Resources, *, llm: LLM | None = None) -> Plan:
    """What is to be done for a question.

    Args:
        question: The question with its inputs.
        resources: Graph, names, encoder, and the examples.
        llm: Asked where the route is not sure; without one the likeliest task is taken.
    """
    route = resources.router.route(question)
    if llm is not None and not route.sure:
        route, _ = choose(question, route, resources, llm)
    return Plan(route, tuple(calls_for(question, route, resources)))


def choose(question: Question, route: Route, resources: Resources, llm: LLM) -> tuple[Route, Step]:
    """The route that a model prefers among the likeliest, and what asking it cost.

    A model that fails or answers with something else changes nothing; the step says so.
    """
    from bbqa.llm import Message
    from bbqa.prompts import load_prompt

    started = time.perf_counter()
    schema = {
        "type": "object",
        "properties": {"task": {"type": "string", "enum": [str(t) for t in route.tasks]}},
        "required": ["task"],
        "additionalProperties": False,
    }
    examples = "\n".join(
        f"{example.question}\n{json.dumps({'task': example.goal.task})}"
        for example in route.examples
        if example.goal.task in route.tasks
    )
    prompt = load_prompt("plan", examples=examples, question=question.text)
    messages = [Message("system", load_prompt("tasks")), Message("user", prompt)]
    chosen, note = route, ""
    try:
        reply = llm.complete(messages, schema=schema, max_tokens=MAX_CHOICE).text
        task = _task_in(reply, route.tasks)
        chosen, note = resources.router.retask(question, route, task), str(task)
    except (LLMError, ValueError) as error:
        note = f"the model made no choice: {error}"
    usage = llm.last
    step = Step(
        name="plan",
        arguments={"tasks": [str(t) for t in route.tasks]},
        seconds=round(time.perf_counter() - started, 4),
        prompt_tokens=usage.prompt_tokens if usage else 0,
        completion_tokens=usage.completion_tokens if usage else 0,
        note=note,
        failed=chosen is route and note.startswith("the model"),
    )
    return replace(chosen, sure=True), step


def _task_in(reply: str, tasks: Sequence[Task]) -> Task:
    """The task that a reply names; ``ValueError`` if it names none of those offered."""
    named = (read_object(reply, ["task"]) or {}).get("task")
    for task in tasks:
        if named == task:
            return task
    raise ValueError(f"it wrote {reply[:60]!r}")


def calls_for(question: Question, route: Route, resources: Resources) -> Iterator[Call]:
    """The calls that a route comes to for the inputs of a question."""
    yield from _calls_of(question, route, resources)
    for other in route.also:
        yield from _calls_of(question, other, resources)


def subjects_of(question: Question, route: Route, resources: Resources) -> tuple[Input, ...]:
    """The inputs that facts are asked of.

    Where a protein or molecule is attached, a named thing is what it might have ("Does it have to
    do with cell death?") or what the question happens to speak of ("We work on asthma."), and no
    other subject, unless the words put it beside what is attached ("this protein and BRCA1").
    """
    attached = question.attached
    return tuple(
        i
        for i in question.inputs
        if not attached
        or i in attached
        or (
            type_of(i, resources) not in {*GO_TYPES, *route.types}
            and _stands_beside(i.given, question.text)
        )
    )


def _stands_beside(name: str, text: str) -> bool:
    """Whether a name is joined to what is attached: "this protein and BRCA1", "TP53 or mine"."""
    it = r"(?:(?:this|the|my|our|that|attached|enclosed|pasted|given)\s+)+\w+|it|mine|\w+_\d"
    joint = r"\s*(?:,|/|\b(?:and|or|with|than|to|from|like|as|versus|vs)\b)\s*(?:of\s+|the\s+)*"
    pattern = rf"\b(?:{it}){joint}{re.escape(name)}\b|\b{re.escape(name)}{joint}(?:{it})\b"
    return re.search(pattern, text, re.IGNORECASE) is not None


def _calls_of(question: Question, route: Route, resources: Resources) -> Iterator[Call]:
    inputs = question.inputs
    match route.task:
        case Task.FACTS:
            yield from _facts(subjects_of(question, route, resources), route)
        case Task.DESCRIBE:
            yield from (Call("describe", {"name": _named(given)}) for given in inputs)
        case Task.PATHS:
            yield from _paths(inputs, route)
        case Task.SIMILAR:
            for given in _with_structure(inputs, resources):
                yield Call("similar", {"input": given.label})
        case Task.COMPARE:
            for other in inputs[1:]:
                yield Call("compare", {"first": inputs[0].label, "second": other.label})
        case Task.PROPERTIES:
            for given in _with_structure(inputs, resources):
                kind = "protein" if type_of(given, resources) is NodeType.PROTEIN else "molecule"
                yield Call(f"{kind}_properties", {"input": given.label})
        case Task.LOOKUP:
            yield from (Call("find_entity", {"name": _named(given)}) for given in inputs)
        case Task.LACKING | Task.OUTSIDE:
            return


def _facts(inputs: Sequence[Input], route: Route) -> Iterator[Call]:
    to = [str(t) for t in route.types]
    for given in inputs:
        if given.modality is Modality.ENTITY:
            yield Call("kg_facts", {"what": given.label, "to": to})
        else:
            yield Call("biobridge_search", {"input": given.label, "to": to})


def _paths(inputs: Sequence[Input], route: Route) -> Iterator[Call]:
    through = [str(t) for t in route.through]
    if route.between:
        for other in inputs[1:]:
            ends = {"start": inputs[0].label, "end": other.label}
            yield Call("kg_paths", {**ends, "through": through, "k": PATHS_SHOWN})
    elif inputs and route.types:
        to = str(route.types[0])
        found = {"start": inputs[0].label, "through": through, "to": to, "k": PATHS_SHOWN}
        yield Call("kg_paths", found)


def _named(given: Input) -> str:
    """What a tool that looks names up is given."""
    return given.value if given.modality is Modality.ENTITY else given.label


def _with_structure(inputs: Sequence[Input], resources: Resources) -> Iterator[Input]:
    """Proteins and molecules, attached or named."""
    for given in inputs:
        if type_of(given, resources) in (NodeType.PROTEIN, NodeType.DRUG):
            yield given


class Planned:
    """Calls the tools of a plan, one after the other.

    Args:
        plan: What to do.
        tools: Tools by name.
    """

    name = "plan"

    def __init__(self, plan: Plan, tools: Mapping[str, Tool]) -> None:
        self.plan = plan
        self.tools = tools

    def gather(
        self,
        question: Question,
        bench: Workbench,
        limits: Limits,
        on_step: Callable[[Step], None],
    ) -> Gathered:
        """Call what the plan says."""
        gathered = Gathered()
        budget = Budget(limits)
        for place, call in enumerate(self.plan.calls):
            if reached := budget.over():
                left = ", ".join(c.tool for c in self.plan.calls[place:])
                gathered.undone = f"{reached}; not called: {left}"
                break
            _, step = bench.call(self.tools[call.tool], call.arguments)
            budget.spend(step)
            gathered.steps.append(step)
            on_step(step)
        return gathered
