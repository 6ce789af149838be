import numpy as np
import pytest

from bbqa.eval.scores.statistics import (
    Ordered,
    Summed,
    draws,
    holm,
    intervals,
    mcnemar,
    mean_of,
    median_of,
    paired,
    selected,
    share_of,
    values_of,
)

NAN = np.nan


def value(measure):
    return values_of([measure], np.ones((1, len(measure.numbers))))[0, 0]


def test_a_mean_leaves_out_items_without_a_number():
    found = intervals([mean_of("x", np.array([1.0, NAN, 0.0, 1.0]))])[0]
    assert found.value == pytest.approx(2 / 3)
    assert found.n == 3


def test_a_share_is_a_quotient_of_sums_and_no_mean_of_shares():
    # (1 + 3) / (2 + 10) = 1/3; the mean of 1/2 and 3/10 would be .4
    assert value(share_of("x", np.array([1.0, 3.0]), np.array([2.0, 10.0]))) == pytest.approx(1 / 3)


@pytest.mark.parametrize("column", [[3.0, 1.0, 2.0], [4.0, 1.0, 3.0, 2.0], [5.0], [1.0, 1.0, 9.0]])
def test_a_median_is_numpys(column):
    assert value(median_of("x", np.array(column))) == np.median(column)


def test_a_median_of_a_resample_counts_items_as_often_as_they_were_drawn():
    # 1 once, 2 never, 10 three times: 1 10 10 10; and 1 twice, 10 twice: between 1 and 10
    counts = np.array([[1.0, 0.0, 3.0], [2.0, 0.0, 2.0]])
    assert values_of([median_of("x", np.array([1.0, 2.0, 10.0]))], counts).tolist() == [[10.0, 5.5]]


def test_every_resample_draws_as_many_items_as_there_are():
    counts = np.vstack(list(draws(7, 50, seed=1)))
    assert counts.shape == (50, 7)
    assert (counts.sum(axis=1) == 7).all()


def test_a_bootstrap_interval_is_about_the_normal_one_for_a_mean():
    column = np.random.default_rng(0).normal(5, 2, 400)
    found = intervals([mean_of("x", column)])[0]
    half = 1.96 * column.std() / 20
    assert found.low == pytest.approx(column.mean() - half, abs=0.02)
    assert found.high == pytest.approx(column.mean() + half, abs=0.02)


def test_a_bootstrap_interval_covers_the_true_mean_about_nineteen_times_in_twenty():
    rng = np.random.default_rng(3)
    runs = [
        intervals([mean_of("x", rng.binomial(1, 0.3, 100).astype(float))], resampled=300, seed=i)[0]
        for i in range(200)
    ]
    covered = np.mean([run.low <= 0.3 <= run.high for run in runs])
    assert 0.9 <= covered <= 0.99


def test_intervals_are_the_same_for_the_same_seed_and_whatever_is_measured_beside():
    column = np.arange(30.0)
    alone = intervals([mean_of("x", column)], seed=5)[0]
    beside = intervals([median_of("y", column), mean_of("x", column)], seed=5)[1]
    assert alone == beside


def test_one_item_has_an_interval_of_no_width():
    found = intervals([mean_of("x", np.array([0.4]))])[0]
    assert (found.value, found.low, found.high, found.n) == (0.4, 0.4, 0.4, 1)


def test_a_measure_that_rests_on_no_item_has_no_interval():
    nothing, some = intervals([mean_of("x", np.array([NAN])), mean_of("y", np.array([1.0]))])
    assert nothing is None
    assert some.value == 1
    assert intervals([mean_of("x", np.array([]))]) == [None]
    assert intervals([]) == []


def test_a_measure_over_some_items_is_that_of_those_items():
    chosen = selected(mean_of("x", np.array([1.0, 5.0, 9.0])), np.array([0, 2]))
    assert value(chosen) == 5


def test_sums_and_orders_are_told_in_the_order_in_which_they_were_asked_for():
    numbers = np.array([[1.0], [3.0]])
    total = Summed("total", numbers, lambda sums: sums[:, 0])
    largest = Ordered("most", numbers, lambda counts, mine: np.full(len(counts), mine.max()))
    assert values_of([largest, total], np.ones((1, 2)))[:, 0].tolist() == [3, 4]


# two answerers


def test_mcnemars_p_is_that_of_tossing_a_coin():
    # 8 items are right for the first alone, 2 for the second alone:
    # 2 (C(10,0) + C(10,1) + C(10,2)) / 2^10 = 2 * 56 / 1024
    first = np.array([1] * 8 + [0] * 2 + [1] * 5, float)
    second = np.array([0] * 8 + [1] * 2 + [1] * 5, float)
    assert mcnemar(first, second) == pytest.approx(0.109375)
    assert mcnemar(second, first) == pytest.approx(0.109375)


def test_answerers_that_are_right_on_the_same_items_do_not_differ():
    right = np.array([1.0, 0.0, 1.0])
    assert mcnemar(right, right) == 1
    found = paired([mean_of("x", right, binary=True)], [mean_of("x", right, binary=True)])[0]
    assert (found.difference, found.low, found.high, found.p) == (0, 0, 0, 1)


def test_a_share_of_right_items_is_tested_by_mcnemar_and_a_mean_by_bootstrap():
    first = mean_of("x", np.array([1.0, 1.0, 0.0]), binary=True)
    second = mean_of("x", np.array([0.0, 1.0, 0.0]), binary=True)
    assert paired([first], [second])[0].test == "McNemar exact"
    assert paired([median_of("y", np.ones(3))], [median_of("y", np.ones(3))])[0].test == (
        "paired bootstrap"
    )


def test_pairs_show_a_difference_that_separate_intervals_hide():
    rng = np.random.default_rng(0)
    hard = rng.normal(0, 10, 100)
    first, second = mean_of("x", hard + 1 + rng.normal(0, 1, 100)), mean_of("x", hard)
    found = paired([first], [second])[0]
    apart = intervals([first, second])
    assert found.low > 0
    assert found.p < 0.01
    assert apart[0].low < apart[1].high


def test_no_difference_gives_small_p_no_more_often_than_it_should():
    rng = np.random.default_rng(1)
    found = [
        paired(
            [mean_of("x", rng.normal(size=60))],
            [mean_of("x", rng.normal(size=60))],
            resampled=300,
            seed=i,
        )[0].p
        for i in range(150)
    ]
    assert np.mean(np.array(found) < 0.05) < 0.12


def test_a_bootstrap_p_is_never_nothing():
    far = paired([mean_of("x", np.full(9, 5.0))], [mean_of("x", np.zeros(9))], resampled=99)[0]
    assert far.p == pytest.approx(0.02)


def test_only_items_that_both_have_a_number_for_are_compared():
    first = mean_of("x", np.array([1.0, NAN, 3.0]))
    second = mean_of("x", np.array([0.0, 5.0, NAN]))
    found = paired([first], [second])[0]
    assert (found.difference, found.n) == (1, 1)


def test_answerers_without_items_in_common_are_not_compared():
    first, second = mean_of("x", np.array([1.0, NAN])), mean_of("x", np.array([NAN, 1.0]))
    assert paired([first], [second]) == [None]
    assert paired([mean_of("x", np.array([]))], [mean_of("x", np.array([]))]) == [None]
    assert paired([], []) == []


def test_holm_raises_the_smallest_p_most_and_keeps_their_order():
    # sorted .01 .03 .04: 3 * .01 = .03, 2 * .03 = .06, and .04 may not fall below .06
    assert holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])
    assert holm([0.9, 0.8]) == [1, 1]
    assert holm([]) == []
