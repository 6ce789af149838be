"""What speaks against the rules' reading of a question."""

from __future__ import annotations

import pytest

from bbqa.question.doubts import Doubt, doubts
from bbqa.question.parsed import Constraint, Missing, Operation, ParsedQuestion, Query, Subject
from bbqa.schema import Input, Modality, NodeType, Question


def subject(text, row):
    given = Input("entity_1", Modality.ENTITY, f"P{row}", text)
    return Subject(given, text, NodeType.PROTEIN, (row,))


ONE, TWO = subject("KIN1", 1), subject("LAC1", 2)
TERM, OTHER = Constraint((1,), "KIN1"), Constraint((2,), "LAC1")


def query(operation=Operation.LIST, target=NodeType.DRUG, **parts):
    return Query(operation, "", target=target, **parts)


def doubts_of(text, *queries, subjects=(ONE,), **parts):
    return doubts(ParsedQuestion(Question(text), queries, subjects=subjects, **parts))


def test_a_plain_reading_raises_none():
    assert doubts_of("Which drugs act on KIN1?", query(constraints=(TERM,))) == ()


def test_a_question_that_was_not_read_is_doubtful_unless_it_asks_for_what_is_not_held():
    assert doubts_of("Could you do the thing with KIN1?") == (Doubt.UNREAD,)
    assert doubts_of("What dose?", missing=(Missing("doses", "dose"),)) == ()
    assert doubts_of("What is XYZ9?", unknown=("XYZ9",)) == ()


def test_a_list_of_nothing_is_doubtful():
    reading = query(target=None, constraints=(TERM,))
    assert doubts_of("Anything on KIN1?", reading) == (Doubt.NO_TARGET,)


def test_a_name_that_no_query_uses_is_doubtful():
    reading = query(constraints=(TERM,), subjects=(ONE, TWO))
    asked = "Which drugs act on KIN1 and LAC1?"
    assert doubts_of(asked, reading, subjects=(ONE, TWO)) == (Doubt.UNUSED,)
    both = query(constraints=(TERM, OTHER))
    assert doubts_of(asked, both, subjects=(ONE, TWO)) == ()


@pytest.mark.parametrize("words", ["but not LAC1", "yet spare LAC1", "and don't touch LAC1"])
def test_a_denial_that_no_condition_has_is_doubtful(words):
    asked = f"Which drugs act on KIN1 {words}?"
    reading = query(constraints=(TERM, OTHER))
    assert doubts_of(asked, reading, subjects=(ONE, TWO)) == (Doubt.UNDENIED,)
    denied = query(constraints=(TERM, Constraint((2,), "LAC1", negated=True)))
    assert doubts_of(asked, denied, subjects=(ONE, TWO)) == ()


def test_whether_is_not_asked_for_by_a_list_unless_it_is_whether_there_are_any():
    reading = query(constraints=(TERM, OTHER))
    subjects = (ONE, TWO)
    assert doubts_of("Does KIN1 act on LAC1?", reading, subjects=subjects) == (Doubt.NO_VERDICT,)
    assert doubts_of("Are there any of KIN1 on LAC1?", reading, subjects=subjects) == ()
    check = query(Operation.CHECK, NodeType.PROTEIN, subjects=(ONE,), constraints=(OTHER,))
    assert doubts_of("Does KIN1 act on LAC1?", check, subjects=subjects) == ()


@pytest.mark.parametrize(
    "asked",
    ["What acts on KIN1 and what goes wrong?", "What acts on KIN1, and is it linked to any?"],
)
def test_more_queries_than_are_asked_for_are_doubtful(asked):
    readings = query(constraints=(TERM,)), query(target=NodeType.DISEASE, constraints=(TERM,))
    assert doubts_of("Drugs that act on KIN1 and are mutated in it", *readings) == (Doubt.SPLIT,)
    assert doubts_of("What acts on KIN1? Tell me what goes wrong.", *readings) == ()
    assert doubts_of(asked, *readings) == ()


def test_a_description_uses_what_it_is_about():
    assert doubts_of("Tell me of KIN1.", query(Operation.DESCRIBE, None, subjects=(ONE,))) == ()
