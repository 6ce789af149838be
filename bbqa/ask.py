"""The whole path from a question to a grounded, cited answer."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from bbqa.errors import BbqaError, InputError
from bbqa.schema import (
    Answer,
    AnswerStatus,
    Claim,
    Dropped,
    Evidence,
    Input,
    Kind,
    Modality,
    NodeType,
    Question,
    Status,
)

if TYPE_CHECKING:
    from bbqa.resources import Resources
    from bbqa.settings import Settings

MAX_QUESTION = 2000
"""Longest question, in characters."""


class Listener(Protocol):
    """Whoever wants to see an answer while it grows."""

    def on_evidence(self, question: Question, evidence: Sequence[Evidence]) -> None:
        """All evidence has been found."""
        ...

    def on_claim(self, claim: Claim) -> None:
        """A sentence has been written and checked."""
        ...


class _Nobody:
    def on_evidence(self, question: Question, evidence: Sequence[Evidence]) -> None:
        """Nobody is listening."""

    def on_claim(self, claim: Claim) -> None:
        """Nobody is listening."""


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
    from bbqa.retrieve import retrieve
    from bbqa.retrieve.intent import wanted_types

    listener = listener or _Nobody()
    clock = Clock()
    # 1. what is the question about?
    with clock("inputs"):
        resources = resources or open_resources(settings)
        question = read_question(
            text, _several(seq), _several(smiles), resources, translate, inputs=inputs
        )
        wanted = wanted_types(bare_question(question), about_types(question, resources))
    # 2. fetch and build what is not there yet
    with clock("prepare"):
        resources.prepare()
    # 3. evidence, ranked and numbered
    with clock("evidence"):
        evidence = retrieve(question, wanted, resources, k=resources.settings.k)
    listener.on_evidence(question, evidence)
    # 4. sentences, each checked against what it cites
    with clock("answer"):
        claims, dropped, written_by, note = _compose(
            question, evidence, resources, use_llm=use_llm, listener=listener
        )
    # 5. how sure is that?
    status = status_of(claims, evidence, wanted)
    return Answer(
        question=question,
        status=status,
        text=answer_text(status, claims, question, wanted),
        claims=tuple(claims),
        dropped=tuple(dropped),
        evidence=tuple(evidence),
        written_by=written_by,
        note=note,
        timings_s=clock.timings,
        record=_record(resources, written_by),
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


def read_question(
    text: str,
    seq: Sequence[str],
    smiles: Sequence[str],
    resources: Resources,
    translate: bool = False,
    *,
    inputs: Sequence[Input] = (),
) -> Question:
    """The question with its inputs validated and the entities that its words name.

    Raises:
        InputError: The question is empty or too long, or an input cannot be used.
    """
    from bbqa.inputs import read_inputs

    text = " ".join(text.split())
    if not text:
        raise InputError("the question is empty", hint='bbqa ask "What does this protein do?" …')
    if len(text) > MAX_QUESTION:
        raise InputError(
            f"the question has {len(text)} characters; at most {MAX_QUESTION} are allowed",
            hint="put sequences into --seq and structures into --smiles",
        )
    given = read_inputs(seq, smiles, translate=translate, names=lambda: resources.names)
    mentions = {m.rows[0]: m for m in resources.names.mentions(text)}
    known = {i.value for i in inputs}
    named = [_entity(m.text, row, resources) for row, m in mentions.items()]
    named = [entity for entity in named if entity.value not in known]
    return Question(text, (*inputs, *given, *named))


def _entity(text: str, row: int, resources: Resources) -> Input:
    node = resources.graph.node(row)
    return Input(
        label=node.name,
        modality=Modality.ENTITY,
        value=node.id,
        given=text,
        name=node.name,
        digest=node.id,
    )


def bare_question(question: Question) -> str:
    """The question without the names in it, so that "breast cancer" does not ask for diseases."""
    text = question.text
    for given in question.inputs:
        if given.modality is Modality.ENTITY:
            text = text.replace(given.given, " it ")
    return text


def about_types(question: Question, resources: Resources) -> list[NodeType]:
    """Node types of what a question is about."""
    graph = resources.graph
    kinds = {Modality.PROTEIN: NodeType.PROTEIN, Modality.MOLECULE: NodeType.DRUG}
    found = []
    for given in question.inputs:
        row = graph.row(given.value) if given.modality is Modality.ENTITY else None
        found.append(kinds[given.modality] if row is None else graph.type_of(row))
    return found


def _compose(
    question: Question,
    evidence: Sequence[Evidence],
    resources: Resources,
    *,
    use_llm: bool,
    listener: Listener,
) -> tuple[list[Claim], list[Dropped], str, str]:
    """Claims, dropped sentences, who wrote them, and what went wrong on the way.

    Who an input is, is said in the evidence's own words. What the model leaves out of what was
    asked for, or says in a way that its evidence does not support, is said so as well.
    """
    from bbqa.summary import summarise

    claims: list[Claim] = []
    dropped: list[Dropped] = []
    note = ""

    def say(claim: Claim) -> None:
        claims.append(claim)
        listener.on_claim(claim)

    introductions = [item for item in evidence if _introduces(item)]
    findings = [item for item in evidence if not _introduces(item)]
    for claim in summarise(introductions):
        say(claim)
    written = False
    if findings and use_llm:
        try:
            for result in _written(question, evidence, findings, resources):
                if isinstance(result, Claim):
                    say(result)
                    written = True
                else:
                    dropped.append(result)
        except BbqaError as error:
            hint = f" ({error.hint})" if error.hint else ""
            note = f"the language model failed: {error.message}{hint}"
        if not written:
            note = note or "the language model wrote no sentence that its evidence supports"
    for claim in summarise(_unsaid(findings, claims)):
        say(claim)
    return claims, dropped, resources.llm.name if written else "summary", note


def _introduces(item: Evidence) -> bool:
    """Whether an item says who an input is or what it resembles, rather than what it does."""
    likeness = item.kind in (Kind.ALIGNMENT, Kind.SIMILARITY)
    return item.kind is Kind.IDENTITY or (likeness and "probably" not in item.statement)


def _unsaid(findings: Sequence[Evidence], claims: Sequence[Claim]) -> list[Evidence]:
    """Evidence of those inputs and types of which no claim says anything."""
    cited = {number for claim in claims for number in claim.citations}
    said = {(item.about, item.type) for item in findings if item.number in cited}
    return [item for item in findings if (item.about, item.type) not in said]


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


def status_of(
    claims: Sequence[Claim], evidence: Sequence[Evidence], wanted: Sequence[NodeType]
) -> AnswerStatus:
    """Whether the claims answer what was asked.

    ``no_evidence``: nothing was found of what was asked for. ``unsure``: what was found is
    predicted, or no claim uses it. ``answered`` otherwise.
    """
    relevant = {
        item.number for item in evidence if item.type in wanted and item.kind is not Kind.IDENTITY
    }
    if not relevant:
        return AnswerStatus.NO_EVIDENCE
    sure = [c for c in claims if relevant & set(c.citations) and c.status is not Status.PREDICTED]
    return AnswerStatus.ANSWERED if sure else AnswerStatus.UNSURE


def answer_text(
    status: AnswerStatus, claims: Sequence[Claim], question: Question, wanted: Sequence[NodeType]
) -> str:
    """The answer in words, each sentence with its citations, and a plain "not found" if need be."""
    lines = [cited_text(claim) for claim in claims]
    if status is not AnswerStatus.ANSWERED:
        sought = ", ".join(str(node_type).replace("_", " ") for node_type in wanted)
        about = ", ".join(i.label for i in question.inputs) or "the question's words"
        what = "found nothing" if status is AnswerStatus.NO_EVIDENCE else "am not sure"
        lines.append(f"I looked for {sought} of {about} and {what}.")
    return " ".join(lines)


def cited_text(claim: Claim) -> str:
    """``EGFR enables ATP binding [5].``: a claim with its citations before the full stop."""
    numbers = "".join(f"[{n}]" for n in claim.citations)
    return f"{claim.text.rstrip('. ')} {numbers}."


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
