"""The real starter graph, the real text encoder, a real language model."""

import random

import pytest
from world import mutated

from bbqa.ask import ask
from bbqa.ranking import retrieve_many
from bbqa.resources import Resources
from bbqa.schema import AnswerStatus, Kind, NodeType, Status
from bbqa.settings import load_settings

pytestmark = pytest.mark.integration

IMATINIB = "Cc1ccc(cc1Nc1nccc(n1)-c1cccnc1)NC(=O)c1ccc(cc1)CN1CCN(C)CC1"


@pytest.fixture(scope="module")
def resources():
    """Everything real, kept in bbqa's own cache folder; the tiny model, for speed."""
    resources = Resources(load_settings({"llm": "embedded:smollm2-135m"}))
    resources.prepare()
    return resources


def statements(answer):
    return {item.statement for item in answer.evidence}


def test_egfr_is_recognised_and_its_kinase_activity_is_curated(resources):
    answer = ask("What does this protein do?", seq="examples/egfr.fasta", use_llm=False,
                 resources=resources)  # fmt: skip
    assert answer.status is AnswerStatus.ANSWERED
    assert "is identical to EGFR (P00533" in answer.evidence[0].statement
    assert any("tyrosine kinase" in s or "growth factor" in s for s in statements(answer))


def test_a_bacterial_enzyme_finds_a_homologue_and_its_function(resources):
    answer = ask("What does this protein do?", seq="examples/beta_lactamase.fasta",
                 use_llm=False, resources=resources)  # fmt: skip
    assert any("beta-lactamase activity" in s for s in statements(answer))


def test_aspirin_by_structure_acts_on_cyclooxygenases(resources):
    answer = ask("Which proteins does this drug act on?", smiles="CC(=O)Oc1ccccc1C(=O)O",
                 use_llm=False, resources=resources)  # fmt: skip
    assert {"PTGS1", "PTGS2"} <= {s.rsplit(" ", 1)[-1] for s in statements(answer)}


def test_imatinib_by_structure_is_a_kinase_inhibitor(resources):
    answer = ask("What is this drug used for?", smiles=IMATINIB, use_llm=False,
                 resources=resources)  # fmt: skip
    assert any("kinase inhibitor" in s for s in statements(answer))


def test_brca1_by_name_is_linked_to_breast_cancer(resources):
    answer = ask("Which diseases is BRCA1 linked to?", use_llm=False, resources=resources)
    assert any("breast" in s for s in statements(answer))
    assert {e.status for e in answer.evidence} == {Status.CURATED}


def test_a_question_without_any_name_is_answered_from_descriptions(resources):
    answer = ask("Which process destroys damaged mitochondria?", use_llm=False,
                 resources=resources)  # fmt: skip
    assert {e.kind for e in answer.evidence} == {Kind.TEXT}
    assert any("mitochondri" in s.lower() for s in statements(answer))


def test_two_hundred_random_human_proteins_find_themselves_at_rank_one(resources):
    sequences = resources.graph.sequences
    human = [i for i in range(len(sequences)) if sequences.node[i] >= 0]
    for index in random.Random(0).sample(human, 200):
        found = sequences.find(sequences.sequence(index))
        assert index in found


def test_a_mutated_protein_finds_its_original(resources):
    sequences = resources.graph.sequences
    given = mutated(sequences.sequence(sequences.index_of("P04637")), 0.2)
    (row,) = retrieve_many("protein", resources, seq=[given], k=3)
    assert row.hits[0].id == "P04637"


def test_every_type_of_node_can_be_asked_for(resources):
    for node_type in NodeType:
        (row,) = retrieve_many(node_type, resources, seq=["P00533"], k=3)
        assert row.to is node_type


def test_a_real_model_writes_and_whatever_it_writes_is_grounded(resources):
    answer = ask("What does this protein do?", seq="examples/egfr.fasta", resources=resources)
    numbers = {item.number for item in answer.evidence}
    assert answer.claims
    assert all(set(claim.citations) <= numbers for claim in answer.claims)


def test_the_same_question_gives_the_same_answer(resources):
    first, second = (
        ask("Where is EGFR found?", use_llm=False, resources=resources) for _ in range(2)
    )
    assert first.text == second.text
    assert first.evidence == second.evidence
