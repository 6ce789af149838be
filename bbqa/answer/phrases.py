"""What nodes are called in the plural, and what a condition on them is in words."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from bbqa.answer.draft import listed
from bbqa.kg.ends import ENDS
from bbqa.query.engine import Satisfied
from bbqa.query.steps import relations_between
from bbqa.question.parsed import Constraint
from bbqa.schema import NodeType, Relation

if TYPE_CHECKING:
    from bbqa.kg.graph import Graph

_NOUNS: Final[Mapping[NodeType, tuple[str, str]]] = {
    NodeType.PROTEIN: ("protein", "proteins"),
    NodeType.MOLECULAR_FUNCTION: ("molecular function", "molecular functions"),
    NodeType.BIOLOGICAL_PROCESS: ("biological process", "biological processes"),
    NodeType.CELLULAR_COMPONENT: ("cellular component", "cellular components"),
    NodeType.PATHWAY: ("pathway", "pathways"),
    NodeType.DISEASE: ("disease", "diseases"),
    NodeType.PHENOTYPE: ("clinical sign", "clinical signs"),
    NodeType.DRUG: ("drug", "drugs"),
    NodeType.ROLE: ("role", "roles"),
    NodeType.DRUG_CLASS: ("drug class", "drug classes"),
}
_GENE_RELATIONS: Final = (Relation.DISEASE_PROTEIN, Relation.PHENOTYPE_PROTEIN)

_CLAUSES: Final[Mapping[Relation, tuple[str, str]]] = {
    Relation.DRUG_PROTEIN: ("with recorded activity on {}", "on which {} has recorded activity"),
    Relation.MOLFUNC_PROTEIN: ("with the function {}", "of {}"),
    Relation.BIOPROCESS_PROTEIN: ("that take part in {}", "that {} takes part in"),
    Relation.CELLCOMP_PROTEIN: ("found in {}", "where {} is found"),
    Relation.PATHWAY_PROTEIN: ("in the pathway {}", "that {} takes part in"),
    Relation.PROTEIN_PROTEIN: ("that interact with {}", "that interact with {}"),
    Relation.DISEASE_PROTEIN: ("linked to {}", "linked to {}"),
    Relation.PHENOTYPE_PROTEIN: ("linked to {}", "linked to {}"),
    Relation.DISEASE_PHENOTYPE: ("with {}", "of {}"),
    Relation.DISEASE_PHENOTYPE_ABSENT: ("without {}", "recorded as absent in {}"),
    Relation.DRUG_INDICATION: ("indicated for {}", "that {} is indicated for"),
    Relation.DRUG_ROLE: ("with the role {}", "of {}"),
    Relation.DRUG_CLASS: ("of the class {}", "of {}"),
}
"""What a relation says of its heads, and of its tails, after a noun in the plural."""
_OF_SEVERAL: Final[Mapping[Relation, tuple[str, str]]] = {
    Relation.DRUG_PROTEIN: ("with recorded activity on {}", "acted on by {}"),
    Relation.MOLFUNC_PROTEIN: ("with {}", "of {}"),
    Relation.BIOPROCESS_PROTEIN: ("that take part in {}", "that involve {}"),
    Relation.CELLCOMP_PROTEIN: ("found in {}", "that contain {}"),
    Relation.PATHWAY_PROTEIN: ("in {}", "that involve {}"),
    Relation.DRUG_ROLE: ("with {}", "of {}"),
    Relation.DRUG_CLASS: ("of {}", "of {}"),
}
"""The same where what follows are several things that have no names of their own."""
_VERBS: Final = ((" takes part", " take part"), (" is found", " are found"), (" has ", " have "))
_LEADS: Final = ("with recorded activity ", "linked ", "with the function ", "that ")
"""Words that are not repeated when conditions are joined."""
_KINDS: Final = "that are kinds of {}"
MAX_TERMS: Final = 3


def plural(node_type: NodeType, count: int = 2, *, relations: Sequence[Relation] = ()) -> str:
    """What nodes of a type are called: ``drugs``; ``gene`` where a disease is linked to one."""
    genes = node_type is NodeType.PROTEIN and any(r in _GENE_RELATIONS for r in relations)
    one, many = ("gene", "genes") if genes else _NOUNS[node_type]
    return one if count == 1 else many


def relations_of(target: NodeType, constraint: Constraint, graph: Graph) -> tuple[Relation, ...]:
    """The relations by which a constraint joins the target to the next node."""
    if constraint.through:
        return tuple(sorted(relations_between(target, constraint.through[:1])))
    if constraint.relations:
        return constraint.relations
    first = graph.type_of(constraint.terms[0])
    return tuple(sorted(relations_between(target, (first,))))


def condition(target: NodeType, constraint: Constraint, graph: Graph) -> str:
    """A constraint in words after a noun: ``with recorded activity on EGFR``."""
    return _clause(target, constraint.through, constraint, graph)


def conditions(target: NodeType, found: Sequence[Satisfied], graph: Graph) -> str:
    """Constraints in words, joined: ``with recorded activity on EGFR and on ERBB2``.

    That which fewest nodes satisfy comes first.
    """
    alike: dict[tuple[object, ...], list[Constraint]] = {}
    for one in sorted(found, key=lambda one: len(one.rows)):
        alike.setdefault(_manner(target, one.constraint, graph), []).append(one.constraint)
    clauses = {key: _together(target, every, graph) for key, every in alike.items()}
    positive = [words for key, words in clauses.items() if not alike[key][0].negated]
    negative = [f"but not {words}" for key, words in clauses.items() if alike[key][0].negated]
    return " ".join([" and ".join(_shortened(positive)), *negative])


def _manner(target: NodeType, constraint: Constraint, graph: Graph) -> tuple[object, ...]:
    """What constraints have in common that can be said in one clause."""
    relations = relations_of(target, constraint, graph)
    return relations, constraint.through, constraint.negated, len(constraint.terms) == 1


def _together(target: NodeType, every: Sequence[Constraint], graph: Graph) -> str:
    """Constraints of one manner in a single clause."""
    first, *others = every
    if not others:
        return _clause(target, first.through, first, graph)
    if len(first.terms) > 1:
        return " and ".join(_clause(target, one.through, one, graph) for one in every)
    joined = replace(first, terms=tuple(one.terms[0] for one in every))
    words = _clause(target, first.through, joined, graph, conjunction="and")
    for one, several in _VERBS:
        words = words.replace(one, several)
    return words


def predicate(clause: str, count: int) -> str:
    """A condition as what so many nodes do: ``have recorded activity on EGFR``, or empty.

    ``of EGFR`` says what belongs to it, not what it does.
    """
    first, _, rest = clause.partition(" ")
    one = count == 1
    if first == "with":
        return f"{'has' if one else 'have'} {rest}"
    if first == "that" and not one and rest.split(maxsplit=1)[0] in {"take", "interact", "are"}:
        return rest
    if first in {"found", "linked", "in", "recorded", "indicated"}:
        return f"{'is' if one else 'are'} {clause}"
    return ""


def _shortened(clauses: Sequence[str]) -> list[str]:
    """Clauses, each without the words that it begins with as the one before does."""
    kept = list(clauses[:1])
    for before, clause in itertools.pairwise(clauses):
        lead = next((words for words in _LEADS if before.startswith(words)), "")
        kept.append(clause.removeprefix(lead))
    return kept


def _clause(
    target: NodeType,
    through: Sequence[NodeType],
    constraint: Constraint,
    graph: Graph,
    *,
    conjunction: str = "or",
) -> str:
    if not through:
        relation = _relation(target, graph.type_of(constraint.terms[0]), constraint)
        words = _KINDS if relation is None else _CLAUSES[relation][_side(relation, target)]
        return words.format(terms_named(constraint, graph, conjunction=conjunction))
    relation = next(iter(sorted(relations_between(target, through[:1]))), None)
    inner = _clause(through[0], through[1:], constraint, graph, conjunction=conjunction)
    several = f"{plural(through[0])} {inner}"
    words = _KINDS
    if relation is not None:
        words = _OF_SEVERAL.get(relation, _CLAUSES[relation])[_side(relation, target)]
    return words.format(several)


def _relation(target: NodeType, other: NodeType, constraint: Constraint) -> Relation | None:
    if constraint.relations:
        return constraint.relations[0]
    return next(iter(sorted(relations_between(target, (other,)))), None)


def _side(relation: Relation, target: NodeType) -> int:
    """0 if nodes of the target type are the relation's heads, otherwise 1."""
    return 0 if ENDS[relation][0] is target else 1


def terms_named(constraint: Constraint, graph: Graph, *, conjunction: str = "or") -> str:
    """The terms of a constraint by their names: ``zinc ion binding``; ``A or B``."""
    names = list(dict.fromkeys(graph.name_of(row) for row in constraint.terms))
    distinct = list({name.lower(): name for name in reversed(names)}.values())[::-1]
    if len(distinct) > MAX_TERMS and conjunction == "or":
        return f"{listed(distinct[: MAX_TERMS - 1], conjunction='or')} or the like"
    return listed(distinct, conjunction=conjunction)
