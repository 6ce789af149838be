import json
import shutil

import pyarrow as pa
import pytest

from bbqa.errors import GraphError
from bbqa.kg.graph import Graph
from bbqa.kg.output import write_graph
from bbqa.kg.tables import SCHEMAS, read_manifest
from bbqa.schema import Node, NodeType, Relation

GOA = ("GOA human", "2019-01-14")
NODES = [
    ("GO:0000001", "molecular_function", "molecular function", [], ["GO:9999999"], 0.0),
    ("GO:0000002", "molecular_function", "kinase activity", ["phosphorylating"], [], 3.0),
    ("GO:0000003", "biological_process", "signalling", [], [], 2.0),
    ("P1", "gene/protein", "ONE", ["Protein one", "UNO"], ["HGNC:1"], 0.0),
    ("P2", "gene/protein", "TWO", [], [], 0.0),
]
EDGES = [
    (4, 3, "protein_protein", *GOA, "IPI"),
    (3, 1, "molfunc_protein", *GOA, "IDA"),
    (3, 1, "molfunc_protein", *GOA, "IEA"),
    (1, 0, "molfunc_molfunc", "Gene Ontology", "2019-01-27", ""),
    (1, 2, "go_part_of", "Gene Ontology", "2019-01-27", ""),
]
SEQUENCES = [
    ("P1", 3, 9606, "ONE", "Protein one", "MKTAYIAK", [], [], *GOA),
    ("Q9", -1, 10090, "One", "", "MKTAYIAV", [1, 2], ["IDA", ""], "GOA mouse", "2019-01-14"),
    ("Q8", -1, 0, "", "", "MKTAYIAV", [1], [""], "metastudent", "2014-01"),
]
MOLECULES = [(3, "CCO", "LFQSCWFLJHTTHZ-UHFFFAOYSA-N"), (4, "C", "VNWKTOKETHGBQD-UHFFFAOYSA-N")]


def table(name, rows):
    schema = SCHEMAS[name]
    columns = dict(zip(schema.names, zip(*rows, strict=True), strict=True))
    return pa.table({key: list(column) for key, column in columns.items()}).cast(schema)


@pytest.fixture(scope="module")
def tables():
    given = {"nodes": NODES, "edges": EDGES, "sequences": SEQUENCES, "molecules": MOLECULES}
    return {name: table(name, rows) for name, rows in given.items()}


@pytest.fixture(scope="module")
def graph(tables):
    return Graph.from_tables(**tables)


@pytest.fixture
def folder(tmp_path, tables):
    write_graph(tmp_path / "graph", tables, not_mapped={})
    return tmp_path / "graph"


def test_a_node_is_found_by_id_and_by_row(graph):
    assert graph.row("P1") == 3
    assert graph.row("P404") is None
    assert graph.node(3) == Node("P1", NodeType.PROTEIN, "ONE", ("Protein one", "UNO"))
    assert (graph.node_id(3), graph.name_of(3), graph.type_of(3)) == (
        "P1",
        "ONE",
        NodeType.PROTEIN,
    )
    assert graph.xrefs_of(3) == ("HGNC:1",)
    assert len(graph) == 5


def test_rows_of_a_type_are_ascending(graph):
    assert graph.rows_of(NodeType.PROTEIN).tolist() == [3, 4]
    assert graph.rows_of(NodeType.DRUG).tolist() == []


def test_facts_keep_source_release_and_evidence(graph):
    facts = graph.facts(3, relations={Relation.MOLFUNC_PROTEIN})
    assert [(f.head, f.tail, f.source, f.release, f.evidence) for f in facts] == [
        (3, 1, *GOA, "IDA"),
        (3, 1, *GOA, "IEA"),
    ]


def test_facts_are_seen_from_both_ends(graph):
    assert len(graph.facts(1)) == 4
    assert {fact.relation for fact in graph.facts(4)} == {Relation.PROTEIN_PROTEIN}
    assert graph.facts(3, relations={Relation.DRUG_ROLE}) == []


def test_neighbours_come_once_whatever_the_direction(graph):
    assert graph.neighbours(3, Relation.MOLFUNC_PROTEIN).tolist() == [1]
    assert graph.neighbours(3, Relation.PROTEIN_PROTEIN).tolist() == [4]
    assert graph.neighbours(4, Relation.PROTEIN_PROTEIN).tolist() == [3]
    assert graph.degree(1, Relation.MOLFUNC_PROTEIN) == 1
    assert graph.link_counts.tolist() == [1, 4, 1, 3, 1]


