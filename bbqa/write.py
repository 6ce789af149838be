"""The language model writes sentences from numbered evidence, one at a time, with citations."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from bbqa.errors import LLMError
from bbqa.llm import LLM, Message
from bbqa.prompts import load_prompt
from bbqa.schema import Evidence

MAX_SENTENCES = 5


@dataclass(frozen=True, slots=True)
class Sentence:
    """What the model wrote, not yet checked."""

    text: str
    citations: tuple[int, ...]


def write(
    question: str, evidence: Sequence[Evidence], llm: LLM, *, max_tokens: int = 320
) -> Iterator[Sentence]:
    """Sentences as the model finishes them, in its order, unchecked.

    The evidence is cut from its end until it fits the model's context; the question never is.

    Raises:
        LLMError: The model failed, or wrote something else than the JSON asked for.
    """
    fitting = fit_context(question, evidence, llm, reserve=max_tokens)
    if not fitting:
        raise LLMError(
            f"the question alone fills the context of {llm.name} ({llm.context_tokens} tokens)",
            hint="ask a shorter question, or raise context_tokens",
        )
    text = ""
    found = 0
    schema = answer_schema(fitting)
    for delta in llm.stream(_messages(question, fitting), schema=schema, max_tokens=max_tokens):
        text += delta
        sentences = _complete_sentences(text)
        yield from sentences[found:]
        found = len(sentences)
    if not found and '"sentences"' not in text:
        raise LLMError(
            f"{llm.name} did not write the JSON it was asked for: {text[:80]!r}",
            hint="try another model with --llm, or --no-llm for the evidence alone",
        )


def fit_context(
    question: str, evidence: Sequence[Evidence], llm: LLM, *, reserve: int
) -> list[Evidence]:
    """As many of the first items of evidence as fit the model's context beside the answer."""
    kept = list(evidence)
    room = llm.context_tokens - reserve
    while kept and _size(question, kept, llm) > room:
        del kept[-max(1, len(kept) // 10) :]
    return kept


def answer_schema(evidence: Sequence[Evidence]) -> dict[str, Any]:
    """The JSON schema of an answer: sentences that can cite only evidence that is there."""
    cites = {
        "type": "array",
        "items": {"type": "integer", "enum": [item.number for item in evidence]},
        "minItems": 1,
        "maxItems": 4,
    }
    sentence = {
        "type": "object",
        "properties": {"cites": cites, "text": {"type": "string", "maxLength": 400}},
        "required": ["cites", "text"],
        "additionalProperties": False,
    }
    return {
        "type": "object",
        "properties": {
            "sentences": {"type": "array", "items": sentence, "maxItems": MAX_SENTENCES}
        },
        "required": ["sentences"],
        "additionalProperties": False,
    }


def evidence_line(item: Evidence) -> str:
    """One item of evidence as the model reads it."""
    return f"[{item.number}] {item.statement} ({item.status})"


def _messages(question: str, evidence: Sequence[Evidence]) -> list[Message]:
    lines = "\n".join(evidence_line(item) for item in evidence)
    return [
        Message("system", load_prompt("answer", sentences=str(MAX_SENTENCES))),
        Message("user", load_prompt("question", evidence=lines, question=question)),
    ]


def _size(question: str, evidence: Sequence[Evidence], llm: LLM) -> int:
    return sum(llm.count_tokens(m.content) + 8 for m in _messages(question, evidence))


def _complete_sentences(text: str) -> list[Sentence]:
    """The sentences whose JSON object has been closed in a text that may end anywhere."""
    start = text.find("[", text.find('"sentences"'))
    if start < 0 or '"sentences"' not in text:
        return []
    decoder = json.JSONDecoder()
    sentences: list[Sentence] = []
    position = start + 1
    while (position := text.find("{", position)) >= 0:
        try:
            item, position = decoder.raw_decode(text, position)
        except json.JSONDecodeError:
            break
        if (sentence := _sentence(item)) is not None:
            sentences.append(sentence)
    return sentences


def _sentence(item: object) -> Sentence | None:
    match item:
        case {"text": str(text), "cites": list(cites)} if text.strip():
            numbers = dict.fromkeys(n for n in cites if isinstance(n, int))
            return Sentence(" ".join(text.split()), tuple(numbers))
        case _:
            return None
