"""What every language model looks like from outside, and what all of them share.

A back end writes one method, ``_pieces``: text as it arrives, then one ``Counts`` if the server
counts tokens. ``Backend`` makes ``stream`` and ``complete`` of it, with times and errors.
"""

from __future__ import annotations

import math
import re
import time
from abc import ABC, abstractmethod
from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Protocol, Self

from bbqa.errors import LLMError

Schema = Mapping[str, Any]

# Upper bounds over prose, evidence, identifiers, SMILES and sequences with two tokenizers: see
# docs/decisions/llm.md.
TOKENS_PER_BYTE_OF_WORDS = 1 / 3
TOKENS_PER_BYTE_OF_THE_REST = 0.85
_WORD = re.compile(r"(?<!\S)[A-Za-z]?[a-z]+[.,:]?(?!\S)")


@dataclass(frozen=True, slots=True)
class Message:
    """One turn of a conversation; ``role`` is ``system``, ``user`` or ``assistant``."""

    role: str
    content: str

    def to_json(self) -> dict[str, str]:
        """The message as chat APIs want it."""
        return {"role": self.role, "content": self.content}


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


class LLM(Protocol):
    """A language model at temperature 0. It answers one call at a time."""

    name: str
    context_tokens: int
    last: Usage | None

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


class Backend(ABC):
    """The part of an ``LLM`` that is the same everywhere."""

    def __init__(self, name: str, *, context_tokens: int) -> None:
        self.name = name
        self.context_tokens = context_tokens
        self.last: Usage | None = None

    @abstractmethod
    def _pieces(
        self,
        messages: Sequence[Message],
        *,
        schema: Schema | None,
        max_tokens: int,
        stop: Sequence[str],
    ) -> Generator[str | Counts, None, None]:
        """Text as it arrives (never empty), and the server's counts once, if it has any."""

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
        started = time.perf_counter()
        first: float | None = None
        counts: Counts | None = None
        received = 0
        pieces = self._pieces(messages, schema=schema, max_tokens=max_tokens, stop=stop)
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
        if not received:
            raise LLMError(
                f"{self.name} answered with no text",
                hint="ask again, or try another model with --llm, or --no-llm",
            )

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

    def close(self) -> None:  # noqa: B027  (most back ends have nothing to give back)
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

    def _estimate(self, messages: Sequence[Message]) -> int:
        return sum(Backend.count_tokens(self, message.content) for message in messages)
