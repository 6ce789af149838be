"""Which types of nodes each relation joins, head first, as every graph of bbqa stores it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final

from bbqa.schema import NodeType, Relation

ENDS: Final[Mapping[Relation, tuple[NodeType, NodeType]]] = {
    Relation.MOLFUNC_PROTEIN: (NodeType.PROTEIN, NodeType.MOLECULAR_FUNCTION),
    Relation.BIOPROCESS_PROTEIN: (NodeType.PROTEIN, NodeType.BIOLOGICAL_PROCESS),
    Relation.CELLCOMP_PROTEIN: (NodeType.PROTEIN, NodeType.CELLULAR_COMPONENT),
    Relation.PATHWAY_PROTEIN: (NodeType.PROTEIN, NodeType.PATHWAY),
    Relation.PROTEIN_PROTEIN: (NodeType.PROTEIN, NodeType.PROTEIN),
    Relation.DISEASE_PROTEIN: (NodeType.DISEASE, NodeType.PROTEIN),
    Relation.PHENOTYPE_PROTEIN: (NodeType.PROTEIN, NodeType.PHENOTYPE),
    Relation.DISEASE_PHENOTYPE: (NodeType.DISEASE, NodeType.PHENOTYPE),
    Relation.DISEASE_PHENOTYPE_ABSENT: (NodeType.DISEASE, NodeType.PHENOTYPE),
    Relation.DRUG_PROTEIN: (NodeType.DRUG, NodeType.PROTEIN),
    Relation.DRUG_INDICATION: (NodeType.DRUG, NodeType.DISEASE),
    Relation.DRUG_ROLE: (NodeType.DRUG, NodeType.ROLE),
    Relation.DRUG_CLASS: (NodeType.DRUG, NodeType.DRUG_CLASS),
    Relation.MOLFUNC_MOLFUNC: (NodeType.MOLECULAR_FUNCTION, NodeType.MOLECULAR_FUNCTION),
    Relation.BIOPROCESS_BIOPROCESS: (NodeType.BIOLOGICAL_PROCESS, NodeType.BIOLOGICAL_PROCESS),
    Relation.CELLCOMP_CELLCOMP: (NodeType.CELLULAR_COMPONENT, NodeType.CELLULAR_COMPONENT),
    Relation.DISEASE_DISEASE: (NodeType.DISEASE, NodeType.DISEASE),
    Relation.PHENOTYPE_PHENOTYPE: (NodeType.PHENOTYPE, NodeType.PHENOTYPE),
    Relation.ROLE_ROLE: (NodeType.ROLE, NodeType.ROLE),
    Relation.CLASS_CLASS: (NodeType.DRUG_CLASS, NodeType.DRUG_CLASS),
}
"""``GO_PART_OF`` is not here: it joins any two GO terms, of one type or of two."""

GROUPS: Final = frozenset({NodeType.DRUG_CLASS, NodeType.ROLE})
"""What drugs are grouped by; what is in a kind of a group is in the group."""
GO_TYPES: Final = (
    NodeType.MOLECULAR_FUNCTION,
    NodeType.BIOLOGICAL_PROCESS,
    NodeType.CELLULAR_COMPONENT,
)


HIERARCHY: Final = frozenset(
    {
        Relation.MOLFUNC_MOLFUNC,
        Relation.BIOPROCESS_BIOPROCESS,
        Relation.CELLCOMP_CELLCOMP,
        Relation.GO_PART_OF,
        Relation.DISEASE_DISEASE,
        Relation.PHENOTYPE_PHENOTYPE,
        Relation.ROLE_ROLE,
        Relation.CLASS_CLASS,
    }
)
"""Relations whose tail is more general than, or contains, their head."""


def may_join(relation: Relation, head: NodeType, tail: NodeType) -> bool:
    """Whether a relation goes from a node of one type to one of another."""
    if relation is Relation.GO_PART_OF:
        return head in GO_TYPES and tail in GO_TYPES
    return ENDS[relation] == (head, tail)


def are_related(
    one: NodeType, other: NodeType, among: Collection[Relation] = frozenset(Relation)
) -> bool:
    """Whether some relation joins nodes of two types, other than by which is more general.

    Args:
        one: A type.
        other: The other, or the same.
        among: The relations there are; those of one graph may be fewer than all.
    """
    return any(
        {one, other} == set(ends) and relation in among and relation not in HIERARCHY
        for relation, ends in ENDS.items()
    )
