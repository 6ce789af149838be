"""A language model writes a cited text of its own over all evidence; every sentence is checked.

For models that can: those behind a server, and those measured (``agent.capability``). Each gets
all the evidence with status and source, and the composed answer as a draft that it may improve.
What fails the check gets one chance to be mended, with the reasons; then it is dropped.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from bbqa.errors import LLMError
from bbqa.llm import LLM, Message, Schema
from bbqa.llm.contract import TooLongError
from bbqa.llm.replies import citations_in, read_object
from bbqa.prompts import load_prompt
from bbqa.schema import Claim, Dropped, Evidence
from bbqa.write import Sentence, no_room, read_sentence, sentences_of

MAX_SENTENCES: Final = 8
"""Sentences that are read of a reply; the model is asked for six at most."""
MAX_TOKENS: Final = 900
"""Longest reply: six sentences of some 60 tokens with their JSON, and room for long names."""
TOKENS_PER_MESSAGE: Final = 8

Check = Callable[[str, tuple[int, ...]], Claim | Dropped]
"""Says whether the evidence with these numbers bears a sentence out."""


def synthesise(
    question: str,
    evidence: Sequence[Evidence],
    llm: LLM,
    *,
    check: Check,
    max_tokens: int = MAX_TOKENS,
    draft: str = "",
) -> Iterator[Claim | Dropped]:
    """The sentences of a model, each as soon as it has been checked.

    Those that had to be mended come last, then what was dropped.

    Args:
        question: The question in words.
        evidence: Numbered items, the most important first; what does not fit is left out.
        llm: A model that can write a text of its own.
        check: ``bbqa.ground.ground`` for the question at hand.
        max_tokens: Longest reply.
        draft: The composed answer with its citations; empty if there is none.

    Raises:
        LLMError: The model failed, or wrote something else than the JSON asked for. What was
            checked until then has been given.
    """
    written = Written()
    for again in (True, False):
        try:
            written.messages = _fitting(question, evidence, llm, reserve=max_tokens, draft=draft)
            yield from _first(written, llm, check, max_tokens)
            break
        except TooLongError:  # the server says its limit then; nothing has been written yet
            if not again:
                raise
    if written.refused:
        yield from _mended(written, llm, check, max_tokens)


@dataclass(slots=True)
class Written:
    """What a model was asked and wrote at first, and what of it was refused."""

    messages: list[Message] = field(default_factory=list)
    accepted: list[Claim] = field(default_factory=list)
    refused: list[Dropped] = field(default_factory=list)


def synthesis_schema() -> Schema:
    """The JSON schema of a reply: sentences of any kind that cite any evidence."""
    sentence = {
        "type": "object",
        "properties": {
            "text": {"type": "string"},
            "cites": {"type": "array", "items": {"type": "integer"}},
        },
        "required": ["text", "cites"],
        "additionalProperties": False,
    }
    return {
        "type": "object",
        "properties": {"sentences": {"type": "array", "items": sentence}},
        "required": ["sentences"],
        "additionalProperties": False,
    }


def numbered_text(evidence: Sequence[Evidence]) -> str:
    """Evidence as the model reads it: number, statement, status, source.

    How close a relative is, is part of what an inferred item says.
    """
    return "\n".join(
        f"[{item.number}] {item.statement} ({'; '.join(_behind(item))})" for item in evidence
    )


def _behind(item: Evidence) -> Iterator[str]:
    yield str(item.status)
    if item.source:
        yield item.source
    if item.because and item.because not in item.statement:
        yield item.because


def _first(written: Written, llm: LLM, check: Check, max_tokens: int) -> Iterator[Claim]:
    """The sentences that pass; those that do not are kept for mending."""
    sentences = sentences_of(
        written.messages, llm, schema=synthesis_schema(), max_tokens=max_tokens
    )
    seen: set[str] = set()
    for sentence in sentences:
        if sentence.text in seen:
            continue
        seen.add(sentence.text)
        result = check(sentence.text, sentence.citations)
        if isinstance(result, Claim):
            written.accepted.append(result)
            yield result
        else:
            written.refused.append(result)
        if len(seen) == MAX_SENTENCES:
            return


def _fitting(
    question: str, evidence: Sequence[Evidence], llm: LLM, *, reserve: int, draft: str
) -> list[Message]:
    """The messages with as much of the evidence as fits beside two replies."""
    kept = list(evidence)
    room = llm.context_tokens - 2 * reserve
    while kept:
        messages = _messages(question, kept, draft)
        if sum(llm.count_tokens(m.content) + TOKENS_PER_MESSAGE for m in messages) <= room:
            return messages
        del kept[-max(1, len(kept) // 10) :]
    raise no_room(llm)


def _messages(question: str, evidence: Sequence[Evidence], draft: str) -> list[Message]:
    asked = load_prompt(
        "synthesis_question",
        evidence=numbered_text(evidence),
        draft=draft or "none",
        question=question,
    )
    return [Message("system", load_prompt("synthesis")), Message("user", asked)]


def _mended(written: Written, llm: LLM, check: Check, max_tokens: int) -> Iterator[Claim | Dropped]:
    """What one more turn makes of the refused sentences; a model that fails mends nothing."""
    mended = _asked_to_mend(written, llm, max_tokens)
    said = {claim.text for claim in written.accepted}
    dropped: list[Dropped] = []
    for number, refused in enumerate(written.refused, start=1):
        results = [check(one.text, one.citations) for one in mended.get(number, ())]
        claims = [one for one in results if isinstance(one, Claim)]
        yield from (claim for claim in claims if claim.text not in said)
        said.update(claim.text for claim in claims)
        failed = [one for one in results if isinstance(one, Dropped)]
        dropped += [] if claims else (failed or [refused])
    yield from dropped


def _asked_to_mend(written: Written, llm: LLM, max_tokens: int) -> Mapping[int, Sequence[Sentence]]:
    refused = "\n".join(
        f"{number}. {one.text} {list(one.citations)}: {one.reason}"
        for number, one in enumerate(written.refused, start=1)
    )
    messages = [
        *written.messages,
        Message("assistant", _as_written(written)),
        Message("user", load_prompt("repair", refused=refused)),
    ]
    try:
        reply = llm.complete(messages, schema=_mending_schema(), max_tokens=max_tokens)
    except LLMError:
        return {}
    mended: dict[int, list[Sentence]] = {}
    rows = (read_object(reply.text, ["sentences"]) or {}).get("sentences")
    for place, row in enumerate(rows if isinstance(rows, list) else (), start=1):
        if (sentence := read_sentence(row)) is not None:
            number = next(iter(citations_in(row.get("n"))), place)
            mended.setdefault(number, []).append(sentence)
    return mended


def _mending_schema() -> Schema:
    """The schema of the first reply, with the number of the refused sentence beside each."""
    schema: dict[str, Any] = {**synthesis_schema()}
    sentence = schema["properties"]["sentences"]["items"]
    sentence["properties"] = {"n": {"type": "integer"}, **sentence["properties"]}
    sentence["required"] = ["n", *sentence["required"]]
    return schema


def _as_written(written: Written) -> str:
    """The model's first reply, as it would have been without any slips."""
    said: list[Claim | Dropped] = [*written.accepted, *written.refused]
    rows = [{"text": one.text, "cites": list(one.citations)} for one in said]
    return json.dumps({"sentences": rows}, ensure_ascii=False)
