"""Signals become probabilities, and the probabilities are frequencies."""

import numpy as np
import pytest
import torch
from bridge_world import ACTS_ON, HAS_FUNCTION

from bbqa.bridge.fit import (
    LEAST_ITEMS,
    NEAR,
    SAMPLED,
    STEP_ITEMS,
    Examples,
    fit_fusion,
    isotonic,
    join,
    sample,
    threshold_of,
)
from bbqa.bridge.fusion import (
    FEATURES,
    FILE,
    FLOOR,
    Fusion,
    Signals,
    features,
    read_fusions,
    write_fusions,
)
from bbqa.errors import IndexMismatchError

torch.set_num_threads(1)
F = len(FEATURES)


def make_signals(count=4, **other):
    zeros = np.zeros(count, np.float32)
    given = dict.fromkeys(("close", "even", "closest", "distant", "neighbours", "common"), zeros)
    cosine = np.linspace(0.4, 0.1, count).astype(np.float32)
    plain = {"rows": np.arange(count), "cosine": cosine, "best_cosine": 0.4}
    return Signals(**(given | plain | {"closeness": 0.0, "relatives": 0} | other))


def make_fusion(seed=0, hidden=5):
    random = np.random.default_rng(seed)

    def some(*shape):
        return random.normal(size=shape).astype(np.float32)

    at = np.linspace(0.05, 0.9, 6).astype(np.float32)
    return Fusion(
        mean=some(F),
        spread=np.abs(some(F)) + np.float32(0.5),
        first=some(F, hidden),
        first_bias=some(hidden),
        last=some(hidden),
        skip=some(F),
        bias=-0.25,
        edges=np.empty(0, np.float32),
        steps_of=np.zeros(6, np.float32),
        steps_at=at,
        steps=np.array([0, 0.1, 0.1, 0.4, 0.8, 1], np.float32),
        threshold=0.75,
    )


def some_features(count, seed=1):
    return np.random.default_rng(seed).normal(size=(count, F)).astype(np.float32)


# features


def test_signals_are_read_in_the_order_of_their_names():
    signals = make_signals(close=np.array([0.5, 0, 0, 0], np.float32), closeness=4.0, relatives=3)
    found = features(signals, 0.1)
    assert found.shape == (4, F)
    assert found.dtype == np.float32
    column = {name: found[:, number] for number, name in enumerate(FEATURES)}
    assert column["close relatives' share of votes"].tolist() == [0.5, 0, 0, 0]
    assert column["its logarithm"][1] == pytest.approx(np.log(FLOOR))
    assert column["cosine over temperature"] == pytest.approx([4, 3, 2, 1])
    assert column["the same, less the best candidate's"] == pytest.approx([0, -1, -2, -3])
    assert column["closeness of the nearest relative"].tolist() == [4] * 4
    assert column["number of close relatives, logarithm"] == pytest.approx([np.log(4)] * 4)
    assert column["close relatives' share times closeness"].tolist() == [2, 0, 0, 0]


def test_no_signal_at_all_gives_finite_features():
    assert np.isfinite(features(make_signals(cosine=np.zeros(4, np.float32)), 0.1)).all()
    assert features(make_signals(0), 0.1).shape == (0, F)


# the perceptron


def test_log_odds_equal_the_formula():
    fusion, given = make_fusion(), some_features(3)
    for row, odds in zip(given, fusion.log_odds(given), strict=True):
        x = (row - fusion.mean) / fusion.spread
        hidden = [np.tanh(x @ fusion.first[:, h] + fusion.first_bias[h]) for h in range(5)]
        assert odds == pytest.approx(hidden @ fusion.last + x @ fusion.skip - 0.25, abs=1e-4)


def test_probabilities_lie_between_0_and_1_and_rise_with_the_log_odds():
    fusion, given = make_fusion(), 20 * some_features(500)
    probability, odds = fusion.probability(given), fusion.log_odds(given)
    assert probability.min() >= 0
    assert probability.max() <= 1
    assert (np.diff(probability[np.argsort(odds)]) >= 0).all()


