"""Prompts that were read once stay read: the model's state behind them is kept on disk.

Reading is what costs on a CPU. Every question begins with the same instructions, so the
attention state (KV cache) behind them is saved once and put back before every later call, also
in another process. Being put back before *every* call makes replies repeatable: the model then
computes the same numbers whatever it was asked before.

llama.cpp ends the whole process over a damaged state file, so a file's name holds its SHA-256,
which is checked before each use.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from bbqa.errors import LLMError
from bbqa.llm.contract import Message, ToolSpec
from bbqa.llm.wire import RefusedError, Wire

KEPT_FILES = 8
_SLOT = "slots/0?action="
# Stands in a template where the next message begins.
_NEXT = "<<next message>>"


class Prefixes:
    """The states of one model behind the beginnings of prompts.

    Args:
        wire: The llama.cpp server; its ``slot_save_path`` must be ``folder``.
        folder: Where states are kept.
        model_key: What a state depends on besides the text: model, program, its settings.
    """

    def __init__(self, wire: Wire, folder: Path, model_key: str) -> None:
        self._wire = wire
        self._folder = folder
        self._model_key = model_key

    def put(self, beginning: Sequence[Message], tools: Sequence[ToolSpec] = ()) -> int:
        """Put the model into the state of having read the messages and been told of the tools.

        Returns:
            How many tokens had to be read for it: 0 if the state was on disk.
        """
        text = self._text(beginning, tools)
        key = hashlib.sha256(f"{self._model_key}\0{text}".encode()).hexdigest()[:24]
        if self._restored(key):
            return 0
        reply = self._wire.post(
            "completion", {"prompt": text, "n_predict": 0, "cache_prompt": False}
        )
        with suppress(OSError, LLMError):  # a full disk costs time, not the answer
            self._save(key)
        return int(reply["tokens_evaluated"])

    def _text(self, beginning: Sequence[Message], tools: Sequence[ToolSpec]) -> str:
        """What prompts that begin with these messages have in common, in the model's template."""
        messages = [*beginning, Message("user", _NEXT)]
        body: dict[str, Any] = {"messages": [message.to_json() for message in messages]}
        if tools:
            body["tools"] = [tool.to_json() for tool in tools]
        prompt = str(self._wire.post("apply-template", body)["prompt"])
        return prompt.partition(_NEXT)[0]

    def _restored(self, key: str) -> bool:
        for path in self._folder.glob(f"{key}-*.kv"):
            try:
                if _digest(path) == path.stem.partition("-")[2]:
                    self._wire.post(f"{_SLOT}restore", {"filename": path.name})
                    path.touch()
                    return True
            except (OSError, RefusedError):
                pass
            with suppress(OSError):
                path.unlink()
        return False

    def _save(self, key: str) -> None:
        written = self._folder / f"{key}.{os.getpid()}.part"
        try:
            reply = self._wire.post(f"{_SLOT}save", {"filename": written.name})
            if written.stat().st_size == reply["n_written"]:
                written.replace(self._folder / f"{key}-{_digest(written)}.kv")
        finally:
            written.unlink(missing_ok=True)
        self._drop_oldest()

    def _drop_oldest(self) -> None:
        paths = sorted(self._folder.iterdir(), key=lambda path: path.stat().st_mtime)
        for path in paths[:-KEPT_FILES]:
            path.unlink(missing_ok=True)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()[:32]
