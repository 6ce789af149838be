"""Names in a question -> nodes, each once, with every type of node that is called so.

Beyond exact names (``kg.names``) this reads accessions with a version or isoform, possessives
without an apostrophe, families ("hemoglobin", "statins") and slips of the pen, and passes over
words that are no names although something is called so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Final

from bbqa.kg.everyday_words import EVERYDAY, GENERIC
from bbqa.kg.names import Mention
from bbqa.question.lexicon import KINDS, NOUNS, compiled, singular
from bbqa.schema import NodeType

if TYPE_CHECKING:
    from bbqa.resources import Resources

COMMON: Final = 7000
"""Rank in the text encoder's vocabulary (most frequent first) up to which a word is a plain one."""
MIN_TYPO: Final = 7
"""Letters of the shortest word that is corrected."""
ALIKE: Final = 0.86
"""difflib's ratio from which a word is a slip of the pen for a known one."""
TIED: Final = 0.05
"""How much less alike than the best a word may be that more names have."""
MIN_FAMILY: Final = 3
"""Drugs that must share an ending for it to name a family of drugs."""
MIN_STEM: Final = 4
MIN_PATHOGEN: Final = 3
"""Letters of the shortest abbreviation that stands for an infection with what it names."""
SHORT: Final = 6
"""Letters below which a word in small letters is hardly meant as the alias of a gene."""

_ACCESSION: Final = re.compile(
    r"\b(?:sp\||tr\|)?(?P<id>[OPQ]\d[A-Z\d]{3}\d|[A-NR-Z]\d(?:[A-Z][A-Z\d]{2}\d){1,2}|ENSG\d{11})"
    r"(?:-\d+|\.\d+|\|\w+)?(?![\w-])"
)
_MNEMONIC: Final = re.compile(r"\b(?P<id>[A-Z\d]{2,6})_HUMAN\b")
_MINE: Final = re.compile(r"\b(?:my|our)\s+$", re.IGNORECASE)
"""Before an acronym of a few letters: "my PI" is a person."""
_WORD: Final = re.compile(r"[^\W_][\w'’-]*")
_ASKED: Final = compiled("|".join(words for _, words in NOUNS))
_ADJECTIVES: Final = ("al", "ar", "ary", "ic", "ive", "ous", "oid")
_QUALIFIERS: Final = ("HP:0000005", "HP:0012823", "HP:0040279", "HP:0031797")
"""Modes of inheritance, modifiers, frequencies and courses: adjectives rather than phenotypes."""
_EMPHASISED: Final = frozenset(
    """
    all also and any are but can does either for how its most must neither never no nor not now only
    or please some than that the their these this very what which with without you
    """.split()  # noqa: SIM905
)
"""Function words that are written in capitals for emphasis."""
_DROPPED_IF_PLAIN: Final = frozenset(
    {
        NodeType.PROTEIN,
        NodeType.DRUG_CLASS,
        NodeType.BIOLOGICAL_PROCESS,
        NodeType.MOLECULAR_FUNCTION,
        NodeType.CELLULAR_COMPONENT,
    }
)


@dataclass(frozen=True, slots=True)
class Link:
    """A name in a question and the nodes that are called so.

    Attributes:
        text: As the question writes it.
        start: Where it begins in the question.
        end: Where it ends.
        rows: Rows by node type, the likeliest first.
        type: The likeliest type.
        correction: What it was taken for, where it is not written as in the graph.
    """

    text: str
    start: int
    end: int
    rows: Mapping[NodeType, tuple[int, ...]]
    type: NodeType
    correction: str = ""

    @property
    def first(self) -> int:
        """The likeliest row."""
        return self.rows[self.type][0]


def links(text: str, resources: Resources) -> list[Link]:
    """The names in a text, in its order; none overlap."""
    found: list[Link] = []
    for link in _candidates(text, resources):
        if not any(link.start < other.end and other.start < link.end for other in found):
            found.append(link)
    sure = [link for link in found if not _is_weak(link, resources)] or found
    return sorted(sure, key=lambda link: link.start)


def _is_weak(link: Link, resources: Resources) -> bool:
    """Whether a short word in small letters is an alias of a gene by its letters alone."""
    short = link.text.islower() and link.text.isalpha() and len(link.text) < SHORT
    if not short or link.type is not NodeType.PROTEIN:
        return False
    node = resources.graph.node(link.first)
    return link.text not in (node.name.lower(), *node.synonyms)


