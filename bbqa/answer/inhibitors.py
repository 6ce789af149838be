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
AGAINST_BACTERIA: Final = ("antibacterial agent", "antibacterial drug")
_SUFFIX: Final = re.compile(r" (?:inhibitor|antagonist|blocker)$")
_INSIDE: Final = re.compile(r"[(\[](.+)[)\]] (?:inhibitor|antagonist|blocker)$")
FEWEST_WORDS: Final = 2
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
    """Drugs with a role that names one of some functions; those against bacteria first."""
    graph = resources.graph
    found: dict[int, Inhibitor] = {}
    for function in functions:
        for role in _roles_naming(graph, function):
            for drug in visible.neighbours(role, Relation.DRUG_ROLE, resources):
                if visible.is_visible(drug, resources):
                    found.setdefault(drug, Inhibitor(drug, role, _antimicrobial(drug, resources)))
    bacteria = _roles_under(graph, AGAINST_BACTERIA)
    return sorted(
        found.values(),
        key=lambda one: (one.antimicrobial is None, one.antimicrobial not in bacteria, one.row),
    )


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
    against = _roles_under(resources.graph, AGAINST_MICROBES)
    roles = [
        role for role in visible.neighbours(drug, Relation.DRUG_ROLE, resources) if role in against
    ]
    return max(roles, key=lambda role: len(resources.graph.ancestors(role)), default=None)


@lru_cache(maxsize=4)
def _roles_under(graph: Graph, names: tuple[str, ...]) -> frozenset[int]:
    """Roles of some names, and all that are kinds of them."""
    rows = graph.rows_of(NodeType.ROLE).tolist()
    roots = {row for row in rows if graph.name_of(row) in names}
    return frozenset(row for row in rows if row in roots or roots & graph.ancestors(row))


@lru_cache(maxsize=2)
def _named_in_roles(graph: Graph) -> dict[frozenset[str], tuple[int, ...]]:
    """Roles of inhibitors by the words of what they inhibit."""
    found: dict[frozenset[str], tuple[int, ...]] = {}
    for row in graph.rows_of(NodeType.ROLE).tolist():
        name = graph.name_of(row)
        if _SUFFIX.search(name):
            inside = _INSIDE.search(name)
            words = _words(inside[1] if inside else _SUFFIX.sub("", name))
            found[words] = (*found.get(words, ()), row)
    return found


def _roles_naming(graph: Graph, function: int) -> tuple[int, ...]:
    """Roles that name a function or, as an enzyme, a more general one; the most special of these.

    "exo-alpha-sialidase" names "exo-alpha-(2->3)-sialidase activity".
    """
    known, node = _named_in_roles(graph), graph.node(function)
    own = [_words(name.removesuffix(" activity")) for name in (node.name, *node.synonyms)]
    if exact := [role for words in own for role in known.get(words, ())]:
        return tuple(dict.fromkeys(exact))
    general = [
        words
        for words, roles in known.items()
        if len(words) >= FEWEST_WORDS
        and words < own[0]
        and any(graph.name_of(role).startswith("EC ") for role in roles)
    ]
    most = max(map(len, general), default=0)
    return tuple(role for words in general if len(words) == most for role in known[words])


def _words(name: str) -> frozenset[str]:
    """The words of a name, in American spelling."""
    return frozenset(_FOLD.sub(" ", name.lower()).replace("ysing", "yzing").split())
