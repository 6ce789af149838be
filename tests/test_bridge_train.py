"""Training on the tiny world: learning, stopping, going on after a kill, giving up in time."""

import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from bridge_world import (
    ACTS_ON,
    BINDS,
    DRUG,
    HAS_FUNCTION,
    HAS_ROLE,
    IN_PROCESS,
    PROTEIN,
    make_bridge_graph,
    make_vectors,
)
from world import WordEncoder

from bbqa.bridge.ranking import filtered_ranks
from bbqa.bridge.settings import KINDS, TrainingSettings, shorter
from bbqa.bridge.train import STATE, train_bridge
from bbqa.bridge.triples import Triples, triples_of
from bbqa.bridge.vectors import InputVectors, NodeVectors
from bbqa.errors import ArtifactError, BbqaError, GraphError

torch.set_num_threads(1)
TINY = TrainingSettings(
    width=16, layers=1, batch=16, positives=4, negatives=8, steps=40, validate_every=10,
    dropout=0.1, learning_rate=0.02,
)  # fmt: skip


@pytest.fixture(scope="module")
def graph():
    return make_bridge_graph()


@pytest.fixture(scope="module")
def vectors(graph):
    return make_vectors(graph)


@pytest.fixture(scope="module")
def parts(graph):
    """Training pairs, and validation pairs: the fourth member of each family."""
    training, validation = [], []
    for triples in triples_of(graph):
        fourth = np.array([graph.node_id(row)[-1] == "3" for row in triples.pairs[:, 0]])
        training.append(triples.only(~fourth))
        validation.append(triples.only(fourth))
    return training, validation


def train(parts, vectors, settings=TINY, **other):
    return train_bridge(*parts, vectors, WordEncoder(), settings=settings, **other)


def weights(trained):
    return {name: value.numpy() for name, value in trained.bridge.state_dict().items()}


def same(first, second):
    return first.keys() == second.keys() and all(np.array_equal(first[k], second[k]) for k in first)


class KillItself:
    """A progress that kills the process at a step, as the system does when memory ends."""

    def __init__(self, step):
        self.step = step

    def say(self, text):
        pass

    def bar(self, title, total, *, unit=""):
        return self

    def advance(self, amount):
        pass

    def move_to(self, completed):
        if completed == self.step:
            import os

            os.kill(os.getpid(), signal.SIGKILL)


class Steps(KillItself):
    """A progress that notes the steps that it is told of."""

    def __init__(self):
        self.told = []

    def move_to(self, completed):
        self.told.append(completed)


# learning


@pytest.mark.parametrize("kind", KINDS)
def test_a_bridge_learns_32_triples_by_heart(graph, vectors, kind):
    pairs = next(t for t in triples_of(graph) if t.link == HAS_FUNCTION).pairs[:32]
    # A tail of its own for each head: none can be guessed from the family.
    tails = graph.rows_of(HAS_FUNCTION.tail)[:32]
    triples = Triples(HAS_FUNCTION, np.stack([pairs[:, 0], tails], axis=1))
    wide = {"linear": 16, "mlp": 128, "transformer": 32}[kind]
    settings = replace(
        TINY,
        kind=kind,
        width=wide,
        batch=32,
        negatives=32,
        steps=120,
        validate_every=120,
        dropout=0,
    )
    trained = train(([triples], []), vectors, settings)
    heads = trained.scales[PROTEIN].apply(vectors.inputs[PROTEIN].take(triples.pairs[:, 0]))
    with torch.inference_mode():
        pointed = trained.bridge(
            torch.from_numpy(heads), HAS_FUNCTION, trained.words[HAS_FUNCTION]
        ).numpy()
    scores = pointed @ vectors.tails(tails).T
    ranks = [filtered_ranks(row, np.array([i]))[0] for i, row in enumerate(scores)]
    assert np.mean(np.array(ranks) == 1) >= {"linear": 0.6, "mlp": 0.9, "transformer": 0.9}[kind]


