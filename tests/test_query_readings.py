"""How readings of questions are judged."""

from __future__ import annotations

import json

import pytest
from world import make_resources

from bbqa.eval.query_readings import FOLDER, LACKS, WAYS, counts, judge, read_set, readings
from bbqa.question.model_parser import OPERATIONS
from bbqa.question.parse import parse
from bbqa.question.parsed import Constraint, Missing, Operation, Query
from bbqa.question.read import read_question
from bbqa.schema import NodeType


@pytest.fixture(scope="module")
def resources(tmp_path_factory):
    resources = make_resources(tmp_path_factory.mktemp("home"))
    resources.prepare()
    return resources


def row(operation, target, *terms):
    return {"operation": operation, "target": target, "terms": [{"any": [t]} for t in terms]}


def test_every_question_is_labelled_with_what_a_query_can_say():
    rows = read_set()
    assert len(rows) == len({one["id"] for one in rows}) == 40
    assert {one["level"] for one in rows} == {"easy", "hard"}
    assert {one["operation"] for one in rows} <= {LACKS, *OPERATIONS}
    assert {one["target"] for one in rows} <= {None, *NodeType}


def test_the_replies_of_the_model_are_kept_for_every_question():
    kept = json.loads((FOLDER / "results" / "query-readings.json").read_text(encoding="utf-8"))
    assert set(kept["replies"]) == {one["id"] for one in read_set()}


def test_a_reading_is_right_if_it_has_all_terms_and_no_more(resources):
    parsed = parse(
        read_question("Which diseases is KIN1 linked to?", (), (), resources, False), resources
    )
    [query] = parsed.queries
    assert judge([query], [], row("list", "disease", "KIN1"), resources) == "right"
    assert judge([query], [], row("list", "drug", "KIN1"), resources) == "wrong"
    assert judge([query], [], row("list", "disease", "LAC1"), resources) == "wrong"
    assert judge([query], [], row("list", "disease", "KIN1", "LAC1"), resources) == "wrong"
    assert judge([query, query], [], row("list", "disease", "KIN1"), resources) == "wrong"
    assert judge([], [], row("list", "disease", "KIN1"), resources) == "none"


def test_a_denied_condition_is_another_condition(resources):
    [kin] = resources.names.by_type("KIN1")[NodeType.PROTEIN]
    query = Query(
        Operation.LIST,
        "",
        target=NodeType.DRUG,
        constraints=(Constraint((kin,), "", negated=True),),
    )
    assert judge([query], [], row("list", "drug", "KIN1"), resources) == "wrong"
    denied = {"operation": "list", "target": "drug", "terms": [{"any": ["KIN1"], "not": True}]}
    assert judge([query], [], denied, resources) == "right"


def test_what_is_not_held_is_right_only_where_it_was_asked_for(resources):
    missing = [Missing("doses", "dose")]
    assert judge([], missing, row(LACKS, None), resources) == "right"
    assert judge([], missing, row("list", "drug", "KIN1"), resources) == "wrong"


def test_every_question_is_judged_in_every_way(resources):
    found = list(readings(resources, {}))
    assert len(found) == 40
    table = counts(found)
    assert set(table) == {f"{way}, {level}" for way in WAYS for level in ("easy", "hard")}
    assert all(sum(verdicts.values()) == 20 for verdicts in table.values())
