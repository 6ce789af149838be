"""A world to train a bridge in: ten families of proteins, what they do, a dozen drugs.

Proteins of one family do the same, so a bridge can learn it; everything is small and the same
each time.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
from world import WordEncoder, mutated, random_sequence

from bbqa.bridge.triples import Link
from bbqa.bridge.vectors import InputVectors, NodeVectors
from bbqa.kg.graph import Graph
from bbqa.kg.tables import EDGES, MOLECULES, NODES, SEQUENCES
from bbqa.schema import Modality, NodeType, Relation

FAMILIES, MEMBERS = 10, 4
KINDS = ["alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa"]
FUNCTIONS = 40
"""Enough that a share of them is kept back; the first ten are the families'."""

PROTEIN, DRUG, FUNCTION = NodeType.PROTEIN, NodeType.DRUG, NodeType.MOLECULAR_FUNCTION
HAS_FUNCTION = Link(PROTEIN, Relation.MOLFUNC_PROTEIN, FUNCTION)
IN_PROCESS = Link(PROTEIN, Relation.BIOPROCESS_PROTEIN, NodeType.BIOLOGICAL_PROCESS)
IN_DISEASE = Link(PROTEIN, Relation.DISEASE_PROTEIN, NodeType.DISEASE)
BINDS = Link(PROTEIN, Relation.PROTEIN_PROTEIN, PROTEIN)
ACTS_ON = Link(DRUG, Relation.DRUG_PROTEIN, PROTEIN)
HAS_ROLE = Link(DRUG, Relation.DRUG_ROLE, NodeType.ROLE)

DRUGS = {
    "aspirin": "CC(=O)Oc1ccccc1C(=O)O",
    "salicylate": "OC(=O)c1ccccc1O",
    "paracetamol": "CC(=O)Nc1ccc(O)cc1",
    "ibuprofen": "CC(C)Cc1ccc(cc1)C(C)C(=O)O",
    "caffeine": "Cn1cnc2c1c(=O)n(C)c(=O)n2C",
    "theophylline": "Cn1c2nc[nH]c2c(=O)n(C)c1=O",
    "theobromine": "Cn1cnc2c1c(=O)[nH]c(=O)n2C",
    "niacin": "OC(=O)c1cccnc1",
    "nicotinamide": "NC(=O)c1cccnc1",
    "ethanol": "CCO",
    "acetate": "CC(=O)O",
    "glycerol": "OCC(O)CO",
}
ISOLATED = ("P99", "GO:039")
"""A protein and a term without any edge."""


def accession(family: int, member: int) -> str:
    """Of a protein."""
    return f"P{family}{member}"


def family_sequence(family: int, member: int) -> str:
    """Of a protein: a fifth of the residues of its family's ancestor replaced."""
    return mutated(random_sequence(120, 100 + family), 0.2, seed=10 * family + member)


def make_bridge_graph(*, names: str = "") -> Graph:
    """The graph; ``names`` is put before every name, which makes another graph of it."""
    nodes = _nodes()
    row = {node[0]: number for number, node in enumerate(nodes)}
    edges = [(row[head], str(relation), row[tail], says) for head, relation, tail, says in _edges()]
    node_table = pa.table(
        {
            "id": [n[0] for n in nodes],
            "type": [str(n[1]) for n in nodes],
            "name": [names + n[2] for n in nodes],
            "synonyms": [[] for _ in nodes],
            "xrefs": [[] for _ in nodes],
            "information": [0.0] * len(nodes),
        },
        schema=_plain(NODES),
    )
    edge_table = pa.table(
        {
            "head": [e[0] for e in edges],
            "tail": [e[2] for e in edges],
            "relation": [e[1] for e in edges],
            "source": ["GOA human"] * len(edges),
            "release": ["2019-01"] * len(edges),
            "evidence": [e[3] for e in edges],
        },
        schema=_plain(EDGES),
    )
    return Graph.from_tables(node_table, edge_table, _sequences(row), _molecules(row))


def _nodes() -> list[tuple[str, NodeType, str]]:
    members = [(f, m) for f in range(FAMILIES) for m in range(MEMBERS)]
    return [
        *((accession(f, m), PROTEIN, f"protein {KINDS[f]} {m}") for f, m in members),
        ("P99", PROTEIN, "protein alone"),
        *((f"GO:{t:03}", FUNCTION, _function_name(t)) for t in range(FUNCTIONS)),
        *((f"BP:{t}", NodeType.BIOLOGICAL_PROCESS, f"process {KINDS[t]}") for t in range(5)),
        *((f"MONDO:{t}", NodeType.DISEASE, f"disease {KINDS[t]}") for t in range(5)),
        *((name, DRUG, name) for name in DRUGS),
        ("CHEBI:1", NodeType.ROLE, "medicine"),
    ]


