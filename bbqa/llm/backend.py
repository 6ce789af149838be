"""What all language models share: ``stream``, ``complete`` and ``converse`` from one method.

A back end writes ``_pieces``: text as it arrives, the calls of tools that the model asks for, what
it thinks aloud, why it ended, then one ``Counts`` if the server counts tokens.
"""

from __future__ import annotations

import math
import re
import time
from abc import abstractmethod
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from itertools import count

from bbqa.errors import LLMError
from bbqa.llm.contract import (
    Counts,
    Ended,
    Message,
    Piece,
    Reply,
    Schema,
    Thought,
    ToolCall,
    ToolSpec,
    TooSlowError,
    Usage,
    Whole,
)
from bbqa.llm.replies import Speech, spoken, whole_characters, without_surrogates

# Upper bounds over prose, evidence, identifiers, SMILES and sequences with two tokenizers: see
# docs/decisions/llm.md.
TOKENS_PER_BYTE_OF_WORDS = 1 / 3
TOKENS_PER_BYTE_OF_THE_REST = 0.85
_WORD = re.compile(r"(?<!\S)[A-Za-z]?[a-z]+[.,:]?(?!\S)")


class Backend(Whole):
    """The part of an ``LLM`` that is the same everywhere.

    Args:
        name: What the model is called in answers and records.
        context_tokens: Longest prompt and reply together.
    """

    def __init__(self, name: str, *, context_tokens: int) -> None:
        self.name = name
        self.last: Usage | None = None
        self._context_tokens = context_tokens

    @property
    def context_tokens(self) -> int:
        """Longest prompt and reply together."""
        return self._context_tokens

    @property
    def identity(self) -> str:
        """A text that changes when another model answers under the same name."""
        return self.name

    @property
    def calls_tools(self) -> bool | None:
        """Whether it can call tools; None where that has to be measured."""
        return None

    @property
    def writes_freely(self) -> bool | None:
        """Whether it can write a cited text of its own; None where that has to be measured."""
        return None

    @abstractmethod
    def _pieces(
        self,
        messages: Sequence[Message],
        *,
        schema: Schema | None,
        max_tokens: int,
        stop: Sequence[str],
        tools: Sequence[ToolSpec],
    ) -> Generator[Piece, None, None]:
        """Text as it arrives (never empty), calls, thoughts, the end, and counts once, if any."""

    def count_tokens(self, text: str) -> int:
        """Tokens of a text, estimated: rather too many than too few."""
        words = sum(len(word) for word in _WORD.findall(text))
        rest = len(text.encode("utf-8", "replace")) - words
        return math.ceil(words * TOKENS_PER_BYTE_OF_WORDS + rest * TOKENS_PER_BYTE_OF_THE_REST)

    def stream(
        self,
        messages: Sequence[Message],
        *,
        schema: Schema | None = None,
        max_tokens: int = 400,
        stop: Sequence[str] = (),
    ) -> Iterator[str]:
        """The reply, piece by piece. Stop reading whenever you like: the model stops too.

        What the model thinks aloud before its reply is left out, and surrogates are joined or
        replaced.

        Args:
            messages: The conversation so far.
            schema: JSON schema for the reply. A server that cannot follow one is asked without,
                so parse with care.
            max_tokens: Longest reply, thinking apart.
            stop: Texts at which the reply ends.

        Raises:
            LLMError: The model is absent, slow, or gave nothing or nonsense.
        """
        while True:
            pieces = self._pieces(
                messages, schema=schema, max_tokens=max_tokens, stop=stop, tools=()
            )
            came = Came()
            with closing(self._timed(messages, pieces, came)) as timed:
                texts = (piece for piece in timed if isinstance(piece, str))
                for text in _said(whole_characters(texts), came, as_json=schema is not None):
                    came.empty = False
                    yield text
            if not came.empty:
                return
            if not self._gives_more_room(came):
                raise _no_text(self.name, came)

    def converse(
        self, messages: Sequence[Message], *, tools: Sequence[ToolSpec], max_tokens: int = 512
    ) -> Reply:
        """The reply of a model that may call tools; it may be empty.

        Arguments that are no JSON object arrive under ``UNREADABLE``, as the model wrote them.

        Args:
            messages: The conversation so far, with earlier calls and their results.
            tools: What may be called.
            max_tokens: Longest reply, calls included and thinking apart.

        Raises:
            ToolsRefusedError: The server cannot be asked with tools.
            LLMError: The model is absent, slow, or gave nonsense.
        """
        while True:
            pieces = self._pieces(
                messages, schema=None, max_tokens=max_tokens, stop=(), tools=tools
            )
            came = Came()
            received = list(self._timed(messages, pieces, came))
            text = "".join(piece for piece in received if isinstance(piece, str))
            said, thought = spoken(without_surrogates(text))
            came.thought += thought
            calls = [piece for piece in received if isinstance(piece, ToolCall)]
            if said.strip() or calls or not self._gives_more_room(came):
                return Reply(said, _with_new_ids(calls, messages))

    def _gives_more_room(self, came: Came) -> bool:
        """Whether the model is to be asked again with more tokens, all used up by thinking."""
        return False

    def _timed(
        self,
        messages: Sequence[Message],
        pieces: Generator[Piece, None, None],
        came: Came,
    ) -> Generator[str | ToolCall, None, None]:
        """Text and calls as they arrive; ``last`` is set when they end, however they do."""
        started = time.perf_counter()
        first: float | None = None
        received = 0
        try:
            for piece in pieces:
                if not isinstance(piece, str | ToolCall):
                    came.add(piece)
                    continue
                first = time.perf_counter() - started if first is None else first
                received += 1
                yield piece
        except TooSlowError as error:
            message = f"{error.message} with {received} tokens received"
            raise LLMError(message, hint=error.hint) from error
        finally:
            pieces.close()
            counts = came.counts or Counts(self._estimate(messages), received)
            self.last = Usage(
                prompt_tokens=counts.prompt or self._estimate(messages),
                cached_tokens=counts.cached,
                completion_tokens=counts.completion or received,
                first_token_s=first,
                total_s=time.perf_counter() - started,
            )

    def _estimate(self, messages: Sequence[Message]) -> int:
        return sum(Backend.count_tokens(self, message.content) for message in messages)


