"""Knowledge-graph embeddings, on a world of 30 nodes."""

import dataclasses
import math
import subprocess
import sys

import numpy as np
import pytest

from bbqa.bridge.kge import KGE_DEFAULTS, KgeSettings, train_kge
from bbqa.bridge.kge_batches import Negatives, batches
from bbqa.errors import BbqaError, InputError, SettingsError

NODES, RELATIONS = 30, 2
MODELS = list(KGE_DEFAULTS)


def world():
    """Ten heads with a tail of their own in each of two groups of ten."""
    node = np.arange(10)
    first = np.stack([node, np.zeros(10, int), 10 + (3 * node + 1) % 10], axis=1)
    second = np.stack([node, np.ones(10, int), 20 + (7 * node + 2) % 10], axis=1)
    return np.concatenate([first, second])


def settings(model, **other):
    return KgeSettings(model, 8, 60, 10, 10, 0.3, **other)


def train(model, **other):
    pytest.importorskip("pykeen")
    return train_kge(
        world(), n_nodes=NODES, n_relations=RELATIONS, settings=settings(model, **other)
    )


def share_ranked_first(kge):
    hits = []
    for relation, tails in ((0, np.arange(10, 20)), (1, np.arange(20, 30))):
        scores = kge.scores(np.arange(10), relation, tails)
        true = world()[world()[:, 1] == relation, 2]
        hits += list(tails[scores.argmax(axis=1)] == true)
    return np.mean(hits)


@pytest.mark.parametrize("model", MODELS)
def test_a_model_learns_a_tiny_world_by_heart(model):
    kge = train(model)
    assert share_ranked_first(kge) >= 0.8
    assert kge.name == model
    assert kge.epochs_done == 60
    assert kge.seconds > 0


@pytest.mark.parametrize("model", MODELS)
def test_scores_are_those_of_pykeen_for_every_pair(model):
    import torch

    kge = train(model)
    heads, tails = np.array([0, 4, 9]), np.array([12, 3, 25, 17])
    scores = kge.scores(heads, 1, tails)
    triples = torch.tensor([[head, 1, tail] for head in heads for tail in tails])
    expected = kge._model.score_hrt(triples).detach().numpy().reshape(3, 4)
    assert scores.dtype == np.float32
    np.testing.assert_allclose(scores, expected, rtol=1e-4, atol=1e-4)


def test_many_pairs_are_scored_in_pieces_of_the_same_values():
    kge = train("distmult")
    heads, tails = np.arange(NODES).repeat(600), np.arange(NODES)
    scores = kge.scores(heads, 0, tails)
    np.testing.assert_allclose(scores[::600], kge.scores(np.arange(NODES), 0, tails), rtol=1e-5)
    assert kge.scores(np.array([], int), 0, tails).shape == (0, NODES)


@pytest.mark.parametrize("model", ["transe", "complex"])
def test_the_same_seed_gives_the_same_scores_and_another_does_not(model):
    nodes = np.arange(NODES)
    one, same, other = (train(model, seed=seed).scores(nodes, 0, nodes) for seed in (1, 1, 2))
    np.testing.assert_array_equal(one, same)
    assert not np.allclose(one, other)


def test_training_leaves_the_random_numbers_of_the_caller_alone():
    import torch

    torch.manual_seed(5)
    expected = torch.rand(3)
    torch.manual_seed(5)
    train("transe")
    assert torch.equal(torch.rand(3), expected)


def test_the_numbers_learnt_are_counted():
    assert train("distmult").parameters == (NODES + RELATIONS) * 8
    assert train("complex").parameters == (NODES + RELATIONS) * 16


def test_time_that_is_up_ends_training_before_the_last_epoch():
    kge = train("transe", max_seconds=1e-9)
    assert kge.epochs_done == 0
    assert np.isfinite(kge.scores(np.arange(3), 0, np.arange(3))).all()


def test_progress_counts_triples_of_all_epochs():
    pytest.importorskip("pykeen")
    progress = Counting()
    short = dataclasses.replace(settings("transe"), epochs=3)
    train_kge(world(), n_nodes=NODES, n_relations=RELATIONS, settings=short, progress=progress)
    assert progress.bars == [("training transe", 60, "triples")]
    assert progress.advanced == 60


