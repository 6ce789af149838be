"""Options, silence, confidence, rankings, citations and costs: each by a worked example."""

import numpy as np
import pytest

from bbqa.eval.benchmarks.contract import Form, Item, Response
from bbqa.eval.ranking_metrics import calibration_error, ranking_numbers
from bbqa.eval.scores import reliability, risk_coverage, score, verdict
from bbqa.eval.scores.choices import is_right
from bbqa.eval.scores.ranking import filtered_ranks
from bbqa.eval.scores.selective import area


def choice(gold="A", **bins):
    gold = (gold,) if gold else ()
    return Item("x", Form.CHOICE, "Which?", gold, options=("A", "B", "C"), bins=bins)


def nodes(*gold):
    return Item("x", Form.ENTITIES, "Which?", gold)


def numbers(answered):
    """Scores over all items by metric."""
    found = score(answered, condition="bbqa", resampled=50)
    return {one.metric: one.value for one in found if one.bin == "all"}


FOUR = [
    (choice(), Response(choice="A", confidence=0.9)),
    (choice(), Response(choice="B", confidence=0.8)),
    (choice(), Response(choice="A", confidence=0.7)),
    (choice(), Response(abstained=True)),
]


def test_abstaining_is_wrong_for_accuracy_and_left_out_of_accuracy_on_answered():
    found = numbers(FOUR)
    assert found["accuracy"] == pytest.approx(2 / 4)
    assert found["accuracy on answered"] == pytest.approx(2 / 3)
    assert found["coverage"] == pytest.approx(3 / 4)
    assert found["risk"] == pytest.approx(1 / 3)


def test_the_area_under_the_risk_coverage_curve_puts_abstentions_last_and_wrong():
    # risks among the k most trusted: 0/1, 1/2, 1/3, 2/4
    assert numbers(FOUR)["AURC"] == pytest.approx((0 + 1 / 2 + 1 / 3 + 2 / 4) / 4)
    assert risk_coverage(FOUR) == [(0.25, 0), (0.5, 0.5), (0.75, 1 / 3)]


def test_ties_count_in_the_mean_of_all_their_orders():
    # one wrong, then a right and a wrong one tied: 1, (1 + 1/2) / 2, 2/3
    tied = np.array([[0.9, 1.0], [0.5, 0.0], [0.5, 1.0]])
    assert area(np.ones((1, 3)), tied)[0] == pytest.approx((1 + 0.75 + 2 / 3) / 3)


def test_without_any_confidence_the_area_is_the_mean_loss():
    silent = [(item, Response(choice=r.choice)) for item, r in FOUR[:3]]
    assert numbers(silent)["AURC"] == pytest.approx(1 / 3)
    assert "ECE" not in numbers(silent)
    assert risk_coverage(silent) == [(1, 1 / 3)]


def test_an_item_drawn_twice_counts_twice_in_the_area():
    # trusted right one twice, then a wrong one: risks 0, 0, 1/3
    found = area(np.array([[2.0, 1.0]]), np.array([[0.9, 0.0], [0.1, 1.0]]))
    assert found[0] == pytest.approx(1 / 9)


def test_calibration_error_compares_confidence_with_right_choices_in_ten_bins():
    answered = [
        (choice(), Response(choice="A", confidence=0.95)),
        (choice(), Response(choice="B", confidence=0.85)),
        (choice(), Response(choice="A", confidence=0.83)),
    ]
    # bin 9: |.95 - 1|; bin 8: |.85 + .83 - 1|; of three items
    assert numbers(answered)["ECE"] == pytest.approx((0.05 + 0.68) / 3)
    # (.05^2 + .85^2 + .17^2) / 3
    assert numbers(answered)["Brier"] == pytest.approx((0.0025 + 0.7225 + 0.0289) / 3)


def test_calibration_error_is_that_of_the_other_benchmarks():
    rng = np.random.default_rng(0)
    told, right = rng.random(200), rng.random(200) < 0.5
    answered = [
        (choice(), Response(choice="A" if ok else "B", confidence=float(p)))
        for p, ok in zip(told, right, strict=True)
    ]
    error, curve = calibration_error(told, right)
    assert numbers(answered)["ECE"] == pytest.approx(error)
    assert reliability(answered) == curve


def test_an_error_is_wrong_even_if_it_carries_the_right_choice():
    failed = [(choice(), Response(choice="A", confidence=1.0, error="timeout"))]
    found = numbers(failed)
    assert found["accuracy"] == found["accuracy on answered"] == 0
    assert found["risk"] == found["errors"] == 1
    assert found["answerable answered"] == 0
    assert verdict(*failed[0]) == ("errors", 0)


def test_an_error_on_an_unanswerable_item_is_no_abstention():
    assert numbers([(choice(gold=""), Response(abstained=True, error="x"))]) == pytest.approx(
        {
            "unanswerable declined": 0,
            "errors": 1,
            **{
                f"{cost} ({what})": 0
                for cost in ("seconds", "prompt tokens", "completion tokens", "LLM calls")
                for what in ("mean", "median")
            },
        }
    )


