"""Models behind a server: OpenAI-compatible ones (vLLM, llama.cpp, hosted) and Ollama."""

from __future__ import annotations

import json
from abc import abstractmethod
from collections.abc import Generator, Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import Any, ClassVar

from bbqa.errors import LLMError
from bbqa.llm.calls import CallParts, to_ollama
from bbqa.llm.contract import (
    Backend,
    Counts,
    Message,
    Schema,
    ToolCall,
    ToolSpec,
    ToolsRefusedError,
)
from bbqa.llm.wire import RefusedError, Wire, error_words

Body = dict[str, Any]

OPENAI_URL = "https://api.openai.com/v1"
OLLAMA_URL = "http://127.0.0.1:11434"


class Endpoint(Backend):
    """A model behind a server. What a server does not know of a request is left out of it.

    Servers differ in which optional fields they take. One that refuses a request with 400 or 422
    is asked again without the field it names, or else without the schema, and remembered.
    """

    path: str
    schema_field: str
    optional: tuple[str, ...]
    newer_name: ClassVar[Mapping[str, str]] = {}

    def __init__(self, name: str, *, model: str, context_tokens: int, wire: Wire) -> None:
        super().__init__(name, context_tokens=context_tokens)
        self._model = model
        self._wire = wire
        self._left_out: set[str] = set()

    @property
    def identity(self) -> str:
        """The model's name and where it is."""
        return f"{self.name} {self._wire.where}"

    @abstractmethod
    def models(self) -> list[str]:
        """Names of the models that the server has."""

    def close(self) -> None:
        """Close the connection."""
        self._wire.close()

    def _accepted(self, body: Body) -> Iterator[str]:
        """Lines of the reply to the largest part of ``body`` that the server takes."""
        while True:
            fitted = self._fitted(body)
            try:
                yield from self._wire.lines(self.path, fitted)
            except RefusedError as error:
                field = self._refused_field(fitted, error)
                if field is None:
                    raise self._explained(error, fitted) from error
                self._left_out.add(field)
            else:
                return

    def _fitted(self, body: Body) -> Body:
        kept = {name: value for name, value in body.items() if name not in self._left_out}
        for name, newer in self.newer_name.items():
            if name in body and name in self._left_out:
                kept[newer] = body[name]
        return kept

    def _refused_field(self, body: Body, error: RefusedError) -> str | None:
        if error.status not in (400, 422) or _is_about_context(error.detail):
            return None
        named = [name for name in self.optional if name in body and name in error.detail]
        if named:
            return named[0]
        return self.schema_field if self.schema_field in body else None

    def _explained(self, error: RefusedError, body: Body) -> LLMError:
        if _is_about_context(error.detail):
            return LLMError(
                f"the prompt does not fit the context of {self.name}: {error.detail}",
                hint="ask with less evidence (-k 6), or set context_tokens to the model's own",
            )
        if "tools" in body and any(word in error.detail.lower() for word in ("tool", "function")):
            return ToolsRefusedError(
                f"{self.name} cannot be asked with tools: {error.detail}",
                hint="--driver plan, or another model with --llm",
            )
        if error.status == 404 or "model" in error.detail.lower():
            return self._model_missing(error)
        return error

    def _model_missing(self, error: RefusedError) -> LLMError:
        """The error that names what the server has, nearest first; else the refusal itself."""
        try:
            models = self.models()
        except LLMError:
            return error
        if self._model in models:
            return error
        near = get_close_matches(self._model, models, n=3, cutoff=0.0)
        return LLMError(
            f"{self._wire.where} has no model {self._model!r}"
            + (f"; nearest: {', '.join(near)}" if near else " and no other"),
            hint=self._hint_if_missing(near),
        )

    def _hint_if_missing(self, near: Sequence[str]) -> str:
        kind = self.name.partition(":")[0]
        return f"--llm {kind}:{near[0]}" if near else "start the server with a model"

    def _parsed(self, text: str) -> dict[str, Any]:
        """One JSON object of the reply."""
        try:
            chunk = json.loads(text)
        except ValueError as error:
            raise self._wire.nonsense(text) from error
        if not isinstance(chunk, dict):
            raise self._wire.nonsense(text)
        if chunk.get("error"):
            words = self._wire.clean(error_words(chunk))
            raise LLMError(f"{self.name} stopped: {words}", hint="see the server's own log")
        return chunk


