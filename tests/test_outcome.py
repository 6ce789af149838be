"""How answers end, and what is said without a citation."""

import pytest
from world import EDGES_OF_THE_WORLD, KINASE, make_graph, make_resources

from bbqa.ask import ask
from bbqa.schema import AnswerStatus, Relation


@pytest.fixture(scope="module")
def resources(tmp_path_factory):
    return make_resources(tmp_path_factory.mktemp("home"))


def asked(resources, text, **inputs):
    return ask(text, use_llm=False, resources=resources, **inputs)


def test_an_invented_name_is_not_answered_from_what_resembles_it(resources):
    answer = asked(resources, "What does ZNQ77 do?")
    assert answer.status is AnswerStatus.UNKNOWN_NAME
    assert answer.claims == ()
    assert 'Nothing in this graph is called "ZNQ77". Did you mean' in answer.text


def test_what_the_graph_does_not_hold_is_said_by_name(resources):
    answer = asked(resources, "What is the price of aspirin?")
    assert answer.status is AnswerStatus.NOT_HELD
    assert answer.claims == ()
    assert "bbqa does not hold prices" in answer.text


def test_a_relation_that_the_graph_has_nowhere_is_said(resources):
    answer = asked(resources, "Which drugs treat test disease?")
    assert answer.status is AnswerStatus.NOT_HELD
    assert answer.claims == ()
    assert "bbqa does not hold indications" in answer.text
    assert "does not hold" not in asked(resources, "Which diseases is LAC1 linked to?").text


def test_a_path_is_no_yes_where_the_graph_has_no_such_relation(tmp_path):
    edge = ("MONDO:0000001", Relation.DISEASE_PROTEIN, "P00002", "HPO", "PCS")
    graph = make_graph(edges_given=[*EDGES_OF_THE_WORLD, edge])
    resources = make_resources(tmp_path, graph=graph)
    said = "This graph holds no relation between drug and disease: it cannot say yes or no"
    asked_whether = asked(resources, "Could aspirin help against test disease?")
    assert asked_whether.claims
    assert said in asked_whether.text
    assert said not in asked(resources, "How could aspirin help against test disease?").text


def test_a_path_to_what_is_asked_is_no_yes_where_no_record_says_it(resources):
    answer = asked(resources, "Is TRP1 found in the plasma membrane?")
    assert answer.status is AnswerStatus.NO_EVIDENCE
    assert answer.claims == ()  # that it interacts with a protein that is there is no yes
    assert "No record in GOA human connects TRP1 with plasma membrane." in answer.text
    assert "No record" not in asked(resources, "Is KIN1 found in the plasma membrane?").text


def test_an_attached_sequence_is_called_by_its_label_where_a_premise_is_doubted(resources):
    answer = asked(resources, "Why does this protein have lactase activity?", seq=KINASE)
    assert answer.status is AnswerStatus.FALSE_PREMISE
    said = 'The question takes for granted of protein_1: "lactase activity". No record'
    assert said in answer.text


def test_a_question_of_another_kind_is_declined(resources):
    answer = asked(resources, "What is the capital of France?")
    assert answer.status is AnswerStatus.OUT_OF_SCOPE
    assert answer.evidence == ()
    assert "neither proteins nor molecules" in answer.text


def test_a_limit_that_was_reached_is_said(tmp_path):
    answer = ask(
        "Which disease do these two proteins share?",
        seq=[KINASE, KINASE[:100]],
        use_llm=False,
        resources=make_resources(tmp_path, max_seconds=1e-9),
    )
    assert answer.status is AnswerStatus.CUT_SHORT
    assert "The answer is not complete: the limit of 0 s was reached" in answer.text


@pytest.mark.parametrize(
    "text",
    [
        "Should I take aspirin? What does aspirin act on?",
        "Is aspirin safe for children, and which proteins does aspirin act on?",
        "Which dose of aspirin acts on LAC1?",
    ],
)
def test_a_question_for_advice_gets_evidence_and_a_plain_sentence(resources, text):
    assert "no medical advice" in asked(resources, text).text


def test_a_plain_question_gets_no_such_sentence(resources):
    assert "advice" not in asked(resources, "Which proteins does aspirin act on?").text
