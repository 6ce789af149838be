"""From a question to the evidence for it: what is asked, what is called, what is found.

Inputs are retrieved for at once, before any model is asked. What else has to be called is decided
by a plan (``planned``) or by a model that calls tools itself (``native``); which of the two is
decided by what the model was measured to be able to (``capability``).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from bbqa.agent.contract import Driver, Gathered, Limits
from bbqa.agent.planned import Call, Plan, Planned, calls_for, choose, make_plan, subjects_of
from bbqa.disagree import mark_disagreements
from bbqa.examples import Task
from bbqa.premise import Premise, unsupported_premise
from bbqa.question.read import about_types
from bbqa.retrieve import retrieve
from bbqa.retrieve.intent import overview_of
from bbqa.route import Route
from bbqa.schema import Evidence, Kind, NodeType, Question, Step
from bbqa.unknown import unknown_names
from bbqa.workbench import Workbench

if TYPE_CHECKING:
    from bbqa.llm import LLM
    from bbqa.resources import Resources

__all__ = ["Call", "Findings", "Limits", "Plan", "gather", "make_plan"]

OPENING = ("biobridge_search", "kg_facts")
"""Tools whose work retrieval has done before a driver is asked."""
PROPERTIES_SHOWN = 5
"""Computed properties that are kept for a question, at most: those nearest to its words."""
PROPERTY_LEAD = 0.15
"""How much less near to the question's words than the nearest a kept property may be."""


@dataclass(slots=True)
class Findings:
    """What was found for a question.

    Attributes:
        route: What the question was taken to ask.
        evidence: All evidence, numbered 1 … n.
        steps: What was done, in order.
        called: Numbers of the evidence that tools were called for.
        premise: What the question takes for granted and no record says.
        unknown: Names in it that nothing has.
        undone: What a limit left undone.
        apart: Labels of what is told of instead where nothing joins the inputs.
    """

    route: Route
    evidence: list[Evidence] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    called: frozenset[int] = frozenset()
    premise: Premise | None = None
    unknown: tuple[str, ...] = ()
    undone: str = ""
    apart: tuple[str, ...] = ()


def gather(
    question: Question,
    resources: Resources,
    *,
    llm: Callable[[], LLM] | None = None,
    on_step: Callable[[Step], None] = lambda _step: None,
) -> Findings:
    """Everything found for a question.

    Args:
        question: The question with its inputs.
        resources: What is opened.
        llm: Opens the model, should one be needed to decide what to call.
        on_step: Told of each step as it ends.
    """
    started = time.perf_counter()
    findings = Findings(resources.router.route(question))
    _doubt(findings, question, resources)
    bench = Workbench(resources, question.inputs, question=question.text)
    _tell(findings, on_step, Step("route", seconds=_since(started), note=_said(findings.route)))
    if findings.route.task is Task.OUTSIDE and findings.route.sure:
        return findings
    _open(findings, question, bench, on_step)
    if findings.premise is None and not findings.unknown:
        _drive(findings, question, bench, llm, on_step)
        _fall_back(findings, question, bench, on_step)
    _number(findings, _nearest_properties(bench.evidence, resources, question))
    return findings


def _doubt(findings: Findings, question: Question, resources: Resources) -> None:
    """See whether the question speaks of things that are not, or takes too much for granted."""
    if not question.attached:
        findings.unknown = tuple(unknown_names(question, resources))
    if findings.route.task is Task.OUTSIDE and findings.route.sure:
        # Oslo is no unknown protein; what is written like ZNQ77 may be
        findings.unknown = tuple(n for n in findings.unknown if _has_digits_and_letters(n))
    if not findings.unknown:
        findings.premise = unsupported_premise(question, resources)


def _has_digits_and_letters(name: str) -> bool:
    return any(map(str.isdigit, name)) and any(map(str.isalpha, name))


def _open(
    findings: Findings, question: Question, bench: Workbench, on_step: Callable[[Step], None]
) -> None:
    """Retrieve for what is attached and named, before anything else is decided."""
    resources, route = bench.resources, findings.route
    started = time.perf_counter()
    wanted = _opening_types(findings, question, resources)
    if findings.unknown or (not question.inputs and not wanted):
        return
    subjects = subjects_of(question, replace(route, types=wanted), resources)
    if findings.premise is not None:
        whose = findings.premise.subject
        subjects = tuple(i for i in question.inputs if i == whose or i.given == whose.given)
    about = replace(question, inputs=subjects)
    rows = [resources.graph.row(i.value) for i in question.inputs if i not in subjects]
    named = {row for row in rows if row is not None}
    found = retrieve(about, wanted, resources, k=resources.settings.k, named=named)
    bench.file(found if wanted else list(_introductions(found)))
    seconds = _since(started)
    opening = replace(route, task=Task.FACTS, types=wanted, also=())
    calls = list(calls_for(question, opening, resources))
    for call in calls:
        label = call.arguments.get("input", call.arguments.get("what"))
        numbers = tuple(item.number for item in bench.evidence if item.about == label)
        step = Step(call.tool, call.arguments, numbers, seconds / len(calls))
        _tell(findings, on_step, replace(step, note=f"{len(numbers)} items"))
    described = tuple(item.number for item in bench.evidence if item.kind is Kind.TEXT)
    if described or not calls:
        note = f"{len(described)} items"
        step = Step("text_search", {"to": wanted}, described, 0 if calls else seconds, note=note)
        _tell(findings, on_step, step)


