"""A model in this process: llama.cpp reads a GGUF file and runs it on the CPU.

llama.cpp comes as a server that listens on this machine only, on a free port, behind a random
key. It speaks OpenAI's protocol, so an embedded model is an ``OpenAIChat`` that brings its own
server. A closed connection stops the model, which is what Ctrl-C needs.
"""

from __future__ import annotations

import ctypes
import hashlib
import importlib
import os
import platform
import secrets
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager, suppress
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from bbqa.errors import LLMError
from bbqa.llm.contract import Counts, Message, Piece, Schema, ToolCall, ToolSpec
from bbqa.llm.endpoints import Body, OpenAIChat
from bbqa.llm.prefixes import Prefixes
from bbqa.llm.wire import RefusedError, Wire

# Prompt tokens read in one go. Larger reads no faster on a CPU and stops later on Ctrl-C: see
# docs/decisions/llm.md.
BATCH_TOKENS = 64
OTHER_MODELS = "use another model: --llm embedded:FILE.gguf, --llm ollama:MODEL, or --no-llm"


class Embedded(OpenAIChat):
    """A GGUF model in this process.

    Args:
        file: The GGUF file.
        name: What the model is called in answers and records.
        context_tokens: Longest prompt and reply together.
        threads: Threads to compute with.
        timeout_s: Longest wait for one reply.
        state_folder: Where the states behind prompts' beginnings are kept; None for nowhere.

    Raises:
        LLMError: The file is missing, is no GGUF file or cannot be loaded, or llama.cpp is not
            there.
    """

    path = "v1/chat/completions"

    def __init__(
        self,
        file: Path,
        *,
        name: str,
        context_tokens: int,
        threads: int,
        timeout_s: float,
        state_folder: Path | None,
    ) -> None:
        check_gguf(file)
        folder = _made(state_folder)
        key = secrets.token_hex(16)
        self._server: Any = _start(
            file, context_tokens=context_tokens, threads=threads, folder=folder, key=key
        )
        wire = Wire(
            self._server.listening_address,
            api_key=key,
            timeout_s=timeout_s,
            hint_if_down="the embedded model has stopped: start bbqa again",
            pause_s=0.0,
        )
        super().__init__(name, model=name, context_tokens=context_tokens, wire=wire)
        self._digest = _digest(file)
        self._prefixes = Prefixes(wire, folder, _state_key(self._digest)) if folder else None
        self._held: tuple[Message, ...] = ()
        self._held_tools: tuple[ToolSpec, ...] = ()
        self._running: Generator[Piece, None, None] | None = None

    @property
    def identity(self) -> str:
        """The model's name and a digest of its file."""
        return f"{self.name} {self._digest[:16]}"

    @property
    def writes_freely(self) -> bool | None:
        """Whether it can write a cited text of its own: that has to be measured."""
        return None

    def count_tokens(self, text: str) -> int:
        """Tokens of a text, exactly."""
        return len(self._wire.post("tokenize", {"content": text})["tokens"])

    def close(self) -> None:
        """Stop the model and give back its memory."""
        super().close()
        self._server = None

    def _pieces(
        self,
        messages: Sequence[Message],
        *,
        schema: Schema | None,
        max_tokens: int,
        stop: Sequence[str],
        tools: Sequence[ToolSpec],
    ) -> Generator[Piece, None, None]:
        if self._running is not None:
            self._running.close()  # left half-read, it would keep the model busy
        read = self._prepare(messages, tools)
        self._running = super()._pieces(
            messages, schema=schema, max_tokens=max_tokens, stop=stop, tools=tools
        )
        text = ""
        calls: list[ToolCall] = []
        for piece in self._running:
            if isinstance(piece, Counts):
                yield Counts(piece.prompt, piece.completion, max(0, piece.cached - read))
                continue
            if isinstance(piece, ToolCall):
                calls.append(piece)
            elif isinstance(piece, str):
                text += piece
            yield piece
        self._held = (*messages, Message("assistant", text, calls=tuple(calls)))
        self._held_tools = tuple(tools)

    def _prepare(self, messages: Sequence[Message], tools: Sequence[ToolSpec]) -> int:
        """Bring the model where the messages can go on from; tokens it had to read for it."""
        held, self._held = self._held, ()
        if held and tuple(messages[: len(held)]) == held and tuple(tools) == self._held_tools:
            return 0  # the conversation goes on
        beginning = [message for message in messages[:-1] if message.role == "system"]
        if self._prefixes is None or not beginning:
            return 0
        try:
            return self._prefixes.put(beginning, tools)
        except RefusedError:
            return 0  # the call itself will be refused too, and says why

    def _body(
        self,
        messages: Sequence[Message],
        *,
        schema: Schema | None,
        max_tokens: int,
        stop: Sequence[str],
        tools: Sequence[ToolSpec],
    ) -> Body:
        body = super()._body(messages, schema=schema, max_tokens=max_tokens, stop=stop, tools=tools)
        return body | {"top_k": 1, "cache_prompt": True}


