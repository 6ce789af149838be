"""The whole path from a question to a grounded, cited answer."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from bbqa.answer.compose import compose
from bbqa.answer.draft import cited_text
from bbqa.answer.listener import Listener, NullListener
from bbqa.errors import BbqaError, IndexMismatchError
from bbqa.question.read import read_question
from bbqa.schema import (
    Answer,
    AnswerStatus,
    Claim,
    Dropped,
    Input,
    Modality,
    Question,
    Step,
)

if TYPE_CHECKING:
    from bbqa.agent import Findings
    from bbqa.answer.draft import Draft
    from bbqa.build import Part
    from bbqa.llm import LLM
    from bbqa.question.parsed import ParsedQuestion
    from bbqa.resources import Resources
    from bbqa.settings import Settings


def ask(
    text: str,
    *,
    seq: str | Sequence[str] = (),
    smiles: str | Sequence[str] = (),
    inputs: Sequence[Input] = (),
    translate: bool = False,
    use_llm: bool = True,
    settings: Settings | None = None,
    resources: Resources | None = None,
    listener: Listener | None = None,
) -> Answer:
    """A grounded answer to a question about proteins and molecules.

    Args:
        text: The question in words.
        seq: Amino-acid sequences, FASTA files or accessions.
        smiles: SMILES, InChI or drug names.
        inputs: Inputs that were read before, with their labels; they come first.
        translate: Translate nucleotide sequences instead of refusing them.
        use_llm: Let the language model write; otherwise the evidence is summarised plainly.
        settings: Settings; default: as ``load_settings()`` finds them.
        resources: Opened resources to use again; opened from the settings otherwise.
        listener: Told of evidence and sentences as they come.

    Raises:
        InputError: The question or an input cannot be used as it is.
        BbqaError: Something that answering needs is missing; a failing language model is not
            such a case: the answer then says so and is a plain summary.
    """
    from bbqa.agent import gather
    from bbqa.question.doubts import doubts
    from bbqa.question.parse import parse

    listener = listener or NullListener()
    clock = Clock()
    # 1. what is the question about?
    with clock("inputs"):
        resources = resources or open_resources(settings)
        question = read_question(
            text, _several(seq), _several(smiles), resources, translate, inputs=inputs
        )
    # 2. fetch and build what reading a question needs and is not there yet
    with clock("prepare"):
        resources.prepare(_needed_first(question))
    # 3. what does it ask? where that is clear, the answer is composed from the graph at once
    with clock("question"):
        parsed = parse(question, resources)
        if use_llm and doubts(parsed):
            parsed = _read_by_model(parsed, resources)
    with clock("composed"):
        draft = _respond(parsed, resources)
    if draft is not None:
        answer = replace(_composed(question, parsed, draft, resources), timings_s=clock.timings)
        listener.on_evidence(question, answer.evidence)
        listener.on_answer(answer)
        if use_llm and answer.claims:
            answer = _with_synthesis(answer, resources, listener)
        return replace(answer, timings_s=clock.timings)
    with clock("prepare all"):
        resources.prepare()
    # 4. evidence: what is known of the inputs, and what tools find
    with clock("evidence"):
        findings = gather(question, resources, llm=_opener(resources) if use_llm else None)
    listener.on_evidence(question, findings.evidence)
    # 5. sentences, each checked against what it cites
    with clock("answer"):
        answer = answer_from(question, findings, resources, use_llm=use_llm, listener=listener)
    return replace(answer, timings_s=clock.timings)


def _needed_first(question: Question) -> tuple[Part, ...]:
    """What is built before a question is read: most are answered without the rest."""
    proteins = any(given.modality is Modality.PROTEIN for given in question.inputs)
    return ("vectors", "alignment") if proteins else ("vectors",)


def _read_by_model(parsed: ParsedQuestion, resources: Resources) -> ParsedQuestion:
    """The question as a language model reads it, where the words leave doubt.

    Where the model is not to be had, fails, or reads nothing, the words have the last say.
    """
    from bbqa.question.model_parser import read_with_model
    from bbqa.question.parsed import Missing

    resources.progress.say("asking the language model how to read the question")
    try:
        read = read_with_model(
            parsed.question.text, parsed.subjects, resources.llm, resources=resources
        )
    except BbqaError:
        return parsed
    if isinstance(read, Missing):
        return replace(parsed, queries=(), missing=(read,))
    return parsed if read is None else replace(parsed, queries=(read,))


def _respond(parsed: ParsedQuestion, resources: Resources) -> Draft | None:
    """The composed answer; what it turns out to need and is not there yet is built."""
    from bbqa.answer.respond import respond

    try:
        return respond(parsed, resources)
    except IndexMismatchError:
        resources.prepare()
        return respond(parsed, resources)


NOT_EXCLUDED: Final = (
    "What the question leaves out was not understood as a condition: nothing was left out."
)


def _composed(
    question: Question, parsed: ParsedQuestion, draft: Draft, resources: Resources
) -> Answer:
    """A composed draft as an answer."""
    from bbqa.outcome import NO_ADVICE
    from bbqa.question.doubts import Doubt, doubts

    closing = [NO_ADVICE] if parsed.advice else []
    status = draft.status
    if Doubt.UNDENIED in doubts(parsed) and status is AnswerStatus.ANSWERED:
        closing.insert(0, NOT_EXCLUDED)
        status = AnswerStatus.UNSURE
    operations = [str(query.operation) for query in parsed.queries]
    return Answer(
        question=question,
        status=status,
        text=" ".join([*draft.text, *closing]),
        claims=tuple(draft.claims),
        dropped=(),
        evidence=tuple(draft.evidence),
        written_by="composed",
        steps=(Step("parse", {"operations": operations}),),
        record=_record(resources, "composed"),
    )


def _with_synthesis(answer: Answer, resources: Resources, listener: Listener) -> Answer:
    """A composed answer, followed by the text of a model that can write one of its own.

    The small model that comes with bbqa restates the records that it is shown; it is not loaded
    for that.
    """
    from bbqa.agent.capability import can_synthesise
    from bbqa.answer.synthesise import synthesise
    from bbqa.ground import ground

    settings = resources.settings
    if "llm" not in vars(resources) and settings.llm.partition(":")[0] == "embedded":
        return answer
    claims, dropped, note = list(answer.claims), list(answer.dropped), ""
    numbered = {item.number: item for item in answer.evidence}
    try:
        if not can_synthesise(resources.llm, home=settings.home, progress=resources.progress):
            return answer

        def check(text: str, citations: tuple[int, ...]) -> Claim | Dropped:
            return ground(
                text,
                citations,
                evidence=numbered,
                question=answer.question,
                lexicon=resources.names,
            )

        for result in synthesise(
            answer.question.text, answer.evidence, resources.llm, check=check, draft=answer.text
        ):
            if isinstance(result, Claim):
                claims.append(result)
                listener.on_claim(result)
            else:
                dropped.append(result)
    except BbqaError as error:
        hint = f" ({error.hint})" if error.hint else ""
        note = f"the language model failed: {error.message}{hint}"
    own = claims[len(answer.claims) :]
    written_by = f"composed, then {resources.llm.name}" if own else answer.written_by
    return replace(
        answer,
        text=" ".join([answer.text, *map(cited_text, own)]),
        claims=tuple(claims),
        dropped=tuple(dropped),
        note=note,
        written_by=written_by,
    )


def answer_from(
    question: Question,
    findings: Findings,
    resources: Resources,
    *,
    use_llm: bool = True,
    listener: Listener | None = None,
) -> Answer:
    """The answer that some findings give; nothing else is looked for.

    Args:
        question: The question with its inputs.
        findings: Numbered evidence, and what the question was taken to ask.
        resources: Names and, where it writes, the language model.
        use_llm: Let the language model write.
        listener: Told of sentences as they come.
    """
    from bbqa.outcome import closing_lines, status_of

    composed = compose(
        question, findings, resources, use_llm=use_llm, listener=listener or NullListener()
    )
    # how sure is that, and what could not be said?
    status = status_of(composed.claims, findings)
    closing = closing_lines(status, composed.claims, findings, question, resources)
    return Answer(
        question=question,
        status=status,
        text=" ".join([*map(cited_text, composed.claims), *closing]),
        claims=tuple(composed.claims),
        dropped=tuple(composed.dropped),
        evidence=tuple(findings.evidence),
        written_by=composed.written_by,
        note=composed.note,
        steps=(*findings.steps, *composed.steps),
        record=_record(resources, composed.written_by),
    )


class Clock:
    """Seconds that each named step took."""

    def __init__(self) -> None:
        self.timings: dict[str, float] = {}

    @contextmanager
    def __call__(self, step: str) -> Iterator[None]:
        """Time the block as ``step``."""
        start = time.perf_counter()
        try:
            yield
        finally:
            self.timings[step] = round(time.perf_counter() - start, 4)


def open_resources(settings: Settings | None) -> Resources:
    """Resources for some settings, or for those that ``load_settings()`` finds."""
    from bbqa.progress import open_progress
    from bbqa.resources import Resources
    from bbqa.settings import load_settings

    return Resources(settings or load_settings(), progress=open_progress())


def _opener(resources: Resources) -> Callable[[], LLM]:
    return lambda: resources.llm


def _several(value: str | Sequence[str]) -> Sequence[str]:
    return (value,) if isinstance(value, str) else value


def _record(resources: Resources, written_by: str) -> Mapping[str, Any]:
    from bbqa.prompts import prompt_files
    from bbqa.record import make_record

    return make_record(
        graph_hash=resources.graph.hash,
        models={**resources.models_opened(), "writer": written_by},
        prompts=list(map(Path, prompt_files())),
        settings=resources.settings.public(),
    )