class Counting:
    """A progress that notes what it is told."""

    def __init__(self):
        self.bars, self.advanced = [], 0

    def bar(self, title, total, *, unit=""):
        self.bars.append((title, total, unit))
        return self

    def say(self, text):
        raise AssertionError(text)

    def advance(self, amount):
        self.advanced += amount

    def move_to(self, completed):
        assert completed == self.advanced


def test_a_batch_has_one_relation_and_all_batches_are_all_triples():
    triples = world()
    found = list(batches(triples, 4, np.random.default_rng(0)))
    assert [len(np.unique(batch[:, 1])) for batch in found] == [1] * 6
    assert max(len(batch) for batch in found) == 4
    assert sorted(map(tuple, np.concatenate(found))) == sorted(map(tuple, triples))


def test_a_negative_stands_at_that_end_of_the_relation_and_facts_among_them_are_marked():
    triples = np.array([[0, 0, 5], [0, 0, 6], [1, 0, 7], [0, 1, 8]])
    tails = Negatives(triples, 2, n_nodes=9, n_relations=2)
    drawn = tails.drawn(triples[:3], 10, np.random.default_rng(0))
    assert drawn.nodes.tolist() == [5, 6, 7]
    marked = set(zip(drawn.rows.tolist(), drawn.columns.tolist(), strict=True))
    assert marked == {(0, 0), (0, 1), (1, 0), (1, 1), (2, 2)}
    heads = Negatives(triples, 0, n_nodes=9, n_relations=2)
    assert len(heads.drawn(triples[:3], 1, np.random.default_rng(0)).nodes) == 1


def test_an_unknown_model_is_told_which_ones_there_are():
    with pytest.raises(SettingsError, match="'transx'; expected one of transe, distmult") as caught:
        train_kge(world(), n_nodes=NODES, n_relations=RELATIONS, settings=settings("transx"))
    assert all(model in caught.value.hint for model in MODELS)


def test_no_triples_are_refused():
    with pytest.raises(InputError, match="no triples"):
        train_kge(np.empty((0, 3), int), n_nodes=3, n_relations=1, settings=settings("transe"))


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ([0, 0, 30], "tail 30; expected 0 to 29"),
        ([-1, 0, 3], "head -1; expected 0 to 29"),
        ([0, 2, 3], "relation 2; expected 0 to 1"),
    ],
)
def test_a_triple_out_of_range_is_named(wrong, message):
    triples = np.concatenate([world(), [wrong]])
    with pytest.raises(InputError, match=message) as caught:
        train_kge(triples, n_nodes=NODES, n_relations=RELATIONS, settings=settings("transe"))
    assert "n_nodes" in caught.value.hint


def test_a_loss_that_is_no_number_names_its_epoch_and_a_way_out():
    pytest.importorskip("pykeen")
    wild = dataclasses.replace(settings("distmult"), learning_rate=1e30)
    with pytest.raises(BbqaError, match=r"loss of distmult is (nan|inf) in epoch \d") as caught:
        train_kge(world(), n_nodes=NODES, n_relations=RELATIONS, settings=wild)
    assert "lower learning_rate than 1e+30" in caught.value.hint


def test_without_pykeen_the_extra_is_named():
    code = (
        "import sys; sys.modules['pykeen'] = None\n"
        "import numpy as np\n"
        "from bbqa.bridge.kge import KGE_DEFAULTS, train_kge\n"
        "from bbqa.errors import MissingExtraError\n"
        "try:\n"
        "    train_kge(np.array([[0, 0, 1]]), n_nodes=2, n_relations=1,\n"
        "              settings=KGE_DEFAULTS['transe'])\n"
        "except MissingExtraError as error:\n"
        "    print(error.message, '|', error.hint)\n"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert "need the package pykeen, which is not installed" in run.stdout
    assert "pip install 'bbqa[kge]'" in run.stdout


def test_every_default_names_its_model_and_could_be_trained():
    for name, default in KGE_DEFAULTS.items():
        assert default.model == name
        assert min(default.dimension, default.epochs, default.batch_size, default.negatives) > 0
        assert math.isfinite(default.learning_rate)