def check_gguf(file: Path) -> None:
    """Raise ``LLMError`` unless a file is there and begins as GGUF files do."""
    try:
        with file.open("rb") as opened:
            start = opened.read(4)
    except OSError as error:
        reason = "there is no such file" if isinstance(error, FileNotFoundError) else error.strerror
        raise LLMError(f"cannot read the model {file}: {reason}", hint=OTHER_MODELS) from error
    if start != b"GGUF":
        raise LLMError(
            f"{file} is no GGUF model: it begins with {start!r}, expected b'GGUF'",
            hint="get the model as a .gguf file for llama.cpp",
        )


def _start(file: Path, *, context_tokens: int, threads: int, folder: Path | None, key: str) -> Any:  # noqa: ANN401
    """A llama.cpp server that says nothing and holds one conversation."""
    llama = _llama()
    params = llama.CommonParams()
    params.model.path = str(file)
    params.n_ctx = context_tokens
    params.n_batch = params.n_ubatch = BATCH_TOKENS
    for cpu in (params.cpuparams, params.cpuparams_batch):
        cpu.n_threads = threads
    # A second copy of the weights, laid out for the processor: on x86 600 MB for 8 % of speed.
    params.no_extra_bufts = platform.machine().lower() in ("x86_64", "amd64")
    params.cache_ram_mib = 0  # by default up to 8 GB of old prompts stay in memory
    params.verbosity = 0
    params.ui = False
    params.api_keys = [key]
    params.slot_save_path = f"{folder}{os.sep}" if folder else ""
    try:
        return llama.Server(params)
    except RuntimeError as error:
        raise LLMError(
            f"llama.cpp cannot load {file} ({file.stat().st_size / 1e9:.1f} GB): "
            "the file is damaged, too large for this machine, or of a kind it does not know",
            hint=f"bbqa doctor, or {OTHER_MODELS}",
        ) from error


def _llama() -> Any:  # noqa: ANN401
    """The llama.cpp module, with threads that sleep while they wait for each other.

    By default they spin, which on a machine that has other work to do makes the model up to ten
    times slower: see docs/decisions/llm.md.
    """
    with _environment("OMP_WAIT_POLICY", "passive"):
        try:
            return importlib.import_module("xllamacpp")
        except ImportError:
            _load_openmp()
        try:
            return importlib.import_module("xllamacpp")
        except ImportError as error:
            raise LLMError(
                f"the embedded model needs xllamacpp: {error}",
                hint="pip install xllamacpp; on Debian also apt install libgomp1; or "
                + OTHER_MODELS,
            ) from error


def _load_openmp() -> None:
    """Lend llama.cpp the OpenMP library inside torch, on systems that have none."""
    torch = find_spec("torch")
    if torch is not None and torch.origin is not None:
        with suppress(OSError):
            ctypes.CDLL(str(Path(torch.origin).parent / "lib" / "libgomp.so.1"), ctypes.RTLD_GLOBAL)


@contextmanager
def _environment(name: str, value: str) -> Iterator[None]:
    """A variable set for a while, unless the person has set it."""
    if name in os.environ:
        yield
        return
    os.environ[name] = value
    try:
        yield
    finally:
        del os.environ[name]


def _state_key(digest: str) -> str:
    """What the model's state depends on besides the text it has read."""
    return f"{digest} {version('xllamacpp')} {BATCH_TOKENS}"


def _digest(file: Path) -> str:
    """A digest of a model's file that takes no time: of its size, its beginning and its end."""
    size = file.stat().st_size
    digest = hashlib.sha256(str(size).encode())
    with file.open("rb") as opened:
        for start in (0, max(0, size - 2**20)):  # names and shapes; the last weights
            opened.seek(start)
            digest.update(opened.read(2**20))
    return digest.hexdigest()


def _made(folder: Path | None) -> Path | None:
    """The folder, made if need be; None if that cannot be done."""
    if folder is None:
        return None
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return None
    return folder.resolve() if os.access(folder, os.W_OK) else None
