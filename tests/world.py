"""A tiny world: a graph of a dozen nodes, an encoder of words, indexes made from them.

Everything is built by the project's own code from tables in memory; only the numbers are small.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa

from bbqa.kg.graph import Graph
from bbqa.kg.tables import EDGES, MOLECULES, NODES, SEQUENCES
from bbqa.resources import Resources
from bbqa.schema import Modality, NodeType, Relation
from bbqa.settings import Settings


def random_sequence(length: int, seed: int) -> str:
    """A random protein of a given length, always the same for the same seed."""
    return "M" + "".join(random.Random(seed).choices("ACDEFGHIKLMNPQRSTVWY", k=length - 1))


def mutated(sequence: str, share: float, seed: int = 0) -> str:
    """The sequence with a share of its residues replaced at random."""
    rng = random.Random(seed)
    letters = list(sequence)
    for place in rng.sample(range(len(letters)), round(share * len(letters))):
        letters[place] = rng.choice("ACDEFGHIKLMNPQRSTVWY".replace(letters[place], ""))
    return "".join(letters)


KINASE = random_sequence(220, 1)
LACTASE = random_sequence(180, 2)
TRANSPORTER = random_sequence(150, 3)
BACTERIAL = random_sequence(160, 4)
ASPIRIN = "CC(=O)Oc1ccccc1C(=O)O"
ASPIRIN_KEY = "BSYNRYMUTXBXSQ-UHFFFAOYSA-N"

# id, type, name, synonyms, information content
NODES_OF_THE_WORLD = [
    ("P00001", NodeType.PROTEIN, "KIN1", ("Test tyrosine kinase 1", "TTK-1"), 0.0),
    ("P00002", NodeType.PROTEIN, "LAC1", ("Test lactase",), 0.0),
    ("P00003", NodeType.PROTEIN, "TRP1", ("Test transporter",), 0.0),
    ("GO:0000001", NodeType.MOLECULAR_FUNCTION, "catalytic activity", (), 1.0),
    ("GO:0000002", NodeType.MOLECULAR_FUNCTION, "tyrosine kinase activity", (), 6.0),
    ("GO:0000003", NodeType.MOLECULAR_FUNCTION, "lactase activity", (), 8.0),
    ("GO:0000004", NodeType.BIOLOGICAL_PROCESS, "apoptotic process", ("apoptosis",), 4.0),
    ("GO:0000005", NodeType.CELLULAR_COMPONENT, "plasma membrane", ("cell membrane",), 3.0),
    ("MONDO:0000001", NodeType.DISEASE, "test disease", ("testosis",), 0.0),
    ("HP:0000001", NodeType.PHENOTYPE, "Seizure", ("fits",), 0.0),
    ("DB00001", NodeType.DRUG, "Acetylsalicylic acid", ("aspirin",), 0.0),
    ("CHEBI:000001", NodeType.ROLE, "analgesic", (), 0.0),
    ("ATC:N02", NodeType.DRUG_CLASS, "Analgesics", (), 0.0),
]

# head, relation, tail, source, evidence
EDGES_OF_THE_WORLD = [
    ("P00001", Relation.MOLFUNC_PROTEIN, "GO:0000002", "GOA human", "IDA"),
    ("P00001", Relation.BIOPROCESS_PROTEIN, "GO:0000004", "GOA human", "IMP"),
    ("P00001", Relation.CELLCOMP_PROTEIN, "GO:0000005", "GOA human", "IDA"),
    ("P00002", Relation.MOLFUNC_PROTEIN, "GO:0000003", "GOA human", "IEA"),
    ("P00001", Relation.PROTEIN_PROTEIN, "P00003", "GOA human", "IPI"),
    ("MONDO:0000001", Relation.DISEASE_PROTEIN, "P00001", "HPO", "PCS"),
    ("MONDO:0000001", Relation.DISEASE_PHENOTYPE, "HP:0000001", "HPO", "PCS"),
    ("DB00001", Relation.DRUG_PROTEIN, "P00002", "ChEMBL via drug2cell", ""),
    ("DB00001", Relation.DRUG_ROLE, "CHEBI:000001", "ChEBI", ""),
    ("DB00001", Relation.DRUG_CLASS, "ATC:N02", "ATC", ""),
    ("GO:0000002", Relation.MOLFUNC_MOLFUNC, "GO:0000001", "GO", ""),
    ("GO:0000003", Relation.MOLFUNC_MOLFUNC, "GO:0000001", "GO", ""),
]


def make_graph(
    nodes_given: Sequence[tuple] = NODES_OF_THE_WORLD,
    edges_given: Sequence[tuple] = EDGES_OF_THE_WORLD,
) -> Graph:
    """The tiny graph, or one with the same ids and other names or edges."""
    row = {node[0]: index for index, node in enumerate(nodes_given)}
    nodes = pa.table(
        {
            "id": [n[0] for n in nodes_given],
            "type": [str(n[1]) for n in nodes_given],
            "name": [n[2] for n in nodes_given],
            "synonyms": [list(n[3]) for n in nodes_given],
            "xrefs": [[] for _ in nodes_given],
            "information": [n[4] for n in nodes_given],
        },
        schema=_plain(NODES),
    )
    edges = pa.table(
        {
            "head": [row[e[0]] for e in edges_given],
            "tail": [row[e[2]] for e in edges_given],
            "relation": [str(e[1]) for e in edges_given],
            "source": [e[3] for e in edges_given],
            "release": ["2019-01"] * len(edges_given),
            "evidence": [e[4] for e in edges_given],
        },
        schema=_plain(EDGES),
    )
    return Graph.from_tables(nodes, edges, _sequences(row), _molecules(row))


def _sequences(row: dict[str, int]) -> pa.Table:
    human = [("P00001", KINASE), ("P00002", LACTASE), ("P00003", TRANSPORTER)]
    others = [("Q90001", BACTERIAL)]
    return pa.table(
        {
            "accession": [a for a, _ in (*human, *others)],
            "node": [*(row[a] for a, _ in human), -1],
            "taxon": [9606, 9606, 9606, 0],
            "symbol": ["KIN1", "LAC1", "TRP1", ""],
            "name": ["Test tyrosine kinase 1", "Test lactase", "Test transporter", ""],
            "sequence": [s for _, s in (*human, *others)],
            "terms": [[], [], [], [row["GO:0000003"]]],
            "evidence": [[], [], [], [""]],
            "source": ["GOA human"] * 3 + ["UniProt-GOA via metastudent"],
            "release": ["2019-01"] * 3 + ["2014-01"],
        },
        schema=_plain(SEQUENCES),
    )


def _molecules(row: dict[str, int]) -> pa.Table:
    return pa.table(
        {"node": [row["DB00001"]], "smiles": [ASPIRIN], "inchikey": [ASPIRIN_KEY]},
        schema=_plain(MOLECULES),
    )


def _plain(schema: pa.Schema) -> pa.Schema:
    """The schema with strings instead of dictionaries, which Arrow cannot fill from lists."""
    return pa.schema(
        [
            (field.name, pa.string() if pa.types.is_dictionary(field.type) else field.type)
            for field in schema
        ]
    )


class WordEncoder:
    """A text encoder for tests: each word is a fixed random direction in 32 dimensions."""

    name = "words-32"
    modality = Modality.ENTITY
    dimension = 32
    licence = "none"
    hash = "words-32-v1"

    def encode(self, texts: Sequence[str], progress: object = None) -> np.ndarray:
        """Unit vectors, float32 [n, 32]."""
        vectors = np.array([self._sum(text) for text in texts], np.float32).reshape(-1, 32)
        return vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)

    def _sum(self, text: str) -> np.ndarray:
        total = np.zeros(32)
        for word in text.lower().split():
            seed = int.from_bytes(hashlib.sha256(word.encode()).digest()[:4])
            total += np.random.default_rng(seed).normal(size=32)
        return total


def make_resources(
    home: Path, *, llm: object = None, graph: Graph | None = None, **settings: object
) -> Resources:
    """Resources over the tiny graph with the word encoder, indexes built in ``home``."""
    return Resources(
        Settings(home=home, **settings),
        graph=graph or make_graph(),
        encoder=WordEncoder(),
        llm=llm,
    )
