"""How likely a recorded target of a drug is one through which it works.

Recorded activity does not say what matters: screening campaigns find the same few proteins with
hundreds of drugs, and a drug's own target stands among them like any other. Two things tell them
apart. A role or class of the drug may name the protein: "EC 1.17.3.2 (xanthine oxidase) inhibitor"
names XDH. And the drugs of that role or class may act on it more often than drugs do at large, so
that what hundreds of unrelated drugs hit is no main target of any. A record of the drug and of its
salt counts more than one alone. The weights were fitted on one
half of a set of textbook targets and measured on the other (docs/decisions/importance-drugs.md).
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Final

import numpy as np

from bbqa.kg.graph import Fact, Graph
from bbqa.retrieve import visible
from bbqa.retrieve.forms import all_forms, forms_of
from bbqa.schema import Relation

if TYPE_CHECKING:
    from bbqa.resources import Resources

PRIMARY: Final = 0.25
"""Targets that score at least this much are called a drug's main targets."""
LEAST: Final = 0.05
"""Where none does, what a role or class names is called so from here on."""

GROUPED_BY: Final = (Relation.DRUG_ROLE, Relation.DRUG_CLASS)
PRIOR: Final = 2.0
"""Drugs of a group without the target that are added to those counted."""

SUBUNITS: Final = 4
"""So many proteins on which the same drugs act are taken for subunits of one complex."""

MAX_LIFT: Final = 3.0
"""Logarithm of the lift (20 times as common) from which on it tells no more."""

MAX_TOLD: Final = 10.0
"""What a name tells at most, in nats."""
ONE_WORD: Final = 7.0
"""What a word tells that one target protein alone has."""

_OFFSET: Final = -2.48
_WEIGHTS: Final = (0.46, 1.07, 2.90, 0.68, 0.82, -0.97, -1.15)
"""Logistic regression of ``primary_features`` on 88 drugs, L2 penalty .001."""

NAMED: Final = 0.5
"""Share of what a role or class tells, from which on it names a protein."""
OF_HOST: Final = 0.3
"""Factor on the score of a human protein where a drug is given against germs or parasites."""
_AGAINST_GERMS: Final = ("ATC:J", "ATC:P")

SAME: Final = 0.7
"""Jaccard's index of the drugs of two proteins from which they count as one target."""

MANY: Final = 30
"""Drugs that act on a protein, from which on it is the less telling the more they are."""

COMMON: Final = 100
"""Drugs that act on a protein at which a record counts half, where nothing else is known."""

_STEM: Final = 5
"""Letters by which words are compared: dopaminergic and dopamine share five."""
_WORD: Final = re.compile(r"[a-z]+\d*[a-z]*|\d+[a-z]+|\d+")
_EC: Final = re.compile(r"\bEC [\d.*]+(?:/EC [\d.*]+)*")
_PLAIN: Final = frozenset(
    """
    activ acid agent agoni all and antag anti antib antin binding bindi block casse chain class
    combi compo conju deriv drug drugs effec excl for gene group incl induc inhib modul non of or
    other plain poten prepa prote recep regul role selec speci subst subun synth syste the thera to
    type used using with xenob
    """.split()  # noqa: SIM905
)
"""Stems that say nothing about which protein is meant."""


@dataclass(frozen=True, slots=True)
class Target:
    """A protein on which a drug, or a salt or ester of it, has recorded activity.

    Attributes:
        row: Row of the protein.
        score: ``primary_score`` of the two.
        drug: Row of the drug or form that the record is of.
        form: What that is to the drug ("a salt or ester of Metoprolol"); empty if it is itself.
        facts: The records.
        is_primary: Whether it counts as a main target.
    """

    row: int
    score: float
    drug: int
    form: str
    facts: tuple[Fact, ...]
    is_primary: bool = False


