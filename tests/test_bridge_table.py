"""The bridge's table in miniature: a toy graph, a toy bridge, every row and split."""

import json

import numpy as np
import pytest
from bridge_world import FAMILIES, HAS_FUNCTION, accession, make_bridge_graph
from world import WordEncoder

import bbqa.eval.bridge_extrapolation as beyond
from bbqa.bridge.settings import TrainingSettings
from bbqa.bridge.splits import Part, Split
from bbqa.eval.bridge_eval import Extent, evaluate_bridge, write_records
from bbqa.eval.bridge_table import Opponents, bin_of, table
from bbqa.eval.ranking_metrics import (
    Record,
    calibration_error,
    csls,
    f_max,
    hubness,
    propagate,
    ranking_numbers,
)
from bbqa.learn import Workshop, fit_fusions, train_into
from bbqa.resources import Resources
from bbqa.settings import Settings

SHORT = TrainingSettings(
    "mlp", width=32, layers=1, batch=16, steps=20, validate_every=10, dropout=0.0
)


@pytest.fixture(scope="module")
def workshop(tmp_path_factory):
    graph = make_bridge_graph()
    settings = Settings(home=tmp_path_factory.mktemp("home"), use_bridge=False)
    resources = Resources(settings, graph=graph, encoder=WordEncoder())
    resources.prepare()
    ids = {
        Part.WARM_VALIDATION: [accession(f, 0) for f in range(FAMILIES)],
        Part.WARM_TEST: [accession(f, 1) for f in range(FAMILIES)],
        Part.TERM_TEST: ["GO:009"],
    }
    parts = {part: tuple(sorted(graph.row(i) for i in ids.get(part, ()))) for part in Part}
    return Workshop(resources, split=Split(graph.hash, 0, parts))


@pytest.fixture(scope="module")
def bridge(workshop, tmp_path_factory):
    return train_into(workshop, tmp_path_factory.mktemp("bridge"), name="toy", settings=SHORT)


@pytest.fixture(scope="module")
def records(workshop, bridge):
    fusions = fit_fusions(workshop, bridge, fewest=5)
    opponents = Opponents(
        workshop, {"mlp": bridge, "linear": bridge}, fusions, [("mlp", workshop, bridge)]
    )
    return list(table(opponents))


def value(records, row, metric="mrr", bin="all", link=HAS_FUNCTION):
    (found,) = (
        r for r in records if (r.relation, r.row, r.metric, r.bin) == (str(link), row, metric, bin)
    )
    return found.value


def test_every_row_is_there_for_every_relation_with_enough_heads(records):
    rows = {r.row for r in records if r.metric == "mrr" and r.relation == str(HAS_FUNCTION)}
    assert rows == {
        *("random", "prior", "alignment", "alignment+prior", "distant alignment+prior"),
        *("knn:kmers", "linear", "mlp", "mlp:kmers", "fused"),
    }


def test_relatives_of_one_family_rank_its_function_first_and_chance_does_not(records):
    assert value(records, "alignment") > 0.8
    assert value(records, "random") < 0.5
    assert value(records, "alignment") > value(records, "prior")


def test_every_number_stands_within_its_interval(records):
    for record in records:
        if record.low is not None and record.value is not None:
            assert record.low - 1e-9 <= record.value <= record.high + 1e-9


def test_functions_get_fmax_and_the_fused_row_its_calibration_and_hubs(records):
    metrics = {r.metric for r in records if r.relation == str(HAS_FUNCTION)}
    assert {"fmax", "weighted_fmax", "ece", "sure_share", "hub_skewness", "frequency"} <= metrics


def test_bins_are_by_identity_for_proteins_and_by_scaffold_for_drugs():
    link = HAS_FUNCTION
    assert [bin_of("warm", link, x) for x in (0, 0.3, 0.6, 0.95)] == [
        "<30",
        "30-50",
        "50-95",
        ">95",
    ]
    drug = link.reverse  # whatever does not start at a protein
    assert bin_of("cold", drug, 0.9) == "new scaffold"
    assert bin_of("warm", drug, 0.9) == "known scaffold"


def test_hidden_edges_are_hidden_in_both_directions_and_their_heads_stay_known(workshop):
    for seed in range(20):
        training, test = beyond.hide_edges(workshop.triples, seed)
        left = {(str(t.link.relation), *sorted(p)) for t in training for p in t.pairs.tolist()}
        gone = {(str(t.link.relation), *sorted(p)) for t in test for p in t.pairs.tolist()}
        assert not left & gone


