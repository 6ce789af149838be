"""How a drug may help: by its main targets first, its salts' included."""

from __future__ import annotations

from dataclasses import replace

import pytest
from world import EDGES_OF_THE_WORLD, NODES_OF_THE_WORLD, WordEncoder, make_graph

from bbqa.kg.graph import Graph
from bbqa.resources import Resources
from bbqa.retrieve.mechanism_paths import backward, drug_and_end, mechanism_paths
from bbqa.retrieve.path_words import told
from bbqa.retrieve.paths import paths_between
from bbqa.retrieve.primary_targets import ranked_targets
from bbqa.schema import NodeType, Relation
from bbqa.settings import Settings

ACTS, CAUSES = Relation.DRUG_PROTEIN, Relation.DISEASE_PROTEIN
NODES = [
    ("P20001", NodeType.PROTEIN, "MAIN1", ("main lyase",), 0.0),
    ("P20002", NodeType.PROTEIN, "HIT1", (), 0.0),
    ("P20003", NodeType.PROTEIN, "ALONE1", ("alone lyase",), 0.0),
    ("MONDO:1", NodeType.DISEASE, "red disease", (), 0.0),
    ("DB90001", NodeType.DRUG, "Helpin", (), 0.0),
    ("CHEMBL:91", NodeType.DRUG, "helpin sodium", (), 0.0),
    ("DB90002", NodeType.DRUG, "Losin", (), 0.0),
]
FROM = "ChEMBL via drug2cell"
EDGES = [
    ("DB90001", ACTS, "P20002", FROM, ""),
    ("CHEMBL:91", ACTS, "P20001", FROM, ""),
    ("DB90002", ACTS, "P20002", FROM, ""),
    ("DB90002", ACTS, "P20003", FROM, ""),
    ("MONDO:1", CAUSES, "P20001", "HPO", "PCS"),
    ("MONDO:1", CAUSES, "P20002", "HPO", "PCS"),
]


@pytest.fixture(scope="module")
def graph():
    return make_graph([*NODES_OF_THE_WORLD, *NODES], [*EDGES_OF_THE_WORLD, *EDGES])


@pytest.fixture
def resources(graph, tmp_path):
    return Resources(Settings(home=tmp_path), graph=graph, encoder=WordEncoder())


@pytest.fixture(autouse=True)
def hit_scores_low(monkeypatch):
    """What a target's score is, is not looked at here: HIT1 has a tenth of any other's."""

    def ranked(drug, resources):
        found = ranked_targets(drug, resources)
        told = [replace(one, score=0.08 if one.row == hit(resources) else 0.8) for one in found]
        return sorted(told, key=lambda one: -one.score)

    monkeypatch.setattr("bbqa.retrieve.mechanism_paths.ranked_targets", ranked)


def hit(resources):
    return resources.graph.row("P20002")


def names(graph: Graph, paths):
    return [[graph.name_of(row) for row in path.nodes] for path in paths]


def rows(graph, *ids):
    return tuple(graph.row(one) for one in ids)


def test_what_a_salt_of_a_drug_does_counts_for_the_drug_and_is_said(graph):
    drug, disease = rows(graph, "DB90001", "MONDO:1")
    found = paths_between(graph, drug, disease)
    by_salt = next(path for path in found.best if path.nodes[0] != drug)
    words = told(graph, by_salt, drug, disease)
    assert words.statement.startswith("Helpin has the salt or ester helpin sodium, which ")
    assert words.hops[0].source == "names of salts and esters"
    back = told(graph, backward([by_salt])[0], disease, drug)
    assert back.statement.endswith("helpin sodium, a salt or ester of Helpin")
    assert back.hops[-1].statement == "helpin sodium is a salt or ester of Helpin"


def test_a_main_target_is_told_and_not_what_hundreds_of_drugs_hit(graph, resources):
    drug, disease = rows(graph, "DB90001", "MONDO:1")
    found = mechanism_paths(drug, disease, resources)
    assert names(graph, found.paths.best) == [["helpin sodium", "MAIN1", "red disease"]]
    assert found.dead_ends == ()


def test_a_main_target_from_which_nothing_leads_on_is_told_alone(graph, resources):
    drug, disease = rows(graph, "DB90002", "MONDO:1")
    found = mechanism_paths(drug, disease, resources)
    assert found.paths.best == ()
    assert names(graph, found.dead_ends) == [["Losin", "ALONE1"]]


def test_what_is_hidden_is_no_main_target(graph, resources):
    drug, disease, target = rows(graph, "DB90002", "MONDO:1", "P20003")
    found = mechanism_paths(drug, disease, resources, hidden={target})
    assert found.dead_ends == ()


def test_drug_and_disease_are_told_apart_in_either_order(graph):
    drug, disease, protein = rows(graph, "DB90001", "MONDO:1", "P20001")
    assert drug_and_end(graph, disease, drug) == (drug, disease)
    assert drug_and_end(graph, drug, disease) == (drug, disease)
    assert drug_and_end(graph, drug, protein) is None
    assert drug_and_end(graph, drug, drug) is None
