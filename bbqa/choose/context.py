"""A text that came with a question, sentence by sentence, as evidence."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from bbqa.schema import Evidence, Kind, NodeType, Question, Status

if TYPE_CHECKING:
    from bbqa.resources import Resources

MAX_SENTENCES: Final = 14
MAX_LETTERS: Final = 1500
"""So many sentences, and letters of them, of a longer text are kept: those nearest to what is
asked, in their order."""
_END: Final = re.compile(r"(?<=[.!?])[\"')\]]*\s+(?=[\"'(\[]*[A-Z0-9])|\n+")


def sentences_of(
    context: str, question: Question, options: tuple[str, ...], resources: Resources, *, first: int
) -> list[Evidence]:
    """The sentences of a text as items of evidence, quoted word for word.

    Args:
        context: The text.
        question: What is asked.
        options: What may be answered.
        resources: The text encoder.
        first: Number of the first item.
    """
    sentences = [" ".join(part.split()).rstrip(".") for part in _END.split(context)]
    sentences = list(dict.fromkeys(sentence for sentence in sentences if sentence))
    if len(sentences) > MAX_SENTENCES or sum(map(len, sentences)) > MAX_LETTERS:
        sentences = _nearest(sentences, f"{question.text} {' '.join(options)}", resources)
    return [_quoted(sentence, first + n) for n, sentence in enumerate(sentences)]


def _nearest(sentences: list[str], asked: str, resources: Resources) -> list[str]:
    """The sentences nearest to what is asked, as many as are kept, in their order."""
    near = resources.encoder.encode(sentences) @ resources.encode(asked)
    kept: set[int] = set()
    letters = 0
    for place in (-near).argsort()[:MAX_SENTENCES].tolist():
        letters += len(sentences[place])
        if kept and letters > MAX_LETTERS:
            break
        kept.add(place)
    return [sentence for place, sentence in enumerate(sentences) if place in kept]


def _quoted(sentence: str, number: int) -> Evidence:
    return Evidence(
        number=number,
        statement=sentence,
        kind=Kind.TEXT,
        status=Status.INFERRED,
        source="given text",
        release="",
        nodes=(),
        # What a sentence speaks of is not read; every item of evidence has a type.
        type=NodeType.BIOLOGICAL_PROCESS,
        score=1.0,
        because="it was given with the question",
    )
