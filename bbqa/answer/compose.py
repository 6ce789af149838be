"""Sentences from evidence that general retrieval found: a model's, or plain ones, each checked."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from bbqa.answer.listener import Listener
from bbqa.errors import BbqaError
from bbqa.schema import (
    Certainty,
    Claim,
    Dropped,
    Evidence,
    Kind,
    NodeType,
    Question,
    Step,
)

if TYPE_CHECKING:
    from bbqa.agent import Findings
    from bbqa.resources import Resources

MAX_LISTED: Final = 2
"""A question for so many types of things, or fewer, is answered with all that was found of them."""


@dataclass(slots=True)
class Composed:
    """The sentences of an answer, what was dropped, who wrote them, and what went wrong."""

    claims: list[Claim] = field(default_factory=list)
    dropped: list[Dropped] = field(default_factory=list)
    written_by: str = "summary"
    note: str = ""
    steps: list[Step] = field(default_factory=list)


def compose(
    question: Question,
    findings: Findings,
    resources: Resources,
    *,
    use_llm: bool,
    listener: Listener,
) -> Composed:
    """Sentences from the evidence, each checked.

    Who an input is, is said in the evidence's own words. What the model leaves out of what was
    asked for, or says in a way that its evidence does not support, is said so as well. Where the
    question cannot be answered no model is asked to try.
    """
    from bbqa.summary import summarise

    composed = Composed()

    def say(claim: Claim) -> None:
        composed.claims.append(claim)
        listener.on_claim(claim)

    introductions = [item for item in findings.evidence if introduces(item)]
    facts = [item for item in findings.evidence if not introduces(item)]
    for claim in summarise(introductions):
        say(claim)
    if facts and use_llm and findings.premise is None:
        _write(composed, say, question, facts, findings, resources=resources)
    for claim in summarise(_unsaid(facts, composed.claims, whole=findings.route.types)):
        say(claim)
    return composed


def _write(
    composed: Composed,
    say: Callable[[Claim], None],
    question: Question,
    facts: Sequence[Evidence],
    findings: Findings,
    *,
    resources: Resources,
) -> None:
    """Let the model write; what goes wrong becomes a note."""
    started = time.perf_counter()
    try:
        for result in _written(question, findings.evidence, facts, resources):
            if isinstance(result, Claim):
                say(result)
                composed.written_by = resources.llm.name
            else:
                composed.dropped.append(result)
    except BbqaError as error:
        hint = f" ({error.hint})" if error.hint else ""
        composed.note = f"the language model failed: {error.message}{hint}"
    if composed.written_by == "summary":
        composed.note = (
            composed.note or "the language model wrote no sentence that its evidence supports"
        )
    usage = resources.llm.last if "llm" in vars(resources) else None
    composed.steps.append(
        Step(
            "write",
            seconds=round(time.perf_counter() - started, 4),
            prompt_tokens=usage.prompt_tokens if usage else 0,
            completion_tokens=usage.completion_tokens if usage else 0,
            note=composed.note,
            failed=composed.written_by == "summary",
        )
    )


def introduces(item: Evidence) -> bool:
    """Whether an item says who an input is or what it resembles, rather than what it does."""
    likeness = item.kind in (Kind.ALIGNMENT, Kind.SIMILARITY)
    stated = item.triple is None or item.triple.certainty is Certainty.RECORDED
    return item.kind is Kind.IDENTITY or (likeness and stated)


def _unsaid(
    facts: Sequence[Evidence], claims: Sequence[Claim], *, whole: Sequence[NodeType]
) -> list[Evidence]:
    """Evidence of those inputs and types of which no claim says anything.

    Who asks for one or two types of things (``whole``) wants all that was found of these.
    """
    cited = {number for claim in claims for number in claim.citations}
    said = {(item.about, item.type) for item in facts if item.number in cited}
    listed = whole if len(whole) <= MAX_LISTED else ()
    return [
        item
        for item in facts
        if (item.about, item.type) not in said or (item.type in listed and item.number not in cited)
    ]


def _written(
    question: Question,
    evidence: Sequence[Evidence],
    findings: Sequence[Evidence],
    resources: Resources,
) -> Iterator[Claim | Dropped]:
    """Each sentence of the model as soon as it is complete, as a claim or as dropped."""
    from bbqa.ground import ground
    from bbqa.write import write

    numbered = {item.number: item for item in evidence}
    sentences = write(
        question.text, findings, resources.llm, max_tokens=resources.settings.max_tokens
    )
    seen: set[str] = set()
    for sentence in sentences:
        if sentence.text in seen:
            continue
        seen.add(sentence.text)
        yield ground(
            sentence.text,
            sentence.citations,
            evidence=numbered,
            question=question,
            lexicon=resources.names,
        )
