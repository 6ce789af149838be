"""What relatives have speaks for what an input has."""

import numpy as np
import pytest
import torch
from bridge_world import (
    ACTS_ON,
    DRUG,
    HAS_FUNCTION,
    IN_PROCESS,
    PROTEIN,
    make_bridge_graph,
    make_vectors,
)
from world import WordEncoder, make_graph

from bbqa.bridge.checkpoint import FrozenBridge, write_checkpoint
from bbqa.bridge.settings import TrainingSettings
from bbqa.bridge.train import train_bridge
from bbqa.bridge.triples import Link, Triples, triples_of
from bbqa.retrieve.relatives import Relatives
from bbqa.retrieve.signals import (
    UNINFORMATIVE,
    VOTERS,
    Knowledge,
    candidate_tails,
    commonness,
    signals,
    supporters,
    vote,
)
from bbqa.schema import NodeType, Relation

torch.set_num_threads(1)
NOBODY = frozenset()


@pytest.fixture(scope="module")
def graph():
    return make_bridge_graph()


@pytest.fixture(scope="module")
def triples(graph):
    return {t.link: t for t in triples_of(graph)}


def knowledge_of(graph, triples, hidden=NOBODY):
    tails = candidate_tails(graph, triples)
    common = commonness(graph, triples, tails)
    return Knowledge(graph, triples.link, tails, common, hidden)


@pytest.fixture(scope="module")
def functions(graph, triples):
    return knowledge_of(graph, triples[HAS_FUNCTION])


def make_relatives(close, *, distant=None, neighbours=None, type=PROTEIN):
    vector = np.linspace(-1, 1, 24).astype(np.float32)
    return Relatives(type, vector, close, distant or close, neighbours or {}, 5.0, 0.6)


def number(graph, name):
    return graph.sequences.index_of(name)


def shares(graph, knowledge, votes):
    return {
        graph.node_id(row): round(float(share), 4)
        for row, share in zip(knowledge.tails, votes, strict=True)
        if share
    }


# candidates


def test_candidates_are_the_tails_of_a_link_and_all_that_they_imply(graph, triples):
    tails = candidate_tails(graph, triples[HAS_FUNCTION])
    assert [graph.node_id(row) for row in tails] == [f"GO:{t:03}" for t in range(15)]


def test_what_is_true_of_anything_is_no_candidate():
    graph = make_graph()
    link = Link(PROTEIN, Relation.MOLFUNC_PROTEIN, NodeType.MOLECULAR_FUNCTION)
    triples = next(t for t in triples_of(graph) if t.link == link)
    root = graph.row("GO:0000001")
    assert root in candidate_tails(graph, triples)
    assert {"GO:0005515", "GO:0003674"} <= UNINFORMATIVE


def test_a_link_without_pairs_has_no_candidates(graph):
    empty = Triples(HAS_FUNCTION, np.empty((0, 2), np.int32))
    knowledge = knowledge_of(graph, empty)
    assert len(knowledge.tails) == len(knowledge.common) == 0
    assert knowledge.of(0).tolist() == []
    assert vote({0: 1.0}, knowledge).tolist() == []


def test_how_common_a_tail_is_counts_what_is_more_specific(graph, functions):
    common = shares(graph, functions, functions.common)
    # Four of forty proteins have each of the ten; two of the ten are kinds of one of the five.
    assert common == {f"GO:{t:03}": 0.1 for t in range(10)} | {
        f"GO:{t:03}": 0.2 for t in range(10, 15)
    }


def test_rows_are_numbered_among_the_candidates_and_others_left_out(graph, functions):
    rows = np.array([graph.row("GO:003"), graph.row("GO:020"), graph.row("P00")], np.int64)
    assert functions.tails[functions.numbers_of(rows)].tolist() == [graph.row("GO:003")]


# what a head has


def test_a_protein_has_its_own_terms_and_all_that_they_imply(graph, functions):
    found = functions.tails[functions.of(number(graph, "P30"))].tolist()
    assert found == [graph.row("GO:003"), graph.row("GO:013")]


def test_a_protein_of_another_species_votes_for_functions_only(graph, triples, functions):
    other = number(graph, "Q1")
    found = functions.tails[functions.of(other)].tolist()
    assert found == [graph.row("GO:001"), graph.row("GO:011")]
    for link in set(triples) - {HAS_FUNCTION}:
        if link.head is PROTEIN:
            assert knowledge_of(graph, triples[link]).of(other).tolist() == []


def test_hidden_nodes_are_nobodys_tails(graph, triples):
    hidden = frozenset({graph.row("GO:003")})
    knowledge = knowledge_of(graph, triples[HAS_FUNCTION], hidden)
    assert knowledge.of(number(graph, "P30")).tolist() == []


def test_a_drug_is_known_by_its_row(graph, triples):
    knowledge = knowledge_of(graph, triples[ACTS_ON])
    found = knowledge.tails[knowledge.of(graph.row("salicylate"))].tolist()
    assert found == [graph.row("P12")]


# votes


def test_votes_are_shares_of_the_weight_of_those_who_have_any_tail(graph, functions):
    weights = {number(graph, "P30"): 3.0, number(graph, "P40"): 1.0, number(graph, "P99"): 96.0}
    found = shares(graph, functions, vote(weights, functions))
    assert found == {"GO:003": 0.75, "GO:013": 0.75, "GO:004": 0.25, "GO:014": 0.25}


