"""Words -> terms of the graph: by name, as ontologies phrase it, or by meaning."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from typing import TYPE_CHECKING, Final

import numpy as np

from bbqa.question.lexicon import FRAMES, KINDS, PLAIN_PROTEIN, compiled
from bbqa.question.linking import Link
from bbqa.retrieve import visible
from bbqa.schema import NodeType

if TYPE_CHECKING:
    from bbqa.resources import Resources

MEANING: Final = 0.62
"""Cosine from which a description says what some words say."""
TIED: Final = 0.02
"""How much less near than the nearest a term may be that is meant as well."""
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
    """Rows of the nodes of some types whose descriptions say what a phrase says, nearest first."""
    if not phrase.strip():
        return ()
    vector = resources.encode(phrase)
    best: list[tuple[float, int]] = []
    for kind in types:
        rows = resources.graph.rows_of(kind)
        cosines = resources.vectors[rows].astype(np.float32) @ vector
        top = np.argsort(-cosines)[:MOST]
        best += [(float(cosines[i]), int(rows[i])) for i in top]
    best = sorted((one for one in best if visible.is_visible(one[1], resources)), reverse=True)
    if not best or best[0][0] < floor:
        return ()
    return tuple(row for cosine, row in best[:MOST] if cosine >= best[0][0] - TIED)


def of_noun(noun: str, modifiers: str, resources: Resources) -> tuple[int, ...]:
    """Terms that the proteins have which a noun names: "kinases" have kinase activity."""
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
        if exact:
            return exact
        near = by_meaning(whole if not plain else modifiers, OF_PROTEINS, resources)
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
            for called in after[:1]:
                phrases = [t.format(x=name) for name in called for t in templates]
                if rows := named(phrases, OF_PROTEINS, resources):
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
        for word in re.findall(r"[a-z]{6,}", name.lower())
    }
    stems = {word[:STEM] for word in words} - _GENERAL_STEMS
    found = [
        int(row)
        for kind in GROUPS
        for row in graph.rows_of(kind)
        if any(word[:STEM] in stems for word in _against(graph.name_of(int(row))))
    ]
    return tuple(row for row in found if visible.is_visible(row, resources))


_GENERAL_STEMS: Final = frozenset(
    """
    acute cancer cardia chroni congen diseas disord famili hepati heredi infect intest kidney malign
    muscul neopla nervou primar pulmon second syndro system tumor tumour
    """.split()  # noqa: SIM905
)
_ANTI: Final = re.compile(r"\banti-?([a-z]{5,})", re.IGNORECASE)


def _against(name: str) -> list[str]:
    return [match.lower() for match in _ANTI.findall(name)]


def called(link: Link, resources: Resources) -> list[str]:
    """What the thing of a link may be called in the name of a term: as written, names, synonyms."""
    graph = resources.graph
    names = [link.text]
    for rows in link.rows.values():
        node = graph.node(rows[0])
        names += [node.name, *node.synonyms[:8]]
    return list(dict.fromkeys(names))


def singular(noun: str) -> str:
    """A noun in the singular, as far as its ending tells."""
    if noun.endswith("ies") and len(noun) > 4:
        return f"{noun[:-3]}y"
    if noun.endswith("ases"):
        return noun[:-1]
    if noun.endswith(("ches", "shes", "xes", "sses")):
        return noun[:-2]
    return noun[:-1] if noun.endswith("s") and not noun.endswith(("ss", "us", "is")) else noun
