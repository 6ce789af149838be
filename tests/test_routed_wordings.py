"""Whether wordings and examples are routed to what they ask: how that is counted, and how often."""

import pytest
from world import make_resources

from bbqa.eval.routed_wordings import cases_of, folds, is_attached, reaches, wordings
from bbqa.examples import Example, Goal, Task
from bbqa.resources import Resources
from bbqa.route import Route
from bbqa.schema import NodeType
from bbqa.settings import load_settings

DISEASES = Example(Goal(Task.FACTS, ("disease",)), ("gene/protein",), "Which diseases?")
DRUGS_OF_PARTNERS = Example(
    Goal(Task.PATHS, ("drug", "gene/protein")), ("gene/protein",), "Drugs of its partners?"
)
OVERVIEW = Example(Goal(Task.FACTS, ("overview",)), ("drug",), "What is it?")


def test_facts_have_to_be_of_just_the_types_that_are_labelled():
    assert reaches(Route(Task.FACTS, (NodeType.DISEASE,)), DISEASES)
    assert not reaches(Route(Task.FACTS, (NodeType.DISEASE, NodeType.DRUG)), DISEASES)
    assert not reaches(Route(Task.LACKING), DISEASES)


def test_a_path_has_to_go_the_labelled_way():
    drugs, partners = (NodeType.DRUG,), (NodeType.PROTEIN,)
    assert reaches(Route(Task.PATHS, drugs, partners), DRUGS_OF_PARTNERS)
    assert not reaches(Route(Task.PATHS, drugs, (NodeType.DISEASE,)), DRUGS_OF_PARTNERS)
    assert not reaches(Route(Task.FACTS, drugs), DRUGS_OF_PARTNERS)


def test_an_overview_has_several_types():
    types = (NodeType.ROLE, NodeType.DRUG_CLASS, NodeType.PROTEIN)
    assert reaches(Route(Task.FACTS, types), OVERVIEW)
    assert not reaches(Route(Task.FACTS, types[:1]), OVERVIEW)


def test_only_examples_about_proteins_and_molecules_can_be_asked_with_something_attached():
    assert is_attached(DISEASES)
    assert not is_attached(Example(DISEASES.goal, ("disease",), "Which diseases?"))
    assert not is_attached(Example(Goal(Task.OUTSIDE), (), "Best pizza in town?"))
    assert not is_attached(Example(Goal(Task.DESCRIBE), ("drug",), "What is this drug?"))


def test_each_example_is_asked_once_of_a_router_that_has_not_seen_it(tmp_path):
    resources = make_resources(tmp_path)
    attached = sum(map(is_attached, resources.router.examples))
    found = folds(resources, 2)
    assert found["tasks"]["n"] == found["both"]["n"] == attached
    assert 0.5 < found["both"]["share"] <= found["tasks"]["share"]


@pytest.mark.integration
def test_most_wordings_are_routed_right_also_those_that_nobody_built_the_router_with():
    resources = Resources(load_settings({}))
    resources.prepare()
    assert {case.id.partition(":")[0] for case in cases_of("test", resources)} == {
        *("function", "process", "location", "disease", "pathway", "drug"),
        *("target", "role", "class", "indication", "multi-hop", "unanswerable"),
    }
    found = wordings(resources)
    assert found["dev"]["both"]["share"] >= 0.85
    assert found["test"]["both"]["share"] >= 0.75
    assert "failures" not in found["test"]
