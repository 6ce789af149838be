"""Models behind a server: OpenAI-compatible ones (vLLM, llama.cpp, hosted) and Ollama."""

from __future__ import annotations

import json
from abc import abstractmethod
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import Any, ClassVar, Final

from bbqa.errors import LLMError
from bbqa.llm.backend import Backend, Came
from bbqa.llm.calls import CallParts, to_ollama
from bbqa.llm.chunks import Said, ollama_pieces, openai_pieces
from bbqa.llm.context import context_in, ollama_context, openai_context
from bbqa.llm.contract import (
    Ended,
    Message,
    Piece,
    Schema,
    Thought,
    TooLongError,
    ToolSpec,
    ToolsRefusedError,
)
from bbqa.llm.wire import RefusedError, Wire, error_words

Body = dict[str, Any]

OPENAI_URL = "https://api.openai.com/v1"
OLLAMA_URL = "http://127.0.0.1:11434"
THINKING_TOKENS: Final = 4096
"""Tokens that a model which thinks before it answers gets for that, beside those of its reply."""
LETTERS_PER_TOKEN: Final = 8
"""A reply longer than so many letters a token, or two pieces a token, is over its limit: English
has 4 to 5 letters a token, and servers send a piece for each token, or several at once."""
SPARE_PIECES: Final = 64


class Endpoint(Backend):
    """A model behind a server. What a server does not know of a request is left out of it.

    Servers differ in which optional fields they take. One that refuses a request with 400 or 422
    is asked again without the field it names, or else without the schema, and remembered. One
    whose model uses up its tokens thinking is asked once more with more of them, and from then on.

    Args:
        name: What the model is called in answers and records.
        model: What the server calls it.
        context_tokens: Longest prompt and reply together; None to ask the server when that is
            first needed.
        wire: The connection.
    """

    path: str
    schema_field: str
    optional: tuple[str, ...]
    newer_name: ClassVar[Mapping[str, str]] = {}

    def __init__(self, name: str, *, model: str, context_tokens: int | None, wire: Wire) -> None:
        super().__init__(name, context_tokens=context_tokens or 0)
        self._model = model
        self._wire = wire
        self._left_out: set[str] = set()
        self._thinking_tokens = 0
        self._had_room = False

    @property
    def context_tokens(self) -> int:
        """Longest prompt and reply together: as set, or as the server says."""
        if not self._context_tokens:
            self._context_tokens = self._told_context()
        return self._context_tokens

    @property
    def identity(self) -> str:
        """The model's name and where it is."""
        return f"{self.name} {self._wire.where}"

    @property
    def writes_freely(self) -> bool | None:
        """True: who runs a server runs a model that can write."""
        return True

    @abstractmethod
    def models(self) -> list[str]:
        """Names of the models that the server has."""

    @abstractmethod
    def _told_context(self) -> int:
        """The context that the server says it has, or a usual one."""

    def close(self) -> None:
        """Close the connection."""
        self._wire.close()

    def _gives_more_room(self, came: Came) -> bool:
        """Whether a reply without text ended because of its length, for the first time."""
        if came.ended.why != "length" or self._had_room:
            return False
        self._thinking_tokens = THINKING_TOKENS
        return True

    def _bounded(self, chunks: Iterable[Iterable[Said]], max_tokens: int) -> Iterator[Said]:
        """What chunks say, up to a limit that some servers do not keep themselves."""
        letters = 0
        for count, chunk in enumerate(chunks, start=1):
            for piece in chunk:
                text = piece.text if isinstance(piece, Thought) else piece
                letters += len(text) if isinstance(text, str) else 0
                if isinstance(piece, Thought):
                    self._thinking_tokens = THINKING_TOKENS
                yield piece
            over = letters > LETTERS_PER_TOKEN * max_tokens
            if over or count > 2 * max_tokens + SPARE_PIECES:
                yield Ended("length")
                return

    def _limit(self, max_tokens: int) -> int:
        """Tokens of a reply and of the thinking before it."""
        self._had_room = self._thinking_tokens > 0
        return max_tokens + self._thinking_tokens

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
            if name in body and name in self._left_out and newer not in self._left_out:
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
            self._context_tokens = context_in(error.detail) or self._context_tokens
            return TooLongError(
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
        except (ValueError, RecursionError) as error:
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
    optional = (
        "response_format",
        "max_tokens",
        "max_completion_tokens",
        "seed",
        "stream_options",
        "temperature",
        "stop",
    )
    newer_name: ClassVar[Mapping[str, str]] = {"max_tokens": "max_completion_tokens"}

    def models(self) -> list[str]:
        """Names of the models that the server has."""
        return _names(self._wire.get("models"), "data", "id")

    def _told_context(self) -> int:
        return openai_context(self._wire, self._model)

    def _pieces(
        self,
        messages: Sequence[Message],
        *,
        schema: Schema | None,
        max_tokens: int,
        stop: Sequence[str],
        tools: Sequence[ToolSpec],
    ) -> Generator[Piece, None, None]:
        limit = self._limit(max_tokens)
        body = self._body(messages, schema=schema, max_tokens=limit, stop=stop, tools=tools)
        parts = CallParts()
        events = (openai_pieces(event, parts) for event in self._events(self._accepted(body)))
        yield from self._bounded(events, limit)
        yield from parts.calls()

    def _events(self, lines: Iterator[str]) -> Iterator[dict[str, Any]]:
        """The events of a stream; the whole reply where a server ignores ``stream``."""
        whole = ""
        for line in lines:
            if whole or line.startswith("{"):
                whole += line + "\n"
            elif line.startswith("data:"):
                data = line.removeprefix("data:").strip()
                if data == "[DONE]":
                    return
                yield self._parsed(data)
            elif not line.startswith((":", "event:", "id:", "retry:")):
                raise self._wire.nonsense(line)
        if whole:
            yield self._parsed(whole)

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

    def _told_context(self) -> int:
        return ollama_context(self._wire, self._model)

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
    ) -> Generator[Piece, None, None]:
        limit = self._limit(max_tokens)
        options = {
            "temperature": 0,
            "seed": 0,
            "top_k": 1,
            "num_ctx": self.context_tokens,
            "num_predict": limit,
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
        chunks = (ollama_pieces(chunk, parts) for chunk in self._chunks(self._accepted(body)))
        yield from self._bounded(chunks, limit)
        yield from parts.calls()

    def _chunks(self, lines: Iterator[str]) -> Iterator[dict[str, Any]]:
        """The objects of a reply, one a line or, where a server does not stream, over several."""
        held = ""
        for line in lines:
            held += line
            if held == "{" or (held.startswith("{") and not held.endswith("}")):
                continue
            chunk = self._parsed(held)
            held = ""
            yield chunk
            if chunk.get("done"):
                return
        if held:
            yield self._parsed(held)


def _names(reply: Any, key: str, name: str) -> list[str]:  # noqa: ANN401
    rows = reply.get(key) if isinstance(reply, dict) else None
    return [row[name] for row in rows or () if isinstance(row, dict) and name in row]


def _is_about_context(detail: str) -> bool:
    detail = detail.lower()
    return "context" in detail and any(word in detail for word in ("exceed", "maximum", "length"))
