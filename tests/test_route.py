"""Where questions lead, by words and by labelled examples."""

import pytest
from world import ASPIRIN, KINASE, LACTASE, make_resources

from bbqa.examples import Task
from bbqa.question.read import read_question
from bbqa.route import asking_clauses
from bbqa.schema import NodeType


@pytest.fixture(scope="module")
def resources(tmp_path_factory):
    return make_resources(tmp_path_factory.mktemp("home"))


def routed(resources, text, seq=(), smiles=()):
    return resources.router.route(read_question(text, seq, smiles, resources))


def test_nouns_name_the_types(resources):
    route = routed(resources, "Which diseases is this protein linked to?", [KINASE])
    assert (route.task, route.types) == (Task.FACTS, (NodeType.DISEASE,))


def test_a_noun_on_the_way_makes_a_path(resources):
    route = routed(resources, "Which drugs act on proteins that interact with it?", [KINASE])
    assert route.task is Task.PATHS
    assert route.types == (NodeType.DRUG,)
    assert route.through == (NodeType.PROTEIN,)


def test_the_classes_of_a_protein_are_those_of_its_drugs(resources):
    route = routed(resources, "Which drug classes does this protein have?", [KINASE])
    assert (route.task, route.types) == (Task.PATHS, (NodeType.DRUG_CLASS,))
    assert route.through == (NodeType.DRUG,)


def test_a_drug_beside_a_molecule_is_the_molecule_itself(resources):
    route = routed(resources, "What is the medicine for?", smiles=[ASPIRIN])
    assert route.task is Task.FACTS
    assert NodeType.DRUG not in route.types


def test_what_a_drug_is_for_are_its_roles_and_classes(resources):
    route = routed(resources, "What is this drug good for?", smiles=[ASPIRIN])
    assert {NodeType.ROLE, NodeType.DRUG_CLASS} <= set(route.types)


def test_what_two_things_share_lies_between_them(resources):
    route = routed(resources, "Which disease do these two proteins share?", [KINASE, LACTASE])
    assert (route.task, route.through) == (Task.PATHS, (NodeType.DISEASE,))


def test_a_yes_or_no_question_about_two_things_may_compare_them(resources):
    route = routed(resources, "Does this molecule act on this protein?", [KINASE], [ASPIRIN])
    assert Task.COMPARE in route.tasks[:2]


def test_one_input_is_never_compared_and_nothing_attached_is_never_outside(resources):
    for text in ("What is the capital of France?", "How do they differ?"):
        route = routed(resources, text, [KINASE])
        assert route.task not in (Task.OUTSIDE, Task.COMPARE, Task.LOOKUP)


def test_the_types_asked_for_are_some_that_the_subject_can_have(resources):
    route = routed(resources, "Tell me what you know about aspirin please", smiles=[ASPIRIN])
    assert NodeType.CELLULAR_COMPONENT not in route.types


def test_clauses_may_ask_for_different_things(resources):
    text = "What is the molecular weight of this molecule and which proteins does it act on?"
    route = routed(resources, text, smiles=[ASPIRIN])
    tasks = {route.task, *(other.task for other in route.also)}
    assert tasks == {Task.FACTS, Task.PROPERTIES}


def test_a_route_can_be_given_another_task(resources):
    question = read_question("Which diseases is it linked to?", [KINASE], [], resources)
    route = resources.router.route(question)
    other = resources.router.retask(question, route, Task.SIMILAR)
    assert (other.task, other.types) == (Task.SIMILAR, ())


def test_what_only_leads_up_to_a_question_is_not_asked():
    text = "I drew a cell for my class. Where in it does this protein belong?"
    assert asking_clauses(text) == ["Where in it does this protein belong?"]
    assert len(asking_clauses("What does it do? Which drugs act on it?")) == 2
    assert asking_clauses("Tell me of its pathways. List its drugs too.") == [
        "Tell me of its pathways.",
        "List its drugs too.",
    ]


def test_a_sentence_that_leads_up_to_a_question_adds_no_types(resources):
    text = "My doctor mentioned a disease of the heart. Which pathways is this protein in?"
    assert routed(resources, text, [KINASE]).types == (NodeType.PATHWAY,)


def test_a_path_leads_on_from_what_is_attached_also_where_something_is_named(resources):
    text = "Which drugs act on the partners of this protein, apart from aspirin?"
    route = routed(resources, text, [KINASE])
    assert (route.task, route.between) == (Task.PATHS, False)
    assert (route.types, route.through) == ((NodeType.DRUG,), (NodeType.PROTEIN,))


def test_a_question_that_is_an_example_word_for_word_goes_where_the_example_does(resources):
    example = next(e for e in resources.router.examples if e.goal.task is Task.SIMILAR)
    route = routed(resources, example.question.upper(), [KINASE])
    assert (route.task, route.sure) == (Task.SIMILAR, True)


def test_what_no_relation_joins_to_what_is_named_is_still_what_is_asked_for(resources):
    route = routed(resources, "Which pathways does tyrosine kinase activity belong to?")
    assert (route.task, route.types) == (Task.FACTS, (NodeType.PATHWAY,))


def test_each_clause_is_about_what_is_attached_and_what_it_names_itself(resources):
    asked = "Which drugs act on this protein? What links it to testosis?"
    route = routed(resources, asked, [KINASE])
    assert (route.task, route.types) == (Task.FACTS, (NodeType.DRUG,))
    assert [(other.task, other.between) for other in route.also] == [(Task.PATHS, True)]
