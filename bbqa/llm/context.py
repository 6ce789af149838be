"""How long a prompt a server takes, asked of the server itself.

=============  ==================================================  ============================
server         where it says so                                    what stands there
=============  ==================================================  ============================
Ollama         ``POST /api/show``                                  the model's own limit
llama.cpp      ``GET /props``                                      what the server was started with
vLLM, SGLang   ``GET /v1/models``: ``max_model_len``               what the server was started with
LM Studio      ``GET /api/v0/models``: ``loaded_context_length``   what the model was loaded with
OpenRouter     ``GET /v1/models``: ``context_length``              the model's own limit
=============  ==================================================  ============================

OpenAI's own API does not say it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any, Final

from bbqa.llm.wire import Wire

UNTOLD: Final = 32_768
"""Context of a server that does not say: hosted models and current open ones take as much."""
OLLAMA: Final = 16_384
"""What Ollama is asked for where a model could take more: the memory for it is set aside at once
(8 billion parameters with grouped attention: 128 kB a token, 2 GB)."""
SMALLEST: Final = 512
_KEYS: Final = (
    "max_model_len",
    "loaded_context_length",
    "context_length",
    "context_window",
    "max_context_length",
)
_TOLD: Final = re.compile(
    r"(?:context (?:length|size|window)|max_model_len|n_ctx)\D{0,40}?(\d{3,7})", re.IGNORECASE
)
_NUM_CTX: Final = re.compile(r"^num_ctx\s+(\d+)", re.MULTILINE)


def openai_context(wire: Wire, model: str) -> int:
    """The context of a model behind an OpenAI-compatible server; ``UNTOLD`` if it does not say."""
    for row in (*_rows(wire.probe("models"), model), *_props(wire.probe("props", at_root=True))):
        if length := _length(row):
            return length
    for row in _rows(wire.probe("api/v0/models", at_root=True), model):
        if length := _length(row):
            return length
    return UNTOLD


def ollama_context(wire: Wire, model: str) -> int:
    """The context to ask Ollama for: what the model is set to, else its limit or ``OLLAMA``."""
    shown = wire.probe("api/show", body={"model": model})
    shown = shown if isinstance(shown, dict) else {}
    if found := _NUM_CTX.search(str(shown.get("parameters") or "")):
        return max(SMALLEST, int(found[1]))
    info = shown.get("model_info")
    limits = [
        value
        for key, value in (info.items() if isinstance(info, dict) else ())
        if key.endswith(".context_length") and isinstance(value, int) and value >= SMALLEST
    ]
    return min([*limits, OLLAMA])


def context_in(words: str) -> int | None:
    """The context that a server names where it refuses a prompt as too long."""
    found = _TOLD.search(words)
    return int(found[1]) if found and int(found[1]) >= SMALLEST else None


def _rows(reply: Any, model: str) -> Sequence[dict[str, Any]]:  # noqa: ANN401
    """The rows of a list of models that are of this model, or the only one there is."""
    data = reply.get("data") if isinstance(reply, dict) else None
    rows = [row for row in data if isinstance(row, dict)] if isinstance(data, list) else []
    return [row for row in rows if row.get("id") == model] or (rows if len(rows) == 1 else [])


def _props(reply: Any) -> Iterator[dict[str, Any]]:  # noqa: ANN401
    """llama.cpp's properties, under the key that other servers use."""
    settings = reply.get("default_generation_settings") if isinstance(reply, dict) else None
    if isinstance(settings, dict):
        yield {"max_model_len": settings.get("n_ctx")}


def _length(row: dict[str, Any]) -> int | None:
    lengths = (row.get(key) for key in _KEYS)
    return next((n for n in lengths if isinstance(n, int) and n >= SMALLEST), None)
