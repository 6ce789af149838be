"""What every language model looks like from outside, and what all of them share.

A back end writes one method, ``_pieces``: text as it arrives, the calls of tools that the model
asks for, then one ``Counts`` if the server counts tokens. ``Backend`` makes ``stream``,
``complete`` and ``converse`` of it, with times and errors.
"""

from __future__ import annotations

import json
import math
import re
import time
from abc import ABC, abstractmethod
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from itertools import count
from types import TracebackType
from typing import Any, Protocol, Self

from bbqa.errors import LLMError

Schema = Mapping[str, Any]

# Upper bounds over prose, evidence, identifiers, SMILES and sequences with two tokenizers: see
# docs/decisions/llm.md.
TOKENS_PER_BYTE_OF_WORDS = 1 / 3
TOKENS_PER_BYTE_OF_THE_REST = 0.85
_WORD = re.compile(r"(?<!\S)[A-Za-z]?[a-z]+[.,:]?(?!\S)")


UNREADABLE = "not_a_json_object"
"""Argument that holds what a model wrote where the arguments should be, if that is no object."""


@dataclass(frozen=True, slots=True)
class ToolSpec:
    """A tool as a model is told of it; ``parameters`` is the JSON schema of its arguments."""

    name: str
    description: str
    parameters: Schema

    def to_json(self) -> dict[str, Any]:
        """The tool as chat APIs want it."""
        function = {
            "name": self.name,
            "description": self.description,
            "parameters": dict(self.parameters),
        }
        return {"type": "function", "function": function}


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A model's wish that a tool be called; ``id`` is said again with the result."""

    id: str
    name: str
    arguments: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Message:
    """One turn of a conversation.

    Attributes:
        role: ``system``, ``user``, ``assistant`` or ``tool``.
        content: What is said; of a tool, its result.
        calls: Tools that the assistant wants called.
        answers: The call that a tool's result is for.
    """

    role: str
    content: str
    calls: tuple[ToolCall, ...] = ()
    answers: ToolCall | None = None

    def to_json(self) -> dict[str, Any]:
        """The message as OpenAI's chat API wants it."""
        message: dict[str, Any] = {"role": self.role, "content": self.content}
        if self.calls:
            message["tool_calls"] = [
                {
                    "id": call.id,
                    "type": "function",
                    "function": {"name": call.name, "arguments": json.dumps(dict(call.arguments))},
                }
                for call in self.calls
            ]
        if self.answers is not None:
            message["tool_call_id"] = self.answers.id
        return message


@dataclass(frozen=True, slots=True)
class Counts:
    """Tokens as a server counted them; ``cached`` are those of the prompt it had read before."""

    prompt: int
    completion: int
    cached: int = 0


@dataclass(frozen=True, slots=True)
class Usage:
    """What one call cost. Tokens are the server's counts, or estimates where it gives none.

    Attributes:
        prompt_tokens: All tokens of the prompt.
        cached_tokens: Those of them that did not have to be read again.
        completion_tokens: Tokens written.
        first_token_s: Seconds from the call to the first text; None if none came.
        total_s: Seconds from the call to its end, however it ended.
    """

    prompt_tokens: int
    cached_tokens: int
    completion_tokens: int
    first_token_s: float | None
    total_s: float


@dataclass(frozen=True, slots=True)
class Completion:
    """A whole reply and what it cost."""

    text: str
    prompt_tokens: int
    completion_tokens: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Reply:
    """What a model that may call tools said: a text, calls, or both."""

    text: str
    calls: tuple[ToolCall, ...]


class LLM(Protocol):
    """A language model at temperature 0. It answers one call at a time."""

    name: str
    context_tokens: int
    last: Usage | None

    @property
    def identity(self) -> str:
        """A text that changes when another model answers under the same name."""

    @property
    def calls_tools(self) -> bool | None:
        """Whether it can call tools; None where that has to be measured."""

    def count_tokens(self, text: str) -> int:
        """Tokens of a text: exact where that is cheap, else rather too many than too few."""

    def stream(
        self,
        messages: Sequence[Message],
        *,
        schema: Schema | None = None,
        max_tokens: int = 400,
        stop: Sequence[str] = (),
    ) -> Iterator[str]:
        """The reply, piece by piece; ``last`` tells afterwards what it cost."""

    def complete(
        self,
        messages: Sequence[Message],
        *,
        schema: Schema | None = None,
        max_tokens: int = 400,
        stop: Sequence[str] = (),
    ) -> Completion:
        """The reply as a whole."""

    def converse(
        self, messages: Sequence[Message], *, tools: Sequence[ToolSpec], max_tokens: int = 512
    ) -> Reply:
        """The reply of a model that may call tools."""

    def close(self) -> None:
        """Give back memory and connections; closing twice is fine."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...


class TooSlowError(LLMError):
    """No complete reply within the time allowed; ``stream`` adds how much had come."""


class BrokenOffError(LLMError):
    """The connection ended before the reply did."""


class ToolsRefusedError(LLMError):
    """The server, or the model behind it, cannot be asked with tools."""


class Whole(ABC):
    """What follows for any model from its stream: the reply as a whole, and use in a block."""

    last: Usage | None

    @abstractmethod
    def stream(
        self,
        messages: Sequence[Message],
        *,
        schema: Schema | None = None,
        max_tokens: int = 400,
        stop: Sequence[str] = (),
    ) -> Iterator[str]:
        """The reply, piece by piece."""

    def complete(
        self,
        messages: Sequence[Message],
        *,
        schema: Schema | None = None,
        max_tokens: int = 400,
        stop: Sequence[str] = (),
    ) -> Completion:
        """The reply as a whole; arguments and errors are those of ``stream``."""
        text = "".join(self.stream(messages, schema=schema, max_tokens=max_tokens, stop=stop))
        assert self.last is not None
        return Completion(
            text, self.last.prompt_tokens, self.last.completion_tokens, self.last.total_s
        )

    def close(self) -> None:  # noqa: B027  (most have nothing to give back)
        """Give back memory and connections; closing twice is fine."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


