"""Recorded facts of a node, by type and relation."""

import pytest
from world import ASPIRIN, BACTERIAL, KINASE, make_resources

from bbqa.errors import ToolError
from bbqa.inputs import read_inputs
from bbqa.schema import Kind, NodeType, Relation, Status
from bbqa.tools import kg_facts
from bbqa.workbench import Workbench


@pytest.fixture
def bench(tmp_path):
    resources = make_resources(tmp_path)
    resources.prepare()
    return Workbench(resources, read_inputs([KINASE, BACTERIAL], [ASPIRIN]))


def statements(found):
    return {item.statement for item in found.evidence}


def test_all_facts_have_source_release_nodes_and_status(bench):
    found = kg_facts("KIN1", bench)
    assert statements(found) == {
        "KIN1 enables tyrosine kinase activity",
        "KIN1 takes part in apoptotic process",
        "KIN1 is found in plasma membrane",
        "KIN1 interacts with TRP1",
        "KIN1 is associated with test disease",
    }
    fact = next(e for e in found.evidence if "enables" in e.statement)
    assert (fact.source, fact.release) == ("GOA human, IDA", "2019-01")
    assert fact.nodes == ("P00001", "GO:0000002")
    assert (fact.kind, fact.status, fact.number) == (Kind.FACT, Status.CURATED, 0)


def test_facts_are_limited_to_the_types_that_are_asked_for(bench):
    found = kg_facts("KIN1", bench, to=[NodeType.DISEASE, NodeType.PROTEIN])
    assert [e.type for e in found.evidence] == [NodeType.DISEASE, NodeType.PROTEIN]


def test_facts_are_limited_to_a_relation(bench):
    found = kg_facts("GO:0000002", bench, relation=Relation.MOLFUNC_MOLFUNC)
    assert statements(found) == {"tyrosine kinase activity is a kind of catalytic activity"}


def test_how_many_there_are_is_told_when_not_all_are_shown(bench):
    text, _ = bench.call(kg_facts, {"what": "KIN1", "k": 2})
    assert text.endswith("2 of 5 shown.")


@pytest.mark.parametrize(
    ("label", "statement", "because"),
    [
        ("protein_1", "KIN1 interacts with TRP1", "identical sequence"),
        (
            "molecule_1",
            "Acetylsalicylic acid has recorded activity on LAC1",
            "identical structure (InChIKey)",
        ),
    ],
)
def test_an_input_that_is_a_node_has_its_facts(bench, label, statement, because):
    found = kg_facts(label, bench, to=[NodeType.PROTEIN])
    assert statements(found) == {statement}
    assert (found.evidence[0].about, found.evidence[0].because) == (label, because)


def test_an_input_that_is_no_node_sends_to_the_search(bench):
    with pytest.raises(ToolError, match=r"nothing is recorded of it: call biobridge_search"):
        kg_facts("protein_2", bench)


def test_that_nothing_is_recorded_is_said(bench):
    found = kg_facts("LAC1", bench, to=[NodeType.DISEASE])
    assert found.note == "No fact is recorded that joins LAC1 with disease."
    found = kg_facts("LAC1", bench, relation=Relation.DRUG_CLASS)
    assert found.note == "No fact is recorded that joins LAC1 by the relation drug_class."


def test_an_unknown_type_or_relation_is_refused_with_those_there_are(bench):
    text, step = bench.call(kg_facts, {"what": "KIN1", "to": ["gene"]})
    assert step.failed
    assert "gene/protein" in text
    text, _ = bench.call(kg_facts, {"what": "KIN1", "relation": "treats"})
    assert "indication" in text


def test_a_question_brings_what_is_near_to_it_to_the_front(bench):
    bench.question = "test disease"
    assert kg_facts("KIN1", bench).evidence[0].type is NodeType.DISEASE