def _candidates(text: str, resources: Resources) -> Iterator[Link]:
    """Possible links, the surest first."""
    yield from _identifiers(text, resources)
    exact = [
        link
        for mention in resources.names.mentions(text)
        if not _MINE.search(text[: mention.start]) or len(mention.text) > MIN_STEM
        if (link := _link_of(mention, resources)) is not None
    ]
    rest = [m for m in _WORD.finditer(text) if not _covers(exact, m.start(), m.end())]
    known = resources.names.words
    right = {m: new for m in rest if (new := _corrected(m[0], known, resources)) is not None}
    if right:
        yield from _corrections(text, right, resources)
    yield from exact
    yield from _inverted(text, exact, resources)
    for match in rest:
        if (link := _respelled(match, resources, family=not _names_things(exact))) is not None:
            yield link


def _names_things(exact: list[Link]) -> bool:
    """Whether some protein, drug or disease is named as such."""
    return any(one.type in (NodeType.PROTEIN, NodeType.DRUG, NodeType.DISEASE) for one in exact)


def _covers(found: list[Link], start: int, end: int) -> bool:
    return any(link.start < end and start < link.end for link in found)


def _identifiers(text: str, resources: Resources) -> Iterator[Link]:
    """Accessions with whatever databases put around them."""
    for pattern in (_ACCESSION, _MNEMONIC):
        for match in pattern.finditer(text):
            rows = resources.names.by_type(match["id"]).get(NodeType.PROTEIN, ())
            if rows:
                at = {NodeType.PROTEIN: tuple(rows)}
                yield Link(match[0], match.start(), match.end(), at, NodeType.PROTEIN)


def _link_of(mention: Mention, resources: Resources) -> Link | None:
    """A mention with the rows of every type; None if it is a plain word rather than a name."""
    graph = resources.graph
    rows = dict(resources.names.by_type(mention.text)) or {}
    first = graph.type_of(mention.rows[0])
    rows[first] = tuple(row for row in mention.rows if graph.type_of(row) is first)
    rows = {
        kind: tuple(row for row in some if not _is_qualifier(row, resources))
        for kind, some in rows.items()
    }
    rows = {kind: some for kind, some in rows.items() if some}
    if is_plain(mention.text, resources):
        rows = {kind: some for kind, some in rows.items() if kind not in _DROPPED_IF_PLAIN}
    asks = mention.text.islower() or singular(mention.text.lower()) in KINDS
    if not rows or (asks and _ASKED.fullmatch(mention.text)):
        return None
    kind = first if first in rows else next(iter(rows))
    return Link(mention.text, mention.start, mention.end, rows, kind)


def is_plain(text: str, resources: Resources) -> bool:
    """Whether a word is one of everyday language, written as such."""
    if text.isupper() and text.lower() in _EMPHASISED:
        return True
    if not text.isalpha() or (text.isupper() and len(text) > 3):
        return False
    rank = getattr(resources.encoder, "rank", None)
    common = rank is not None and (place := rank(text.lower())) is not None and place < COMMON
    return (
        text.lower() in GENERIC
        or (common and not text.isupper())
        or (text.islower() and text in EVERYDAY)
    )


def _is_qualifier(row: int, resources: Resources) -> bool:
    graph = resources.graph
    if graph.type_of(row) is not NodeType.PHENOTYPE:
        return False
    above = {graph.row(one) for one in _QUALIFIERS} - {None}
    return row in above or not above.isdisjoint(graph.ancestors(row))


def _inverted(text: str, exact: list[Link], resources: Resources) -> Iterator[Link]:
    """Names of two words that the graph has the other way round: "beta-actin", "Gout, acute"."""
    for match in re.finditer(r"(?=\b(([^\W_][\w']*)(?:-|,? )([^\W_][\w']+))\b)", text):
        start, end = match.span(1)
        if _covers(exact, start, end) or len(match[2]) + len(match[3]) < MIN_TYPO:
            continue
        rows = resources.names.by_type(f"{match[3]} {match[2]}")
        if rows:
            yield Link(match[1], start, end, rows, next(iter(rows)))