class Backend(Whole):
    """The part of an ``LLM`` that is the same everywhere."""

    def __init__(self, name: str, *, context_tokens: int) -> None:
        self.name = name
        self.context_tokens = context_tokens
        self.last: Usage | None = None

    @property
    def identity(self) -> str:
        """A text that changes when another model answers under the same name."""
        return self.name

    @property
    def calls_tools(self) -> bool | None:
        """Whether it can call tools; None where that has to be measured."""
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
    ) -> Generator[str | ToolCall | Counts, None, None]:
        """Text as it arrives (never empty), calls, and the server's counts once, if any."""

    def count_tokens(self, text: str) -> int:
        """Tokens of a text, estimated: rather too many than too few."""
        words = sum(len(word) for word in _WORD.findall(text))
        rest = len(text.encode()) - words
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

        Args:
            messages: The conversation so far.
            schema: JSON schema for the reply. A server that cannot follow one is asked without,
                so parse with care.
            max_tokens: Longest reply.
            stop: Texts at which the reply ends.

        Raises:
            LLMError: The model is absent, slow, or gave nothing or nonsense.
        """
        pieces = self._pieces(messages, schema=schema, max_tokens=max_tokens, stop=stop, tools=())
        empty = True
        with closing(self._timed(messages, pieces)) as timed:
            for piece in timed:
                if isinstance(piece, str):
                    empty = False
                    yield piece
        if empty:
            raise LLMError(
                f"{self.name} answered with no text",
                hint="ask again, or try another model with --llm, or --no-llm",
            )

    def converse(
        self, messages: Sequence[Message], *, tools: Sequence[ToolSpec], max_tokens: int = 512
    ) -> Reply:
        """The reply of a model that may call tools; it may be empty.

        Arguments that are no JSON object arrive under ``UNREADABLE``, as the model wrote them.

        Args:
            messages: The conversation so far, with earlier calls and their results.
            tools: What may be called.
            max_tokens: Longest reply, calls included.

        Raises:
            ToolsRefusedError: The server cannot be asked with tools.
            LLMError: The model is absent, slow, or gave nonsense.
        """
        pieces = self._pieces(messages, schema=None, max_tokens=max_tokens, stop=(), tools=tools)
        received = list(self._timed(messages, pieces))
        text = "".join(piece for piece in received if isinstance(piece, str))
        calls = (piece for piece in received if isinstance(piece, ToolCall))
        return Reply(text, _with_new_ids(calls, messages))

    def _timed(
        self,
        messages: Sequence[Message],
        pieces: Generator[str | ToolCall | Counts, None, None],
    ) -> Generator[str | ToolCall, None, None]:
        """Text and calls as they arrive; ``last`` is set when they end, however they do."""
        started = time.perf_counter()
        first: float | None = None
        counts: Counts | None = None
        received = 0
        try:
            for piece in pieces:
                if isinstance(piece, Counts):
                    counts = piece
                    continue
                first = time.perf_counter() - started if first is None else first
                received += 1
                yield piece
        except TooSlowError as error:
            message = f"{error.message} with {received} tokens received"
            raise LLMError(message, hint=error.hint) from error
        finally:
            pieces.close()
            counts = counts or Counts(self._estimate(messages), received)
            self.last = Usage(
                prompt_tokens=counts.prompt,
                cached_tokens=counts.cached,
                completion_tokens=counts.completion,
                first_token_s=first,
                total_s=time.perf_counter() - started,
            )

    def _estimate(self, messages: Sequence[Message]) -> int:
        return sum(Backend.count_tokens(self, message.content) for message in messages)


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
