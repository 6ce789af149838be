"""Rubrics: what is read, what is found in a text, and what is not right about an answer."""

from __future__ import annotations

import json

import pytest

from bbqa.errors import InputError
from bbqa.eval.rubric import Passage, Rubric, faults, read_rubrics, sentences
from bbqa.eval.rubrics import Told, judged, lines, main, read_answers, rubrics, set_path, summary

GOOD = "Yes: KIN1 is a kinase [1]. It acts on LIP2 [2, 3]. Nothing else is recorded."


def asks(**fields):
    return Rubric(id="q", question="?", **fields)


def why(rubric, text, status="answered"):
    return faults(rubric, status=status, text=text)


@pytest.fixture
def questions(tmp_path):
    path = tmp_path / "questions.jsonl"
    rows = [
        {"id": "a", "question": "Is KIN1 a kinase?", "yesno": "yes", "held": "graph"},
        {
            "id": "b",
            "question": "Its dose?",
            "says_missing": ["dose"],
            "held": "no",
            "split": "dev",
        },
        {"id": "c", "question": "?", "kind": "x/y", "first": [["later"]], "held": "data", "own": 1},
    ]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def test_a_string_is_found_where_a_word_begins_whatever_its_case_and_hyphens():
    text = Passage("The Hsp90-alpha chaperone binds TGF-β [1] in B-cells")
    assert text.has("hsp90 Alpha")
    assert text.has("TGF beta")
    assert text.has("chaper")
    assert not text.has("sp90")


def test_a_short_symbol_is_no_beginning_of_a_word_and_a_number_in_a_name_ends_it():
    assert not Passage("metformin").has("MET")
    assert Passage("MET, a receptor").has("MET")
    assert not Passage("CYP2C19").has("CYP2C1")
    assert Passage("147 residues").has("14")


def test_sentences_end_after_their_citations_and_not_at_abbreviations():
    text = "It binds zinc, e.g. Zn2+ [1]. It is long. [2] Vs. others\nmolecule_1 is X."
    assert sentences(text) == [
        "It binds zinc, e.g. Zn2+ [1].",
        "It is long.",
        "Vs. others",
        "molecule_1 is X.",
    ]


def test_an_answer_that_establishes_everything_has_no_fault():
    rubric = asks(
        status=frozenset({"answered"}),
        yesno="yes",
        first=(("KIN1", "kinase one"), ("LIP2",)),
        all=(("kinase",), ("phosphatase",)),
        need=1,
    )
    assert why(rubric, GOOD) == ()


def test_each_thing_that_an_answer_lacks_is_a_fault():
    rubric = asks(
        status=frozenset({"answered"}),
        first=(("recorded",),),
        all=(("kinase",), ("ligase",)),
        need=2,
        forbid=("LIP2",),
        yesno="no",
        number=(4, 9),
        says_missing=("dose",),
    )
    assert why(rubric, GOOD, "unsure") == (
        "status unsure",
        "says LIP2",
        "its opening lacks recorded",
        "1 of 2 things are said",
        "no number from 4 to 9",
        "does not say no",
        "does not say that dose is not held",
    )


@pytest.mark.parametrize("text", ["Four of 12 [4].", "IL-5 and protein_6.", "3.9 or 1,000"])
def test_citations_labels_and_names_are_no_numbers(text):
    assert why(asks(number=(4, 9)), text)


def test_numbers_are_read_with_their_decimals_and_thousands():
    assert not why(asks(number=(1200, 1300)), "There are 1,234 of them.")
    assert not why(asks(number=(-2, -1)), "logP is −1.5.")


def test_no_record_is_not_a_no_but_says_that_nothing_is_recorded():
    text = "No record says that KIN1 binds LIP2."
    assert why(asks(yesno="no"), text)
    assert not why(asks(yesno="not recorded"), text)
    assert not why(asks(yesno="no"), "No: KIN1 is a kinase.")


def test_what_is_missing_is_named_and_said_to_be_missing():
    rubric = asks(says_missing=("dose", "dosing"))
    assert not why(rubric, "Doses are not recorded in this graph.")
    assert why(rubric, "The dose is 5 mg.")
    assert why(rubric, "That is not recorded.")


def test_rubrics_are_read_with_defaults_and_unknown_fields_do_no_harm(questions):
    first, second, third = read_rubrics(questions)
    assert (first.yesno, first.need, first.family) == ("yes", 0, "other")
    assert (third.family, third.first) == ("x", (("later",),))
    assert [one.id for one in read_rubrics(questions, split="dev")] == [second.id]
    with pytest.raises(InputError, match="no questions of the split 'test'"):
        read_rubrics(questions, split="test")


def test_a_rubric_that_is_none_is_refused_with_its_line(tmp_path):
    path = tmp_path / "bad.jsonl"
    path.write_text(
        '{"id": "a", "question": "?"}\n{"id": "b", "question": "?", "yesno": "maybe"}\n'
    )
    with pytest.raises(InputError, match=r"line 2.*maybe"):
        read_rubrics(path)


def test_answers_of_a_batch_are_judged_and_an_input_that_fails_is_answered_by_its_message(
    questions, tmp_path
):
    answers = tmp_path / "answers.jsonl"
    rows = [
        {"id": "a", "answer": {"status": "answered", "text": "Yes [1].", "timings_s": {"x": 1.0}}},
        {
            "id": "b",
            "error": {"message": "no dose is held here: it has no doses", "hint": "ask on"},
        },
    ]
    answers.write_text("".join(json.dumps(row) + "\n" for row in rows))
    told = read_answers(answers)
    assert told["a"] == Told("answered", "Yes [1].", 1.0)
    found = judged(read_rubrics(questions), told)
    assert [one.faults for one in found] == [(), (), ("no answer",)]
    rates = summary(found, told=False)
    assert rates["right_and_useful"]["right"] == 2
    assert rates["of_what_can_be_answered_or_must_be_declined"]["share"] == 1.0
    assert rates["failures"] == [{"id": "c", "kind": "x/y"}]
    assert any("c (x/y)" in line for line in lines(found, show=True))


def test_answers_are_judged_from_the_command_line(questions, tmp_path, capsys):
    answers = tmp_path / "answers.jsonl"
    answers.write_text('{"id": "a", "status": "answered", "answer": "Yes."}\n')
    main([str(questions), "--answers", str(answers), "--show"])
    out = capsys.readouterr().out
    assert "right and useful: 1 of 3" in out
    assert "b (): Its dose?" in out


def test_questions_are_asked_and_an_input_that_cannot_be_read_is_no_crash(questions):
    def asker(question, **given):
        if question == "Is KIN1 a kinase?":
            raise InputError("KIN1 has no residues", hint="give some")
        return Told("not_held", "No dose is held: the graph has no doses.")

    found = rubrics(read_rubrics(questions), None, use_llm=False, asker=asker)
    assert [one.told.status for one in found] == ["error", "not_held", "not_held"]
    assert [bool(one.faults) for one in found] == [True, False, True]


def test_the_set_that_comes_with_bbqa_is_found_by_its_name_and_is_halved():
    rows = read_rubrics(set_path("professional"))
    assert len(rows) == 80
    assert sum(one.split == "dev" for one in rows) == 40
    with pytest.raises(InputError, match="nothing here is no file"):
        set_path("nothing here")
