"""Which nodes a name means."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Annotated, Final

from pydantic import Field

from bbqa.card import identity_of, source_of
from bbqa.errors import ToolError
from bbqa.schema import Certainty, Evidence, InputRelation, Modality, NodeType, Status, Triple
from bbqa.subject import node_of, shown, with_article
from bbqa.workbench import Found, Workbench

ONE_SLIP: Final = 4
TWO_SLIPS: Final = 9
"""Letters from which a name may differ from what is meant by one slip of the pen, or by two.

Two slips leave the first letter right, and no slip changes digits: ``KIN2`` is not ``KIN1``.
Measured on names of the starter graph with random slips: of drugs and of diseases with one slip,
99 % find what was meant, with two 91 and 93 %; of genes with one, 78 % (in the rest a digit was
hit, or three letters were left). Of 450 invented names, 7 % of those made by chains of letters as
drugs' names have them, and 1 % of those made of syllables, pass for somebody's.
"""
COMPARED: Final = 20
"""Nearest names that are compared letter by letter."""


def find_entity(
    name: Annotated[str, Field(description="A name, synonym or id, perhaps misspelt.")],
    bench: Workbench,
    *,
    k: Annotated[int, Field(ge=1, le=20, description="How many candidates.")] = 8,
) -> Found:
    """Look up which protein, drug, disease or other thing a name or id means.

    Use it for ids, for synonyms, and for names that may be misspelt or mean several things.
    """
    if attached := _attached(name, bench):
        return Found((attached,))
    exact = _called(name, bench)
    meant = [_named(name, row, bench) for row in exact] or _misspelt(name, bench)
    note = ""
    if len(meant) > 1:
        note = f"{len(meant)} things may be meant by '{shown(name)}': ask which, or give an id."
    elif not meant:
        note = f"Nothing is called '{shown(name)}', and no name is spelt nearly so."
    return Found(tuple(meant[:k]), len(meant), note)


def _attached(name: str, bench: Workbench) -> Evidence | None:
    """What an attached input is, if the name is the label of one."""
    try:
        given = bench.input(name)
    except ToolError:
        return None
    if given.modality is Modality.ENTITY:
        return None
    if node := node_of(given, bench.resources):
        row, how = node
        return identity_of(bench.graph, row, because=how, about=given.label, label=given.label)
    raise ToolError(
        f"{given.label} is not in the graph under any name: "
        f'call similar or biobridge_search with input "{given.label}"'
    )


def _called(name: str, bench: Workbench) -> list[int]:
    """Rows of all nodes with this name, those that are most likely meant first."""
    names = bench.resources.names
    rows = names.exact(name)
    others = [row for node_type in NodeType for row in names.exact(name, types={node_type})]
    found = dict.fromkeys([*rows, *others]) if rows else {}
    return [row for row in found if bench.may_tell(row)]


def _named(name: str, row: int, bench: Workbench) -> Evidence:
    """That a node is called so."""
    graph = bench.graph
    node = graph.node(row)
    evidence = identity_of(graph, row, because=f"named: {shown(name)}", about=node.name)
    if name.strip().casefold() == node.name.casefold():
        return evidence
    kind = with_article(node.type)
    if name.strip().casefold() == node.id.casefold():
        return replace(evidence, statement=f"{node.id} is the id of {node.name}, {kind}")
    told = f"{shown(name)} is a name or id of {node.name} ({node.id}), {kind}"
    called = Triple(
        node.name, InputRelation.IS, node.id, head_name=shown(name), tail_name=node.name
    )
    return replace(evidence, statement=told, triple=called)


def _misspelt(name: str, bench: Workbench) -> list[Evidence]:
    """Nodes with a name that differs by a slip or two, the nearest first."""
    written = _plain(name)
    found: dict[int, Evidence] = {}
    for near in bench.resources.names.nearest(name, COMPARED):
        if may_be_slip(written, _plain(near)):
            share = 1.0 - slips(written, _plain(near)) / len(written)
            for row in filter(bench.may_tell, bench.resources.names.exact(near)):
                found.setdefault(row, _guess(name, near, row, share, bench))
    return sorted(found.values(), key=lambda item: -item.score)


def _guess(name: str, near: str, row: int, share: float, bench: Workbench) -> Evidence:
    """That a node is probably meant."""
    graph = bench.graph
    node = graph.node(row)
    called = node.name if near == node.name else f"{near}, a name of {node.name}"
    return replace(
        identity_of(graph, row, because=f"spelt nearly like {near}", about=node.name),
        statement=f"{shown(name)} probably means {called} ({node.id}), {with_article(node.type)}",
        triple=Triple(
            name,
            InputRelation.IS,
            node.id,
            certainty=Certainty.PROBABLE,
            head_name=shown(name),
            tail_name=node.name,
        ),
        status=Status.PREDICTED,
        source=f"nearest spelling among names of {source_of(graph, row)[0]}",
        score=round(share, 4),
    )


def may_be_slip(written: str, meant: str) -> bool:
    """Whether one name, in lower case, may be a misspelling of another."""
    if len(written) < ONE_SLIP or re.findall(r"\d+", written) != re.findall(r"\d+", meant):
        return False
    allowed = 2 if len(written) >= TWO_SLIPS and written[0] == meant[:1] else 1
    return slips(written, meant) <= allowed


def slips(written: str, meant: str) -> int:
    """Letters left out, put in, replaced, or swapped with their neighbour, at least.

    >>> slips("egrf", "egfr"), slips("asprin", "aspirin")
    (1, 1)

    Source: optimal string alignment; Damerau, Commun. ACM 7:171 (1964), doi:10.1145/363958.363994.
    """
    before: list[int] = []
    last = list(range(len(meant) + 1))
    for i, letter in enumerate(written, start=1):
        row = [i]
        for j, other in enumerate(meant, start=1):
            best = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (letter != other))
            if i > 1 and j > 1 and letter == meant[j - 2] and written[i - 2] == other:
                best = min(best, before[j - 2] + 1)
            row.append(best)
        before, last = last, row
    return last[-1]


def _plain(name: str) -> str:
    """A name in lower case, with spaces for hyphens and only one between words."""
    return " ".join(re.sub(r"[-_/,]", " ", name.lower()).split())
