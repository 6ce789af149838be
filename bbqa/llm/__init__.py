"""Language models behind one door: ``open_llm(spec)``, then ``stream`` or ``complete``.

``converse`` is for models that may call tools.

==========================  ======================================================
``embedded``                Qwen2.5-Coder-1.5B-Instruct, in this process
``embedded:NAME``           another model that bbqa knows: ``smollm2-135m``
``embedded:FILE.gguf``      any model for llama.cpp
``ollama:MODEL``            a model of Ollama
``openai:MODEL``            a model behind an OpenAI-compatible server
``scripted:FILE``           replies from a file, for tests
==========================  ======================================================
"""

from __future__ import annotations

from pathlib import Path

from bbqa.errors import LLMError
from bbqa.llm.backend import Backend
from bbqa.llm.contract import (
    LLM,
    Completion,
    Message,
    Reply,
    Schema,
    ToolCall,
    ToolSpec,
    Usage,
)
from bbqa.progress import Progress, Silent
from bbqa.settings import Settings

__all__ = [
    "LLM",
    "Backend",
    "Completion",
    "Message",
    "Reply",
    "Schema",
    "ToolCall",
    "ToolSpec",
    "Usage",
    "open_llm",
]

EMBEDDED_CONTEXT = 4096
"""Context of an embedded model where none is set: on a CPU, reading more takes minutes."""
DEFAULT_MODEL = "qwen2.5-coder-1.5b"
EMBEDDED_MODELS = (DEFAULT_MODEL, "smollm2-135m")
FORMS = (
    f"embedded[:{'|'.join(EMBEDDED_MODELS)}|FILE.gguf], ollama:MODEL, openai:MODEL, scripted:FILE"
)


def open_llm(
    spec: str,
    *,
    settings: Settings | None = None,
    home: Path | None = None,
    progress: Progress | None = None,
) -> LLM:
    """The model that a text names, ready to be asked.

    Args:
        spec: One of the forms above.
        settings: Address and key of a server, context, threads, longest wait, home folder;
            the defaults if none are given.
        home: Another folder for downloads and saved states than the settings'.
        progress: Told about downloads and loading.

    Raises:
        LLMError: The text is none of the forms, or the model cannot be loaded.
        ArtifactError: The model's file is not here and cannot be fetched.
    """
    kind, _, model = spec.strip().partition(":")
    progress = progress or Silent()
    settings = settings or Settings.model_validate({})
    if home is not None:
        settings = settings.model_copy(update={"home": home})
    match kind:
        case "embedded":
            return _open_embedded(model or DEFAULT_MODEL, settings, progress)
        case "ollama" if model:
            return _open_ollama(model, settings)
        case "openai" if model:
            return _open_openai(model, settings)
        case "scripted" if model:
            from bbqa.llm.scripted import Scripted

            return Scripted(Path(model), context_tokens=settings.context_tokens or EMBEDDED_CONTEXT)
    raise LLMError(f"{spec!r} names no language model", hint=f"--llm takes {FORMS}")


def _open_embedded(model: str, settings: Settings, progress: Progress) -> LLM:
    file, name = _model_file(model, settings, progress)
    from bbqa.llm.cores import usable_cores
    from bbqa.llm.embedded import Embedded, check_gguf

    check_gguf(file)
    progress.say(f"loading {name} ({file.stat().st_size / 1e9:.1f} GB)")
    return Embedded(
        file,
        name=f"embedded:{name}",
        context_tokens=settings.context_tokens or EMBEDDED_CONTEXT,
        threads=settings.threads or usable_cores(),
        timeout_s=settings.timeout_s,
        state_folder=settings.home / "llm-cache",
    )


def _model_file(model: str, settings: Settings, progress: Progress) -> tuple[Path, str]:
    """A model's file, fetched if need be, and its name."""
    if model in EMBEDDED_MODELS:
        from bbqa.artifacts import fetch

        file = fetch(model, home=settings.home, progress=progress, offline=settings.offline)
        return file, model
    file = Path(model).expanduser()
    if file.suffix.lower() != ".gguf" and not file.exists():
        raise LLMError(
            f"bbqa brings no model {model!r}; it brings {' and '.join(EMBEDDED_MODELS)}",
            hint=f"--llm takes {FORMS}",
        )
    return file, file.stem


def _open_ollama(model: str, settings: Settings) -> LLM:
    from bbqa.llm.endpoints import OLLAMA_URL, Ollama
    from bbqa.llm.wire import Wire

    wire = Wire(
        (settings.base_url or OLLAMA_URL).rstrip("/").removesuffix("/v1"),
        api_key=settings.api_key.get_secret_value().strip(),
        timeout_s=settings.timeout_s,
        hint_if_down="is Ollama running? `ollama serve`, or set base_url (BBQA_BASE_URL)",
    )
    return Ollama(f"ollama:{model}", model=model, context_tokens=settings.context_tokens, wire=wire)


def _open_openai(model: str, settings: Settings) -> LLM:
    from bbqa.llm.endpoints import OPENAI_URL, OpenAIChat
    from bbqa.llm.wire import Wire

    key = settings.api_key.get_secret_value().strip()
    if not (settings.base_url or key):
        raise LLMError(
            f"openai:{model} needs a server's address, or a key for OpenAI's own",
            hint="BBQA_BASE_URL=http://HOST:PORT/v1, or BBQA_API_KEY=…",
        )
    wire = Wire(
        settings.base_url or OPENAI_URL,
        api_key=key,
        timeout_s=settings.timeout_s,
        hint_if_down="is the server running, and is base_url (BBQA_BASE_URL) right?",
    )
    name = f"openai:{model}"
    return OpenAIChat(name, model=model, context_tokens=settings.context_tokens, wire=wire)
