"""Better models than the one bbqa brings: which fit this machine, and which already run on it."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

PROBE_TIMEOUT_S: Final = 0.3
MAX_LISTED: Final = 20
"""Models of one server that are listed, at most."""


@dataclass(frozen=True, slots=True)
class OpenModel:
    """An open model that its publisher offers, not fetched by bbqa.

    Attributes:
        name: What it is called.
        ollama: Its name for ``ollama pull``.
        gguf: Repository and file on huggingface.co.
        size_gb: Of its weights, about, in 10^9 bytes.
        memory_gb: What it takes with a context of 16,384 tokens, estimated.
        licence: Under which it may be used.
        purpose: What it is good for.
    """

    name: str
    ollama: str
    gguf: str
    size_gb: float
    memory_gb: float
    licence: str
    purpose: str

    def to_json(self) -> dict[str, Any]:
        """The model as a plain dictionary, ready for ``json.dumps``."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class ServerKind:
    """A program that serves models, where it listens by default and where it lists them."""

    name: str
    url: str
    path: str
    spec: str


@dataclass(frozen=True, slots=True)
class LocalServer:
    """A server that was found on this machine.

    Attributes:
        name: What listens there by default; others may.
        url: What ``base_url`` has to be.
        spec: ``ollama`` or ``openai``: the first part of ``--llm``.
        models: Names of its models.
    """

    name: str
    url: str
    spec: str
    models: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """The server as a plain dictionary, ready for ``json.dumps``."""
        return asdict(self)


SERVERS: Final = (
    ServerKind("Ollama", "http://127.0.0.1:11434", "/api/tags", "ollama"),
    ServerKind("llama.cpp", "http://127.0.0.1:8080/v1", "/models", "openai"),
    ServerKind("vLLM", "http://127.0.0.1:8000/v1", "/models", "openai"),
    ServerKind("LM Studio", "http://127.0.0.1:1234/v1", "/models", "openai"),
)


def open_models() -> tuple[OpenModel, ...]:
    """All of ``models.toml``, the smallest first."""
    text = Path(__file__).with_name("models.toml").read_text(encoding="utf-8")
    return tuple(OpenModel(**row) for row in tomllib.loads(text)["model"])


def fitting(memory_bytes: int | None) -> tuple[OpenModel, ...]:
    """The models that some memory holds; all where it is not known how much there is."""
    models = open_models()
    if memory_bytes is None:
        return models
    return tuple(model for model in models if model.memory_gb * 1e9 <= memory_bytes)


def local_servers(
    kinds: Sequence[ServerKind] = SERVERS, *, timeout_s: float = PROBE_TIMEOUT_S
) -> list[LocalServer]:
    """The servers that answer on this machine, asked all at once; nothing is sent but a GET."""
    with ThreadPoolExecutor(max_workers=len(kinds) or 1) as pool:
        found = pool.map(lambda kind: _probed(kind, timeout_s), kinds)
        return [server for server in found if server is not None]


def _probed(kind: ServerKind, timeout_s: float) -> LocalServer | None:
    import httpx

    try:
        with httpx.Client(trust_env=False, timeout=timeout_s) as client:
            reply = client.get(kind.url + kind.path)
            listed = reply.json() if reply.is_success else None
    except (httpx.HTTPError, ValueError, RecursionError):
        return None
    names = tuple(_names(listed))
    return LocalServer(kind.name, kind.url, kind.spec, names[:MAX_LISTED]) if names else None


def _names(listed: Any) -> Iterator[str]:  # noqa: ANN401
    """Names of models in what Ollama or an OpenAI-compatible server lists."""
    for key, name in (("models", "name"), ("data", "id")):
        rows = listed.get(key) if isinstance(listed, dict) else None
        for row in rows if isinstance(rows, list) else ():
            if isinstance(row, dict) and isinstance(row.get(name), str):
                yield row[name]
        if isinstance(rows, list) and rows:
            return
