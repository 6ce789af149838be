"""The options of a question, and the nodes of the graph that they stand for.

Options are short: names ("nucleus"), ways to write two names ("Lysosome/Vacuole"), or sentences
that name things ("It belongs to the xanthines and blocks adenosine receptors"). What type of node
is asked for is what most of them are.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from bbqa.errors import InputError
from bbqa.schema import NodeType

if TYPE_CHECKING:
    from bbqa.resources import Resources

MAX_OPTIONS: Final = 20
NEAR: Final = 0.6
"""Cosine from which a description says what an option says, as in ``bbqa.premise``."""

_HINT: Final = 'bbqa ask "Where is this protein found?" --seq … --option nucleus --option cytosol'
_LETTERED: Final = re.compile(r"^\(?[A-Ta-t\d]{1,2}[.):]\s+")
_ARTICLE: Final = re.compile(r"^(?:the|an?)\s+", re.IGNORECASE)
_BRACKETED: Final = re.compile(r"\s*\([^()]*\)$")
_PARTS: Final = re.compile(r"\s*[/;|]\s*|,\s+|\s+(?:or|and)\s+")
_ENDINGS: Final = (" activity", " pathway", " disease")
"""What names of nodes end with, and people leave out."""


@dataclass(frozen=True, slots=True)
class Option:
    """One option.

    Attributes:
        text: The option, word for word.
        groups: Rows of nodes: what the option says holds for one of each group. Empty if it
            stands for no node that is known.
    """

    text: str
    groups: tuple[tuple[int, ...], ...] = ()

    @property
    def rows(self) -> frozenset[int]:
        """All rows."""
        return frozenset(row for group in self.groups for row in group)


def read_options(options: Sequence[str]) -> tuple[str, ...]:
    """The options, checked.

    Raises:
        InputError: There are fewer than two or too many, one is empty, or two are the same.
    """
    given = tuple(options)
    if not 2 <= len(given) <= MAX_OPTIONS:
        raise InputError(
            f"got {len(given)} option{'s' * (len(given) != 1)}; expected 2 to {MAX_OPTIONS}",
            hint=_HINT,
        )
    seen: dict[str, int] = {}
    for place, text in enumerate(given, start=1):
        folded = " ".join(text.split()).casefold()
        if not folded:
            raise InputError(f"option {place} is empty", hint=_HINT)
        if folded in seen:
            raise InputError(
                f"options {seen[folded]} and {place} are the same: {text.strip()[:60]!r}",
                hint="leave one of them out",
            )
        seen[folded] = place
    return given


def link_options(
    options: Sequence[str], resources: Resources, *, asked: Sequence[NodeType] = ()
) -> list[Option]:
    """The options with the nodes that they stand for.

    Args:
        options: As ``read_options`` gave them.
        resources: Names, encoder and index of descriptions.
        asked: Types that the question's words ask for, where the options leave it open.
    """
    named = {text: _named(text, resources) for text in options}
    wanted = _common_type(named.values(), resources, asked)
    return [Option(text, _groups(text, rows, wanted, resources)) for text, rows in named.items()]


def _named(
    text: str, resources: Resources, types: Sequence[NodeType] | None = None
) -> tuple[int, ...]:
    """Rows of the nodes that are called by an option, in the first spelling that any has."""
    for spelling in _spellings(text):
        if rows := resources.names.exact(spelling, types=types):
            return tuple(rows)
    return ()


def plain(text: str) -> str:
    """An option without its letter and what ends it.

    >>> plain("(b) a ketone.")
    'a ketone'
    """
    return _LETTERED.sub("", " ".join(text.split())).rstrip(".;,")


def _spellings(text: str) -> Iterator[str]:
    whole = plain(text)
    bare = _BRACKETED.sub("", _ARTICLE.sub("", whole))
    yield from dict.fromkeys([whole, bare, *(bare + ending for ending in _ENDINGS)])


def _common_type(
    named: Iterable[Sequence[int]], resources: Resources, asked: Sequence[NodeType]
) -> NodeType | None:
    """The type of most options; among equals, and where none is linked, the one asked for."""
    found: Counter[NodeType] = Counter()
    for rows in named:
        found.update({resources.graph.type_of(row) for row in rows})
    order = [*asked, *(t for t in found if t not in asked)]
    return max(order, key=lambda t: found[t], default=None)


def _groups(
    text: str, rows: tuple[int, ...], wanted: NodeType | None, resources: Resources
) -> tuple[tuple[int, ...], ...]:
    """What an option stands for, of the wanted type if it has any."""
    if wanted is None:
        return (rows,) if rows else _mentioned(text, resources)
    graph = resources.graph
    fitting = tuple(row for row in rows if graph.type_of(row) is wanted)
    fitting = fitting or _named(text, resources, [wanted]) or _parts(text, resources, wanted)
    if fitting or rows:
        return (fitting or rows,)
    if mentioned := _mentioned(text, resources):
        return mentioned
    near = resources.index.nearest(resources.encode(text), wanted, 1)
    return tuple((row,) for row, cosine in near if cosine >= NEAR)


def _parts(text: str, resources: Resources, wanted: NodeType) -> tuple[int, ...]:
    """Rows of both halves of "Lysosome/Vacuole", if both are names."""
    parts = [part for part in _PARTS.split(text) if part]
    found = [_named(part, resources, [wanted]) for part in parts]
    return tuple(row for rows in found for row in rows) if len(parts) > 1 and all(found) else ()


def _mentioned(text: str, resources: Resources) -> tuple[tuple[int, ...], ...]:
    """What a sentence names, each thing a group of its own."""
    mentions = resources.names.mentions(text)
    return tuple(dict.fromkeys(tuple(mention.rows) for mention in mentions))
