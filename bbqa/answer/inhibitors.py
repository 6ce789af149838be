"""Drugs whose role names a function: ``EC 1.5.1.3 (dihydrofolate reductase) inhibitor``.

A drug against a bacterial or viral enzyme acts on no protein that the graph holds. But its role
says what it inhibits, in the words with which the Gene Ontology names the enzyme's function.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from bbqa.kg.graph import Graph
from bbqa.retrieve import visible
from bbqa.retrieve.facts import evidence_of, trusted_facts
from bbqa.schema import Evidence, NodeType, Relation

if TYPE_CHECKING:
    from bbqa.resources import Resources

AGAINST_MICROBES: Final = ("antimicrobial agent", "antiinfective agent")
_SUFFIX: Final = re.compile(r" (?:inhibitor|antagonist|blocker)$")
_INSIDE: Final = re.compile(r"[(\[](.+)[)\]] (?:inhibitor|antagonist|blocker)$")
_FOLD: Final = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, slots=True)
class Inhibitor:
    """A drug with a role that names a function.

    Attributes:
        row: The drug.
        role: The role.
        antimicrobial: Another role of it, against microbes; None if it has none.
    """

    row: int
    role: int
    antimicrobial: int | None


def inhibitors_of(functions: Collection[int], resources: Resources) -> list[Inhibitor]:
    """Drugs with a role that names one of some functions; those against microbes first."""
    graph = resources.graph
    found: dict[int, Inhibitor] = {}
    for function in functions:
        for role in _roles_naming(graph, function):
            for drug in visible.neighbours(role, Relation.DRUG_ROLE, resources):
                if visible.is_visible(drug, resources):
                    found.setdefault(drug, Inhibitor(drug, role, _antimicrobial(drug, resources)))
    return sorted(found.values(), key=lambda one: (one.antimicrobial is None, one.row))


def role_evidence(one: Inhibitor, about: str, resources: Resources) -> list[Evidence]:
    """The roles of an inhibitor, as evidence."""
    facts = trusted_facts(one.row, {NodeType.ROLE}, resources, relations={Relation.DRUG_ROLE})
    roles = [role for role in (one.role, one.antimicrobial) if role is not None]
    return [
        evidence_of(facts[Relation.DRUG_ROLE, role], one.row, resources.graph, about=about)
        for role in roles
        if (Relation.DRUG_ROLE, role) in facts
    ]


def _antimicrobial(drug: int, resources: Resources) -> int | None:
    """A role of a drug against microbes, the most special one."""
    against = _roles_against_microbes(resources.graph)
    roles = [
        role for role in visible.neighbours(drug, Relation.DRUG_ROLE, resources) if role in against
    ]
    return max(roles, key=lambda role: len(resources.graph.ancestors(role)), default=None)


@lru_cache(maxsize=2)
def _roles_against_microbes(graph: Graph) -> frozenset[int]:
    rows = graph.rows_of(NodeType.ROLE).tolist()
    roots = {row for row in rows if graph.name_of(row) in AGAINST_MICROBES}
    return frozenset(row for row in rows if row in roots or roots & graph.ancestors(row))


@lru_cache(maxsize=2)
def _named_in_roles(graph: Graph) -> dict[str, tuple[int, ...]]:
    """Roles of inhibitors by what they inhibit, folded."""
    found: dict[str, tuple[int, ...]] = {}
    for row in graph.rows_of(NodeType.ROLE).tolist():
        name = graph.name_of(row)
        if _SUFFIX.search(name):
            inside = _INSIDE.search(name)
            key = _folded(inside[1] if inside else _SUFFIX.sub("", name))
            found[key] = (*found.get(key, ()), row)
    return found


def _roles_naming(graph: Graph, function: int) -> tuple[int, ...]:
    """Roles whose names hold a function's name or one of its synonyms."""
    known, node = _named_in_roles(graph), graph.node(function)
    names = {_folded(name.removesuffix(" activity")) for name in (node.name, *node.synonyms)}
    return tuple(dict.fromkeys(role for name in sorted(names) for role in known.get(name, ())))


def _folded(name: str) -> str:
    return _FOLD.sub("", name.lower())
