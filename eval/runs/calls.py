"""What the language model was asked and said, so that it can be said again without the model.

``Recording`` stands before a model and keeps every call; ``Recorded`` stands in for the model and
says what was kept. A call is known by a digest of messages, schema, tools, longest reply and stop
texts; its reply is kept piece by piece, for a reader may stop in the middle. Where a model fits a
prompt to its context it counts tokens: those counts are kept as well.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict, deque
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, cast

from bbqa.errors import LLMError
from bbqa.llm.around import Around
from bbqa.llm.contract import Message, Reply, Schema, ToolCall, ToolSpec, Usage, Whole

if TYPE_CHECKING:
    from bbqa.llm import LLM

Call = dict[str, Any]
"""``key``, ``reply``, ``cuts`` (lengths of its pieces), ``usage``; ``tools`` or ``error``."""


class Recording(Around):
    """A language model of which every call is kept until it is taken.

    Attributes:
        failure: Why the last call failed, or None.
    """

    def __init__(self, llm: LLM) -> None:
        super().__init__(llm)
        self.failure: LLMError | None = None
        self._calls: list[Call] = []
        self._counts: dict[str, int] = {}

    def begin(self) -> None:
        """Forget what was kept: another item follows."""
        self._calls, self._counts, self.failure = [], {}, None

    @property
    def calls(self) -> Sequence[Call]:
        """The calls since ``begin``."""
        return self._calls

    def to_json(self) -> dict[str, Any]:
        """Everything that was kept since ``begin``."""
        return {"calls": self._calls, "counts": self._counts}

    def count_tokens(self, text: str) -> int:
        """Tokens of a text."""
        key = _digest(text)
        if key not in self._counts:
            self._counts[key] = super().count_tokens(text)
        return self._counts[key]

    def stream(
        self,
        messages: Sequence[Message],
        *,
        schema: Schema | None = None,
        max_tokens: int = 400,
        stop: Sequence[str] = (),
    ) -> Iterator[str]:
        """The reply, piece by piece, as the model itself gives it."""
        call = self._begin_call(call_key(messages, schema, max_tokens, stop))
        inner = self._llm.stream(messages, schema=schema, max_tokens=max_tokens, stop=stop)
        pieces: list[str] = []
        with self._kept(call, pieces), closing(cast(Generator[str, None, None], inner)) as told:
            for piece in told:
                pieces.append(piece)
                yield piece

    def converse(
        self, messages: Sequence[Message], *, tools: Sequence[ToolSpec], max_tokens: int = 512
    ) -> Reply:
        """The reply of a model that may call tools."""
        call = self._begin_call(call_key(messages, None, max_tokens, (), tools))
        pieces: list[str] = []
        with self._kept(call, pieces):
            reply = super().converse(messages, tools=tools, max_tokens=max_tokens)
            pieces.append(reply.text)
            call["tools"] = [asdict(one) for one in reply.calls]
        return reply

    def _begin_call(self, key: str) -> Call:
        call: Call = {"key": key}
        self._calls.append(call)
        self.failure = None
        return call

    @contextmanager
    def _kept(self, call: Call, pieces: list[str]) -> Iterator[None]:
        """Write down how a call ended, however it does."""
        try:
            yield
        except LLMError as error:
            call["error"] = {"message": error.message, "hint": error.hint}
            self.failure = error
            raise
        finally:
            usage = self.last
            call["reply"] = "".join(pieces)
            call["cuts"] = [len(piece) for piece in pieces]
            call["usage"] = None if usage is None else asdict(usage)


class Recorded(Whole):
    """A language model that says what was recorded, and knows nothing else.

    Args:
        name: The model's, as the run's record has it.
        context_tokens: Its context.
        writes_freely: Whether it was left to write a text of its own.

    Attributes:
        missing: What was asked and never recorded; empty if all was.
        failure: Why the last call failed, or None.
        calls: The calls since ``begin``.
    """

    def __init__(self, name: str, *, context_tokens: int, writes_freely: bool = False) -> None:
        self.name = name
        self._writes_freely = writes_freely
        self.context_tokens = context_tokens
        self.last: Usage | None = None
        self.missing = ""
        self.failure: LLMError | None = None
        self._calls: dict[str, deque[Call]] = {}
        self._counts: Mapping[str, int] = {}
        self.calls: list[Call] = []

    def begin(self, recorded: Mapping[str, Any] | None) -> None:
        """Take up what was recorded of an item, as ``Recording.to_json`` gave it."""
        recorded = recorded or {"calls": (), "counts": {}}
        self._calls = defaultdict(deque)
        for call in recorded["calls"]:
            self._calls[call["key"]].append(call)
        self._counts = recorded["counts"]
        self.calls, self.missing, self.failure = [], "", None

    @property
    def identity(self) -> str:
        """The model's name."""
        return self.name

    @property
    def calls_tools(self) -> bool | None:
        """Nobody should ask: who drives was decided before the run."""
        return None

    @property
    def writes_freely(self) -> bool:
        """Whether it could write a cited text of its own, as it was decided before the run."""
        return self._writes_freely

    def count_tokens(self, text: str) -> int:
        """Tokens of a text as they were counted."""
        if (key := _digest(text)) not in self._counts:
            raise self._not_recorded("a count of tokens")
        return self._counts[key]

    def stream(
        self,
        messages: Sequence[Message],
        *,
        schema: Schema | None = None,
        max_tokens: int = 400,
        stop: Sequence[str] = (),
    ) -> Iterator[str]:
        """The reply that was recorded, in the same pieces."""
        call = self._next(call_key(messages, schema, max_tokens, stop))
        start = 0
        for length in call["cuts"]:
            self._spent(call)  # a reader may stop here
            yield call["reply"][start : start + length]
            start += length
        self._ended(call)

    def converse(
        self, messages: Sequence[Message], *, tools: Sequence[ToolSpec], max_tokens: int = 512
    ) -> Reply:
        """The reply that was recorded."""
        call = self._next(call_key(messages, None, max_tokens, (), tools))
        self._ended(call)
        return Reply(call["reply"], tuple(ToolCall(**one) for one in call["tools"]))

    def _next(self, key: str) -> Call:
        waiting = self._calls.get(key)
        if not waiting:
            raise self._not_recorded("a call")
        call = waiting.popleft()
        self.calls.append(call)
        self.failure = None
        return call

    def _spent(self, call: Call) -> None:
        self.last = None if call["usage"] is None else Usage(**call["usage"])

    def _ended(self, call: Call) -> None:
        self._spent(call)
        if "error" in call:
            self.failure = LLMError(call["error"]["message"], hint=call["error"]["hint"])
            raise self.failure

    def _not_recorded(self, what: str) -> LLMError:
        self.missing = f"{what} that was not recorded"
        return LLMError(f"the run has no record of {what} that is made now")


def call_key(
    messages: Sequence[Message],
    schema: Schema | None,
    max_tokens: int,
    stop: Sequence[str],
    tools: Sequence[ToolSpec] = (),
) -> str:
    """16 hex digits over everything that a model's reply depends on."""
    asked = {
        "messages": [message.to_json() for message in messages],
        "schema": schema,
        "max_tokens": max_tokens,
        "stop": list(stop),
        "tools": [tool.to_json() for tool in tools],
    }
    return _digest(json.dumps(asked, sort_keys=True))


def spent(calls: Sequence[Call]) -> tuple[int, int]:
    """Tokens that some calls read and wrote."""
    usages = [call["usage"] for call in calls if call.get("usage")]
    return (
        sum(usage["prompt_tokens"] for usage in usages),
        sum(usage["completion_tokens"] for usage in usages),
    )


def is_there(llm: LLM) -> bool:
    """Whether a model answers at all."""
    try:
        llm.complete([Message("user", "Say yes.")], max_tokens=4)
    except LLMError:
        return False
    return True


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]
