"""Words and inputs are read together."""

import pytest
from world import ASPIRIN, KINASE, NODES_OF_THE_WORLD, make_graph, make_resources

from bbqa.errors import InputError
from bbqa.question.read import (
    MAX_QUESTION,
    about_types,
    bare_question,
    plain_question,
    read_question,
    words_outside,
)
from bbqa.schema import NodeType


@pytest.fixture(scope="module")
def resources(tmp_path_factory):
    return make_resources(tmp_path_factory.mktemp("home"))


def test_a_question_has_what_is_attached_and_what_it_names(resources):
    question = read_question("Does aspirin act on this protein?", [KINASE], [], resources)
    assert [i.label for i in question.inputs] == ["protein_1", "Acetylsalicylic acid"]
    assert about_types(question, resources) == [NodeType.PROTEIN, NodeType.DRUG]


def test_beside_what_is_attached_a_gene_in_small_letters_is_a_word(tmp_path):
    wich = ("P00004", NodeType.PROTEIN, "WICH", (), 0.0)
    resources = make_resources(tmp_path, graph=make_graph([*NODES_OF_THE_WORLD, wich]))
    for text, named in [
        ("to wich class does it belong", []),
        ("Does WICH bind it?", ["WICH"]),
        ("is kin1 like it", ["KIN1"]),
    ]:
        question = read_question(text, [KINASE], [], resources)
        assert [i.label for i in question.inputs] == ["protein_1", *named]
    alone = read_question("what does wich do", [], [], resources)
    assert [i.label for i in alone.inputs] == ["WICH"]


def test_of_an_ambiguous_name_what_is_recorded_of_the_input_is_meant(tmp_path):
    ambiguous = [(*n[:3], ("COX-9",), 0.0) for n in NODES_OF_THE_WORLD[:2]]
    resources = make_resources(tmp_path, graph=make_graph([*ambiguous, *NODES_OF_THE_WORLD[2:]]))
    for smiles, meant, note in [
        ([], "KIN1", "COX-9 is also a name of LAC1 (P00002)"),
        ([ASPIRIN], "LAC1", "COX-9 is also a name of KIN1 (P00001)"),
    ]:
        named = read_question("Tell me about COX-9.", [], smiles, resources).inputs[-1]
        assert (named.label, *named.notes) == (meant, note)
    asked = read_question("Which drugs inhibit COX-9?", [], [], resources)
    assert asked.inputs[0].label == "LAC1"  # the one that a drug acts on


def test_numbered_genes_are_a_family_where_nothing_else_is_named(tmp_path):
    akt = [(*n[:2], f"AKT{i}", (), 0.0) for i, n in enumerate(NODES_OF_THE_WORLD[:2], start=1)]
    resources = make_resources(tmp_path, graph=make_graph([*akt, *NODES_OF_THE_WORLD[2:]]))
    for text, named in [
        ("What does AKT do?", ["AKT1", "AKT2"]),
        ("what does akt do?", []),
        ("What does TRP1 weigh in AKT?", ["TRP1"]),
    ]:
        assert [i.label for i in read_question(text, [], [], resources).inputs] == named


@pytest.mark.parametrize(
    ("text", "left", "labels"),
    [
        (f"What does {ASPIRIN} act on?", "What does this molecule act on?", ["molecule_1"]),
        (f"Is {KINASE} a kinase?", "Is this protein a kinase?", ["protein_1"]),
        (
            f"Does {ASPIRIN} bind {KINASE[:60]} {KINASE[60:120]} {KINASE[120:130]}?",
            "Does this molecule bind this protein?",
            ["protein_1", "molecule_1"],
        ),
        ("What is InChI=1S/CH4/h1H4?", "What is this molecule?", ["molecule_1"]),
        ("What do NAD(P)H oxidase, Fe(III) and [Ca2+] do?", None, []),
        ("WHAT DOES CHARACTERISTICS MEAN?", None, []),
    ],
)
def test_what_is_written_into_a_question_is_attached(resources, text, left, labels):
    question = read_question(text, [], [], resources)
    assert question.text == (left or text)
    assert [i.label for i in question.attached] == labels


def test_beside_a_structure_that_is_attached_none_is_taken_out_of_a_question(resources):
    text = f"Does {ASPIRIN} act on it?"
    assert read_question(text, [], ["CCO"], resources).text == text
    beside = read_question(text, [KINASE], [], resources)
    assert beside.text == "Does this molecule act on it?"
    assert [i.label for i in beside.attached] == ["protein_1", "molecule_1"]


def test_a_class_of_drugs_may_be_named_by_the_word_that_heads_it(tmp_path):
    penicillins = ("ATC:J01CA", NodeType.DRUG_CLASS, "Penicillins with extended spectrum", (), 0.0)
    relaxants = ("ATC:M03", NodeType.DRUG_CLASS, "Muscle relaxants", (), 0.0)
    graph = make_graph([*NODES_OF_THE_WORLD, penicillins, relaxants])
    resources = make_resources(tmp_path, graph=graph)
    (named,) = read_question("Tell me about penicillin", [], [], resources).inputs
    assert (named.given, named.value) == ("penicillin", "ATC:J01CA")
    assert named.notes == ("penicillin: 1 of 1 classes or roles of drugs whose names begin so",)
    assert read_question("Which muscle is it?", [], [], resources).inputs == ()


def test_names_are_replaced_by_what_they_are(resources):
    question = read_question("Does aspirin help in testosis?", [], [], resources)
    assert plain_question(question, resources) == "Does this drug help in this disease ?"
    assert bare_question(question) == "Does it help in it ?"
    assert words_outside(question.text, question.inputs) == ["Does", "help", "in"]


def test_inputs_that_were_read_before_come_first_and_are_not_named_twice(resources):
    first = read_question("What is aspirin?", [], [], resources).inputs
    again = read_question("And aspirin?", [], [ASPIRIN], resources, inputs=first)
    assert [i.label for i in again.inputs] == ["Acetylsalicylic acid", "molecule_1"]


@pytest.mark.parametrize(
    ("text", "message"), [(" ", "is empty"), ("a" * (MAX_QUESTION + 1), "2001 characters")]
)
def test_an_empty_or_endless_question_is_refused(resources, text, message):
    with pytest.raises(InputError, match=message):
        read_question(text, [], [], resources)
