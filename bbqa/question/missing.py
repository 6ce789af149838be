"""What is asked for that no graph of bbqa records, by name: ``prompts/not_held.tsv``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from bbqa.prompts import FOLDER
from bbqa.question.parsed import Missing
from bbqa.schema import NodeType


@dataclass(frozen=True, slots=True)
class Facet:
    """A kind of knowledge that is not held.

    Attributes:
        name: What it is called.
        near: Types of what may be shown beside it.
        words: Pattern of the words that ask for it.
    """

    name: str
    near: tuple[NodeType, ...]
    words: re.Pattern[str]


@cache
def facets() -> tuple[Facet, ...]:
    """All that is known not to be held."""
    lines = (FOLDER / "not_held.tsv").read_text(encoding="utf-8").splitlines()[1:]
    rows = (line.split("\t") for line in lines)
    return tuple(
        Facet(
            name, tuple(map(NodeType, near.split())), re.compile(rf"(?<!\w)(?:{words})(?!\w)", re.I)
        )
        for name, near, words in rows
    )


def missing_in(text: str) -> list[Missing]:
    """What a text asks for that is not held, in the order of its words.

    Args:
        text: A question or a part of one, its names taken out.
    """
    found = [
        (match.start(), facet, match[0])
        for facet in facets()
        if (match := facet.words.search(text))
    ]
    return [
        Missing(facet.name, words, facet.near)
        for _, facet, words in sorted(found, key=lambda f: f[0])
    ]