def _introductions(found: Sequence[Evidence]) -> Iterator[Evidence]:
    """Who each input is; of one that is nobody known, what it resembles most."""
    for about in dict.fromkeys(item.about for item in found):
        own = [item for item in found if item.about == about]
        yield from [item for item in own if item.kind is Kind.IDENTITY] or own[:1]


def _opening_types(
    findings: Findings, question: Question, resources: Resources
) -> tuple[NodeType, ...]:
    if findings.premise is not None:
        return overview_of(about_types(question, resources))
    return findings.route.types if findings.route.task is Task.FACTS else ()


def _drive(
    findings: Findings,
    question: Question,
    bench: Workbench,
    llm: Callable[[], LLM] | None,
    on_step: Callable[[Step], None],
) -> None:
    """Let a driver call what else is needed."""
    before = findings.route
    driver = _driver(findings, question, bench, llm, on_step)
    if findings.route is not before and findings.route.task is Task.FACTS:
        _open(findings, question, bench, on_step)
    limits = _limits(bench.resources)
    gathered: Gathered = driver.gather(question, bench, limits, on_step)
    findings.steps += gathered.steps
    findings.undone = gathered.undone
    findings.called = frozenset(n for step in gathered.steps for n in step.evidence)


def _fall_back(
    findings: Findings, question: Question, bench: Workbench, on_step: Callable[[Step], None]
) -> None:
    """Where nothing joins what a question names, tell what is asked of one, or of each.

    "Does it carry oxygen?" is answered by the functions of a protein, though no edge leads to
    oxygen; "Which drugs target HER2 and PD-1?" by those of each, though none is of both.
    """
    route, attached = findings.route, question.attached
    joins = route.task is Task.COMPARE or route.between
    if not joins or findings.called or findings.undone or attached == question.inputs:
        return
    types, about = route.types or route.through, question
    if types and not attached:
        route = replace(route, task=Task.FACTS, types=types, through=(), between=False)
    else:
        about = replace(question, inputs=attached or question.inputs[:1])
        route = bench.resources.router.route(about)
    if route.task is Task.FACTS and route.types:
        findings.route, findings.apart = route, tuple(i.label for i in about.inputs)
        _open(findings, about, bench, on_step)


def _driver(
    findings: Findings,
    question: Question,
    bench: Workbench,
    llm: Callable[[], LLM] | None,
    on_step: Callable[[Step], None],
) -> Driver:
    """The driver for a question: the model itself where it can, else a plan."""
    from bbqa.tools import TOOLS

    tools = {tool.__name__: tool for tool in TOOLS}
    settings = bench.resources.settings
    if llm is not None and settings.driver in ("auto", "native"):
        from bbqa.agent.capability import choose_driver_name

        spec = "" if "llm" in vars(bench.resources) else settings.llm
        name = choose_driver_name(
            settings.driver,
            llm,
            home=settings.home,
            spec=spec,
            progress=bench.resources.progress,
        )
        if name == "native":
            from bbqa.agent.native import Native

            return Native(llm(), TOOLS)
    if llm is not None and settings.driver == "asked" and not findings.route.sure:
        findings.route, step = choose(question, findings.route, bench.resources, llm())
        _tell(findings, on_step, step)
    route = findings.route
    calls = calls_for(question, route, bench.resources)
    left = tuple(c for c in calls if route.task is not Task.FACTS or c.tool not in OPENING)
    return Planned(Plan(route, left), tools)


def _limits(resources: Resources) -> Limits:
    settings = resources.settings
    return Limits(settings.max_steps, settings.max_total_tokens, settings.max_seconds)


def _nearest_properties(
    evidence: Sequence[Evidence], resources: Resources, question: Question
) -> list[Evidence]:
    """The evidence, with those computed properties alone that are near the question's words."""
    computed = [item for item in evidence if item.kind is Kind.PROPERTY]
    if not computed:
        return list(evidence)
    vector = resources.encode(question.text)
    near = resources.encoder.encode([item.statement for item in computed]) @ vector
    best = [
        i for i in (-near).argsort()[:PROPERTIES_SHOWN] if near[i] >= near.max() - PROPERTY_LEAD
    ]
    others = [item for item in evidence if item.kind is not Kind.PROPERTY]
    return others + [computed[i] for i in best]


def _number(findings: Findings, evidence: Sequence[Evidence]) -> None:
    """Number the evidence 1 … n as it stands, in the steps as well, and mark what disagrees."""
    new = {item.number: place for place, item in enumerate(evidence, start=1)}
    findings.evidence = mark_disagreements(
        [replace(item, number=new[item.number]) for item in evidence]
    )
    findings.steps = [
        replace(step, evidence=tuple(new[n] for n in step.evidence if n in new))
        for step in findings.steps
    ]
    findings.called = frozenset(new[n] for n in findings.called if n in new)


def _tell(findings: Findings, on_step: Callable[[Step], None], step: Step) -> None:
    findings.steps.append(step)
    on_step(step)


def _said(route: Route) -> str:
    types = f": {', '.join(route.types)}" if route.types else ""
    return f"{route.task}{types}{'' if route.sure else ', not sure'}"


def _since(started: float) -> float:
    return round(time.perf_counter() - started, 4)
