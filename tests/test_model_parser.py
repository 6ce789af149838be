"""A model's reading of a question: what it is shown, and how its reply becomes a query."""

from __future__ import annotations

import json

import pytest
from world import ASPIRIN, KINASE, make_resources

from bbqa.errors import LLMError
from bbqa.llm import open_llm
from bbqa.question.model_parser import (
    EXAMPLES_SHOWN,
    NONE,
    OPERATIONS,
    WORDS,
    labelled_queries,
    mask,
    query_of,
    query_schema,
    read_with_model,
)
from bbqa.question.parse import parse
from bbqa.question.parsed import Missing, Operation, Query
from bbqa.question.read import read_question
from bbqa.schema import NodeType


@pytest.fixture(scope="module")
def resources(tmp_path_factory):
    resources = make_resources(tmp_path_factory.mktemp("home"))
    resources.prepare()
    return resources


def subjects_of(text, resources, seq=(), smiles=()):
    return parse(read_question(text, seq, smiles, resources, False), resources).subjects


def to(what, *, negated=False, via=NONE):
    return {"to": what, "not": negated, "via": via}


def reply(do, want=NONE, *conditions, lacks=NONE):
    return json.dumps({"do": do, "want": want, "that": list(conditions), "lacks": lacks})


def read(text, written, resources):
    return query_of(written, text, subjects_of(text, resources), resources)


def names(constraint, resources):
    return {resources.graph.name_of(row) for row in constraint.terms}


# ---- the examples and the schema ----


def test_every_labelled_query_is_one_that_the_schema_allows():
    assert len(labelled_queries()) >= 30
    for example in labelled_queries():
        query = json.loads(example.query)
        assert set(query) == {"do", "want", "that", "lacks"}
        assert query["do"] in OPERATIONS
        assert {query["want"], *(c["via"] for c in query["that"])} <= {*WORDS, NONE}
        placeholders = {c["to"] for c in query["that"] if c["to"].startswith("E")}
        assert all(f"{name}:" in example.names for name in placeholders)
        assert len(query["that"]) <= 3


def test_the_schema_has_a_place_for_every_part_of_a_query():
    schema = query_schema(2)
    assert list(schema["properties"]) == ["do", "want", "that", "lacks"]
    assert schema["properties"]["that"]["maxItems"] == 3
    assert query_schema(0)["properties"]["that"]["minItems"] == 0


def test_names_are_hidden_behind_placeholders_with_their_types(resources):
    text = "Which diseases do KIN1 and LAC1 share?"
    masked, shown = mask(text, subjects_of(text, resources))
    assert masked == "Which diseases do E1 and E2 share?"
    assert shown == "E1: protein; E2: protein"


def test_what_is_attached_is_told_of_by_its_type_alone(resources):
    text = "Does this protein bind this compound?"
    masked, shown = mask(text, subjects_of(text, resources, (KINASE,), (ASPIRIN,)))
    assert masked == text
    assert shown == "E1: the attached protein; E2: the attached drug"


# ---- the reply ----


def test_a_list_over_a_named_thing(resources):
    query = read("Which diseases come with KIN1?", reply("list", "disease", to("E1")), resources)
    assert (query.operation, query.target) == (Operation.LIST, NodeType.DISEASE)
    [constraint] = query.constraints
    assert names(constraint, resources) == {"KIN1"}
    assert constraint.through == ()


def test_negation_and_what_stands_between_are_kept(resources):
    text = "Which drugs reach test disease but not KIN1?"
    written = reply("list", "drug", to("E1", via="protein"), to("E2", negated=True))
    query = read(text, written, resources)
    first, second = query.constraints
    assert (first.through, first.negated) == ((NodeType.PROTEIN,), False)
    assert (second.through, second.negated) == ((), True)


def test_words_are_looked_up_by_name(resources):
    text = "Which tyrosine kinases are tied to test disease?"
    written = reply("count", "protein", to("tyrosine kinase"), to("E1"))
    query = read(text, written, resources)
    assert query.operation is Operation.COUNT
    assert names(query.constraints[0], resources) == {"tyrosine kinase activity"}
    assert not query.constraints[0].nearest


def test_a_condition_that_means_nothing_known_makes_the_reading_fail(resources):
    written = reply("list", "protein", to("zyxwv qponm"), to("E1"))
    assert read("Which of them are in test disease?", written, resources) is None


def test_a_yes_or_no_question_is_about_the_thing_that_no_condition_names(resources):
    query = read("Is KIN1 in test disease?", reply("check", NONE, to("E2")), resources)
    assert [subject.text for subject in query.subjects] == ["KIN1"]
    assert query.target is NodeType.PROTEIN
    assert names(query.constraints[0], resources) == {"test disease"}


def test_whether_there_is_any_drug_is_a_list_of_drugs(resources):
    query = read("Is anything active on KIN1?", reply("check", "drug", to("E1")), resources)
    assert (query.operation, query.target) == (Operation.LIST, NodeType.DRUG)


@pytest.mark.parametrize(("do", "count"), [("compare", 2), ("shared", 2), ("path", 2)])
def test_what_needs_two_things_is_not_asked_of_one(resources, do, count):
    both = read("KIN1 and LAC1?", reply(do, NONE, to("E1"), to("E2")), resources)
    assert len(both.subjects) == count
    assert read("And KIN1?", reply(do, NONE, to("E1")), resources) is None


def test_what_a_description_is_to_dwell_on_is_an_aspect(resources):
    query = read("Tell me of diseases and KIN1", reply("describe", "disease", to("E1")), resources)
    assert query.aspects == (NodeType.DISEASE,)
    assert [subject.text for subject in query.subjects] == ["KIN1"]


def test_what_is_not_held_is_named(resources):
    missing = read("What dose of KIN1?", reply("list", NONE, to("E1"), lacks="doses"), resources)
    assert missing == Missing("doses", "What dose of KIN1?")


@pytest.mark.parametrize(
    "written",
    [
        "I cannot say.",
        "{}",
        '{"do": "dance"}',
        '{"do": ["list"], "that": 5}',
        reply("list", "disease"),
        reply("list", NONE, to("E1")),
        reply("list", "disease", to("E9")),
        reply("list", "disease", to("E1", negated=True)),
        '{"do": "list", "want": "disease", "that": [{"to": 5}], "lacks": 3}',
    ],
)
def test_what_no_graph_can_answer_is_no_query(resources, written):
    assert read("Which diseases come with KIN1?", written, resources) is None


# ---- the model ----


def scripted(tmp_path, *lines):
    path = tmp_path / "script.jsonl"
    path.write_text("\n".join(json.dumps(line) for line in lines))
    return open_llm(f"scripted:{path}", home=tmp_path)


def test_a_model_reads_the_question_and_the_nearest_examples(resources, tmp_path):
    text = "Which diseases come with KIN1?"
    llm = scripted(tmp_path, {"reply": reply("list", "disease", to("E1"))})
    query = read_with_model(text, subjects_of(text, resources), llm, resources=resources)
    assert isinstance(query, Query)
    [system, user] = llm.asked[0]
    assert system.role == "system"
    assert "KIN1" not in system.content + user.content
    assert user.content.count("Question: ") == EXAMPLES_SHOWN + 1
    assert user.content.endswith("Question: Which diseases come with E1?\nE1: protein")


def test_a_model_that_fails_reads_nothing(resources, tmp_path):
    text = "Which diseases come with KIN1?"
    llm = scripted(tmp_path, {"error": "the model is tired"})
    assert read_with_model(text, subjects_of(text, resources), llm, resources=resources) is None
    with pytest.raises(LLMError):
        llm.complete([])
