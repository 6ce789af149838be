"""The clauses of a question that ask for something, each with what it is about."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from bbqa.question.forms import read_form
from bbqa.question.linking import Link
from bbqa.question.parsed import Operation, Subject
from bbqa.question.read import entity
from bbqa.schema import NodeType

if TYPE_CHECKING:
    from bbqa.resources import Resources

MAX_CLAUSES: Final = 4
_CLAUSES: Final = re.compile(
    r"(?<=[.?!;])\s+"
    r"|,?\s+(?:and|but(?! which))\s+(?=(?:also\s+|then\s+)?"
    r"(?:what|which|where|how|does|do|is|are|who|tell|list)\b)"
    r"|,\s+(?=(?:which|what|how many|is it|does it|who)\b)",
    re.IGNORECASE,
)
_ASKS: Final = re.compile(
    r".*\?|\W*(?:[\w'-]+\W+){0,3}?(?:what|which|who|where|why|how|does|do|is|are|can|could|list|name"
    r"|tell|give|show|find|describe|explain|summari[sz]e|compare|identify)\b|.*\b(?:please|pls)\b",
    re.IGNORECASE | re.DOTALL,
)
_CHOICE: Final = re.compile(
    r"\W*(?:out of|of|among|between|from)\s+[^?.;]+?,\s+(?:which|who|what)\b", re.IGNORECASE
)
"""What is chosen from, and the word that asks: one clause, "of A, B and C, which …"."""
_IT: Final = re.compile(
    r"\b(?:this|these|it|its|my|attached|that (?:one|protein|gene|enzyme)|they|them|their)\b",
    re.IGNORECASE,
)
_PRONOUN: Final = re.compile(
    r"\b(?:it|its|that (?:one|protein|gene|enzyme|disease))\b", re.IGNORECASE
)
_OF_THOSE: Final = re.compile(
    r"\bwhich\s+(?:one\b|of\s+(?:the\s+(?:two|three)|these|them|those)\b)", re.IGNORECASE
)
SELVES: Final = (NodeType.PROTEIN, NodeType.DRUG, NodeType.DISEASE)
"""Types of what a question may be about by itself."""


@dataclass(frozen=True, slots=True)
class Clause:
    """A part of a question, with the names in it.

    Attributes:
        text: Its words.
        masked: Its words, ``ENT0`` and so on for the names.
        links: The names, by number.
        subjects: What it is about: what it names, what is attached, or what was named before.
        attached: Proteins and molecules that are attached to the question.
        refers: Whether it speaks of what is attached ("this", "it").
        of_previous: Whether it speaks of what the clause before it finds.
        signs: Phrases of a list that holds signs of a patient, names of signs among them.
        among: What it chooses from ("which of the two"); nothing if empty.
    """

    text: str
    masked: str
    links: tuple[Link, ...]
    subjects: tuple[Subject, ...]
    attached: tuple[Subject, ...]
    refers: bool = False
    of_previous: bool = False
    among: tuple[Subject, ...] = ()
    signs: tuple[str, ...] = ()


def clauses_of(
    text: str, found: Sequence[Link], attached: tuple[Subject, ...], resources: Resources
) -> list[Clause]:
    """The clauses that ask for something, each with what it is about."""
    spans = list(_spans(text))
    asking = [span for span in spans if _asks(text[slice(*span)], alone=not attached)] or spans
    clauses: list[Clause] = []
    before: tuple[Subject, ...] = ()
    found_by_previous = False
    for start, end in spans:
        own = tuple(link for link in found if start <= link.start and link.end <= end)
        named = tuple(subject_of_link(link, resources) for link in own)
        selves = tuple(s for s in named if s.type in SELVES)
        about = selves or attached or named or before
        if (start, end) in asking and len(clauses) < MAX_CLAUSES:
            masked = _masked(text, start, end, own)
            refers = _IT.search(masked) is not None or not own
            of_previous = (
                found_by_previous
                and not own
                and not attached
                and _PRONOUN.search(masked) is not None
            )
            among = before if len(before) > 1 and _OF_THOSE.search(masked) else ()
            chosen = _CHOICE.match(masked)
            if chosen and len(firsts := _of_first_type(selves, chosen[0])) > 1:
                among = firsts
            clauses.append(
                Clause(
                    text[start:end],
                    masked,
                    own,
                    about,
                    attached,
                    refers,
                    of_previous,
                    among,
                    _signs(text, found),
                )
            )
            nouns = read_form(masked).asked
            found_by_previous = bool(nouns) and not nouns[0].noun.endswith("s")
        signs = any(s.type is NodeType.PHENOTYPE for s in named)
        before = (named if signs else selves) or before or named
    return clauses


def subject_of_link(link: Link, resources: Resources) -> Subject:
    """What a name means, as a subject of the question."""
    rows = link.rows[link.type]
    given = entity(link.text, rows[0], resources)
    return Subject(given, link.text, link.type, rows, link.correction)


def _of_first_type(named: Sequence[Subject], text: str) -> tuple[Subject, ...]:
    """The things of one type that the beginning of a clause names."""
    count = text.count("ENT")
    firsts = named[:count]
    return tuple(s for s in firsts if s.type is firsts[0].type) if firsts else ()


def _signs(text: str, found: Sequence[Link]) -> tuple[str, ...]:
    """The items of a list in which some sign or disease is named and others are described."""
    signs = [one for one in found if one.type in (NodeType.PHENOTYPE, NodeType.DISEASE)]
    if not signs or any(one.type in (NodeType.PROTEIN, NodeType.DRUG) for one in found):
        return ()
    items: list[str] = []
    for sentence in re.split(r"[.?!:;]+", text):
        parts = [part.strip() for part in re.split(r",|\+|\band\b|\bwith\b", sentence)]
        if len(parts) > 1 and any(one.text in sentence for one in signs):
            items += [p for p in parts if not any(one.text in p for one in found)]
    return tuple(item for item in items if 2 <= len(item.split()) <= 6)


def _asks(text: str, *, alone: bool) -> bool:
    """Whether a clause asks for something, be it by a noun alone.

    Args:
        text: The clause.
        alone: Whether nothing is attached, which a noun by itself would describe.
    """
    if _ASKS.match(text) is not None:
        return True
    form, first = read_form(text), read_form(" ".join(text.split()[:3]))
    stands_alone = {Operation.SIMILAR, Operation.NAMES} & {*first.operations}
    begins = form.asked and not form.asked[0].start and (alone or text.endswith("?"))
    return bool(first.properties or stands_alone or begins)


def _spans(text: str) -> Iterator[tuple[int, int]]:
    """Start and end of each clause of more than one word."""
    start = 0
    choice = _CHOICE.match(text)
    for match in [*_CLAUSES.finditer(text), None]:
        if match is not None and choice and match.start() < choice.end():
            continue
        end = len(text) if match is None else match.start()
        if len(text[start:end].split()) > 1 or text[start:end].endswith("?") or not start:
            yield start, end
            start = len(text) if match is None else match.end()


def _masked(text: str, start: int, end: int, own: Sequence[Link]) -> str:
    parts, at = [], start
    for number, link in enumerate(own):
        parts += [text[at : link.start], f"ENT{number}"]
        at = link.end
    return "".join([*parts, text[at:end]])
