"""What a question takes for granted is held against the graph."""

import pytest
from world import KINASE, LACTASE, make_resources, mutated

from bbqa.ask import open_resources
from bbqa.premise import unrecorded, unsupported_premise
from bbqa.question.read import read_question


@pytest.fixture(scope="module")
def tiny(tmp_path_factory):
    resources = make_resources(tmp_path_factory.mktemp("home"))
    resources.prepare()
    return resources


@pytest.fixture(scope="module")
def real():
    resources = open_resources(None)
    resources.prepare()
    return resources


def premise(resources, text, *seq):
    return unsupported_premise(read_question(text, seq, [], resources), resources)


def test_a_named_thing_that_no_record_connects_is_not_taken_for_granted(tiny):
    found = premise(tiny, "Why does LAC1 cause testosis?")
    assert found is not None
    assert (found.subject.label, found.claim) == ("LAC1", "testosis")


@pytest.mark.parametrize(
    "text",
    [
        "Why does KIN1 cause testosis?",
        "What does KIN1 do?",
        "Which diseases is LAC1 linked to?",
        "Which functions do KIN1 and LAC1 share?",
        "How does aspirin help against testosis?",  # of drugs and diseases nothing is recorded
        "Why is the sky blue?",
    ],
)
def test_what_is_recorded_or_cannot_be_judged_is_left_alone(tiny, text):
    assert premise(tiny, text) is None


def test_what_is_said_of_an_unknown_protein_is_held_against_its_relatives(tiny):
    stranger = mutated(KINASE, 0.4)
    assert premise(tiny, "Why does this protein have tyrosine kinase activity?", stranger) is None
    found = premise(tiny, "Why does this protein have lactase activity?", stranger)
    assert found is not None
    assert found.subject.label == "protein_1"


def test_nothing_is_doubted_of_what_nothing_known_resembles(tiny):
    alone = "M" + "AG" * 60
    assert premise(tiny, "Why does this protein have lactase activity?", alone) is None


@pytest.mark.parametrize(
    "text", ["Is LAC1 linked to testosis?", "Which partners of LAC1 are linked to testosis?"]
)
def test_what_is_merely_asked_or_said_of_others_is_not_taken_for_granted(tiny, text):
    assert premise(tiny, text) is None


def test_what_is_asked_is_looked_for_among_the_records(tiny):
    def asked(text, *seq):
        return unrecorded(read_question(text, seq, [], tiny), tiny)

    assert asked("Is LAC1 linked to testosis?").claim == "testosis"
    assert asked("Is KIN1 linked to testosis?") is None
    assert asked("Is LAC1 linked to KIN1?").claim == "KIN1"
    assert asked("Does KIN1 interact with TRP1?") is None
    assert asked("Does aspirin act on it?", KINASE).claim == "aspirin"
    assert asked("Does aspirin act on it?", LACTASE) is None
    assert asked("Is it linked to testosis?", "M" + "AG" * 60) is None  # like nothing known


@pytest.mark.integration
@pytest.mark.parametrize(
    "text",
    [
        "Why does insulin transport oxygen?",
        "Why is TP53 found in the chloroplast?",
        "How does rhodopsin repair DNA?",
        "Which kinase does hemoglobin phosphorylate?",
        "Why does albumin cause cystic fibrosis?",
        "What anchors TP53 in the lysosome?",
        "I read about the lactase activity of EGFR. Which residues does it need?",
        "Since metformin is an antidepressant, when should it be taken?",
    ],
)
def test_a_false_premise_is_seen(real, text):
    assert premise(real, text) is not None


@pytest.mark.integration
@pytest.mark.parametrize(
    "text",
    [
        "Why does hemoglobin transport oxygen?",
        "How does CFTR cause cystic fibrosis?",
        "How does rhodopsin detect light?",
        "Why is TP53 found in the nucleus?",
        "How does imatinib act on ABL1?",
        "How does aspirin work?",
        "Which proteins does imatinib inhibit?",
        "What is the role of TP53 in DNA repair?",
        "What is the mechanism of insulin secretion by GCK?",  # regulates it
        "Which partners of TP53 take part in platelet activation?",
        "What is the link between EGFR and cystic fibrosis?",
        "Which part of morphine makes it an opioid analgesic?",
    ],
)
def test_a_true_premise_is_not_doubted(real, text):
    assert premise(real, text) is None
