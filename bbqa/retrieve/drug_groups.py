"""Roles and classes of a drug, what it is used or acts as first.

ChEBI gives a drug all roles that anybody has reported ("antidepressant" and "environmental
contaminant"), and ATC lists it in the classes of all products that contain it (aspirin among the
lipid modifying agents). What the drug is, is what drugs of its kind are: roles that its classmates
have, roles that name its main target, classes whose drugs have its targets and roles.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from bbqa.kg.graph import Fact
from bbqa.retrieve import visible
from bbqa.retrieve.forms import forms_of
from bbqa.retrieve.primary_targets import Target, role_names
from bbqa.schema import Relation

if TYPE_CHECKING:
    from bbqa.kg.graph import Graph
    from bbqa.resources import Resources

DRUGS: Final = "CHEBI:23888"
"""ChEBI's role "drug": what substances are given for."""
MECHANISMS: Final = ("CHEBI:35222", "CHEBI:48705", "CHEBI:48706", "CHEBI:52210")
"""ChEBI's roles "inhibitor", "agonist", "antagonist" and "pharmacological role"."""
MOST_COMPARED: Final = 60
"""Drugs of a class that are looked at."""
_VAGUE: Final = ("Other ", "Tests for ", "Various ", "All other ")
UNLIKE: Final = 0.1
"""Factor on the score of a class of combinations, of the rest, or of what acts elsewhere."""
FEW: Final = 3.0
"""Drugs unlike it that are added to the others of a class: a class of few says little."""
LEAST: Final = 0.2
"""Roles that score less are not said of a drug unless they are asked for."""

_EC_ROLE: Final = re.compile(r"EC (?P<ec>[\d.*/EC ]+?) [(\[](?P<name>.+)[)\]] inhibitor")
_ACTING: Final = re.compile(
    r"(?:inhibitor|antagonist|agonist|blocker|modulator|activator|opener|substrate)s?\b", re.I
)
_COMBINED: Final = re.compile(r"\bcombinations?\b|\band other\b|\bother combinations\b", re.I)


@dataclass(frozen=True, slots=True)
class Group:
    """A role or class of a drug.

    Attributes:
        row: Row of the role or class.
        name: As a sentence has it ("xanthine oxidase (EC 1.17.3.2) inhibitor").
        drug: Row of the drug, or of its salt or ester, of which it is recorded.
        form: What that is to the drug; empty if it is itself.
        facts: The records.
        score: How far it says what the drug is, in [0, 1].
        acts: Whether it says how the drug acts, rather than what for.
    """

    row: int
    name: str
    drug: int
    form: str
    facts: tuple[Fact, ...]
    score: float = 0.0
    acts: bool = False


def ranked_roles(drug: int, targets: Sequence[Target], resources: Resources) -> list[Group]:
    """The roles of a drug, what it is first.

    Args:
        drug: Row of the drug.
        targets: Its targets, main ones first.
        resources: The graph, and what must not be seen of it.
    """
    roles = _recorded(drug, Relation.DRUG_ROLE, resources)
    fellows = _fellows(drug, resources)
    scored = [_scored_role(role, drug, fellows, targets, resources=resources) for role in roles]
    return _in_order(scored, resources)


def ranked_classes(drug: int, targets: Sequence[Target], resources: Resources) -> list[Group]:
    """The classes of a drug, those whose drugs are like it first; combinations last.

    Args:
        drug: Row of the drug.
        targets: Its targets.
        resources: The graph, and what must not be seen of it.
    """
    classes = _recorded(drug, Relation.DRUG_CLASS, resources)
    known = {target.row for target in targets}
    own = {t.row for t in targets if t.is_primary} | _neighbours(
        drug, Relation.DRUG_ROLE, resources
    )
    scored = []
    for group in classes:
        others = visible.neighbours(group.row, Relation.DRUG_CLASS, resources)[:MOST_COMPARED]
        others = [other for other in others if other != drug]
        likeness = [_shared(own, other, resources) for other in others]
        score = sum(likeness) / (len(likeness) + FEW)
        odd = is_combination(group, classes) or _acts_elsewhere(others, known, resources)
        odd = odd or group.name.startswith(_VAGUE)
        scored.append(replace(group, score=score * (UNLIKE if odd else 1.0)))
    return _in_order(scored, resources)