def test_a_fusion_comes_back_from_its_arrays():
    fusion, given = make_fusion(), some_features(9)
    again = Fusion.from_arrays(fusion.to_arrays())
    assert np.array_equal(again.probability(given), fusion.probability(given))
    assert again.threshold == fusion.threshold


def test_fusions_come_back_from_their_file(tmp_path):
    fusions = {HAS_FUNCTION: make_fusion(0), ACTS_ON: make_fusion(1)}
    write_fusions(tmp_path, fusions, bridge="b" * 64)
    again = read_fusions(tmp_path, bridge="b" * 64)
    assert set(again) == set(fusions)
    given = some_features(9)
    for link, fusion in fusions.items():
        assert np.array_equal(again[link].probability(given), fusion.probability(given))
    assert [path.name for path in tmp_path.iterdir()] == [FILE]


def test_fusions_of_another_bridge_are_refused(tmp_path):
    write_fusions(tmp_path, {HAS_FUNCTION: make_fusion()}, bridge="b" * 64)
    with pytest.raises(IndexMismatchError, match="belongs to bridge bbbbbbbbbbbb; expected c") as e:
        read_fusions(tmp_path, bridge="c" * 64)
    assert "bbqa bridge" in e.value.hint


@pytest.mark.parametrize("content", [None, b"", b"nothing", b"\x10" + b"\0" * 40])
def test_missing_or_damaged_fusions_are_refused(tmp_path, content):
    if content is not None:
        (tmp_path / FILE).write_bytes(content)
    with pytest.raises(IndexMismatchError, match="cannot be read as fusions"):
        read_fusions(tmp_path, bridge="b")


def test_a_file_of_something_else_holds_no_fusions(tmp_path):
    from safetensors.numpy import save_file

    save_file({"weight": np.zeros(2, np.float32)}, tmp_path / FILE, metadata={"bridge": "b"})
    with pytest.raises(IndexMismatchError, match="cannot be read as fusions"):
        read_fusions(tmp_path, bridge="b")


# what is fitted on


def test_a_sample_has_all_that_anything_speaks_for_and_stands_for_all_the_rest():
    count = 1000
    signals = make_signals(
        count,
        distant=np.where(np.arange(count) == 700, 0.2, 0).astype(np.float32),
        best_cosine=0.4,
    )
    true = np.arange(count) == 900
    implied = true | (np.arange(count) == 901)
    found = sample(features(signals, 0.1), true, implied, 7, np.random.default_rng(0))
    # The voted one, two implied ones, the nearest by cosine, and a sample of the others.
    assert len(found.true) == 1 + 2 + NEAR + SAMPLED
    assert found.weight.sum() == pytest.approx(count)
    assert found.weight[: 3 + NEAR].tolist() == [1] * (3 + NEAR)
    assert (found.true.sum(), found.implied.sum()) == (1, 2)
    assert set(found.head.tolist()) == {7}


def test_a_sample_of_few_candidates_is_all_of_them():
    everything = np.ones(5, bool)
    found = sample(some_features(5), everything, everything, 0, np.random.default_rng(0))
    assert len(found.true) == 5
    assert found.weight.tolist() == [1] * 5


def test_several_examples_are_joined_in_their_order():
    first, second = make_examples(3, heads=1), make_examples(2, heads=1, seed=1)
    both = join([first, second])
    assert np.array_equal(both.features, np.concatenate([first.features, second.features]))
    assert len(both.head) == len(both.true) == len(both.implied) == len(both.weight) == 5


def make_examples(count, heads=100, seed=0, curve=lambda x: 1 / (1 + np.exp(1.5 - 2 * x))):
    """Candidates whose chance to be true is a known function of one feature."""
    random = np.random.default_rng(seed)
    given = random.normal(size=(count, F)).astype(np.float32)
    true = random.random(count) < curve(given[:, 0])
    weight = np.ones(count, np.float32)
    return Examples(given, true, true, weight, np.arange(count) % heads)


