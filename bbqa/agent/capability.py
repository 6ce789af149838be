"""Whether a model can call tools, found out by asking it, once.

A model that calls the wrong tool, or writes prose where a call should be, finds less than a plan
made by rules. Names and sizes do not tell: so a model is given three of the real tools and up to
six questions that any model for tools gets right, and calls tools itself if it gets five.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bbqa.agent.specs import spec_of
from bbqa.errors import BbqaError
from bbqa.llm import DEFAULT_MODEL, LLM, Message, ToolCall, ToolSpec
from bbqa.llm.contract import ToolsRefusedError
from bbqa.progress import Progress, Silent
from bbqa.prompts import load_prompt
from bbqa.workbench import Tool, arguments_of

FILE = "capabilities.json"
VERSION = 1
"""Counted up whenever the questions change, so that models are asked anew."""
ENOUGH = 5
MAX_CALL = 160
"""Tokens of one call, at most: the longest that is right takes some fifty."""


@dataclass(frozen=True, slots=True)
class Trial:
    """A question, the one tool for it, and what its arguments must hold."""

    question: str
    tool: str
    arguments: frozenset[str]


def _trial(question: str, tool: str, *arguments: str) -> Trial:
    return Trial(question, tool, frozenset(arguments))


INPUTS = """\
protein_1: a protein of 110 amino acids, MALWMRLLPL…
protein_2: a protein of 1382 amino acids, MATGGRRGAA…
molecule_1: a molecule, CC(=O)Oc1ccccc1C(=O)O"""
TRIALS = (
    _trial("Which known proteins resemble protein_1?", "similar", "protein_1"),
    _trial("Which diseases is BRCA1 associated with?", "kg_facts", "brca1"),
    _trial("Does molecule_1 act on protein_2?", "compare", "molecule_1", "protein_2"),
    _trial("Which drugs look like molecule_1?", "similar", "molecule_1"),
    _trial("In which pathways is TP53 recorded?", "kg_facts", "tp53"),
    _trial("What do protein_1 and protein_2 share?", "compare", "protein_1", "protein_2"),
)


@dataclass(frozen=True, slots=True)
class Capability:
    """How a model did; no more is asked than is needed to tell.

    Attributes:
        right: Questions for which it called the right tool with the right arguments.
        asked: Questions that it was asked.
    """

    right: int
    asked: int

    @property
    def native(self) -> bool:
        """Whether it calls tools well enough to be left to it."""
        return self.right >= ENOUGH


SHIPPED = {
    "embedded:qwen2.5-coder-1.5b d5cde8a7e219b5f2": Capability(right=0, asked=6),
    "embedded:smollm2-135m 747cb1f0195582d0": Capability(right=0, asked=6),
}
"""Models that bbqa brings, by identity, as measured: docs/decisions/agent.md."""


def choose_driver_name(
    setting: str,
    llm: Callable[[], LLM],
    *,
    home: Path,
    spec: str = "",
    progress: Progress | None = None,
) -> str:
    """``plan`` or ``native``: what was set, or what the model was measured to be able to.

    Args:
        setting: ``auto``, ``plan`` or ``native``.
        llm: Opens the model; called only if nothing is known of it without that.
        home: Where measurements are kept.
        spec: Which model ``llm`` opens, as the settings name it, if it is not open yet.
        progress: Told that the model is being measured.
    """
    if setting != "auto":
        return setting
    try:
        known = _shipped(spec)
        return "native" if _can(llm, known, home=home, progress=progress) else "plan"
    except BbqaError:
        return "plan"  # whoever asks the model next is told what is wrong with it


def can_call_tools(
    llm: LLM, *, home: Path, tools: Sequence[Tool] = (), progress: Progress | None = None
) -> Capability:
    """What a model can do with tools: as measured before, or measured now and kept.

    Args:
        llm: The model.
        home: Where ``capabilities.json`` is.
        tools: Those that the questions are about; bbqa's own if none are given.
        progress: Told that the model is being measured.

    Raises:
        LLMError: The model failed; nothing is kept then.
    """
    file = home / FILE
    kept = SHIPPED | _read(file)
    if llm.identity in kept:
        return kept[llm.identity]
    (progress or Silent()).say(f"finding out, once, whether {llm.name} can call tools")
    found = _decided(examine(llm, tools or _own_tools()))
    with suppress(OSError):  # a home that cannot be written to costs time, not the answer
        _write(file, _read(file) | {llm.identity: found})
    return found


def can_synthesise(llm: LLM, *, home: Path, progress: Progress | None = None) -> bool:
    """Whether a model is left to write a cited text of its own over all evidence.

    Models behind a server are; models in this process if they were measured to call tools
    rightly, which asks for the same: to follow instructions and to keep to names that are given.

    Raises:
        LLMError: The model failed while it was measured.
    """
    if llm.writes_freely is not None:
        return llm.writes_freely
    return can_call_tools(llm, home=home, progress=progress).native


def examine(llm: LLM, tools: Sequence[Tool]) -> Iterator[bool]:
    """Whether the model calls the right tool, for one question after the other.

    Raises:
        LLMError: The model failed. A model that refuses tools is wrong instead.
    """
    by_name = {tool.__name__: tool for tool in tools}
    asked = [by_name[name] for name in dict.fromkeys(trial.tool for trial in TRIALS)]
    specs = [spec_of(tool) for tool in asked]
    for trial in TRIALS:
        yield _right(trial, _calls(llm, trial, specs), by_name)


def _can(
    llm: Callable[[], LLM], known: Capability | None, *, home: Path, progress: Progress | None
) -> bool:
    if known is not None:
        return known.native
    opened = llm()
    if opened.calls_tools is not None:
        return opened.calls_tools
    return can_call_tools(opened, home=home, progress=progress).native


def _shipped(spec: str) -> Capability | None:
    """What is known of a model that bbqa brings, by the name that settings have for it."""
    kind, _, model = spec.strip().partition(":")
    name = f"{kind}:{model or DEFAULT_MODEL}"
    return next((found for key, found in SHIPPED.items() if key.split()[0] == name), None)


def _own_tools() -> Sequence[Tool]:
    from bbqa.tools import TOOLS

    return TOOLS


def _decided(answers: Iterator[bool]) -> Capability:
    """How many are right, of no more than are needed to tell."""
    right = asked = 0
    for answer in answers:
        asked += 1
        right += answer
        if right == ENOUGH or asked - right > len(TRIALS) - ENOUGH:
            break
    return Capability(right, asked)


def _calls(llm: LLM, trial: Trial, specs: Sequence[ToolSpec]) -> tuple[ToolCall, ...]:
    question = load_prompt(
        "tools_question", inputs=INPUTS, evidence="none", question=trial.question
    )
    messages = [Message("system", load_prompt("tools", steps="8")), Message("user", question)]
    try:
        return llm.converse(messages, tools=specs, max_tokens=MAX_CALL).calls
    except ToolsRefusedError:
        return ()


def _right(trial: Trial, calls: Sequence[ToolCall], tools: dict[str, Tool]) -> bool:
    """Whether the first call is the one that the question needs."""
    from pydantic import ValidationError

    if not calls or calls[0].name != trial.tool:
        return False
    try:
        arguments_of(tools[trial.tool]).model_validate(dict(calls[0].arguments))
    except ValidationError:
        return False
    return trial.arguments <= set(_words(calls[0].arguments))


def _words(value: Any) -> Iterator[str]:  # noqa: ANN401
    """All texts in some arguments, in small letters."""
    if isinstance(value, str):
        yield value.strip().lower()
    for part in value.values() if isinstance(value, dict) else ():
        yield from _words(part)


def _read(file: Path) -> dict[str, Capability]:
    """What was measured here; nothing if the file is not there or cannot be understood."""
    try:
        kept = json.loads(file.read_text(encoding="utf-8"))
        if kept["version"] != VERSION:
            return {}
        return {
            str(name): Capability(int(row["right"]), int(row["asked"]))
            for name, row in kept["models"].items()
        }
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}


def _write(file: Path, models: dict[str, Capability]) -> None:
    rows = {name: {"right": row.right, "asked": row.asked} for name, row in models.items()}
    text = json.dumps({"version": VERSION, "models": rows}, indent=1, sort_keys=True)
    file.parent.mkdir(parents=True, exist_ok=True)
    part = file.with_suffix(f".{os.getpid()}.part")
    part.write_text(text + "\n", encoding="utf-8")
    part.replace(file)