def ranked_targets(drug: int, resources: Resources) -> list[Target]:
    """All recorded targets of a drug and its salts and esters, the likeliest main target first.

    Of a protein that is recorded of several forms, the drug's own record is kept. Subunits of one
    complex stand together, with the score of the best of them.

    Args:
        drug: Row of the drug.
        resources: The graph, and what must not be seen of it.
    """
    found: dict[int, Target] = {}
    for form, what in [(drug, ""), *forms_of(drug, resources)]:
        by_protein: dict[int, list[Fact]] = {}
        for fact in visible.facts(form, resources, relations={Relation.DRUG_PROTEIN}):
            by_protein.setdefault(fact.other(form), []).append(fact)
        for protein, facts in by_protein.items():
            if protein not in found:
                score = primary_score(drug, protein, resources)
                found[protein] = Target(protein, score, form, what, tuple(facts))
    ranked = sorted(found.values(), key=lambda target: (-target.score, target.row))
    groups = together(ranked, resources)
    levelled = [
        replace(target, score=group[0].score) if len(group) >= SUBUNITS else target
        for group in groups
        for target in group
    ]
    levelled.sort(key=lambda target: -target.score)
    main = _main_of(drug, levelled, resources)
    return [replace(target, is_primary=target.row in main) for target in levelled]


def _main_of(drug: int, ranked: Sequence[Target], resources: Resources) -> frozenset[int]:
    """Rows of the main targets: those that score ``PRIMARY``; of a drug with very many, fewer do.

    Where none does, those that a role or class names and that score half of the best of them.
    """
    if ranked and ranked[0].score >= PRIMARY:
        return frozenset(target.row for target in ranked if target.score >= PRIMARY)
    named = [
        target
        for target in ranked
        if target.score >= LEAST and primary_features(drug, target.row, resources)[0] >= NAMED
    ]
    best = named[0].score if named else 0.0
    return frozenset(target.row for target in named if target.score >= best / 2)


def together(targets: Sequence[Target], resources: Resources) -> list[list[Target]]:
    """Targets in groups on which the same drugs act: subunits of a complex, or members of a family.

    Sources record an action on a complex for each of its subunits. Order is kept.
    """
    known = _activities(resources.graph)
    of_column = {known.proteins[target.row]: target for target in targets}
    return [[of_column[at] for at in group] for group in known.alike(of_column)]


def primary_score(drug_row: int, protein_row: int, resources: Resources) -> float:
    """How likely a protein is a main target of a drug that has recorded activity on it, in [0, 1].

    Args:
        drug_row: Row of the drug. Its own record does not count towards what its roles and
            classes have in common. Where no other drug with recorded activity shares any, its
            targets are equally likely but for how many drugs act on each.
        protein_row: Row of the protein.
        resources: The graph, and what must not be seen of it.
    """
    known = _activities(resources.graph)
    values = primary_features(drug_row, protein_row, resources)
    if not known.has_fellows(_forms_and(drug_row, resources)):
        return 1.0 / max(1, known.targets(drug_row)) / (1 + known.count(protein_row) / COMMON)
    logit = _OFFSET + sum(w * v for w, v in zip(_WEIGHTS, values, strict=True))
    score = 1.0 / (1.0 + math.exp(-logit))
    is_named = values[0] >= NAMED
    return score if is_named or not known.is_anti_infective(drug_row) else OF_HOST * score


def acting_on(protein: int, resources: Resources) -> int:
    """How many drugs act on a protein, salts counted with their parents."""
    return _activities(resources.graph).count(protein)


def role_names(role: int, protein: int, drug: int, resources: Resources) -> float:
    """How far a role or class of a drug tells of one of its targets, in [0, 1].

    The greater of what its words tell and half the share of its other drugs that act on the
    protein, where these are more than among all drugs.
    """
    known = _activities(resources.graph)
    share, lift = known.agreement(protein, [role], _forms_and(drug, resources))
    told = known.naming(protein, [role])[1] * MAX_TOLD / ONE_WORD
    return max(min(told, 1.0), share / 2 if lift > 1 else 0.0)


