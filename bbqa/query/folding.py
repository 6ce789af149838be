"""Nodes that are one thing to a reader: a drug with its salts, a disease with its subtypes."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from bbqa.kg.ends import GO_TYPES
from bbqa.retrieve.facts import is_informative
from bbqa.retrieve.forms import parent_of
from bbqa.retrieve.links import links_of
from bbqa.schema import NodeType

if TYPE_CHECKING:
    from bbqa.kg.graph import Graph
    from bbqa.resources import Resources

MAX_SUBTYPES: Final = 40
"""A disease with more subtypes than this is a group of diseases; only what bears its name is
folded into it."""


@dataclass(frozen=True, slots=True)
class Member:
    """One thing that satisfies a query.

    Attributes:
        row: The node that it is called by.
        entries: The nodes with records that it stands for, the most important first; a drug whose
            salts alone have records is not among them.
    """

    row: int
    entries: tuple[int, ...]


def fold(rows: Sequence[int], target: NodeType, resources: Resources) -> tuple[Member, ...]:
    """Rows, the most important first, as members in the same order.

    Salts and esters are folded into the drug, subtypes into a disease among the rows, and GO terms
    and phenotypes that a more special one among the rows implies into that one.
    """
    if target is NodeType.DRUG:
        into = {row: parent_drug(row, resources) for row in rows}
    elif target is NodeType.DISEASE:
        into = _diseases(rows, resources.graph)
    elif target in (*GO_TYPES, NodeType.PHENOTYPE):
        into = _implied(rows, resources.graph)
    else:
        return tuple(Member(row, (row,)) for row in rows)
    entries: dict[int, list[int]] = {}
    for row in rows:
        entries.setdefault(_last(row, into), []).append(row)
    return tuple(
        Member(row, tuple(sorted(found, key=lambda one: one != row)))
        for row, found in entries.items()
    )


def shared_terms(
    recorded: Sequence[Collection[int]], target: NodeType, resources: Resources
) -> dict[int, tuple[int, ...]]:
    """Terms at or above some term of each of several sets: the most special, and those of all.

    Args:
        recorded: Rows of terms, a set for each of the things that share them.
        target: Their type.
        resources: The graph.

    Returns:
        For each shared term the rows of all sets at or below it.
    """
    graph = resources.graph
    above = [
        {
            general
            for row in rows
            for general in (row, *graph.ancestors(row))
            if graph.type_of(general) is target and is_informative(graph, general)
        }
        for rows in recorded
    ]
    shared = set.intersection(*above) if above else set()
    implied = {general for row in shared for general in graph.ancestors(row)}
    own = [set(rows) for rows in recorded]
    implied -= own[0].intersection(*own[1:]) if own else set()
    every = sorted({row for rows in recorded for row in rows})
    return {
        term: tuple(row for row in every if row == term or term in graph.ancestors(row))
        for term in sorted(shared - implied)
    }


def parent_drug(row: int, resources: Resources) -> int:
    """The drug that a node is a salt or ester of; the node itself if it is none."""
    parent = parent_of(row, resources)
    return row if parent is None else parent


def _last(row: int, into: Mapping[int, int]) -> int:
    while into.get(row, row) != row:
        row = into[row]
    return row


def _diseases(rows: Sequence[int], graph: Graph) -> dict[int, int]:
    """For each disease the closest disease among the rows that it is a subtype of."""
    among = set(rows)
    return {
        row: min(
            (
                general
                for general in graph.ancestors(row) & among
                if _is_subtype(graph, row, general)
            ),
            key=lambda general: (_size(graph, general), general),
            default=row,
        )
        for row in rows
    }


def _is_subtype(graph: Graph, row: int, general: int) -> bool:
    """Whether a reader takes a disease for a form of a more general one."""
    return _size(graph, general) <= MAX_SUBTYPES or graph.name_of(general) in graph.name_of(row)


@lru_cache(maxsize=100_000)
def _size(graph: Graph, row: int) -> int:
    return len(links_of(graph).below(row))


def _implied(rows: Sequence[int], graph: Graph) -> dict[int, int]:
    """For each term the most important one among the rows that implies it."""
    into: dict[int, int] = {}
    among = set(rows)
    for row in rows:
        for general in graph.ancestors(row) & among:
            into.setdefault(general, row)
    return into
