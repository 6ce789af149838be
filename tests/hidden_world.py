"""A small graph in which something can be hidden: twins, homologues, analogues, what joins them.

KIN1 (and the identical Q90001 of another species) resembles KIN2; both interact with TRP1 and with
each other, and both are linked to testosis. Aspirin (and its salt) resembles its ester; all act on
KIN1, the ester on KIN2 as well.
"""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
from world import ASPIRIN, ASPIRIN_KEY, KINASE, TRANSPORTER, WordEncoder, make_graph, mutated

from bbqa.inputs import read_inputs
from bbqa.kg.graph import Graph
from bbqa.limits import Limits
from bbqa.resources import Resources
from bbqa.schema import NodeType, Relation
from bbqa.settings import Settings
from bbqa.workbench import Workbench

LIKE_KINASE = mutated(KINASE, 0.3)
ESTER, ESTER_KEY = "COC(=O)c1ccccc1OC(C)=O", "ONWPLBKWMAUFGZ-UHFFFAOYSA-N"
SALT = "CC(=O)Oc1ccccc1C(=O)[O-].[Na+]"

_NODES = [
    ("P00001", NodeType.PROTEIN, "KIN1", ("hidden kinase",), 0.0),
    ("P00002", NodeType.PROTEIN, "KIN2", (), 0.0),
    ("P00003", NodeType.PROTEIN, "TRP1", (), 0.0),
    ("GO:0000002", NodeType.MOLECULAR_FUNCTION, "open kinase activity", (), 6.0),
    ("GO:0000003", NodeType.MOLECULAR_FUNCTION, "secret kinase activity", (), 7.0),
    ("MONDO:0000001", NodeType.DISEASE, "testosis", (), 0.0),
    ("DB00001", NodeType.DRUG, "Aspirin", (), 0.0),
    ("DB00002", NodeType.DRUG, "Estirin", (), 0.0),
    ("DB00003", NodeType.DRUG, "Sodium aspirin", (), 0.0),
    ("CHEBI:000001", NodeType.ROLE, "secret role", (), 0.0),
    ("CHEBI:000002", NodeType.ROLE, "open role", (), 0.0),
]
_EDGES = [
    ("P00001", Relation.MOLFUNC_PROTEIN, "GO:0000003", "GOA human", "IDA"),
    ("P00002", Relation.MOLFUNC_PROTEIN, "GO:0000002", "GOA human", "IDA"),
    ("P00001", Relation.PROTEIN_PROTEIN, "P00002", "GOA human", "IPI"),
    ("P00001", Relation.PROTEIN_PROTEIN, "P00003", "GOA human", "IPI"),
    ("P00002", Relation.PROTEIN_PROTEIN, "P00003", "GOA human", "IPI"),
    ("MONDO:0000001", Relation.DISEASE_PROTEIN, "P00001", "HPO", "PCS"),
    ("MONDO:0000001", Relation.DISEASE_PROTEIN, "P00002", "HPO", "PCS"),
    ("DB00001", Relation.DRUG_PROTEIN, "P00001", "ChEMBL via drug2cell", ""),
    ("DB00002", Relation.DRUG_PROTEIN, "P00001", "ChEMBL via drug2cell", ""),
    ("DB00003", Relation.DRUG_PROTEIN, "P00001", "ChEMBL via drug2cell", ""),
    ("DB00002", Relation.DRUG_PROTEIN, "P00002", "ChEMBL via drug2cell", ""),
    ("DB00001", Relation.DRUG_ROLE, "CHEBI:000001", "ChEBI", ""),
    ("DB00002", Relation.DRUG_ROLE, "CHEBI:000002", "ChEBI", ""),
]


def make_hidden_world() -> Graph:
    """The graph."""
    plain = make_graph(_NODES, _EDGES)
    proteins = plain.sequences.table.to_pylist()
    given = [("KIN1", KINASE), ("KIN2", LIKE_KINASE), ("TRP1", TRANSPORTER), ("", KINASE)]
    for protein, (symbol, sequence) in zip(proteins, given, strict=True):
        protein.update(symbol=symbol, sequence=sequence, name="")
    drugs = {"DB00001": (ASPIRIN, ASPIRIN_KEY), "DB00002": (ESTER, ESTER_KEY)}
    drugs["DB00003"] = (SALT, ASPIRIN_KEY)
    molecules = [
        {"node": plain.row(drug), "smiles": smiles, "inchikey": key}
        for drug, (smiles, key) in drugs.items()
    ]
    return Graph.from_tables(
        plain.nodes,
        plain.edges,
        pa.Table.from_pylist(proteins, schema=plain.sequences.table.schema),
        pa.Table.from_pylist(molecules, schema=plain.molecules.table.schema),
    )


def open_hidden_world(home: Path) -> Resources:
    """The graph with its indexes, built in ``home``."""
    resources = Resources(Settings(home=home), graph=make_hidden_world(), encoder=WordEncoder())
    resources.prepare()
    return resources


def hide(resources: Resources, *names: str, **limits: float) -> Resources:
    """A view in which nodes are hidden, by their ids."""
    rows = frozenset(row for name in names if (row := resources.graph.row(name)) is not None)
    assert len(rows) == len(names)
    return resources.with_limits(Limits(rows, **limits))


def bench_of(
    resources: Resources, *sequences: str, smiles: tuple[str, ...] = (), question: str = ""
) -> Workbench:
    """A workbench with attached inputs."""
    return Workbench(resources, read_inputs(list(sequences), list(smiles)), question=question)