@dataclass(slots=True)
class Came:
    """What came of a reply besides its text and calls."""

    thought: str = ""
    ended: Ended = field(default_factory=lambda: Ended(""))
    counts: Counts | None = None
    empty: bool = True

    def add(self, piece: Thought | Ended | Counts) -> None:
        """Take in a piece that is neither text nor a call."""
        match piece:
            case Thought(text):
                self.thought += text
            case Counts():
                self.counts = piece
            case Ended() if not self.ended.words:
                self.ended = piece


def _said(pieces: Iterator[str], came: Came, *, as_json: bool) -> Iterator[str]:
    """The reply without what the model thinks aloud, which is put into ``came``."""
    speech = Speech(as_json=as_json)
    for piece in pieces:
        if text := speech.add(piece):
            yield text
    if rest := speech.rest():
        yield rest
    came.thought += speech.thought


def _no_text(name: str, came: Came) -> LLMError:
    """The error for a reply without text: it says what came instead."""
    other = "another model with --llm, or --no-llm"
    match came.ended:
        case Ended("refusal", words):
            return LLMError(f"{name} refused to answer: {words[:120]!r}", hint=f"try {other}")
        case Ended("content_filter"):
            return LLMError(f"the content filter of {name} stopped its reply", hint=f"try {other}")
        case Ended("length"):
            did = "thought" if came.thought else "wrote nothing"
            return LLMError(
                f"{name} {did} until its limit of tokens was reached, and did not answer",
                hint=f"raise max_tokens (BBQA_MAX_TOKENS), or try {other}",
            )
    if came.thought:
        start = " ".join(came.thought.split())[:80]
        return LLMError(f"{name} thought and did not answer: {start!r}", hint=f"try {other}")
    return LLMError(f"{name} answered with no text", hint=f"ask again, or try {other}")


def _with_new_ids(calls: Iterable[ToolCall], messages: Sequence[Message]) -> tuple[ToolCall, ...]:
    """Calls whose ids nothing in the conversation has; some servers give none, or the same."""
    taken = {"", *(call.id for message in messages for call in message.calls)}
    free = (name for number in count(1) if (name := f"call_{number}") not in taken)
    renamed = []
    for call in calls:
        call_id = next(free) if call.id in taken else call.id
        taken.add(call_id)
        renamed.append(replace(call, id=call_id))
    return tuple(renamed)
