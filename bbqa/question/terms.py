"""Words -> terms of the graph: by name, as ontologies phrase it, or by meaning."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from typing import TYPE_CHECKING, Final

import numpy as np

from bbqa.question.lexicon import FRAMES, KINDS, PLAIN_PROTEIN, compiled, singular
from bbqa.question.linking import Link
from bbqa.retrieve import visible
from bbqa.schema import NodeType

if TYPE_CHECKING:
    from bbqa.resources import Resources

MEANING: Final = 0.6
"""Mean of cosine and overlap of words from which a term says what some words say."""
TIED: Final = 0.03
"""How much less than the best a term may score that is meant as well."""
COMPARED: Final = 40
"""Terms of each type whose names are compared, the nearest by their descriptions."""
MOST: Final = 3
"""Terms that are taken by meaning, at most."""
STEM: Final = 6
"""Letters that the name of a role must share with the name of a disease to be against it."""
OF_PROTEINS: Final = (
    NodeType.MOLECULAR_FUNCTION,
    NodeType.BIOLOGICAL_PROCESS,
    NodeType.CELLULAR_COMPONENT,
    NodeType.PATHWAY,
)
GROUPS: Final = (NodeType.ROLE, NodeType.DRUG_CLASS)
_FRAMES: Final = tuple((compiled(verbs), templates) for verbs, templates in FRAMES)


def named(
    phrases: Iterable[str], types: Collection[NodeType], resources: Resources
) -> tuple[int, ...]:
    """Rows of all nodes of some types that are called by one of some phrases, in their order."""
    found: dict[int, None] = {}
    for phrase in phrases:
        for kind, rows in resources.names.by_type(phrase).items():
            if kind in types:
                found.update(dict.fromkeys(rows))
    return tuple(found)


def by_meaning(
    phrase: str, types: Collection[NodeType], resources: Resources, *, floor: float = MEANING
) -> tuple[int, ...]:
    """Rows of the nodes of some types that say what a phrase says, best first.

    A term is judged by the cosine of its description with the phrase and by the words that its
    name, or one of its synonyms, shares with it.
    """
    wanted = _stems(phrase)
    if not wanted:
        return ()
    vector = resources.encode(phrase)
    scored: list[tuple[float, int]] = []
    for kind in types:
        rows = resources.graph.rows_of(kind)
        cosines = resources.vectors[rows].astype(np.float32) @ vector
        for i in np.argsort(-cosines)[:COMPARED]:
            shared = _overlap(wanted, int(rows[i]), resources)
            scored.append((float(cosines[i] + shared) / 2, int(rows[i])))
    best = sorted((one for one in scored if visible.is_visible(one[1], resources)), reverse=True)
    if not best or best[0][0] < floor:
        return ()
    return tuple(row for score, row in best[:MOST] if score >= best[0][0] - TIED)


def _overlap(wanted: frozenset[str], row: int, resources: Resources) -> float:
    """F1 of the words of a phrase and of the best name of a node, by their beginnings."""
    node = resources.graph.node(row)
    most = 0.0
    for name in (node.name, *node.synonyms[:12]):
        own = _stems(name)
        both = len(wanted & own)
        most = max(most, 2 * both / (len(wanted) + len(own)) if own else 0.0)
    return most


def _stems(text: str) -> frozenset[str]:
    """The first letters of the words that say something."""
    words = re.findall(r"[a-z][a-z0-9]+", text.lower())
    return frozenset(word[:5] for word in words) - _EMPTY


_EMPTY: Final = frozenset(
    [
        "the",
        "of",
        "in",
        "and",
        "for",
        "by",
        "to",
        "activ",
        "prote",
        "gene",
        "genes",
        "that",
        "with",
        "from",
        "into",
    ]
)


def groups_of(word: str, resources: Resources) -> tuple[int, ...]:
    """Roles of drugs that a word names: "antihypertensives" have that of an agent of the kind."""
    one = singular(word.lower())
    return named([f"{one} agent", f"{one} drug", one], (NodeType.ROLE,), resources)


def of_noun(
    noun: str, modifiers: str, resources: Resources, *, exactly: bool = False
) -> tuple[int, ...]:
    """Terms that the proteins have which a noun names: "kinases" have kinase activity.

    Args:
        noun: The noun, in singular or plural.
        modifiers: Words before it that narrow it; empty if there are none.
        resources: Names and vectors.
        exactly: Whether only names count, not what is near in meaning.
    """
    one = singular(noun.lower())
    plain = one in PLAIN_PROTEIN
    if modifiers:
        whole = f"{modifiers} {one}"
        exact = named(
            [
                whole,
                f"{whole} activity",
                f"{modifiers} complex",
                modifiers,
                f"{modifiers} activity",
            ],
            OF_PROTEINS,
            resources,
        )
        if exact or exactly:
            return exact
        near = by_meaning(whole, OF_PROTEINS, resources)
        if near:
            return near
    if plain:
        return ()
    return named(
        [KINDS.get(one, f"{one} activity"), one], (NodeType.MOLECULAR_FUNCTION,), resources
    )


def of_frame(
    text: str, objects: Sequence[tuple[int, Sequence[str]]], resources: Resources
) -> tuple[int, ...]:
    """Terms for a verb with its object: "bind zinc" is zinc ion binding.

    Args:
        text: Words with a verb.
        objects: Where possible objects begin in the text, and what each is called.
        resources: Names.
    """
    for pattern, templates in _FRAMES:
        for verb in pattern.finditer(text):
            after = [called for start, called in objects if 0 <= start - verb.end() <= 24]
            if after and (rows := of_things(after[0], templates, resources)):
                return rows
    return ()


def _phrases(name: str, templates: Sequence[str]) -> list[str]:
    """What terms for a thing may be called; amino acids and sugars are called by their form."""
    return [t.format(x=form) for t in templates for form in (name, f"L-{name}", f"D-{name}")]


def of_things(
    names: Sequence[str], templates: Sequence[str], resources: Resources
) -> tuple[int, ...]:
    """Terms that say something of a thing, by the first of its names that any term has."""
    for name in dict.fromkeys(form for one in names for form in (one, singular(one))):
        if rows := named(_phrases(name, templates), OF_PROTEINS, resources):
            return rows
    return ()


def against(diseases: Collection[int], resources: Resources) -> tuple[int, ...]:
    """Roles and classes of drugs whose names say that they are against a disease.

    "Antihypertensive agent" shares the stem of "hypertension": the names and synonyms of the
    disease are compared with each role's name without "anti", letter by letter.
    """
    graph = resources.graph
    words = {
        word
        for row in diseases
        for name in (graph.name_of(row), *graph.node(row).synonyms)
        for word in re.findall(r"[a-z]{4,}", name.lower())
    }
    stems = {_stem(word) for word in words} - _GENERAL_STEMS - {"anti"}
    found = [
        int(row)
        for kind in GROUPS
        for row in graph.rows_of(kind)
        if any(_stem(word) in stems for word in _against(graph.name_of(int(row))))
    ]
    return tuple(row for row in found if visible.is_visible(row, resources))


_GENERAL_STEMS: Final = frozenset(
    """
    acute cancer cardia chroni congen diseas disord famili hepati heredi infect intest kidney malign
    muscul neopla nervou primar pulmon second syndro system tumor tumour
    """.split()  # noqa: SIM905
)
_ANTI: Final = re.compile(r"\banti-?([a-z]{4,})", re.IGNORECASE)


def _stem(word: str) -> str:
    """The beginning of a word that tells what it is about."""
    return word[: STEM + 2] if word.startswith(("hyper", "hypo")) else word[:STEM]


def _against(name: str) -> list[str]:
    return [match.lower() for match in _ANTI.findall(name)]


def called(link: Link, resources: Resources) -> list[str]:
    """What the thing of a link may be called in the name of a term, its own names first."""
    graph = resources.graph
    nodes = [graph.node(rows[0]) for rows in link.rows.values()]
    names = [*(node.name for node in nodes), link.text, *(s for n in nodes for s in n.synonyms[:8])]
    return list(dict.fromkeys(names))