def primary_features(drug_row: int, protein_row: int, resources: Resources) -> tuple[float, ...]:
    """The signals that ``primary_score`` weighs.

    How well a role or class of the drug names the protein, as a share of the information in its
    words and as the information itself, both in [0, 1]. Of the role or class in which the protein
    is most over-represented: the share of the drugs that act on it, in [0, 1], and the logarithm of
    how much larger that is than the share among all drugs, at most ``MAX_LIFT``. The share of the
    other forms of the drug with recorded activity that act on the protein as well, in [0, 1]. The
    logarithm of how many proteins the drug acts on. The logarithm of how far more than ``MANY``
    drugs act on the protein, as far as no role or class names it.
    """
    known = _activities(resources.graph)
    own = _forms_and(drug_row, resources)
    groups = {group for row in own for group in known.groups_of(row)}
    share, lift = known.agreement(protein_row, groups, own)
    named, told = known.naming(protein_row, groups)
    return (
        named,
        told,
        share,
        min(lift, MAX_LIFT),
        known.among_forms(protein_row, own),
        math.log(max(1, known.targets(drug_row))),
        (1.0 - named) * math.log(max(1.0, known.count(protein_row) / MANY)),
    )


def _forms_and(drug: int, resources: Resources) -> list[int]:
    """A drug and its salts and esters."""
    return [drug, *(form for form, _ in forms_of(drug, resources))]


@lru_cache(maxsize=4)
def _activities(graph: Graph) -> _Activities:
    return _Activities(graph)