def test_silence_is_right_where_there_is_no_answer_and_only_there():
    answered = [
        (choice(gold=""), Response(abstained=True)),
        (choice(gold=""), Response(choice="B")),
        (choice(), Response(abstained=True)),
        (choice(), Response(choice="B")),
        (choice(), Response(choice="C")),
    ]
    found = numbers(answered)
    assert found["unanswerable declined"] == pytest.approx(1 / 2)
    assert found["answerable answered"] == pytest.approx(2 / 3)
    assert found["accuracy"] == 0


def test_who_always_abstains_has_no_risk_and_the_worst_area():
    found = numbers([(choice(), Response(abstained=True))] * 3)
    assert found["coverage"] == found["accuracy"] == 0
    assert found["AURC"] == 1
    assert "risk" not in found
    assert "accuracy on answered" not in found
    assert risk_coverage([(choice(), Response(abstained=True))]) == []


def test_a_choice_is_read_without_regard_to_blanks_and_case():
    item = Item("x", Form.CHOICE, "?", ("Cell  membrane",), options=("Cell  membrane", "Nucleus"))
    assert is_right(item, Response(choice=" cell membrane"))
    assert not is_right(item, Response(choice=""))


# rankings


def test_ranks_are_filtered_of_other_right_nodes():
    # right ones at places 1, 2 and 4 rank 1, 1 and 2: those before them are right too
    assert filtered_ranks(("a", "b", "x", "c"), ("a", "b", "c")) == [1, 1, 2]
    assert filtered_ranks(("x", "a", "a"), ("a", "b")) == [2]
    assert filtered_ranks((), ("a",)) == []


def test_mrr_and_hits_are_over_all_right_nodes():
    answered = [
        (nodes("a", "b"), Response(ranked=("a", "x", "b"))),  # ranks 1 and 2
        (nodes("c"), Response(ranked=("x", "y", "z", "c"))),  # rank 4
        (nodes("d"), Response()),  # not ranked
    ]
    found = numbers(answered)
    assert found["MRR"] == pytest.approx((1 + 1 / 2 + 1 / 4 + 0) / 4)
    assert found["Hit@1"] == pytest.approx(1 / 4)
    assert found["Hit@3"] == pytest.approx(2 / 4)
    assert found["Hit@10"] == pytest.approx(3 / 4)


def test_mrr_is_that_of_the_bridges_benchmark():
    answered = [
        (nodes("a", "b"), Response(ranked=("a", "x", "b"))),
        (nodes("c"), Response(ranked=("x", "y", "z", "c"))),
    ]
    other = {row[0]: row[1] for row in ranking_numbers([np.array([1.0, 2.0]), np.array([4.0])])}
    found = numbers(answered)
    assert found["MRR"] == pytest.approx(other["mrr"])
    assert found["Hit@3"] == pytest.approx(other["hit@3"])


def test_who_ranks_nothing_gets_no_ranking_scores():
    assert "MRR" not in numbers([(nodes("a"), Response(nodes=("a",)))])


# citations


def answer(claims, dropped=0):
    return {
        "claims": [{"text": "A sentence.", "citations": cites} for cites in claims],
        "dropped": [{"text": "Another."}] * dropped,
        "evidence": [
            {"number": 1, "nodes": ["P00001", "a"]},
            {"number": 2, "nodes": ["P00001", "x"]},
            {"number": 3, "nodes": ["P00001", "b"]},
        ],
    }


def test_a_citation_is_right_if_its_evidence_is_about_a_right_node():
    answered = [(nodes("a", "b"), Response(answer=answer([(1, 2), (2,), (3,)], dropped=1)))]
    found = numbers(answered)
    assert found["citation precision"] == pytest.approx(2 / 4)  # 1 and 3, of 1 2 2 3
    assert found["citation recall"] == pytest.approx(2 / 3)  # the first and the third sentence
    assert found["supported sentences"] == pytest.approx(3 / 4)


def test_citations_are_means_over_items_and_support_is_over_all_sentences():
    answered = [
        (nodes("a"), Response(answer=answer([(1,)]))),
        (nodes("a"), Response(answer=answer([(2,), (2,), (2,)], dropped=4))),
        (nodes("a"), Response(answer=answer([]))),
        (nodes("a"), Response()),
    ]
    found = numbers(answered)
    assert found["citation precision"] == pytest.approx((1 + 0) / 2)
    assert found["supported sentences"] == pytest.approx((1 + 3) / 8)


def test_who_cites_nothing_gets_no_citation_scores():
    found = numbers([(nodes("a"), Response(text="a", nodes=("a",)))])
    assert not {"citation precision", "citation recall", "supported sentences"} & set(found)


# costs


def test_costs_have_a_mean_and_a_median():
    answered = [
        (nodes("a"), Response(seconds=s, prompt_tokens=10, llm_calls=n))
        for s, n in ((1.0, 1), (2.0, 1), (9.0, 4))
    ]
    found = numbers(answered)
    assert (found["seconds (mean)"], found["seconds (median)"]) == (4, 2)
    assert (found["LLM calls (mean)"], found["LLM calls (median)"]) == (2, 1)
    assert found["prompt tokens (mean)"] == 10
