"""The language model by itself: the question, the sequence or structure as text, no evidence."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from string import ascii_uppercase
from typing import TYPE_CHECKING, Final

from bbqa.eval.benchmarks.contract import Form, Item, Response
from bbqa.eval.conditions.seen import nodes_in
from bbqa.llm.replies import read_object
from bbqa.prompts import load_prompt

if TYPE_CHECKING:
    from bbqa.llm import Message
    from bbqa.resources import Resources

MAX_RESIDUES: Final = 400
"""Residues of each sequence that the model is given: some 350 tokens."""
MAX_ATOMS: Final = 400
"""Letters of each SMILES that the model is given."""
MAX_CONTEXT: Final = 6_000
"""Letters of the text that everyone may read."""
MAX_CHOICE: Final = 16
"""Tokens of a choice, at most."""
UNKNOWN: Final = "unknown"
_UNKNOWING: Final = re.compile(
    r"^\W*(?:unknown|none|i (?:do not|don['’]t) know|not known|i am not sure)\b", re.IGNORECASE
)
_UNKNOWN: Final = re.compile(
    r"\b(?:unknown|not known|cannot be determined|cannot determine|no information)\b", re.IGNORECASE
)


def closed_book(item: Item, resources: Resources) -> Response:
    """What the model says of itself. Among options it has to choose, if need be by guessing.

    Raises:
        LLMError: The model failed.
    """
    return _choice(item, resources) if item.form is Form.CHOICE else _text(item, resources)


def _choice(item: Item, resources: Resources) -> Response:
    letters = ascii_uppercase[: len(item.options)]
    options = "\n".join(f"{a}: {text}" for a, text in zip(letters, item.options, strict=True))
    prompt = load_prompt("closed_book_choice", question=_question(item), options=options)
    schema = {
        "type": "object",
        "properties": {"answer": {"type": "string", "enum": [*letters]}},
        "required": ["answer"],
        "additionalProperties": False,
    }
    reply = resources.llm.complete(_messages(prompt), schema=schema, max_tokens=MAX_CHOICE)
    letter = _letter_in(reply.text)
    place = letters.find(letter) if letter else -1
    chosen = item.options[place] if place >= 0 else ""
    return Response(text=chosen or UNKNOWN, choice=chosen, abstained=not chosen)


def _text(item: Item, resources: Resources) -> Response:
    prompt = load_prompt("closed_book_question", question=_question(item))
    reply = resources.llm.complete(_messages(prompt), max_tokens=resources.settings.max_tokens)
    text = reply.text.strip()
    nodes = () if _UNKNOWING.match(text) else nodes_in(text, item, resources)
    return Response(text=text, nodes=nodes, abstained=_abstains(text, item, nodes))


def _abstains(text: str, item: Item, nodes: Sequence[str]) -> bool:
    """Whether the model said that it does not know, and named nothing that was asked for."""
    if _UNKNOWING.match(text):
        return True
    return item.form is Form.ENTITIES and not nodes and bool(_UNKNOWN.search(text))


def _letter_in(reply: str) -> str:
    """The letter of a reply; empty where the model does not know, or wrote something else."""
    letter = (read_object(reply, ["answer"]) or {}).get("answer")
    return letter if isinstance(letter, str) and len(letter) == 1 else ""


def _messages(prompt: str) -> list[Message]:
    from bbqa.llm import Message

    return [Message("system", load_prompt("closed_book")), Message("user", prompt)]


def _question(item: Item) -> str:
    """The question with everything that belongs to it, cut to what a small model can take in."""
    return "\n".join(_parts(item))


def _parts(item: Item) -> Iterator[str]:
    if item.context:
        yield _cut(item.context, MAX_CONTEXT, "letters")
    for number, sequence in enumerate(item.seq, start=1):
        yield f"protein_{number}: {_cut(sequence, MAX_RESIDUES, 'residues')}"
    for number, smiles in enumerate(item.smiles, start=1):
        yield f"molecule_{number}: {_cut(smiles, MAX_ATOMS, 'letters')}"
    yield item.question


def _cut(text: str, longest: int, unit: str) -> str:
    return text if len(text) <= longest else f"{text[:longest]}… ({len(text)} {unit} in all)"
