"""A small graph for typed queries: salts of drugs, descendants of terms, kinds of diseases."""

from __future__ import annotations

from world import make_graph, make_resources

from bbqa.question.parsed import Constraint, Operation, ParsedQuestion, Query, Subject
from bbqa.schema import Input, Modality, NodeType, Question, Relation

NODES = [
    ("P00001", NodeType.PROTEIN, "KIN1", ("Blue kinase 1",), 0.0),
    ("P00002", NodeType.PROTEIN, "KIN2", ("Blue kinase 2",), 0.0),
    ("P00003", NodeType.PROTEIN, "BND1", ("Zinc binder",), 0.0),
    ("GO:0000001", NodeType.MOLECULAR_FUNCTION, "catalytic activity", (), 1.0),
    ("GO:0000002", NodeType.MOLECULAR_FUNCTION, "kinase activity", (), 5.0),
    ("GO:0000003", NodeType.MOLECULAR_FUNCTION, "blue kinase activity", (), 8.0),
    ("GO:0000004", NodeType.BIOLOGICAL_PROCESS, "blue signaling", (), 6.0),
    ("GO:0000006", NodeType.BIOLOGICAL_PROCESS, "early blue signaling", (), 8.0),
    ("GO:0000007", NodeType.BIOLOGICAL_PROCESS, "late blue signaling", (), 8.0),
    ("GO:0000005", NodeType.CELLULAR_COMPONENT, "plasma membrane", (), 3.0),
    ("MONDO:1", NodeType.DISEASE, "bluemia", (), 0.0),
    ("MONDO:2", NodeType.DISEASE, "bluemia 1", (), 0.0),
    ("MONDO:3", NodeType.DISEASE, "redosis", (), 0.0),
    ("HP:0000001", NodeType.PHENOTYPE, "Blue skin", (), 0.0),
    ("HP:0000002", NodeType.PHENOTYPE, "Cold feet", (), 0.0),
    ("HP:0000003", NodeType.PHENOTYPE, "Warm hands", (), 0.0),
    ("R-HSA-1", NodeType.PATHWAY, "Blue pathway", (), 0.0),
    ("DB00001", NodeType.DRUG, "Curafen", (), 0.0),
    ("DB00002", NodeType.DRUG, "curafen sodium", (), 0.0),
    ("DB00003", NodeType.DRUG, "Restorin", (), 0.0),
    ("DB00004", NodeType.DRUG, "Bluestat", (), 0.0),
    ("ATC:A", NodeType.DRUG_CLASS, "Blue kinase inhibitors", (), 0.0),
]

EDGES = [
    ("GO:0000002", Relation.MOLFUNC_MOLFUNC, "GO:0000001", "GO", ""),
    ("GO:0000003", Relation.MOLFUNC_MOLFUNC, "GO:0000002", "GO", ""),
    ("GO:0000006", Relation.BIOPROCESS_BIOPROCESS, "GO:0000004", "GO", ""),
    ("GO:0000007", Relation.BIOPROCESS_BIOPROCESS, "GO:0000004", "GO", ""),
    ("MONDO:2", Relation.DISEASE_DISEASE, "MONDO:1", "MONDO", ""),
    ("P00001", Relation.MOLFUNC_PROTEIN, "GO:0000003", "GOA human", "IDA"),
    ("P00002", Relation.MOLFUNC_PROTEIN, "GO:0000002", "GOA human", "IEA"),
    ("P00001", Relation.BIOPROCESS_PROTEIN, "GO:0000006", "GOA human", "IMP"),
    ("P00002", Relation.BIOPROCESS_PROTEIN, "GO:0000007", "GOA human", "IMP"),
    ("P00001", Relation.CELLCOMP_PROTEIN, "GO:0000005", "GOA human", "IDA"),
    ("P00001", Relation.PROTEIN_PROTEIN, "P00003", "GOA human", "IPI"),
    ("P00001", Relation.PATHWAY_PROTEIN, "R-HSA-1", "Reactome", ""),
    ("P00002", Relation.PATHWAY_PROTEIN, "R-HSA-1", "Reactome", ""),
    ("MONDO:1", Relation.DISEASE_PROTEIN, "P00001", "HPO", ""),
    ("MONDO:2", Relation.DISEASE_PROTEIN, "P00001", "HPO", ""),
    ("MONDO:2", Relation.DISEASE_PROTEIN, "P00002", "Disease Ontology", "GeneRIF"),
    ("MONDO:3", Relation.DISEASE_PROTEIN, "P00003", "HPO", ""),
    ("MONDO:1", Relation.DISEASE_PHENOTYPE, "HP:0000001", "HPO", "PCS"),
    ("MONDO:2", Relation.DISEASE_PHENOTYPE, "HP:0000002", "HPO", "PCS"),
    ("P00001", Relation.PHENOTYPE_PROTEIN, "HP:0000001", "HPO", ""),
    ("P00001", Relation.PHENOTYPE_PROTEIN, "HP:0000002", "HPO", ""),
    ("P00003", Relation.PHENOTYPE_PROTEIN, "HP:0000003", "HPO", ""),
    ("DB00001", Relation.DRUG_PROTEIN, "P00001", "ChEMBL via drug2cell", ""),
    ("DB00002", Relation.DRUG_PROTEIN, "P00001", "ChEMBL via drug2cell", ""),
    ("DB00002", Relation.DRUG_PROTEIN, "P00002", "ChEMBL via drug2cell", ""),
    ("DB00003", Relation.DRUG_PROTEIN, "P00002", "ChEMBL via drug2cell", ""),
    ("DB00004", Relation.DRUG_PROTEIN, "P00001", "ChEMBL via drug2cell", ""),
    ("DB00004", Relation.DRUG_CLASS, "ATC:A", "ATC", ""),
]


def open_world(folder):
    """Resources with this graph."""
    resources = make_resources(folder, graph=make_graph(NODES, EDGES))
    resources.prepare()
    return resources


def condition(resources, *ids, **more):
    """A constraint with the nodes of some ids as its terms."""
    rows = tuple(resources.graph.row(node_id) for node_id in ids)
    return Constraint(rows, resources.graph.name_of(rows[0]), **more)


def listing(target, *constraints, operation=Operation.LIST, **more):
    """A query for nodes of a type."""
    return Query(operation, "", target=target, constraints=constraints, **more)


def subject(resources, node_id):
    """A subject that a question names by a node's own name."""
    row = resources.graph.row(node_id)
    name = resources.graph.name_of(row)
    given = Input(name, Modality.ENTITY, node_id, name, name)
    return Subject(given, name, resources.graph.type_of(row), (row,))


def parsed(query):
    """A question of one part."""
    return ParsedQuestion(Question(""), (query,))
