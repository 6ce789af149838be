"""Several conditions at once, for a model that calls tools."""

import pytest
from query_world import open_world

from bbqa.schema import NodeType
from bbqa.tools import kg_query
from bbqa.tools.kg_query import Condition
from bbqa.workbench import Workbench


@pytest.fixture(scope="module")
def bench(tmp_path_factory):
    return Workbench(open_world(tmp_path_factory.mktemp("home")))


def test_all_conditions_hold_and_the_things_are_counted(bench):
    found = kg_query(NodeType.DRUG, [Condition(of=["KIN1"]), Condition(of=["KIN2"])], bench)
    assert found.note == "1 of type drug satisfy all conditions: Curafen."
    assert [item.statement for item in found.evidence] == [
        "Curafen has recorded activity on KIN1",
        "curafen sodium, a salt or ester of Curafen, has recorded activity on KIN2",
    ]


def test_a_negated_condition_takes_away(bench):
    conditions = [Condition(of=["KIN1"]), Condition(of=["KIN2"], negated=True)]
    assert "Bluestat" in kg_query(NodeType.DRUG, conditions, bench).note


def test_what_is_between_is_on_the_way(bench):
    way = Condition(of=["Blue pathway"], through=[NodeType.PROTEIN])
    assert kg_query(NodeType.DRUG, [way], bench).note.startswith("3 of type drug")


def test_conditions_that_only_exclude_are_refused(bench):
    found = kg_query(NodeType.DRUG, [Condition(of=["KIN2"], negated=True)], bench)
    assert found.note == "At least one condition must not be negated."


def test_a_condition_that_no_relation_answers_is_said_to_be_one(bench):
    found = kg_query(NodeType.DRUG, [Condition(of=["bluemia"])], bench)
    assert found.note == "No relation of the graph joins drug with bluemia in that way."


def test_a_model_calls_it_with_plain_json(bench):
    text, _ = bench.call(
        kg_query, {"target": "drug", "conditions": [{"of": ["KIN1", "KIN2"]}], "k": 2}
    )
    assert "3 of type drug satisfy all conditions" in text


def test_a_name_that_nothing_is_called_is_told_to_the_model(bench):
    text, _ = bench.call(kg_query, {"target": "drug", "conditions": [{"of": ["KIN77"]}]})
    assert "KIN77" in text
