"""A model that says what a file says: for tests, and for showing bbqa without a model.

The file is a JSON list or has one JSON value a line. A value is a reply (a text, or an object
with ``reply``), and may say when it is meant::

    "The first reply."
    {"reply": {"sentences": []}}
    {"when": "BRCA1", "reply": "Whenever the prompt has BRCA1 in it."}
    {"calls": [{"name": "kg_facts", "arguments": {"what": "BRCA1"}}]}
    {"error": "the fourth call fails with this"}

Replies with ``when`` answer every prompt that has that text in it. The others are used once
each, in order. ``calls`` are tools that the model wants called; arguments may be a text, as a
model may write it, also a broken one.
"""

from __future__ import annotations

import json
import re
from collections.abc import Generator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bbqa.errors import LLMError
from bbqa.llm.backend import Backend
from bbqa.llm.calls import CallParts
from bbqa.llm.contract import Message, Piece, Schema, ToolSpec


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the script: what is said and called, when, or the error raised instead."""

    reply: str
    when: str = ""
    error: str = ""
    calls: list[Any] = field(default_factory=list)


class Scripted(Backend):
    """A model that says what a file says.

    Attributes:
        asked: Every conversation it was given, in order.
        told: The tools it was told of each time.
    """

    def __init__(self, path: Path, *, context_tokens: int = 4096) -> None:
        super().__init__(f"scripted:{path.name}", context_tokens=context_tokens)
        self.asked: list[tuple[Message, ...]] = []
        self.told: list[tuple[ToolSpec, ...]] = []
        script = _read(path)
        self._by_text = [line for line in script if line.when]
        self._in_order = [line for line in script if not line.when]
        self._used = 0

    @property
    def calls_tools(self) -> bool:
        """Whether any line of the script has calls in it."""
        return any(line.calls for line in (*self._by_text, *self._in_order))

    @property
    def writes_freely(self) -> bool:
        """Always: the script says whatever it says."""
        return True

    def _pieces(
        self,
        messages: Sequence[Message],
        *,
        schema: Schema | None,
        max_tokens: int,
        stop: Sequence[str],
        tools: Sequence[ToolSpec],
    ) -> Generator[Piece, None, None]:
        self.asked.append(tuple(messages))
        self.told.append(tuple(tools))
        line = self._next("\n".join(message.content for message in messages))
        if line.error:
            raise LLMError(line.error, hint="this error was written into the script")
        yield from re.findall(r"\s*\S+\s*", line.reply)
        parts = CallParts()
        parts.add([{"function": call} for call in line.calls])
        yield from parts.calls()

    def _next(self, prompt: str) -> Line:
        for line in self._by_text:
            if line.when in prompt:
                return line
        if self._used == len(self._in_order):
            raise LLMError(
                f"{self.name} has {self._used} replies and was asked once more: {prompt[-80:]!r}",
                hint="add a reply to the script",
            )
        self._used += 1
        return self._in_order[self._used - 1]


def _read(path: Path) -> list[Line]:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise LLMError(f"cannot read the script {path}: {error}", hint="scripted:FILE") from error
    try:
        whole = text.lstrip().startswith("[")
        values = json.loads(text) if whole else [json.loads(x) for x in text.splitlines() if x]
        return [_line(value) for value in values]
    except (ValueError, KeyError, TypeError) as error:
        raise LLMError(
            f"{path} is no script: {error}",
            hint='a script is a JSON list or one JSON value a line: "text" or {"reply": "text"}',
        ) from error


def _line(value: object) -> Line:
    match value:
        case str(text):
            return Line(text)
        case {"error": str(error), **rest}:
            return Line("", when=str(rest.get("when", "")), error=error)
        case {"calls": list(calls), **rest}:
            when = str(rest.get("when", ""))
            return Line(str(rest.get("reply", "")), when=when, calls=calls)
        case {"reply": reply, **rest}:
            text = reply if isinstance(reply, str) else json.dumps(reply, ensure_ascii=False)
            return Line(text, when=str(rest.get("when", "")))
        case _:
            raise ValueError(f"got {json.dumps(value)[:60]}, expected a text or a reply")
