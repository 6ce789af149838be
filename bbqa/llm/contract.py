"""What every language model looks like from outside: messages, replies, errors, the protocol."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Protocol, Self

from bbqa.errors import LLMError

Schema = Mapping[str, Any]

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
class Thought:
    """Words of a model that are no part of its reply."""

    text: str


@dataclass(frozen=True, slots=True)
class Ended:
    """Why a reply ended (``length``, ``content_filter``, ``refusal``, ``stop``), and its words."""

    why: str
    words: str = ""


Piece = str | ToolCall | Thought | Ended | Counts


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
    last: Usage | None

    @property
    def context_tokens(self) -> int:
        """Longest prompt and reply together; a server may have to be asked for it."""

    @property
    def identity(self) -> str:
        """A text that changes when another model answers under the same name."""

    @property
    def calls_tools(self) -> bool | None:
        """Whether it can call tools; None where that has to be measured."""

    @property
    def writes_freely(self) -> bool | None:
        """Whether it can write a cited text of its own; None where that has to be measured."""

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


class TooLongError(LLMError):
    """The prompt does not fit the model's context; ``context_tokens`` is then what it told."""


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