class _Activities:
    """Which drugs act on which proteins, and which roles and classes they have.

    What is recorded of a drug's salt or ester is recorded of the drug.

    Attributes:
        drugs: Line of each drug with recorded activity; that of its forms is the same.
        proteins: Column of each protein with a recorded drug.
        acts: Whether a drug acts on a protein, float32 [D, P].
    """

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        edges = graph.edges_with(Relation.DRUG_PROTEIN)
        heads, tails = graph.head[edges].tolist(), graph.tail[edges].tolist()
        parent = {row: _parent_of(row, graph) for row in set(heads)}
        line = {row: i for i, row in enumerate(sorted(set(parent.values())))}
        self.drugs = {**{row: line[up] for row, up in parent.items()}, **line}
        self.proteins = {row: i for i, row in enumerate(sorted(set(tails)))}
        self.acts = np.zeros((len(line), len(self.proteins)), np.float32)
        self.acts[[self.drugs[row] for row in heads], [self.proteins[row] for row in tails]] = 1
        self._counts = self.acts.sum(axis=0)
        self._recorded = dict.fromkeys(zip(heads, tails, strict=True))

    def count(self, protein: int) -> int:
        """How many drugs act on a protein."""
        at = self.proteins.get(protein)
        return 0 if at is None else int(self._counts[at])

    def targets(self, drug: int) -> int:
        """On how many proteins a drug acts."""
        at = self.drugs.get(drug)
        return 0 if at is None else int(self.acts[at].sum())

    def alike(self, columns: Iterable[int]) -> list[list[int]]:
        """Columns of proteins in groups on which the same drugs act."""
        groups: list[list[int]] = []
        for at in columns:
            for group in groups:
                both = float(self.acts[:, at] @ self.acts[:, group[0]])
                if both >= SAME * (self._counts[at] + self._counts[group[0]] - both):
                    group.append(at)
                    break
            else:
                groups.append([at])
        return groups

    def has_fellows(self, forms: Iterable[int]) -> bool:
        """Whether another drug with recorded activity shares a role or class with some forms."""
        groups = {group for row in forms for group in self.groups_of(row)}
        return any(len(self._members.get(group, ())) > 1 for group in groups)

    def is_anti_infective(self, drug: int) -> bool:
        """Whether a drug is in a class of what is given against germs or parasites."""
        classes = self.graph.neighbours(drug, Relation.DRUG_CLASS).tolist()
        return any(self.graph.node_id(row).startswith(_AGAINST_GERMS) for row in classes)

    def groups_of(self, drug: int) -> frozenset[int]:
        """Rows of the roles and classes of a drug."""
        found = [self.graph.neighbours(drug, relation).tolist() for relation in GROUPED_BY]
        return frozenset(row for rows in found for row in rows)

    @cached_property
    def _members(self) -> dict[int, list[int]]:
        """Lines of the drugs with recorded activity in each role and class."""
        found: dict[int, set[int]] = {}
        for row, at in self.drugs.items():
            for group in self.groups_of(row):
                found.setdefault(group, set()).add(at)
        return {group: sorted(lines) for group, lines in found.items()}

    def agreement(
        self, protein: int, groups: Iterable[int], without: Collection[int]
    ) -> tuple[float, float]:
        """Share of drugs that act on a protein in the group with the largest, and its log lift."""
        at = self.proteins.get(protein)
        if at is None:
            return 0.0, 0.0
        barred = {self.drugs[row] for row in without if row in self.drugs}
        base = (float(self._counts[at]) + 1) / (len(self.drugs) + 1)
        best = (0.0, 0.0)
        for group in groups:
            others = [i for i in self._members.get(group, ()) if i not in barred]
            if others:
                hits = float(self.acts[others, at].sum())
                share = (hits + PRIOR * base) / (len(others) + PRIOR)
                best = max(best, (share, math.log(share / base)), key=lambda pair: pair[1])
        return best

    def among_forms(self, protein: int, forms: Iterable[int]) -> float:
        """Share of the forms of a drug, but the first, that act on a protein."""
        recorded = [row for row in forms if row in self._with_records]
        if len(recorded) < 2:
            return 0.0
        acting = sum((row, protein) in self._recorded for row in recorded)
        return (acting - 1) / (len(recorded) - 1)

    @cached_property
    def _with_records(self) -> frozenset[int]:
        return frozenset(drug for drug, _ in self._recorded)

    def naming(self, protein: int, groups: Iterable[int]) -> tuple[float, float]:
        """How well some roles and classes name a protein: the best share, and the most information.

        A role tells as much as its words are rare among the names and functions of proteins; of
        that counts what those of this protein repeat.
        """
        words = self._words_of(protein)
        told = [self._told(stems(self.graph.name_of(group)), words) for group in groups]
        best = max((share for share, _ in told), default=0.0)
        most = max((share * nats for share, nats in told), default=0.0)
        return best, min(most / MAX_TOLD, 1.0)

    def _told(self, asked: frozenset[str], words: frozenset[str]) -> tuple[float, float]:
        weights = {word: self._weight(word) for word in asked}
        total = sum(weights.values())
        told = sum(weights[word] for word in asked & words)
        return (told / total if total else 0.0), told

    def _weight(self, word: str) -> float:
        """How rare a stem is among target proteins; one that none has weighs as the rarest."""
        return math.log((len(self.proteins) + 1) / (self._frequency.get(word, 0) + 1))

    @cached_property
    def _frequency(self) -> dict[str, int]:
        found: dict[str, int] = {}
        for row in self.proteins:
            for word in self._words_of(row):
                found[word] = found.get(word, 0) + 1
        return found

    def _words_of(self, protein: int) -> frozenset[str]:
        if protein not in self._protein_words:
            node = self.graph.node(protein)
            functions = self.graph.neighbours(protein, Relation.MOLFUNC_PROTEIN).tolist()
            names = [node.name, *node.synonyms, *map(self.graph.name_of, functions)]
            self._protein_words[protein] = stems(" ".join(names))
        return self._protein_words[protein]

    @cached_property
    def _protein_words(self) -> dict[int, frozenset[str]]:
        return {}


def _parent_of(drug: int, graph: Graph) -> int:
    """The drug of which another is a salt or ester; itself if it is none."""
    forms = all_forms(graph).get(drug, ())
    return next((row for row, what in forms if what.startswith("the parent")), drug)


def stems(text: str) -> frozenset[str]:
    """The telling words of a name, cut to the letters by which they are compared.

    >>> sorted(stems("dopaminergic antagonist"))
    ['dopam']
    """
    words = _WORD.findall(_EC.sub(" ", text).lower())
    cut = {word[:_STEM] if word.isalpha() else word for word in words}
    return frozenset(word for word in cut if len(word) > 1 and word not in _PLAIN)
