import pytest

from bbqa.errors import InputError
from bbqa.eval.benchmarks import benchmarks
from bbqa.eval.benchmarks.contract import Form, Item, Response
from bbqa.eval.scores import LOWER_IS_BETTER, METRICS, compare, score, verdict


def choice(number, **bins):
    return Item(f"q{number}", Form.CHOICE, "?", ("A",), options=("A", "B"), bins=bins)


def run(choices, **bins):
    return [(choice(i, **bins), Response(choice=chosen)) for i, chosen in enumerate(choices)]


def scores(answered, **options):
    found = score(answered, condition="bbqa", resampled=40, **options)
    return {(one.bin, one.metric): one for one in found}


def test_every_score_is_described_and_has_an_interval_around_it():
    answered = [
        *run("AB", kind="x"),
        (Item("t", Form.TEXT, "?", ("a b",)), Response(text="a c", answer={"claims": []})),
        (Item("e", Form.ENTITIES, "?", ("a",)), Response(nodes=("a",), ranked=("a",))),
        (Item("u", Form.ENTITIES, "?", ()), Response(abstained=True)),
    ]
    for one in score(answered, condition="bbqa"):
        assert METRICS[one.metric].endswith(".")
        assert one.low <= one.value <= one.high
        assert one.n >= 1
        assert one.condition == "bbqa"


def test_what_is_better_when_lower_is_among_what_is_described():
    assert set(METRICS) >= LOWER_IS_BETTER
    assert "accuracy" not in LOWER_IS_BETTER


def test_every_benchmark_is_judged_by_a_score_that_there_is():
    assert {one.card.metric for one in benchmarks().values()} <= set(METRICS)


def test_each_bin_is_scored_by_its_own_items():
    answered = [
        (choice(0, kind="x"), Response(choice="A")),
        (choice(1, kind="x"), Response(choice="A")),
        (choice(2, kind="y"), Response(choice="B")),
        (choice(3), Response(choice="B")),
    ]
    found = scores(answered)
    assert found["all", "accuracy"].value == pytest.approx(0.5)
    assert (found["kind: x", "accuracy"].value, found["kind: x", "accuracy"].n) == (1, 2)
    assert (found["kind: y", "accuracy"].value, found["kind: y", "accuracy"].n) == (0, 1)
    assert {bin for bin, _ in found} == {"all", "kind: x", "kind: y"}


def test_bins_can_be_left_out():
    assert {bin for bin, _ in scores(run("AB", kind="x"), bins=False)} == {"all"}


def test_items_of_several_forms_are_told_apart():
    answered = [*run("A"), (Item("e", Form.ENTITIES, "?", ("a",)), Response())]
    found = scores(answered)
    assert found["form: choice", "risk"].value == 0
    assert found["form: entities", "risk"].value == 1
    assert found["all", "risk"].value == pytest.approx(0.5)


def test_costs_are_told_over_all_items_only():
    found = scores(run("AB", kind="x"))
    assert ("all", "seconds (mean)") in found
    assert ("kind: x", "seconds (mean)") not in found


def test_a_run_may_come_from_a_generator():
    assert scores(pair for pair in run("AB"))["all", "accuracy"].n == 2


def test_no_items_have_no_scores():
    assert score([], condition="bbqa") == []
    assert compare([], []) == []


def test_one_item_is_scored():
    one = scores(run("A"))["all", "accuracy"]
    assert (one.value, one.low, one.high, one.n) == (1, 1, 1, 1)


def test_scores_are_the_same_every_time():
    answered = run("ABAAB" * 5)
    assert score(answered, condition="x", seed=1) == score(answered, condition="x", seed=1)


@pytest.mark.parametrize(
    ("item", "response", "expected"),
    [
        (choice(0), Response(choice="A"), ("accuracy", 1)),
        (Item("e", Form.ENTITIES, "?", ("a",)), Response(nodes=("a", "b")), ("entity F1", 2 / 3)),
        (Item("t", Form.TEXT, "?", ("a b",)), Response(text="a b"), ("ROUGE-L", 1)),
        (
            Item("u", Form.CHOICE, "?", ()),
            Response(abstained=True),
            ("unanswerable declined", 1),
        ),
        (choice(0), Response(choice="A", error="x"), ("errors", 0)),
    ],
)
def test_one_item_has_a_verdict(item, response, expected):
    metric, value = verdict(item, response)
    assert (metric, value) == (expected[0], pytest.approx(expected[1]))


# two runs


def differences(first, second, **options):
    found = compare(first, second, resampled=100, **options)
    return {(one.bin, one.metric): one for one in found}


def test_runs_are_compared_item_by_item_whatever_their_order():
    # the first is right on 0 1 2, the second on 0
    first, second = run("AAAB"), run("ABBB")
    one = differences(first, second[::-1])["all", "accuracy"]
    assert one.difference == pytest.approx(0.5)
    assert one.p == pytest.approx(0.5)  # two discordant items: 2 * (1/2)^2
    assert (one.n, one.test) == (4, "McNemar exact")


def test_a_run_does_not_differ_from_itself():
    for one in compare(run("AABB"), run("AABB")):
        assert (one.difference, one.low, one.high, one.p, one.p_holm) == (0, 0, 0, 1, 1)


def test_p_is_corrected_over_the_bins_of_a_metric():
    first, second = run("A" * 8, kind="x"), run("B" * 8, kind="x")
    found = differences(first, second)
    # 2 / 2^8 in "all" and in the one bin
    assert found["all", "accuracy"].p == pytest.approx(2 / 256)
    assert found["all", "accuracy"].p_holm == pytest.approx(4 / 256)


def test_only_metrics_that_both_have_are_compared():
    item = Item("e", Form.ENTITIES, "?", ("a",))
    first, second = [(item, Response(ranked=("a",)))], [(item, Response())]
    assert ("all", "MRR") not in differences(first, second)


def test_texts_are_compared_by_bootstrap():
    items = [Item(str(i), Form.TEXT, "?", ("a b c d e",)) for i in range(6)]
    first = [(item, Response(text="a b c d e")) for item in items]
    second = [(item, Response(text="a b x y z")) for item in items]
    one = differences(first, second)["all", "BLEU-2"]
    assert one.difference > 50
    assert one.test == "paired bootstrap"


def test_runs_over_other_items_are_refused_by_name():
    with pytest.raises(InputError) as refused:
        compare(run("AAAAA"), run("A"))
    assert "differ in 4 items (q1, q2, q3)" in refused.value.message
    assert "--resume" in refused.value.hint


def test_a_run_with_an_item_twice_is_refused():
    with pytest.raises(InputError, match="has an item twice"):
        compare([*run("A"), *run("A")], run("A"))
