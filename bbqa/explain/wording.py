"""What both the terminal and the page say in the same words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from bbqa.schema import Answer, AnswerStatus, Evidence, Input, Modality, Status, Step

ENDED: Final = {
    AnswerStatus.ANSWERED: "Answered from what is recorded, computed or carried over.",
    AnswerStatus.UNSURE: "Not sure: what was found is predicted, or was not used.",
    AnswerStatus.NO_EVIDENCE: "Nothing was found of what was asked for.",
    AnswerStatus.NOT_HELD: "What was asked for is of a kind that the graph does not record.",
    AnswerStatus.UNKNOWN_NAME: "Nothing is called by a name in the question.",
    AnswerStatus.FALSE_PREMISE: "The question takes for granted what no record says.",
    AnswerStatus.OUT_OF_SCOPE: "The question is outside of what bbqa knows.",
    AnswerStatus.CUT_SHORT: "A limit was reached; the note says what was left undone.",
}
MEANING: Final = {
    Status.CURATED: "recorded of this very protein, compound or entity",
    Status.COMPUTED: "calculated from the input itself",
    Status.INFERRED: "carried over from a relative that is named",
    Status.PREDICTED: "suggested by a model or a text search",
}


def source_of(item: Evidence) -> str:
    """Who says so, and in which release."""
    return f"{item.source} ({item.release})" if item.release else item.source


def trust_of(item: Evidence) -> str:
    """How sure an item is: a calibrated probability where there is one."""
    if item.probability is not None:
        return f"p {item.probability:.2f}" + (" (speculative)" if item.speculative else "")
    return f"score {item.score:.2f}"


def facts_of(given: Input) -> Iterator[tuple[str, str]]:
    """What is known of an input, as pairs of a word and a text."""
    yield "is", given.modality
    if given.name:
        yield "name", given.name
    yield "given as", given.given
    if given.modality is Modality.PROTEIN:
        yield "residues", f"{len(given.value):,}"
        yield "SHA-256", given.digest
    elif given.modality is Modality.MOLECULE:
        yield "SMILES", given.value
        yield "InChIKey", given.digest
    else:
        yield "id", given.value
    for note in given.notes:
        yield "note", note


def cost_of(step: Step) -> str:
    """Time and tokens of a step."""
    tokens = f", {step.prompt_tokens} + {step.completion_tokens} tokens"
    read = step.prompt_tokens or step.completion_tokens
    return f"{step.seconds:.2f} s" + (tokens if read else "")


def manifest_of(answer: Answer) -> Iterator[tuple[str, str]]:
    """The record that came with an answer, one name and value each."""
    yield "written by", answer.written_by
    for step, seconds in answer.timings_s.items():
        yield f"time, {step}", f"{seconds:.2f} s"
    yield from flat(answer.record)


def arguments_of(step: Step) -> str:
    """``query: EGFR, k: 5``."""
    return ", ".join(f"{name}: {value}" for name, value in step.arguments.items())


def flat(values: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, str]]:
    """A record as pairs of a dotted name and a text; what is empty is left out."""
    for name, value in values.items():
        if isinstance(value, Mapping) and not before:
            yield from flat(value, f"{name}.")
        elif value not in (None, ""):
            yield f"{before}{name}", str(value)
