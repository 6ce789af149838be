"""What is named first among the nodes that are recorded with one."""

import pytest
from query_world import open_world

from bbqa.query.features import FEATURES
from bbqa.query.importance import WEIGHTS, importance, kind_of, ranked
from bbqa.schema import NodeType


@pytest.fixture(scope="module")
def resources(tmp_path_factory):
    return open_world(tmp_path_factory.mktemp("home"))


def order(resources, node_id, *others):
    rows = [resources.graph.row(other) for other in others]
    scores = importance(resources.graph.row(node_id), rows, resources)
    return [resources.graph.node_id(row) for row in ranked(rows, scores)], scores


def test_a_curated_gene_comes_before_one_of_text_mining(resources):
    genes, _ = order(resources, "MONDO:1", "P00002", "P00001")
    assert genes == ["P00001", "P00002"]


def test_a_drug_whose_class_names_the_protein_comes_first(resources):
    drugs, _ = order(resources, "P00001", "DB00002", "DB00001", "DB00004")
    assert drugs[0] == "DB00004"


def test_an_experiment_comes_before_electronic_annotation(resources):
    proteins, _ = order(resources, "GO:0000002", "P00002", "P00001")
    assert proteins == ["P00001", "P00002"]


def test_what_is_not_recorded_has_no_importance(resources):
    _, scores = order(resources, "GO:0000002", "P00003")
    assert list(scores.values()) == [0.0]


def test_importance_lies_between_nothing_and_one(resources):
    _, scores = order(resources, "P00001", "DB00001", "DB00002", "DB00004", "MONDO:1", "GO:0000003")
    assert all(0.0 < score < 1.0 for score in scores.values())


def test_every_weight_is_of_a_feature():
    assert {name for weights in WEIGHTS.values() for name in weights} <= set(FEATURES)


def test_every_pair_of_types_has_weights():
    assert {kind_of(one, other) for one in NodeType for other in NodeType} <= set(WEIGHTS)