def _respelled(match: re.Match[str], resources: Resources, *, family: bool) -> Link | None:
    """A word as a possessive without its apostrophe, or as the name of a family."""
    word = match[0]
    lower = word.lower()
    if word.isupper() and len(word) >= MIN_PATHOGEN:
        infections = resources.names.by_type(f"{word} infection").get(NodeType.DISEASE)
        if infections:
            at = {NodeType.DISEASE: tuple(infections)}
            return Link(word, match.start(), match.end(), at, NodeType.DISEASE)
    if (
        len(word) < MIN_STEM
        or lower in GENERIC
        or is_plain(word, resources)
        or _ASKED.fullmatch(word)
    ):
        return None
    known = resources.names.by_type(word)
    rank = getattr(resources.encoder, "rank", None)
    rare = rank is not None and rank(lower) is None and not lower.endswith(("s", *_ADJECTIVES))
    adjective = known or (word.islower() and not rare)
    whole = [] if adjective else [f"{word} {what}" for what in ("disease", "syndrome", "complex")]
    for spelled in [f"{word[:-1]}'s", *whole] if lower.endswith("s") else whole:
        if rows := resources.names.by_type(spelled):
            return Link(word, match.start(), match.end(), rows, next(iter(rows)))
    for kind, members in _families(word, resources) if family else ():
        if members:
            return Link(word, match.start(), match.end(), {kind: tuple(members)}, kind)
    return None


def _families(word: str, resources: Resources) -> Iterator[tuple[NodeType, list[int]]]:
    """What a word names as a family: proteins, drugs with this ending, classes of drugs."""
    names, graph = resources.names, resources.graph
    if word.isupper():
        yield NodeType.PROTEIN, names.numbered(word)
    if not word.lower().endswith(_ADJECTIVES):
        yield NodeType.PROTEIN, names.family(word)
    if word.lower().endswith("s") and len(word) > MIN_STEM:
        ending = names.ending_in(word[:-1], {NodeType.DRUG})
        yield NodeType.DRUG, ending if len(ending) >= MIN_FAMILY else []
    groups = names.group(word)
    if groups:
        yield (
            graph.type_of(groups[0]),
            [r for r in groups if graph.type_of(r) is graph.type_of(groups[0])],
        )


def _corrected(word: str, known: Mapping[str, int], resources: Resources) -> str | None:
    """The known word that a word is a slip of the pen for; None if there is no such word."""
    lower = word.lower()
    if len(word) < MIN_TYPO or not word.isalpha() or lower in known or lower.rstrip("s") in known:
        return None
    rank = getattr(resources.encoder, "rank", None)
    if rank is None or rank(lower) is not None or lower in GENERIC | EVERYDAY:
        return None
    near = [w for w in known if w[0] == lower[0] and abs(len(w) - len(lower)) <= 1]
    scored = [
        (SequenceMatcher(None, lower, w, autojunk=False).ratio(), w)
        for w in near
        if _share(w, lower)
    ]
    best = max(scored, default=(0.0, ""))[0]
    alike = [word for ratio, word in scored if ratio >= max(ALIKE, best - TIED)]
    return max(alike, key=lambda word: (known[word], word), default=None)


def _share(one: str, other: str) -> bool:
    """Whether two words share enough letters for a close look."""
    return len(set(one) ^ set(other)) <= 3


def _corrections(
    text: str, right: Mapping[re.Match[str], str], resources: Resources
) -> Iterator[Link]:
    """The links of a text with all its words corrected, those that contain a corrected one."""
    mended = ""
    places: list[tuple[int, int, int, int]] = []
    for i, match in enumerate(sorted(right, key=lambda m: m.start())):
        before = text[(places[i - 1][1] if i else 0) : match.start()]
        start = len(mended) + len(before)
        mended += before + right[match]
        places.append((match.start(), match.end(), start, len(mended)))
    mended += text[places[-1][1] :]
    for mention in resources.names.mentions(mended):
        inside = [p for p in places if mention.start <= p[2] and p[3] <= mention.end]
        link = _link_of(mention, resources) if inside else None
        if link is not None:
            start = mention.start - (inside[0][2] - inside[0][0])
            end = mention.end - (inside[-1][3] - inside[-1][1])
            yield replace(link, text=text[start:end], start=start, end=end, correction=mention.text)