def test_ancestors_follow_is_a_and_part_of(graph):
    assert graph.parents(1) == (0, 2)
    assert graph.ancestors(1) == {0, 2}
    assert graph.ancestors(3) == frozenset()


def test_information_content_is_a_number_for_each_node(graph):
    assert graph.information_content().tolist() == [0.0, 3.0, 2.0, 0.0, 0.0]


def test_the_hash_depends_on_the_content_alone(tables, graph):
    assert Graph.from_tables(**tables).hash == graph.hash
    fewer = {**tables, "edges": tables["edges"].slice(0, 3)}
    assert Graph.from_tables(**fewer).hash != graph.hash


def test_a_protein_of_another_species_has_terms_with_evidence(graph):
    mouse = graph.sequences[1]
    assert mouse.node is None
    assert mouse.terms == ((1, "IDA"), (2, ""))
    assert (mouse.taxon, mouse.source) == (10090, "GOA mouse")
    assert graph.sequences[0].node == 3


def test_sequences_are_views_into_one_buffer(graph):
    sequences = graph.sequences
    assert len(sequences) == 3
    assert sequences.residues.tobytes() == b"MKTAYIAKMKTAYIAVMKTAYIAV"
    assert sequences.offsets.tolist() == [0, 8, 16, 24]
    assert sequences.lengths.tolist() == [8, 8, 8]
    assert (sequences.accession(1), sequences.sequence(1)) == ("Q9", "MKTAYIAV")


def test_equal_sequences_are_found_all(graph):
    assert graph.sequences.find("MKTAYIAV") == (1, 2)
    assert graph.sequences.find("MKTAYIAX") == ()
    assert graph.sequences.index_of("Q8") == 2
    assert graph.sequences.index_of("Q7") is None
    assert graph.sequences.index_of_node(3) == 0
    assert graph.sequences.index_of_node(4) is None


def test_molecules_are_found_by_the_first_block_of_their_inchikey(graph):
    molecules = graph.molecules
    assert len(molecules) == 2
    assert molecules.find("LFQSCWFLJHTTHZ") == (0,)
    assert molecules.smiles == ["CCO", "C"]
    assert molecules.index_of_node(4) == 1
    assert molecules.index_of_node(0) is None


def test_a_written_graph_reads_back_the_same(folder, graph):
    read = Graph.open(folder)
    read.verify()
    assert [read.node(row) for row in range(5)] == [graph.node(row) for row in range(5)]
    assert [read.facts(row) for row in range(5)] == [graph.facts(row) for row in range(5)]
    assert [read.sequences[i] for i in range(3)] == [graph.sequences[i] for i in range(3)]
    assert read.molecules.inchikeys == graph.molecules.inchikeys


def test_without_a_manifest_there_is_no_graph(folder):
    (folder / "manifest.json").unlink()
    with pytest.raises(GraphError, match=r"manifest\.json is missing") as caught:
        Graph.open(folder)
    assert "bbqa kg build starter" in caught.value.hint


def test_another_schema_version_is_refused(folder):
    path = folder / "manifest.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "schema_version": 99}))
    with pytest.raises(GraphError, match="has schema version 99; expected 1"):
        read_manifest(folder)


def test_a_broken_manifest_is_refused(folder):
    (folder / "manifest.json").write_text("{")
    with pytest.raises(GraphError, match="cannot read"):
        Graph.open(folder)


def test_a_missing_file_is_named(folder):
    (folder / "edges.parquet").unlink()
    with pytest.raises(GraphError, match=r"edges\.parquet is missing"):
        Graph.open(folder)


def test_a_broken_file_is_named(folder):
    (folder / "nodes.parquet").write_bytes(b"PAR1 and then nonsense")
    with pytest.raises(GraphError, match=r"nodes\.parquet is broken"):
        Graph.open(folder)


def test_a_file_with_other_columns_is_refused(folder):
    shutil.copy(folder / "molecules.parquet", folder / "nodes.parquet")
    with pytest.raises(GraphError, match=r"nodes\.parquet has columns"):
        Graph.open(folder)


def test_a_changed_file_fails_verification(folder):
    shutil.copy(folder / "nodes.parquet", folder / "molecules.parquet")
    with pytest.raises(GraphError, match=r"has SHA-256 .*; expected "):
        Graph.open(folder).verify()