def test_terms_that_were_kept_back_are_asked_of_training_heads_only(workshop):
    test = {t.link: t for t in beyond.new_term_test(workshop)}[HAS_FUNCTION]
    assert {workshop.graph.node_id(t) for t in test.pairs[:, 1]} == {"GO:009"}
    heads = {workshop.graph.node_id(h) for h in test.pairs[:, 0]}
    assert heads == {accession(9, 2), accession(9, 3)}


def test_a_relation_that_was_not_trained_on_can_be_asked_for(workshop, bridge):
    from bbqa.bridge.triples import Link
    from bbqa.schema import NodeType, Relation

    unseen = Link(NodeType.PROTEIN, Relation.PATHWAY_PROTEIN, NodeType.PATHWAY)
    assert not bridge.knows(unseen)
    rank = beyond.rank_by_bridge(workshop, bridge, workshop.training)
    heads = workshop.vectors.inputs[NodeType.PROTEIN].rows[:3]
    tails = workshop.graph.rows_of(NodeType.MOLECULAR_FUNCTION)
    scores = rank(unseen, heads, tails)
    assert scores.shape == (3, len(tails))
    assert np.isfinite(scores).all()


def test_one_command_writes_records_and_what_was_run(tmp_path):
    graph = make_bridge_graph()
    resources = Resources(Settings(home=tmp_path / "home"), graph=graph, encoder=WordEncoder())
    extent = Extent(4, 5, other_encoders=False, kge_models=(), kge_epochs=None)
    found = evaluate_bridge(resources, tmp_path, extent=extent)
    written = json.loads((tmp_path / "bridge.json").read_text())
    assert len(written["records"]) == len(found)
    assert written["about"]["graph"] == graph.hash
    again = evaluate_bridge(resources, tmp_path, extent=extent)  # trained bridges are there
    assert [r for r in again if r.row != "random"] == [r for r in found if r.row != "random"]


def test_records_keep_what_does_not_apply_as_null(tmp_path):
    none = Record("a > b > c", "cold", "all", "transe", "mrr", None, None, None, 0)
    write_records([none], tmp_path, about={"date": "today"})
    (record,) = json.loads((tmp_path / "bridge.json").read_text())["records"]
    assert record["value"] is None
    assert record["row"] == "transe"


def test_mrr_and_hits_by_hand():
    found = {m: v for m, v, _, _ in ranking_numbers([np.array([1.0, 4.0]), np.array([2.0])])}
    assert found["mrr"] == pytest.approx((1 + 1 / 4 + 1 / 2) / 3)
    assert (found["hit@1"], found["hit@3"], found["hit@10"]) == pytest.approx((1 / 3, 2 / 3, 1))


def test_fmax_by_hand():
    scores = np.array([[0.9, 0.8, 0.1], [0.2, 0.7, 0.6]])
    true = np.array([[True, True, False], [False, True, True]])
    plain, weighted = f_max(scores, true, np.array([[1.0, 1, 1], [1, 2, 3]]))
    assert plain[0] == weighted[0] == pytest.approx(1.0)
    (half,) = f_max(scores, ~true, np.ones((1, 3)))
    assert half[0] == pytest.approx(0.5)


def test_general_terms_get_at_least_the_score_of_what_implies_them():
    raised = propagate(np.array([0.1, 0.9, 0.3]), np.array([1, 2]), np.array([0, 0]))
    assert raised.tolist() == [0.9, 0.9, 0.3]


def test_the_calibration_error_by_hand():
    error, curve = calibration_error(
        np.array([0.95, 0.95, 0.15, 0.15]), np.array([True, True, False, True])
    )
    assert error == pytest.approx((0.05 + 0.35) / 2)
    assert curve == [(0.15, 0.5, 2), (0.95, 1.0, 2)]


def test_a_hub_is_seen_and_lowered():
    # The last candidate is near to everybody, each of the others to one head alone.
    cosine = np.hstack([0.55 * np.eye(40), np.full((40, 1), 0.6)])
    skewness, share = hubness(np.argsort(-cosine, axis=1)[:, :1], 41)
    assert share == 1.0
    assert skewness > 5
    lowered = csls(cosine)
    assert hubness(np.argsort(-lowered, axis=1)[:, :1], 41)[1] == pytest.approx(1 / 40)
