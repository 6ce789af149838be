"""How servers write the calls of tools that a model asks for, put together from their pieces.

OpenAI-compatible servers stream a call in fragments, its arguments as JSON in a text; Ollama gives
whole calls with an object. A few give neither numbers nor ids.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from bbqa.llm.contract import UNREADABLE, Message, ToolCall
from bbqa.llm.replies import without_surrogates, without_surrogates_in

MAX_UNREADABLE = 200
"""Characters that are kept of arguments that cannot be read."""


@dataclass(slots=True)
class _Part:
    """A call of which more may come."""

    index: Any
    id: str = ""
    name: str = ""
    arguments: Any = ""


class CallParts:
    """Calls that are put together from the fragments of a stream."""

    def __init__(self) -> None:
        self._parts: list[_Part] = []

    def add(self, fragments: object) -> None:
        """Take in what one event has under ``tool_calls``; anything else is left alone."""
        for fragment in fragments if isinstance(fragments, list) else ():
            if isinstance(fragment, dict):
                self._add(fragment)

    def calls(self) -> Iterator[ToolCall]:
        """The calls, in the order in which they began."""
        for part in self._parts:
            if part.name:
                yield ToolCall(part.id, part.name, read_arguments(part.arguments))

    def _add(self, fragment: dict[str, Any]) -> None:
        function = fragment.get("function")
        function = function if isinstance(function, dict) else {}
        part = self._part(fragment, begins=bool(fragment.get("id") or function.get("name")))
        part.id = part.id or _text(fragment.get("id"))
        part.name = part.name or _text(function.get("name"))
        arguments = function.get("arguments")
        if isinstance(arguments, str) and isinstance(part.arguments, str):
            part.arguments += arguments
        elif arguments is not None:
            part.arguments = arguments

    def _part(self, fragment: dict[str, Any], *, begins: bool) -> _Part:
        """The call that a fragment belongs to: that of its number, else the last one begun."""
        index = fragment.get("index")
        same = [part for part in self._parts if part.index == index]
        if same and (index is not None or not begins):
            return same[-1]
        self._parts.append(_Part(index))
        return self._parts[-1]


def read_arguments(written: object) -> dict[str, Any]:
    """The arguments that a model wrote; under ``UNREADABLE`` if they are no JSON object."""
    if isinstance(written, str):
        try:
            written = json.loads(written) if written.strip() else {}
        except (ValueError, RecursionError):
            return {UNREADABLE: without_surrogates(str(written))[:MAX_UNREADABLE]}
    if isinstance(written, dict):
        return dict(without_surrogates_in(written))
    return {UNREADABLE: json.dumps(written)[:MAX_UNREADABLE]}


def to_ollama(message: Message) -> dict[str, Any]:
    """A message as Ollama wants it: arguments as an object, results by the tool's name."""
    written: dict[str, Any] = {"role": message.role, "content": message.content}
    if message.calls:
        written["tool_calls"] = [
            {"function": {"name": call.name, "arguments": dict(call.arguments)}}
            for call in message.calls
        ]
    if message.answers is not None:
        written["tool_name"] = message.answers.name
    return written


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
