"""The routing set is sound, and its measure counts as it says."""

from collections import Counter
from dataclasses import replace

import pytest
from world import make_resources

from bbqa.eval.labelled import rate, read_rows
from bbqa.eval.routing import (
    TYPED,
    Case,
    Plan,
    by_tool,
    confusion,
    judge,
    one_tool,
    rates,
    read_cases,
    routing,
)
from bbqa.schema import Input, Modality, NodeType, Question

SEARCH = frozenset({"biobridge_search"})
CASE = Case(
    id="dev-01",
    question="Where is it, and what is it for?",
    seq=(),
    smiles=(),
    tools=(SEARCH,),
    types=frozenset({NodeType.CELLULAR_COMPONENT}),
    optional=frozenset({NodeType.PATHWAY}),
)
KNOWN = {
    "biobridge_search",
    "kg_facts",
    "describe",
    "kg_paths",
    "similar",
    "compare",
    "molecule_properties",
    "protein_properties",
    "find_entity",
}


def both_halves():
    return [*read_cases("dev"), *read_cases("test")]


# the set


def test_there_are_sixty_questions_in_each_half_with_the_same_mix():
    mixes = []
    for split in ("dev", "test"):
        cases = read_cases(split)
        assert len(cases) == 60
        mixes.append(Counter(name for case in cases for name in case.tools[0] or {"none"}))
    assert mixes[0] == mixes[1]


def test_no_question_and_no_input_of_the_test_half_is_in_the_dev_half():
    dev, test = read_cases("dev"), read_cases("test")
    assert not {c.question.lower() for c in dev} & {c.question.lower() for c in test}
    given = [{text for c in half for text in (*c.seq, *c.smiles)} for half in (dev, test)]
    assert not given[0] & given[1]


def test_every_tool_of_the_set_is_one_there_is_and_every_tool_is_asked_for():
    assert {name for case in both_halves() for tools in case.tools for name in tools} == KNOWN


def test_every_id_occurs_once_and_names_its_half():
    rows = [row for split in ("dev", "test") for row in read_rows("routing", split)]
    assert len({row["id"] for row in rows}) == len(rows)
    assert all(row["id"].startswith(row["split"]) for row in rows)


def test_types_are_asked_for_only_where_a_tool_takes_them():
    for case in both_halves():
        takes_types = any(tools & TYPED for tools in case.tools)
        assert takes_types or not case.types
        assert not case.types & case.optional


# the measure


def test_a_plan_is_right_with_all_types_asked_for_and_optional_ones_besides():
    types = (NodeType.CELLULAR_COMPONENT, NodeType.PATHWAY)
    assert judge(CASE, Plan(("biobridge_search",), types)).both_right


@pytest.mark.parametrize(
    "types",
    [(), (NodeType.PATHWAY,), (NodeType.CELLULAR_COMPONENT, NodeType.DISEASE)],
)
def test_a_type_that_is_missing_or_was_not_asked_for_is_wrong(types):
    outcome = judge(CASE, Plan(("biobridge_search",), types))
    assert outcome.tools_right
    assert outcome.types_right is False


def test_another_tool_or_one_more_is_wrong():
    types = (NodeType.CELLULAR_COMPONENT,)
    assert not judge(CASE, Plan(("kg_facts",), types)).tools_right
    assert not judge(CASE, Plan(("biobridge_search", "similar"), types)).tools_right


def test_looking_up_a_name_first_is_never_wrong_but_alone_it_is_another_tool():
    types = (NodeType.CELLULAR_COMPONENT,)
    assert judge(CASE, Plan(("find_entity", "biobridge_search"), types)).tools_right
    outside = replace(CASE, tools=(frozenset(),), types=frozenset())
    assert not judge(outside, Plan(("find_entity",), ())).tools_right


def test_types_are_not_judged_where_the_tool_takes_none():
    case = replace(CASE, tools=(frozenset({"compare"}), frozenset({"kg_paths"})), types=frozenset())
    assert judge(case, Plan(("compare",), (NodeType.DRUG,))).types_right is None
    assert judge(case, Plan(("kg_paths",), (NodeType.DRUG,))).types_right is False


def test_rates_and_confusion_count_what_was_planned():
    right = judge(CASE, Plan(("biobridge_search",), (NodeType.CELLULAR_COMPONENT,)))
    wrong = judge(CASE, Plan(("similar",), ()))
    assert rates([right, wrong])["both"]["right"] == 1
    assert by_tool([right, wrong])["biobridge_search"]["tools"]["n"] == 2
    assert confusion([right, wrong]) == {"biobridge_search": {"biobridge_search": 1, "similar": 1}}


def test_the_interval_is_wilsons():
    found = rate([True] * 54 + [False] * 6)
    assert (found["share"], found["low"], found["high"]) == (0.9, 0.7985, 0.9534)
    assert rate([])["share"] is None


def test_the_baseline_searches_for_an_attached_input_and_reads_the_graph_otherwise():
    attached = Question("What is it?", (Input("protein_1", Modality.PROTEIN, "MK", "MK"),))
    assert one_tool(attached) == "biobridge_search"
    assert one_tool(Question("What is it?")) == "kg_facts"


@pytest.mark.integration
def test_every_question_can_be_read_and_failures_of_the_test_half_have_ids_alone():
    from bbqa.resources import Resources
    from bbqa.settings import load_settings

    def never(question, resources):
        return Plan(("nothing",), ())

    resources = Resources(load_settings())
    for split in ("dev", "test"):
        found = routing(resources, split=split, planner=never)
        assert found["tools"]["n"] == len(found["failures"]) == 60
        assert ("question" in found["failures"][0]) is (split == "dev")
        assert 0 < found["baselines"]["one tool, types by word rules"]["tools"]["share"] < 1


def test_a_half_can_be_measured_with_a_planner_of_ones_own(tmp_path):
    from bbqa.eval.routing import judged
    from bbqa.progress import Silent

    case = replace(CASE, question="Where is KIN1 found?", tools=(frozenset({"kg_facts"}),))
    resources = make_resources(tmp_path)
    seen = []

    def planner(question, given):
        seen.append((question.inputs[0].name, given is resources))
        return Plan(("kg_facts",), (NodeType.CELLULAR_COMPONENT,))

    (outcome,) = judged([case], planner, resources, Silent())
    assert outcome.both_right
    assert seen == [("KIN1", True)]