def test_what_is_learned_of_a_family_holds_for_members_never_seen(parts, vectors):
    trained = train(parts, vectors, replace(TINY, steps=100, validate_every=25))
    assert trained.validations[0] > 0.3
    assert max(trained.validations) > 0.6
    assert trained.losses[-1] < trained.losses[0]
    assert len(trained.losses) == len(trained.validations) == 4
    assert trained.steps == 25 * (1 + int(np.argmax(trained.validations)))
    assert trained.bridge.training is False


def test_the_same_seed_gives_the_same_weights_and_another_seed_others(parts, vectors):
    first, again = train(parts, vectors), train(parts, vectors)
    assert same(weights(first), weights(again))
    assert not same(weights(first), weights(train(parts, vectors, replace(TINY, seed=1))))


def test_training_stops_where_validation_stops_rising(parts, vectors):
    # So fast that the first validations are the best ones.
    settings = replace(TINY, learning_rate=0.5, steps=400, patience=2)
    trained = train(parts, vectors, settings)
    best = int(np.argmax(trained.validations))
    assert len(trained.validations) == best + 1 + 2 < 40
    assert trained.steps == 10 * (best + 1)


def test_without_validation_pairs_the_lowest_loss_is_the_best(parts, vectors):
    trained = train((parts[0], []), vectors)
    assert trained.validations == pytest.approx([-loss for loss in trained.losses])


def test_progress_is_told_every_step(parts, vectors):
    steps = Steps()
    train(parts, vectors, progress=steps)
    assert steps.told == list(range(41))


def test_a_shorter_run_still_validates():
    assert shorter(TrainingSettings(), 100).validate_every == 25
    assert shorter(TrainingSettings(), 100).steps == 100
    assert shorter(TINY, 3).validate_every == 1
    assert shorter(TINY, 10_000) == TINY


# what there is to train on


def test_a_relation_with_one_tail_and_an_empty_one_train(graph, vectors):
    every = {t.link: t for t in triples_of(graph)}
    empty = Triples(BINDS, np.empty((0, 2), np.int32))
    trained = train(([every[HAS_ROLE], empty, every[IN_PROCESS]], [empty]), vectors)
    assert np.isfinite(trained.losses).all()
    alone = train(([every[HAS_ROLE]], []), vectors)
    assert alone.losses == [0.0] * len(alone.losses)


def test_terms_are_heads_too(graph, vectors):
    every = triples_of(graph, both_ways=True)
    trained = train((every, []), vectors)
    assert HAS_FUNCTION.reverse in trained.words
    assert np.isfinite(trained.losses).all()


def test_what_has_no_vector_is_left_out(parts, vectors):
    only = NodeVectors(vectors.text, vectors.text_encoder, {PROTEIN: vectors.inputs[PROTEIN]})
    trained = train(parts, only)
    assert set(trained.scales) == {PROTEIN}


def test_validation_heads_without_a_vector_do_not_stop_training(parts, vectors):
    known = vectors.inputs[PROTEIN]
    seen = {row for t in parts[0] for row in t.pairs[:, 0].tolist()}
    kept = np.isin(known.rows, list(seen))
    fewer = InputVectors(known.encoder, known.rows[kept], known.vectors[kept])
    inputs = {PROTEIN: fewer, DRUG: vectors.inputs[DRUG]}
    trained = train(parts, NodeVectors(vectors.text, vectors.text_encoder, inputs))
    assert len(trained.validations) >= 1


def test_without_any_vector_there_is_nothing_to_train_on(parts, vectors):
    with pytest.raises(GraphError, match="nothing to train on"):
        train(parts, NodeVectors(vectors.text, vectors.text_encoder, {}))


def test_terms_alone_are_no_input_to_train_on(graph, vectors):
    every = [t for t in triples_of(graph, both_ways=True) if t.link == HAS_FUNCTION.reverse]
    with pytest.raises(GraphError, match="no head of the training pairs has a vector"):
        train((every, []), vectors)


# what goes wrong


def test_an_input_vector_that_is_not_a_number_stops_and_is_named(vectors):
    known = vectors.inputs[DRUG]
    wrong = known.vectors.copy()
    wrong[4, 2] = np.nan
    with pytest.raises(ArtifactError, match=f"node {known.rows[4]} by pairs-24") as caught:
        InputVectors(known.encoder, known.rows, wrong)
    assert "encode again" in caught.value.hint