def test_shares_are_at_most_1_and_implied_terms_have_at_least_what_implies_them(graph, functions):
    random = np.random.default_rng(0)
    for _ in range(20):
        keys = random.permutation(len(graph.sequences))[:30].tolist()
        weights = {int(key): float(w) for key, w in zip(keys, random.random(30), strict=True)}
        share = vote(weights, functions)
        assert share.max() <= 1 + 1e-6
        by_row = dict(zip(functions.tails.tolist(), share, strict=True))
        for row, own in by_row.items():
            assert all(by_row[above] >= own - 1e-6 for above in graph.ancestors(row))


def test_only_the_first_voters_are_heard(graph, functions):
    weights = {number(graph, "P99"): 9.0, number(graph, "P30"): 3.0, number(graph, "P40"): 1.0}
    first = shares(graph, functions, vote(weights, functions, voters=1))
    assert first == {"GO:003": 1.0, "GO:013": 1.0}
    every = dict.fromkeys(range(len(graph.sequences)), 1.0)
    assert vote(every, functions).sum() == pytest.approx(2)  # each of 25 votes for two terms


def test_without_voters_or_weight_there_are_no_votes(functions):
    assert not vote({}, functions).any()
    assert not vote({0: 0.0}, functions).any()


def test_supporters_are_those_who_have_it_best_first(graph, functions):
    keys = [number(graph, name) for name in ("P31", "P40", "P30")]
    weights = dict(zip(keys, (3.0, 2.0, 1.0), strict=True))
    own = int(functions.numbers_of(np.array([graph.row("GO:003")]))[0])
    assert supporters(own, weights, functions) == [keys[0], keys[2]]
    assert supporters(own, {keys[1]: 1.0}, functions) == []


# all signals


@pytest.fixture(scope="module")
def bridge(graph, tmp_path_factory):
    folder, vectors = tmp_path_factory.mktemp("bridge"), make_vectors(graph)
    settings = TrainingSettings("linear", steps=4, validate_every=2, batch=8, negatives=4)
    trained = train_bridge(triples_of(graph), [], vectors, WordEncoder(), settings=settings)
    write_checkpoint(folder, trained, name="toy", graph_hash=graph.hash, split_hash="",
                     vectors=vectors, settings=settings)  # fmt: skip
    return FrozenBridge.open(folder)


def test_signals_say_what_each_kind_of_relative_votes(graph, functions):
    first, second, third = (number(graph, name) for name in ("P30", "P40", "P50"))
    relatives = make_relatives(
        {first: 9.0, second: 1.0}, distant={first: 9.0, second: 1.0, third: 10.0},
        neighbours={third: 0.5},
    )  # fmt: skip
    found = signals(relatives, functions, make_vectors(graph), None)
    assert shares(graph, functions, found.close)["GO:003"] == 0.9
    assert shares(graph, functions, found.even)["GO:003"] == 0.75
    assert shares(graph, functions, found.closest) == {"GO:003": 1, "GO:013": 1}
    assert shares(graph, functions, found.distant)["GO:005"] == 0.5
    assert shares(graph, functions, found.neighbours) == {"GO:005": 1, "GO:010": 1}
    assert (found.relatives, found.closeness) == (2, 5.0)
    assert not found.cosine.any()
    assert found.rows.tolist() == functions.tails.tolist()


def test_the_cosine_is_that_of_the_carried_vector_to_each_text(graph, functions, bridge):
    vectors, relatives = make_vectors(graph), make_relatives({})
    pointed = bridge.carry(relatives.vector[None], HAS_FUNCTION)[0]
    found = signals(relatives, functions, vectors, pointed)
    texts = vectors.text[functions.tails]
    assert found.cosine == pytest.approx(texts @ pointed, abs=1e-5)
    assert found.best_cosine == pytest.approx(found.cosine.max())
    assert found.relatives == 0


def test_chosen_candidates_have_the_signals_that_they_have_among_all(graph, functions, bridge):
    vectors, relatives = make_vectors(graph), make_relatives({number(graph, "P30"): 1.0})
    pointed = bridge.carry(relatives.vector[None], HAS_FUNCTION)[0]
    every = signals(relatives, functions, vectors, pointed)
    chosen = np.array([2, 3, 13])
    some = signals(relatives, functions, vectors, pointed, chosen=chosen)
    assert some.rows.tolist() == every.rows[chosen].tolist()
    for name in ("close", "even", "closest", "distant", "neighbours", "cosine", "common"):
        assert np.allclose(getattr(some, name), getattr(every, name)[chosen], atol=1e-6)


def test_no_candidate_at_all_gives_empty_signals(graph, functions, bridge):
    none = np.empty(0, np.int64)
    relatives = make_relatives({})
    pointed = bridge.carry(relatives.vector[None], HAS_FUNCTION)[0]
    found = signals(relatives, functions, make_vectors(graph), pointed, chosen=none)
    assert found.best_cosine == -1
    assert len(found.cosine) == 0


def test_voters_are_counted_up_to_their_limit_and_drugs_vote_by_row(graph, triples):
    processes = knowledge_of(graph, triples[IN_PROCESS])
    everybody = dict.fromkeys(range(40), 1.0)
    found = signals(make_relatives(everybody), processes, make_vectors(graph), None)
    assert found.relatives == VOTERS
    targets = knowledge_of(graph, triples[ACTS_ON])
    relatives = make_relatives({graph.row("aspirin"): 1.0}, type=DRUG)
    found = signals(relatives, targets, make_vectors(graph), None)
    assert shares(graph, targets, found.close) == {"P02": 1}
