"""The language model picks one of the options from numbered evidence."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from string import ascii_uppercase
from typing import TYPE_CHECKING, Any, Final

from bbqa.errors import LLMError
from bbqa.llm.replies import citations_in, read_object
from bbqa.prompts import load_prompt
from bbqa.schema import Evidence, Step

if TYPE_CHECKING:
    from bbqa.llm import LLM, Message

UNKNOWN: Final = "unknown"
MAX_REPLY: Final = 40
"""Tokens of a pick, at most."""
MAX_SHOWN: Final = 16
MAX_LETTERS: Final = 1500
"""Items of evidence, and letters of them, that the model is shown: some 400 tokens."""
MAX_CITED: Final = 2


@dataclass(frozen=True, slots=True)
class Pick:
    """What a model picked.

    Attributes:
        place: Place of the option, or None if the model does not know or failed.
        cites: Numbers of the evidence that it picked by.
        step: What asking it cost, and what went wrong.
    """

    place: int | None
    cites: tuple[int, ...]
    step: Step


def pick(question: str, options: Sequence[str], evidence: Sequence[Evidence], llm: LLM) -> Pick:
    """The option that a model picks by the evidence. A model that fails picks none.

    Args:
        question: The question in words.
        options: The options.
        evidence: Numbered items, the most important first; what does not fit is left out.
        llm: The model.
    """
    started = time.perf_counter()
    shown = fitting(evidence)
    place: int | None = None
    cites: tuple[int, ...] = ()
    note, failed = "", False
    try:
        schema = pick_schema(len(options), [item.number for item in shown])
        reply = llm.complete(
            _messages(question, options, shown), schema=schema, max_tokens=MAX_REPLY
        )
        place, cites = _read(reply.text, len(options), {item.number for item in shown})
        note = UNKNOWN if place is None else ascii_uppercase[place]
    except LLMError as error:
        failed = True
        hint = f" ({error.hint})" if error.hint else ""
        note = f"the language model failed: {error.message}{hint}"
    usage = llm.last
    step = Step(
        name="pick",
        evidence=tuple(item.number for item in shown),
        seconds=round(time.perf_counter() - started, 4),
        prompt_tokens=usage.prompt_tokens if usage else 0,
        completion_tokens=usage.completion_tokens if usage else 0,
        note=note,
        failed=failed,
    )
    return Pick(place, cites, step)


def fitting(evidence: Sequence[Evidence]) -> list[Evidence]:
    """The first items that a small model can take in at once."""
    shown: list[Evidence] = []
    letters = 0
    for item in evidence[:MAX_SHOWN]:
        letters += len(item.statement) + 6
        if shown and letters > MAX_LETTERS:
            break
        shown.append(item)
    return shown


def pick_schema(options: int, numbers: Sequence[int]) -> dict[str, Any]:
    """The JSON schema of a pick: the evidence first, then the letter."""
    cites = {
        "type": "array",
        "items": {"type": "integer", "enum": list(numbers)},
        "minItems": 1,
        "maxItems": min(MAX_CITED, len(numbers)),
    }
    return {
        "type": "object",
        "properties": {
            "cites": cites,
            "pick": {"type": "string", "enum": [*ascii_uppercase[:options], UNKNOWN]},
        },
        "required": ["cites", "pick"],
        "additionalProperties": False,
    }


def _messages(question: str, options: Sequence[str], evidence: Sequence[Evidence]) -> list[Message]:
    from bbqa.llm import Message

    offered = zip(ascii_uppercase, options, strict=False)
    asked = load_prompt(
        "choose_question",
        evidence="\n".join(f"[{item.number}] {item.statement}" for item in evidence),
        question=question,
        options="\n".join(f"{letter}: {text}" for letter, text in offered),
    )
    return [Message("system", load_prompt("choose")), Message("user", asked)]


def _read(text: str, options: int, numbers: set[int]) -> tuple[int | None, tuple[int, ...]]:
    """Place and citations in a reply.

    Raises:
        LLMError: The reply is not the JSON asked for.
    """
    match read_object(text, ["pick"]):
        case {"pick": str(letter), "cites": cites}:
            kept = tuple(n for n in citations_in(cites) if n in numbers)
            letters = ascii_uppercase[:options]
            return (letters.index(letter) if letter and letter in letters else None), kept
        case _:
            raise LLMError(
                f"it did not write the JSON it was asked for: {text[:80]!r}",
                hint="try another model with --llm, or --no-llm",
            )
