"""Whether paths are ranked as DrugMechDB explains drugs."""

import json
import random

import pytest
from path_world import make_path_graph

from bbqa.eval.mechanisms import half_of, hit_rates, orders_of, read_mechanisms
from bbqa.retrieve.paths import paths_between


def mechanism(target, drug="DB:DB00001"):
    return {
        "graph": {"drugbank": drug, "disease_mesh": "MONDO:2"},
        "nodes": [
            {"id": "MESH:1", "label": "Drug"},
            {"id": f"UniProt:{target}", "label": "Protein"},
            {"id": "UniProt:P3", "label": "Protein"},
        ],
        "links": [
            {"source": "MESH:1", "target": f"UniProt:{target}"},
            {"source": f"UniProt:{target}", "target": "UniProt:P3"},
        ],
    }


@pytest.fixture
def told(tmp_path):
    file = tmp_path / "mechanisms.jsonl"
    rows = [mechanism("P1"), mechanism("P2", "DB:B00001"), mechanism("P1", "DB:DB99999")]
    file.write_text("\n".join(map(json.dumps, rows)))
    graph = make_path_graph()
    return graph, read_mechanisms(file, graph)


def test_mechanisms_of_a_pair_are_one_with_the_proteins_that_the_drug_acts_on(told):
    graph, (only,) = told
    assert {graph.node_id(row) for row in only.targets} == {"P1", "P2"}
    assert graph.name_of(only.disease) == "blue leukemia"
    assert half_of(only, graph) in ("dev", "test")


def test_the_share_of_pairs_with_a_target_on_the_first_paths_is_counted(told):
    graph, (only,) = told
    paths = paths_between(graph, only.drug, only.disease).best
    rates = dict(hit_rates([(only, paths)], orders_of(graph)["by worth"]))
    assert rates == {1: 1.0, 5: 1.0}
    assert dict(hit_rates([(only, [])], orders_of(graph)["arbitrary"])) == {1: 0.0, 5: 0.0}


def test_every_order_is_of_the_same_paths(told):
    graph, (only,) = told
    paths = list(paths_between(graph, only.drug, only.disease).best)
    for order in orders_of(graph).values():
        assert sorted(order(paths, random.Random(0)), key=repr) == sorted(paths, key=repr)


def test_proteins_that_are_named_are_held_against_all_of_a_mechanism():
    from bbqa.eval.mechanisms import Mechanism, shares

    pairs = [
        Mechanism(0, 1, frozenset({2}), frozenset({2, 3})),
        Mechanism(4, 1, frozenset({5}), frozenset({5})),
    ]
    found = shares(pairs, lambda one: {2, 9} if one.drug == 0 else set())
    assert (found.recall, found.precision, found.named) == (0.25, 0.25, 1.0)
    assert (found.pooled_recall, found.pooled_precision) == (1 / 3, 0.5)