def test_a_text_vector_that_is_not_a_number_stops_training(graph, parts, vectors):
    row = graph.row("GO:003")
    text = vectors.text.copy()
    text[row] = np.nan
    with pytest.raises(ArtifactError, match=f"node {row} by words-32 has nan at 0"):
        train(parts, NodeVectors(text, vectors.text_encoder, vectors.inputs))


@pytest.mark.parametrize("rate", [1e30, float("inf")])
@pytest.mark.parametrize("kind", KINDS)
def test_a_loss_that_is_not_a_number_stops_and_says_where(parts, vectors, kind, rate):
    with pytest.raises(BbqaError, match=r"the loss is nan at step \d+, for .+ > .+ > ") as caught:
        train(parts, vectors, replace(TINY, kind=kind, learning_rate=rate, steps=400))
    assert caught.value.hint == "train with a lower learning rate"


# going on


KILLED = """
import sys
from pathlib import Path
sys.path[:0] = [{tests!r}, {root!r}]
from test_bridge_train import KillItself, LONGER, parts_of_world, train
parts, vectors = parts_of_world()
train(parts, vectors, LONGER, folder=Path(sys.argv[1]), progress=KillItself(115))
"""
LONGER = replace(TINY, steps=200, validate_every=20, patience=99)


def parts_of_world():
    graph = make_bridge_graph()
    every = triples_of(graph)
    return (every, [t for t in every if t.link == ACTS_ON]), make_vectors(graph)


def test_a_killed_run_goes_on_and_ends_with_the_same_weights(tmp_path):
    tests = Path(__file__).parent
    script = KILLED.format(tests=str(tests), root=str(tests.parent))
    run = subprocess.run([sys.executable, "-c", script, str(tmp_path)], check=False)
    assert run.returncode == -signal.SIGKILL
    assert [path.name for path in tmp_path.iterdir()] == [STATE]
    parts, vectors = parts_of_world()
    steps = Steps()
    resumed = train(parts, vectors, LONGER, folder=tmp_path, progress=steps)
    assert steps.told == [100, *range(101, 201)]
    whole = train(parts, vectors, LONGER)
    assert same(weights(resumed), weights(whole))
    assert resumed.losses == whole.losses
    assert resumed.validations == whole.validations


def test_a_finished_run_is_not_trained_again(parts, vectors, tmp_path):
    first = train(parts, vectors, folder=tmp_path)
    steps = Steps()
    again = train(parts, vectors, folder=tmp_path, progress=steps)
    assert steps.told == [40]
    assert same(weights(first), weights(again))


def resumes(parts, vectors, settings, folder):
    steps = Steps()
    train(parts, vectors, settings, folder=folder, progress=steps)
    return steps.told[0] > 0


def test_other_settings_begin_anew(parts, vectors, tmp_path):
    train(parts, vectors, folder=tmp_path)
    assert not resumes(parts, vectors, replace(TINY, temperature=0.2), tmp_path)


def test_other_pairs_begin_anew(parts, vectors, tmp_path):
    train(parts, vectors, folder=tmp_path)
    fewer = [t.only(np.arange(len(t)) > 0) for t in parts[0]]
    assert not resumes((fewer, parts[1]), vectors, TINY, tmp_path)


@pytest.mark.parametrize("other", ["text", "encoder", "vectors"])
def test_other_vectors_begin_anew(parts, vectors, tmp_path, other):
    train(parts, vectors, folder=tmp_path)
    known = vectors.inputs[PROTEIN]
    inputs = {
        "text": vectors.inputs,
        "encoder": {**vectors.inputs, PROTEIN: InputVectors("e 2", known.rows, known.vectors)},
        "vectors": {
            **vectors.inputs,
            PROTEIN: InputVectors(known.encoder, known.rows, 2 * known.vectors),
        },
    }[other]
    text = -vectors.text if other == "text" else vectors.text
    changed = NodeVectors(text, vectors.text_encoder, inputs)
    assert not resumes(parts, changed, TINY, tmp_path)
    assert resumes(parts, changed, TINY, tmp_path)
