"""A node's card as evidence."""

import pytest
from world import ASPIRIN, BACTERIAL, KINASE, make_resources

from bbqa.errors import ToolError
from bbqa.inputs import read_inputs
from bbqa.schema import Kind, Status
from bbqa.tools import describe
from bbqa.workbench import Workbench


@pytest.fixture
def bench(tmp_path):
    return Workbench(make_resources(tmp_path), read_inputs([KINASE, BACTERIAL], [ASPIRIN]))


def test_what_a_thing_is_comes_first_and_its_main_facts_after(bench):
    found = describe("KIN1", bench)
    first = found.evidence[0]
    assert first.statement == (
        "KIN1 (P00001) is a gene/protein, also called Test tyrosine kinase 1; TTK-1"
    )
    assert (first.kind, first.status, first.nodes) == (Kind.IDENTITY, Status.CURATED, ("P00001",))
    assert "KIN1 enables tyrosine kinase activity" in {e.statement for e in found.evidence}
    assert found.total == len(found.evidence) == 6
    assert {e.about for e in found.evidence} == {"KIN1"}


def test_an_attached_protein_that_is_known_is_described_under_its_label(bench):
    first = describe("protein_1", bench).evidence[0]
    assert first.statement.startswith("protein_1 is KIN1 (P00001), a gene/protein")
    assert (first.because, first.about) == ("identical sequence", "protein_1")


def test_an_attached_molecule_that_is_known_is_described(bench):
    first = describe("molecule_1", bench).evidence[0]
    assert first.statement == (
        "molecule_1 is Acetylsalicylic acid (DB00001), a drug, also called aspirin"
    )


def test_what_is_in_the_graph_under_no_name_sends_to_the_search(bench):
    with pytest.raises(ToolError, match=r"protein_2 is not in the graph.*biobridge_search"):
        describe("protein_2", bench)


def test_a_cut_is_said(bench):
    text, step = bench.call(describe, {"name": "KIN1", "k": 2})
    assert text.endswith("2 of 6 shown.")
    assert step.evidence == (1, 2)


def test_a_definition_is_evidence_in_its_sources_words(bench):
    from bbqa.index import build_index
    from bbqa.kg.describe import document

    graph, resources = bench.graph, bench.resources
    row = graph.row("GO:0000002")
    documents = [document(graph, r, "Catalysis of a test. It is not real." if r == row else "")
                 for r in range(len(graph))]  # fmt: skip
    build_index(graph, resources.encoder, resources.folder / "chroma", documents=documents,
                vectors=resources.encoder.encode(documents))  # fmt: skip
    second = describe("tyrosine kinase activity", bench).evidence[1]
    assert second.statement == "tyrosine kinase activity is defined as: Catalysis of a test"
    assert (second.kind, second.status) == (Kind.DEFINITION, Status.CURATED)
    assert second.source == "Gene Ontology"


def test_a_name_that_nothing_has_lists_the_nearest(bench):
    text, step = bench.call(describe, {"name": "KNI1"})
    assert step.failed
    assert "nothing is called 'KNI1'; nearest names: KIN1" in text
