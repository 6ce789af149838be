"""What one JSON object of a server's reply holds, whole or streamed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from bbqa.llm.calls import CallParts
from bbqa.llm.contract import Counts, Ended, Thought
from bbqa.llm.replies import without_surrogates_in

Said = str | Thought | Ended | Counts


def openai_pieces(chunk: dict[str, Any], parts: CallParts) -> Iterator[Said]:
    """What a chunk of OpenAI's protocol, or a whole reply, says; calls go into ``parts``."""
    choices = chunk.get("choices")
    choice = choices[0] if isinstance(choices, list) and choices else None
    if isinstance(choice, dict):
        message = at(choice, "delta") or at(choice, "message") or {"content": choice.get("text")}
        yield from _message(message, parts)
        if why := text_at(choice, "finish_reason"):
            yield Ended(why)
    usage = chunk.get("usage")
    if isinstance(usage, dict):
        cached = at(usage, "prompt_tokens_details", "cached_tokens")
        yield Counts(
            _count(usage.get("prompt_tokens")),
            _count(usage.get("completion_tokens")),
            _count(cached),
        )


def ollama_pieces(chunk: dict[str, Any], parts: CallParts) -> Iterator[Said]:
    """What a line of Ollama's protocol says; calls go into ``parts``."""
    yield from _message(at(chunk, "message"), parts)
    if chunk.get("done"):
        if why := text_at(chunk, "done_reason"):
            yield Ended(why)
        yield Counts(_count(chunk.get("prompt_eval_count")), _count(chunk.get("eval_count")))


def _message(message: object, parts: CallParts) -> Iterator[str | Thought | Ended]:
    for key in ("reasoning_content", "reasoning", "thinking"):
        if thought := text_at(message, key):
            yield Thought(thought)
            break
    yield from _content(at(message, "content"))
    if refusal := text_at(message, "refusal"):
        yield Ended("refusal", refusal)
    parts.add(without_surrogates_in_calls(at(message, "tool_calls")))


def _content(content: object) -> Iterator[str | Thought]:
    """Text, given as such or as a list of parts of which some may be thoughts."""
    if isinstance(content, str) and content:
        yield content
    for part in content if isinstance(content, list) else ():
        if isinstance(part, str) and part:
            yield part
        elif thinking := at(part, "thinking") or text_at(part, "reasoning"):
            yield Thought("".join(piece for piece in _texts(thinking)))
        elif text := text_at(part, "text"):
            yield text


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    for part in value if isinstance(value, list) else ():
        yield text_at(part, "text")


def without_surrogates_in_calls(fragments: object) -> object:
    """Fragments of calls, whose names and ids hold no surrogates.

    Arguments are left as they are: half a pair may come in the next fragment.
    """
    if not isinstance(fragments, list):
        return None
    return [_clean_call(fragment) for fragment in fragments]


def _clean_call(fragment: object) -> object:
    arguments = at(fragment, "function", "arguments")
    if not isinstance(fragment, dict) or not isinstance(arguments, str):
        return without_surrogates_in(fragment)
    function = without_surrogates_in({**fragment["function"], "arguments": ""})
    rest = {key: value for key, value in fragment.items() if key != "function"}
    return {**without_surrogates_in(rest), "function": {**function, "arguments": arguments}}


def text_at(holder: object, *path: str) -> str:
    """The text at a path of keys; empty if there is none."""
    found = at(holder, *path)
    return found if isinstance(found, str) else ""


def at(holder: Any, *path: str) -> Any:  # noqa: ANN401
    """What is at a path of keys; None if nothing is."""
    for key in path:
        holder = holder.get(key) if isinstance(holder, dict) else None
    return holder


def _count(value: object) -> int:
    """A count, which some servers give as text or leave empty."""
    if isinstance(value, str) and value.isdigit():
        return int(value)
    return int(value) if isinstance(value, int | float) and value >= 0 else 0
