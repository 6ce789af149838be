"""The language model writes sentences from numbered evidence, one for each group of it.

Small models that may write anything join everything into one endless sentence, or copy the first
items one by one. So the schema has a place for each kind of fact, where only numbers of that kind
can be cited: a model of any size then says something of each side of the answer.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from bbqa.errors import LLMError
from bbqa.llm import LLM, Message, Schema
from bbqa.llm.contract import TooLongError
from bbqa.llm.replies import citations_in, read_object, without_citations
from bbqa.prompts import load_prompt
from bbqa.schema import Evidence

MAX_GROUPS = 6
MAX_CITED = 5
"""Items of a group that the model is shown and may cite: it names all that it sees."""
_NOT_A_WORD = re.compile(r"\W+")


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
    room = llm.context_tokens
    try:
        yield from _written(question, evidence, llm, max_tokens)
    except TooLongError:
        if llm.context_tokens >= room:
            raise
        yield from _written(question, evidence, llm, max_tokens)  # the server has said its limit


def sentences_of(
    messages: Sequence[Message], llm: LLM, *, schema: Schema, max_tokens: int
) -> Iterator[Sentence]:
    """The sentences of a reply in JSON as they are finished, unchecked.

    Raises:
        LLMError: The model failed, or wrote something else than JSON.
    """
    text = ""
    found = 0
    for delta in llm.stream(messages, schema=schema, max_tokens=max_tokens):
        text += delta
        if text.lstrip().startswith("{"):
            sentences = _complete_sentences(text)
            yield from sentences[found:]
            found = len(sentences)
    if found:
        return
    if (value := read_object(text, ["sentences"])) is None:
        raise LLMError(
            f"{llm.name} did not write the JSON it was asked for: {text[:80]!r}",
            hint="try another model with --llm, or --no-llm for the evidence alone",
        )
    alone = read_sentence(value)
    yield from [alone] if alone else _complete_sentences(json.dumps(value))


def _written(
    question: str, evidence: Sequence[Evidence], llm: LLM, max_tokens: int
) -> Iterator[Sentence]:
    fitting = fit_context(question, evidence, llm, reserve=max_tokens)
    if not fitting:
        raise no_room(llm)
    messages = _messages(question, fitting)
    schema = answer_schema(fitting)
    yield from sentences_of(messages, llm, schema=schema, max_tokens=max_tokens)


def no_room(llm: LLM) -> LLMError:
    """The error for a question that leaves no room for evidence."""
    return LLMError(
        f"the question alone fills the context of {llm.name} ({llm.context_tokens} tokens)",
        hint="ask a shorter question, or raise context_tokens",
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
    """The JSON schema of an answer: a sentence for each group, which can cite only its own."""
    sentences = {
        name: {
            "type": "object",
            "properties": {
                "cites": {
                    "type": "array",
                    "items": {"type": "integer", "enum": [item.number for item in group]},
                    "minItems": 1,
                    "maxItems": len(group),
                },
                "text": {"type": "string", "maxLength": 400},
            },
            "required": ["cites", "text"],
            "additionalProperties": False,
        }
        for name, group in _groups(evidence).items()
    }
    return {
        "type": "object",
        "properties": sentences,
        "required": list(sentences),
        "additionalProperties": False,
    }


def evidence_text(evidence: Sequence[Evidence]) -> str:
    """Evidence as the model reads it: in groups, numbers unchanged."""
    return "\n".join(
        line
        for name, group in _groups(evidence).items()
        for line in (name, *(f"[{item.number}] {item.statement}" for item in group))
    )


def _groups(evidence: Sequence[Evidence]) -> dict[str, list[Evidence]]:
    """Evidence by what it is about and of which type, in the order of the ranking."""
    several = len({item.about for item in evidence if item.about}) > 1
    groups: dict[str, list[Evidence]] = {}
    for item in evidence:
        kind = _NOT_A_WORD.sub("_", item.type)
        name = f"{_NOT_A_WORD.sub('_', item.about)}_{kind}" if several else kind
        if name in groups or len(groups) < MAX_GROUPS:
            groups.setdefault(name, []).append(item)
    return {name: group[:MAX_CITED] for name, group in groups.items()}


def _messages(question: str, evidence: Sequence[Evidence]) -> list[Message]:
    return [
        Message("system", load_prompt("answer")),
        Message(
            "user", load_prompt("question", evidence=evidence_text(evidence), question=question)
        ),
    ]


def _size(question: str, evidence: Sequence[Evidence], llm: LLM) -> int:
    return sum(llm.count_tokens(m.content) + 8 for m in _messages(question, evidence))


def _complete_sentences(text: str) -> list[Sentence]:
    """The sentences whose JSON object has been closed in a text that may end anywhere."""
    decoder = json.JSONDecoder()
    sentences: list[Sentence] = []
    position = text.find("{") + 1
    while position and (position := text.find("{", position)) >= 0:
        try:
            item, position = decoder.raw_decode(text, position)
        except (ValueError, RecursionError):
            break
        if (sentence := read_sentence(item)) is not None:
            sentences.append(sentence)
    return sentences


def read_sentence(item: object) -> Sentence | None:
    """The sentence that a JSON value holds; None if it holds none."""
    match item:
        case {"text": str(written), "cites": cites} if written.strip():
            text, within = without_citations(written)
            numbers = citations_in(cites) or within
            return Sentence(text, numbers) if text else None
        case _:
            return None