def _function_name(term: int) -> str:
    return f"{KINDS[term]} activity" if term < FAMILIES else f"activity {term}"


def _edges() -> list[tuple[str, Relation, str, str]]:
    found = []
    for family in range(FAMILIES):
        for member in range(MEMBERS):
            name = accession(family, member)
            found.append((name, Relation.MOLFUNC_PROTEIN, f"GO:{family:03}", "IDA"))
            found.append((name, Relation.BIOPROCESS_PROTEIN, f"BP:{family % 5}", "IMP"))
            found.append((f"MONDO:{family % 5}", Relation.DISEASE_PROTEIN, name, "PCS"))
        # The same pair twice, with other evidence.
        found.append((accession(family, 0), Relation.MOLFUNC_PROTEIN, f"GO:{family:03}", "IEA"))
        found.append((accession(family, 0), Relation.PROTEIN_PROTEIN, accession(family, 1), "IPI"))
        # Each of the first ten functions is a kind of one of the next five.
        parent = FAMILIES + family % 5
        found.append((f"GO:{family:03}", Relation.MOLFUNC_MOLFUNC, f"GO:{parent:03}", ""))
    for number, name in enumerate(DRUGS):
        found.append((name, Relation.DRUG_PROTEIN, accession(number % FAMILIES, 2), ""))
        found.append((name, Relation.DRUG_ROLE, "CHEBI:1", ""))
    return found


def _sequences(row: dict[str, int]) -> pa.Table:
    human = [
        (accession(f, m), family_sequence(f, m)) for f in range(FAMILIES) for m in range(MEMBERS)
    ]
    human.append(("P99", random_sequence(90, 999)))
    # Another species has a member of each of the first two families.
    others = [(f"Q{f}", family_sequence(f, 9)) for f in range(2)]
    every = [*human, *others]
    return pa.table(
        {
            "accession": [name for name, _ in every],
            "node": [*(row[name] for name, _ in human), *(-1 for _ in others)],
            "taxon": [9606] * len(human) + [10090] * len(others),
            "symbol": [name for name, _ in every],
            "name": [name for name, _ in every],
            "sequence": [sequence for _, sequence in every],
            "terms": [[] for _ in human] + [[row[f"GO:{f:03}"]] for f in range(len(others))],
            "evidence": [[] for _ in human] + [["IDA"] for _ in others],
            "source": ["GOA human"] * len(human) + ["GOA mouse"] * len(others),
            "release": ["2019-01"] * len(every),
        },
        schema=_plain(SEQUENCES),
    )


def _molecules(row: dict[str, int]) -> pa.Table:
    columns = {
        "node": [row[name] for name in DRUGS],
        "smiles": list(DRUGS.values()),
        "inchikey": [""] * len(DRUGS),
    }
    return pa.table(columns, schema=_plain(MOLECULES))


def _plain(schema: pa.Schema) -> pa.Schema:
    """The schema with strings instead of dictionaries, which Arrow cannot fill from lists."""
    return pa.schema(
        [(f.name, pa.string() if pa.types.is_dictionary(f.type) else f.type) for f in schema]
    )


class PairEncoder:
    """An encoder for tests: pairs of neighbouring letters, each a fixed random direction."""

    name = "pairs-24"
    modality = Modality.PROTEIN
    dimension = 24
    licence = "none"
    hash = "pairs-24-v1"

    def encode(self, texts: Sequence[str], progress: object = None) -> np.ndarray:
        """float32 [n, 24]."""
        directions = np.random.default_rng(0).normal(size=(2**14, 24)).astype(np.float32)
        codes = [np.frombuffer(text.encode(), np.uint8).astype(int) for text in texts]
        return np.array([directions[c[:-1] * 128 + c[1:]].sum(axis=0) for c in codes])


def make_vectors(graph: Graph) -> NodeVectors:
    """Vectors of all nodes of the graph by the encoders of the tests."""
    pairs, words = PairEncoder(), WordEncoder()
    text = words.encode([graph.name_of(row) for row in range(len(graph))])
    sequences, molecules = graph.sequences, graph.molecules
    numbers = np.flatnonzero(sequences.node >= 0)
    known = {
        PROTEIN: InputVectors(
            f"{pairs.name} {pairs.hash}",
            sequences.node[numbers].astype(np.int32),
            pairs.encode([sequences.sequence(int(n)) for n in numbers]),
        ),
        DRUG: InputVectors(
            f"{pairs.name} {pairs.hash}",
            molecules.node.astype(np.int32),
            pairs.encode(molecules.smiles),
        ),
    }
    return NodeVectors(text, f"{words.name} {words.hash}", known)
