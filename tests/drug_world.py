"""A tiny world of drugs: inhibitors of a kinase and of a lactase, a salt, and a screening hit."""

from __future__ import annotations

from world import NODES_OF_THE_WORLD, make_graph

from bbqa.kg.graph import Graph
from bbqa.question.parsed import Query, Subject
from bbqa.resources import Resources
from bbqa.schema import Input, Modality, NodeType, Relation

DRUG, ROLE, CLASS = NodeType.DRUG, NodeType.ROLE, NodeType.DRUG_CLASS
PLAIN = [f"DB001{number}" for number in range(10, 50)]
"""Drugs of nothing but a screen."""
NODES = [
    *NODES_OF_THE_WORLD,
    ("CHEBI:23888", ROLE, "drug", (), 0.0),
    ("CHEBI:35222", ROLE, "inhibitor", (), 0.0),
    ("CHEBI:000002", ROLE, "tyrosine kinase inhibitor", (), 0.0),
    ("CHEBI:000003", ROLE, "EC 3.2.1.108 (lactase) inhibitor", (), 0.0),
    ("CHEBI:000004", ROLE, "antineoplastic agent", (), 0.0),
    ("CHEBI:000005", ROLE, "environmental contaminant", (), 0.0),
    ("ATC:L01", CLASS, "Antineoplastic agents", (), 0.0),
    ("ATC:L01E", CLASS, "Protein kinase inhibitors", (), 0.0),
    ("ATC:A01", CLASS, "Kinase inhibitors in combination with lactase inhibitors", (), 0.0),
    ("DB00011", DRUG, "Kinanib", (), 0.0),
    ("DB00012", DRUG, "Kinbnib", (), 0.0),
    ("DB00013", DRUG, "Kincnib", (), 0.0),
    ("DB00014", DRUG, "Lactastat", (), 0.0),
    ("DB00015", DRUG, "Lactbstat", (), 0.0),
    ("CHEMBL:1", DRUG, "kinanib mesylate", (), 0.0),
    ("CHEMBL:2", DRUG, "solumab", (), 0.0),
    *((drug, DRUG, f"Screened {drug}", (), 0.0) for drug in PLAIN),
]


def _is(
    drug: str, node: str, relation: Relation, source: str
) -> tuple[str, Relation, str, str, str]:
    return drug, relation, node, source, ""


ACTS = {
    "CHEMBL:1": ["P00001"],
    "DB00012": ["P00001", "P00003"],
    "DB00013": ["P00001"],
    "DB00014": ["P00002", "P00003"],
    "DB00015": ["P00002"],
    "CHEMBL:2": ["P00002"],
    **{drug: ["P00003"] for drug in PLAIN},
}
ROLES = {
    "DB00011": ["CHEBI:000005", "CHEBI:000002", "CHEBI:000004"],
    "DB00012": ["CHEBI:000002", "CHEBI:000004"],
    "DB00013": ["CHEBI:000002", "CHEBI:000004"],
    "DB00014": ["CHEBI:000003"],
    "DB00015": ["CHEBI:000003"],
}
CLASSES = {
    "DB00011": ["ATC:L01E", "ATC:A01"],
    "DB00012": ["ATC:L01E"],
    "DB00013": ["ATC:L01E"],
    "DB00014": ["ATC:A01"],
    "DB00015": ["ATC:A01"],
}
EDGES = [
    *(_is(d, p, Relation.DRUG_PROTEIN, "ChEMBL via drug2cell") for d in ACTS for p in ACTS[d]),
    *(_is(d, r, Relation.DRUG_ROLE, "ChEBI") for d in ROLES for r in ROLES[d]),
    *(_is(d, c, Relation.DRUG_CLASS, "ATC") for d in CLASSES for c in CLASSES[d]),
    ("CHEBI:000002", Relation.ROLE_ROLE, "CHEBI:35222", "ChEBI", ""),
    ("CHEBI:000003", Relation.ROLE_ROLE, "CHEBI:35222", "ChEBI", ""),
    ("CHEBI:000004", Relation.ROLE_ROLE, "CHEBI:23888", "ChEBI", ""),
    ("ATC:L01E", Relation.CLASS_CLASS, "ATC:L01", "ATC", ""),
    ("P00001", Relation.MOLFUNC_PROTEIN, "GO:0000002", "GOA human", "IDA"),
    ("P00002", Relation.MOLFUNC_PROTEIN, "GO:0000003", "GOA human", "IDA"),
    ("DB00001", Relation.DRUG_ROLE, "CHEBI:000001", "ChEBI", ""),
]


def drug_graph() -> Graph:
    """The graph of the drugs."""
    return make_graph(NODES, EDGES)


def row_of(node_id: str, resources: Resources) -> int:
    """The row of a node that is there."""
    row = resources.graph.row(node_id)
    assert row is not None
    return row


def named(node_id: str, resources: Resources) -> Subject:
    """A node as the subject of a question that names it."""
    row = row_of(node_id, resources)
    name = resources.graph.name_of(row)
    given = Input(name, Modality.ENTITY, node_id, name, name, node_id)
    return Subject(given, name, resources.graph.type_of(row), (row,))


def attached(smiles: str) -> Subject:
    """A structure as the subject of a question to which it is attached."""
    from bbqa.structure import read_structure

    found = read_structure(smiles)
    given = Input(
        "molecule_1",
        Modality.MOLECULE,
        found.smiles,
        smiles[:80],
        digest=found.inchikey,
        notes=found.notes,
    )
    return Subject(given, "molecule_1", DRUG)


def about(query: Query, *subjects: Subject) -> Query:
    """A query about some subjects."""
    from dataclasses import replace

    return replace(query, subjects=subjects)