class OpenAIChat(Endpoint):
    """``POST chat/completions`` with server-sent events."""

    path = "chat/completions"
    schema_field = "response_format"
    optional = ("response_format", "max_tokens", "seed", "stream_options", "temperature", "stop")
    newer_name: ClassVar[Mapping[str, str]] = {"max_tokens": "max_completion_tokens"}

    def models(self) -> list[str]:
        """Names of the models that the server has."""
        return _names(self._wire.get("models"), "data", "id")

    def _pieces(
        self,
        messages: Sequence[Message],
        *,
        schema: Schema | None,
        max_tokens: int,
        stop: Sequence[str],
        tools: Sequence[ToolSpec],
    ) -> Generator[str | ToolCall | Counts, None, None]:
        body = self._body(messages, schema=schema, max_tokens=max_tokens, stop=stop, tools=tools)
        parts = CallParts()
        for line in self._accepted(body):
            if not line.startswith("data:"):
                if not line.startswith((":", "event:", "id:", "retry:")):
                    raise self._wire.nonsense(line)
                continue
            data = line.removeprefix("data:").strip()
            if data == "[DONE]":
                break
            yield from _openai_pieces(self._parsed(data), parts)
        yield from parts.calls()

    def _body(
        self,
        messages: Sequence[Message],
        *,
        schema: Schema | None,
        max_tokens: int,
        stop: Sequence[str],
        tools: Sequence[ToolSpec],
    ) -> Body:
        body: Body = {
            "model": self._model,
            "messages": [message.to_json() for message in messages],
            "stream": True,
            "stream_options": {"include_usage": True},
            "temperature": 0,
            "seed": 0,
            "max_tokens": max_tokens,
        }
        if stop:
            body["stop"] = list(stop)
        if tools:
            body["tools"] = [tool.to_json() for tool in tools]
        if schema is not None:
            body["response_format"] = {
                "type": "json_schema",
                "json_schema": {"name": "reply", "schema": dict(schema)},
            }
        return body


class Ollama(Endpoint):
    """``POST api/chat`` with one JSON object a line."""

    path = "api/chat"
    schema_field = "format"
    optional = ("think", "format")

    def models(self) -> list[str]:
        """Names of the models that the server has."""
        return _names(self._wire.get("api/tags"), "models", "name")

    def _hint_if_missing(self, near: Sequence[str]) -> str:
        other = f", or --llm ollama:{near[0]}" if near else ""
        return f"ollama pull {self._model}{other}"

    def _pieces(
        self,
        messages: Sequence[Message],
        *,
        schema: Schema | None,
        max_tokens: int,
        stop: Sequence[str],
        tools: Sequence[ToolSpec],
    ) -> Generator[str | ToolCall | Counts, None, None]:
        options = {
            "temperature": 0,
            "seed": 0,
            "top_k": 1,
            "num_ctx": self.context_tokens,
            "num_predict": max_tokens,
            "stop": list(stop),
        }
        body: Body = {
            "model": self._model,
            "messages": [to_ollama(message) for message in messages],
            "stream": True,
            "think": False,  # thinking would use up max_tokens before the first word
            "options": options,
        }
        if schema is not None:
            body["format"] = dict(schema)
        if tools:
            body["tools"] = [tool.to_json() for tool in tools]
        parts = CallParts()
        for line in self._accepted(body):
            chunk = self._parsed(line)
            if text := _text(chunk, "message", "content"):
                yield text
            parts.add(_at(chunk, "message", "tool_calls"))
            if chunk.get("done"):
                yield from parts.calls()
                yield Counts(chunk.get("prompt_eval_count", 0), chunk.get("eval_count", 0))
                return


def _openai_pieces(chunk: dict[str, Any], parts: CallParts) -> Iterator[str | Counts]:
    choices = chunk.get("choices")
    if isinstance(choices, list) and choices:
        if text := _text(choices[0], "delta", "content"):
            yield text
        parts.add(_at(choices[0], "delta", "tool_calls"))
    usage = chunk.get("usage")
    if isinstance(usage, dict):
        details = usage.get("prompt_tokens_details") or {}
        yield Counts(
            prompt=usage.get("prompt_tokens", 0),
            completion=usage.get("completion_tokens", 0),
            cached=details.get("cached_tokens") or 0,
        )


def _text(holder: Any, *path: str) -> str:  # noqa: ANN401
    """The text at a path of keys, or nothing."""
    found = _at(holder, *path)
    return found if isinstance(found, str) else ""


def _at(holder: Any, *path: str) -> Any:  # noqa: ANN401
    """What is at a path of keys; None if nothing is."""
    for key in path:
        holder = holder.get(key) if isinstance(holder, dict) else None
    return holder


def _names(reply: Any, key: str, name: str) -> list[str]:  # noqa: ANN401
    rows = reply.get(key) if isinstance(reply, dict) else None
    return [row[name] for row in rows or () if isinstance(row, dict) and name in row]


def _is_about_context(detail: str) -> bool:
    detail = detail.lower()
    return "context" in detail and any(word in detail for word in ("exceed", "maximum", "length"))