# calibration


def two_levels(x):
    """No logistic curve: without the isotonic steps a sum of signals would be off."""
    return 0.1 + 0.8 * (x > 0.5)


@pytest.fixture(scope="module")
def fitted():
    return fit_fusion(make_examples(1500, curve=two_levels))


def test_probabilities_are_the_frequencies_that_they_claim(fitted):
    fresh = make_examples(4000, seed=1, curve=two_levels)
    probability = fitted.probability(fresh.features)
    bins = np.minimum((probability * 10).astype(int), 9)
    error = sum(
        (bins == b).mean() * abs(probability[bins == b].mean() - fresh.true[bins == b].mean())
        for b in set(bins.tolist())
    )
    assert error < 0.05
    # And they tell candidates apart.
    assert probability[fresh.true].mean() > probability[~fresh.true].mean() + 0.3


def test_above_the_fitted_threshold_most_are_right(fitted):
    fresh = make_examples(4000, seed=2, curve=two_levels)
    above = fitted.probability(fresh.features) >= fitted.threshold
    assert above.any()
    assert fresh.true[above].mean() > 0.8


def test_fitting_twice_gives_the_same_fusion(fitted):
    again = fit_fusion(make_examples(1500, curve=two_levels)).to_arrays()
    assert all(np.array_equal(array, again[name]) for name, array in fitted.to_arrays().items())


def test_isotonic_steps_rise_and_equal_the_frequencies_of_their_bins():
    random = np.random.default_rng(0)
    raw = random.random(2000).astype(np.float32)
    true = random.random(2000) < raw**2
    at, steps = isotonic(raw, true, np.ones(2000, np.float32))
    assert len(at) == len(steps) <= 2000 // STEP_ITEMS
    assert (np.diff(at) > 0).all()
    assert (np.diff(steps) >= 0).all()
    assert 0 <= steps.min() <= steps.max() <= 1
    curve = np.interp(raw, at, steps)
    assert np.abs(curve - raw**2).mean() < 0.05


def test_isotonic_weighs_items_by_what_they_stand_for():
    raw = np.full(10, 0.3, np.float32)
    weight = np.array([9, *[1] * 9], np.float32)
    at, steps = isotonic(raw, np.arange(10) == 0, weight)
    assert (at.tolist(), steps.tolist()) == (pytest.approx([0.3]), pytest.approx([0.5]))


# the threshold


def test_above_the_threshold_nine_of_ten_are_right():
    random = np.random.default_rng(0)
    probability = random.random(2000)
    true = random.random(2000) < probability
    weight = np.ones(2000, np.float32)
    threshold = threshold_of(probability, true, weight)
    assert 0.7 < threshold < 0.9
    assert true[probability >= threshold].mean() >= 0.9


def test_equal_probabilities_stand_above_the_threshold_together_or_not_at_all():
    # The first fifty happen to be right; all hundred have the same probability.
    probability = np.full(100, 0.6)
    true = np.arange(100) < 50
    weight = np.ones(100, np.float32)
    assert threshold_of(probability, true, weight) == 2.0
    better = np.append(np.full(40, 0.95), probability)
    found = threshold_of(better, np.append(np.ones(40, bool), true), np.ones(140, np.float32))
    assert found == 0.95


def test_without_enough_right_ones_there_is_no_threshold():
    weight = np.ones(100, np.float32)
    assert threshold_of(np.linspace(0, 1, 100), np.zeros(100, bool), weight) == 2.0
    few = LEAST_ITEMS - 1
    assert threshold_of(np.linspace(0, 1, few), np.ones(few, bool), weight[:few]) == 2.0


def test_an_item_that_stands_for_many_counts_as_many():
    probability = np.linspace(1, 0, 100)
    true = np.arange(100) != 1
    assert threshold_of(probability, true, np.ones(100, np.float32)) == 0
    heavy = np.where(true, 1, 50).astype(np.float32)
    assert threshold_of(probability, true, heavy) == 2.0
