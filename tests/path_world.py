"""A small graph to find paths in: two drugs, a family of proteins, diseases with kinds.

Curafen -acts on-> AAA1 -associated-> blue leukemia (a kind of leukemia)
Curafen -acts on-> BBB1 (interacts with all of a crowd) -associated-> blue leukemia
AAA1 -interacts with-> CCC1 <-acts on- Restorin
"""

from __future__ import annotations

import pyarrow as pa
from world import WordEncoder, _plain, mutated, random_sequence

from bbqa.inputs import read_inputs
from bbqa.kg.graph import Graph
from bbqa.kg.tables import EDGES, MOLECULES, NODES, SEQUENCES
from bbqa.resources import Resources
from bbqa.schema import NodeType, Relation
from bbqa.settings import Settings
from bbqa.workbench import Workbench

AAA1 = random_sequence(200, 11)
CCC1 = random_sequence(190, 12)
LIKE_AAA1 = mutated(AAA1, 0.3)
STRANGE = random_sequence(170, 99)
CURAFEN = "CC(=O)Oc1ccccc1C(=O)O"
LIKE_CURAFEN = "CCC(=O)Oc1ccccc1C(=O)O"
RESTORIN = "CN1C=NC2=C1C(=O)N(C(=O)N2C)C"
STRANGE_MOLECULE = "FC(F)(F)CCCCCBr"

_KEYS = {CURAFEN: "BSYNRYMUTXBXSQ-UHFFFAOYSA-N", RESTORIN: "RYYVLZVUVIJVGH-UHFFFAOYSA-N"}
_CROWD = [f"P1{n:04d}" for n in range(30)]

# id, type, name, information content
_NODES = [
    ("P1", NodeType.PROTEIN, "AAA1", 0.0),
    ("P2", NodeType.PROTEIN, "BBB1", 0.0),
    ("P3", NodeType.PROTEIN, "CCC1", 0.0),
    ("P4", NodeType.PROTEIN, "LONE1", 0.0),
    *((node_id, NodeType.PROTEIN, f"CROWD{node_id[-2:]}", 0.0) for node_id in _CROWD),
    ("DB00001", NodeType.DRUG, "Curafen", 0.0),
    ("DB00002", NodeType.DRUG, "Restorin", 0.0),
    ("MONDO:1", NodeType.DISEASE, "leukemia", 0.0),
    ("MONDO:2", NodeType.DISEASE, "blue leukemia", 0.0),
    ("MONDO:3", NodeType.DISEASE, "rare disease", 0.0),
    ("HP:0000005", NodeType.PHENOTYPE, "Mode of inheritance", 0.0),
    ("HP:0000007", NodeType.PHENOTYPE, "Autosomal recessive inheritance", 0.0),
    ("R-HSA-1", NodeType.PATHWAY, "Everything", 0.0),
    ("GO:0000010", NodeType.BIOLOGICAL_PROCESS, "cell process", 1.0),
    ("GO:0000011", NodeType.BIOLOGICAL_PROCESS, "blue signaling", 8.0),
]

# head, relation, tail, source, evidence
_EDGES = [
    ("DB00001", Relation.DRUG_PROTEIN, "P1", "ChEMBL via drug2cell", ""),
    ("DB00001", Relation.DRUG_PROTEIN, "P2", "ChEMBL via drug2cell", ""),
    ("DB00002", Relation.DRUG_PROTEIN, "P3", "ChEMBL via drug2cell", ""),
    ("MONDO:2", Relation.DISEASE_PROTEIN, "P1", "HPO", ""),
    ("MONDO:2", Relation.DISEASE_PROTEIN, "P1", "Disease Ontology", "GeneRIF"),
    ("MONDO:2", Relation.DISEASE_PROTEIN, "P2", "HPO", ""),
    ("MONDO:2", Relation.DISEASE_PROTEIN, "P3", "HPO", ""),
    ("MONDO:2", Relation.DISEASE_DISEASE, "MONDO:1", "MONDO", ""),
    ("P1", Relation.PROTEIN_PROTEIN, "P3", "GOA human", "IPI"),
    *(("P2", Relation.PROTEIN_PROTEIN, node_id, "GOA human", "IPI") for node_id in _CROWD),
    ("MONDO:2", Relation.DISEASE_PHENOTYPE, "HP:0000007", "HPO", "PCS"),
    ("MONDO:3", Relation.DISEASE_PHENOTYPE, "HP:0000007", "HPO", "PCS"),
    ("HP:0000007", Relation.PHENOTYPE_PHENOTYPE, "HP:0000005", "HPO", ""),
    ("P1", Relation.BIOPROCESS_PROTEIN, "GO:0000011", "GOA human", "IDA"),
    ("P3", Relation.BIOPROCESS_PROTEIN, "GO:0000011", "GOA human", "IDA"),
    ("P1", Relation.BIOPROCESS_PROTEIN, "GO:0000010", "GOA human", "IDA"),
    *((node_id, Relation.PATHWAY_PROTEIN, "R-HSA-1", "Reactome", "") for node_id in _CROWD),
    ("P4", Relation.PATHWAY_PROTEIN, "R-HSA-1", "Reactome", ""),
    ("P1", Relation.PATHWAY_PROTEIN, "R-HSA-1", "Reactome", ""),
    ("P4", Relation.BIOPROCESS_PROTEIN, "GO:0000010", "GOA human", "IDA"),
    ("P4", Relation.BIOPROCESS_PROTEIN, "GO:0000011", "GOA human", "ND"),
]


def make_path_graph() -> Graph:
    """The graph."""
    row = {node[0]: place for place, node in enumerate(_NODES)}
    nodes = pa.table(
        {
            "id": [n[0] for n in _NODES],
            "type": [str(n[1]) for n in _NODES],
            "name": [n[2] for n in _NODES],
            "synonyms": [[] for _ in _NODES],
            "xrefs": [[] for _ in _NODES],
            "information": [n[3] for n in _NODES],
        },
        schema=_plain(NODES),
    )
    edges = pa.table(
        {
            "head": [row[e[0]] for e in _EDGES],
            "tail": [row[e[2]] for e in _EDGES],
            "relation": [str(e[1]) for e in _EDGES],
            "source": [e[3] for e in _EDGES],
            "release": ["2019-01"] * len(_EDGES),
            "evidence": [e[4] for e in _EDGES],
        },
        schema=_plain(EDGES),
    )
    sequences = pa.table(
        {
            "accession": ["P1", "P3"],
            "node": [row["P1"], row["P3"]],
            "taxon": [9606, 9606],
            "symbol": ["AAA1", "CCC1"],
            "name": ["", ""],
            "sequence": [AAA1, CCC1],
            "terms": [[], []],
            "evidence": [[], []],
            "source": ["GOA human"] * 2,
            "release": ["2019-01"] * 2,
        },
        schema=_plain(SEQUENCES),
    )
    molecules = pa.table(
        {
            "node": [row["DB00001"], row["DB00002"]],
            "smiles": list(_KEYS),
            "inchikey": list(_KEYS.values()),
        },
        schema=_plain(MOLECULES),
    )
    return Graph.from_tables(nodes, edges, sequences, molecules)


def make_bench(home, *, seq=(), smiles=(), question="") -> Workbench:
    """A workbench over the graph, with inputs and indexes."""
    resources = Resources(Settings(home=home), graph=make_path_graph(), encoder=WordEncoder())
    resources.prepare()
    return Workbench(resources, read_inputs(seq, smiles), question=question)
