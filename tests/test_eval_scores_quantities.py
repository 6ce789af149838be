import pytest

from bbqa.eval.benchmarks.contract import Form, Item, Response
from bbqa.eval.scores import score, verdict
from bbqa.eval.scores.quantities import asks_for_number, numbers_of


def item(*gold):
    return Item("x", Form.TEXT, "How large is it?", gold)


@pytest.mark.parametrize(
    ("gold", "text", "right"),
    [
        ("38.91", "molecule_1 has a polar surface area of 38.91 [1].", True),
        ("38.91", "It is 38.914.", True),
        ("38.91", "It is 38.9.", False),
        ("38.9", "It is 38.93.", True),
        ("0", "molecule_1 has 0 violations of the rule of five [2].", True),
        ("2", "molecule_2 is large.", False),
        ("1234", "Its weight is 1,234 Da.", True),
        ("-0.5", "Its logP is \N{MINUS SIGN}0.5.", True),
        ("180.16", "It weighs a lot.", False),
        ("5", "Not 3 but 5.", False),
    ],
)
def test_the_first_number_counts_to_the_last_digit_of_the_reference(gold, text, right):
    assert numbers_of(item(gold), Response(text=text)) == {"number right": float(right)}


def test_one_of_several_references_is_enough():
    assert numbers_of(item("1", "2"), Response(text="2")) == {"number right": 1.0}


@pytest.mark.parametrize("response", [Response(error="lost"), Response(text="5", abstained=True)])
def test_who_failed_or_abstained_has_no_number_right(response):
    assert numbers_of(item("5"), response) == {"number right": 0.0}


@pytest.mark.parametrize(
    "other",
    [
        item("a kinase"),
        item("5", "five or six"),
        item(),
        Item("x", Form.CHOICE, "?", ("5",), options=("5", "6")),
    ],
)
def test_items_that_ask_for_something_else_have_no_such_score(other):
    assert not asks_for_number(other)
    assert numbers_of(other, Response(text="5")) == {}


def test_numbers_are_not_scored_as_texts():
    answered = [(item("38.91"), Response(text="38.91")), (item("2"), Response(text="3"))]
    found = {one.metric: one for one in score(answered, condition="bbqa")}
    assert "ROUGE-L" not in found
    assert (found["number right"].value, found["number right"].n) == (0.5, 2)
    assert verdict(*answered[0]) == ("number right", 1.0)
