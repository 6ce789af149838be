"""Nodes that belong to an input, known and predicted."""

import pytest
from world import ASPIRIN, KINASE, make_resources, mutated, random_sequence

from bbqa.inputs import read_inputs
from bbqa.retrieve import retrieve
from bbqa.schema import NodeType, Question, Status
from bbqa.tools import biobridge_search
from bbqa.workbench import Workbench

FUNCTION = [NodeType.MOLECULAR_FUNCTION]


@pytest.fixture
def bench(tmp_path):
    resources = make_resources(tmp_path)
    resources.prepare()
    sequences = [KINASE, mutated(KINASE, 0.3), random_sequence(200, 77)]
    return Workbench(resources, read_inputs(sequences, [ASPIRIN]))


def statements(found):
    return [item.statement for item in found.evidence]


def test_a_known_protein_has_its_curated_functions(bench):
    found = biobridge_search("protein_1", bench, to=FUNCTION)
    assert statements(found)[0].startswith("protein_1 (220 residues) is identical to KIN1")
    assert statements(found)[1] == "KIN1 enables tyrosine kinase activity"
    assert {e.number for e in found.evidence} == {0}


def test_an_unknown_protein_has_what_its_homologue_suggests(bench):
    found = biobridge_search("protein_2", bench, to=FUNCTION)
    inferred = {e.statement for e in found.evidence if e.status is Status.INFERRED}
    assert "protein_2 probably enables tyrosine kinase activity" in inferred


def test_a_molecule_has_its_targets_and_a_name_does_too(bench):
    target = "Acetylsalicylic acid has recorded activity on LAC1"
    assert target in statements(biobridge_search("molecule_1", bench, to=[NodeType.PROTEIN]))
    assert target in statements(biobridge_search("aspirin", bench, to=[NodeType.PROTEIN]))


def test_it_finds_what_retrieval_finds(bench):
    bench.question = "What does this protein do?"
    given = bench.input("protein_1")
    retrieved = retrieve(Question(bench.question, (given,)), FUNCTION, bench.resources, k=5)
    found = biobridge_search("protein_1", bench, to=FUNCTION, k=5)
    assert statements(found) == [item.statement for item in retrieved]


def test_that_nothing_is_known_is_said(bench):
    found = biobridge_search("protein_3", bench, to=FUNCTION)
    assert found.evidence == ()
    assert found.note == ("Nothing of type molecular_function is known of protein_3 or predicted.")


def test_what_is_cut_is_counted(bench):
    text, _ = bench.call(biobridge_search, {"input": "protein_1", "to": list(NodeType)[:5], "k": 2})
    assert "2 of 5 shown." in text


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"input": "protein_9", "to": ["disease"]}, "no input is called 'protein_9'"),
        ({"input": "protein_1"}, "to: Field required"),
        ({"input": "protein_1", "to": []}, "at least 1 item"),
        ({"input": "protein_1", "to": ["cell"]}, "molecular_function"),
    ],
)
def test_a_wrong_call_is_answered_with_what_is_right(bench, arguments, message):
    text, step = bench.call(biobridge_search, arguments)
    assert step.failed
    assert message in text