def _acts_elsewhere(others: Sequence[int], known: set[int], resources: Resources) -> bool:
    """Whether most drugs of a class act on a protein on which a drug with records does not."""
    targets = [_neighbours(other, Relation.DRUG_PROTEIN, resources) for other in others]
    recorded = [rows for rows in targets if rows]
    counts = Counter(row for rows in recorded for row in rows)
    if not known or len(recorded) < 2:
        return False
    row, count = counts.most_common(1)[0]
    return count > len(recorded) / 2 and row not in known


def is_combination(group: Group, others: Sequence[Group]) -> bool:
    """Whether a class is of products that contain a drug among others."""
    names = [one.name for one in others]
    return _COMBINED.search(group.name) is not None or _extends(group.name, names)


def spoken(name: str) -> str:
    """The name of a role as a sentence has it.

    >>> spoken("EC 1.17.3.2 (xanthine oxidase) inhibitor")
    'xanthine oxidase (EC 1.17.3.2) inhibitor'
    """
    if match := _EC_ROLE.fullmatch(name):
        return f"{match['name']} (EC {match['ec']}) inhibitor"
    return name.removesuffix(" (role)")


def says_how(row: int, graph: Graph) -> bool:
    """Whether a role says how a drug acts: as an inhibitor, agonist or antagonist of something."""
    above = {graph.node_id(one) for one in graph.ancestors(row)}
    return not above.isdisjoint(MECHANISMS) or _ACTING.search(graph.name_of(row)) is not None


def _recorded(drug: int, relation: Relation, resources: Resources) -> list[Group]:
    """Roles or classes of a drug and its forms, each once, the drug's own record first."""
    graph = resources.graph
    found: dict[int, Group] = {}
    for form, what in [(drug, ""), *forms_of(drug, resources)]:
        by_group: dict[int, list[Fact]] = {}
        for fact in visible.facts(form, resources, relations={relation}):
            by_group.setdefault(fact.other(form), []).append(fact)
        for row, facts in by_group.items():
            name = spoken(graph.name_of(row))
            found.setdefault(row, Group(row, name, form, what, tuple(facts)))
    return list(found.values())


def _fellows(drug: int, resources: Resources) -> list[frozenset[int]]:
    """The roles of other drugs in the classes of a drug, those of combinations left out."""
    graph = resources.graph
    classes = _neighbours(drug, Relation.DRUG_CLASS, resources)
    plain = [row for row in classes if not _COMBINED.search(graph.name_of(row))]
    fellows = {
        other
        for row in plain or classes
        for other in visible.neighbours(row, Relation.DRUG_CLASS, resources)
        if other != drug
    }
    roles = [_neighbours(o, Relation.DRUG_ROLE, resources) for o in sorted(fellows)]
    return [r for r in roles if r][:MOST_COMPARED]


def _scored_role(
    role: Group,
    drug: int,
    fellows: Sequence[frozenset[int]],
    targets: Sequence[Target],
    *,
    resources: Resources,
) -> Group:
    graph = resources.graph
    acts = says_how(role.row, graph)
    drugs = graph.row(DRUGS)
    used = drugs is not None and drugs in graph.ancestors(role.row)
    shared = sum(role.row in roles for roles in fellows) / (len(fellows) + 1.0)
    main = [target for target in targets if target.is_primary]
    named = max((t.score * role_names(role.row, t.row, drug, resources) for t in main), default=0.0)
    score = 0.4 * shared + 0.4 * named + (0.2 if used else 0.1 if acts else 0.0)
    return replace(role, score=score, acts=acts)


def _shared(own: set[int] | frozenset[int], other: int, resources: Resources) -> float:
    """How much of what another drug has (targets, roles) a drug has too: Jaccard's index."""
    theirs = _neighbours(other, Relation.DRUG_ROLE, resources) | _neighbours(
        other, Relation.DRUG_PROTEIN, resources
    )
    return len(own & theirs) / len(own | theirs) if theirs else 0.0


def _neighbours(row: int, relation: Relation, resources: Resources) -> frozenset[int]:
    return frozenset(visible.neighbours(row, relation, resources))


def _extends(name: str, names: Sequence[str]) -> bool:
    """Whether a class is called as another one and more: "…, selective, and thiazides"."""
    plain = [other.removesuffix(", plain") for other in names if other != name]
    return any(name.startswith((f"{other},", f"{other} and ")) for other in plain)


def _in_order(groups: Iterable[Group], resources: Resources) -> list[Group]:
    """The highest score first; of equal ones that which fewer drugs have."""
    size = resources.graph.link_counts
    return sorted(groups, key=lambda group: (-round(group.score, 3), size[group.row], group.row))
