"""A model's wish becomes a call: validated, numbered, and never an exception."""

from __future__ import annotations

from typing import Annotated

import pytest
from pydantic import Field
from world import KINASE, make_resources

from bbqa.errors import ToolError
from bbqa.inputs import read_inputs
from bbqa.schema import Evidence, Kind, NodeType, Status
from bbqa.workbench import Found, Workbench, arguments_of


def item(statement):
    return Evidence(0, statement, Kind.FACT, Status.CURATED, "GOA", "", (), NodeType.PROTEIN, 1.0)


def say(
    what: Annotated[str, Field(description="What to say.")],
    bench: Workbench,
    *,
    k: Annotated[int, Field(ge=1, le=3)] = 2,
) -> Found:
    """Say something up to three times."""
    if what == "nothing":
        raise ToolError("there is nothing to say")
    return Found(tuple(item(f"{what} {n}") for n in range(k)), total=3)


@pytest.fixture
def bench(tmp_path):
    return Workbench(make_resources(tmp_path), read_inputs([KINASE], []))


def test_a_result_is_numbered_and_says_that_it_was_cut(bench):
    text, step = bench.call(say, {"what": "word"})
    assert text.splitlines() == [
        "[1] word 0 (curated; GOA)",
        "[2] word 1 (curated; GOA)",
        "2 of 3 shown.",
    ]
    assert step.evidence == (1, 2)


def test_what_was_found_before_keeps_its_number(bench):
    bench.call(say, {"what": "word"})
    _, step = bench.call(say, {"what": "word", "k": 3})
    assert step.evidence == (1, 2, 3)
    assert len(bench.evidence) == 3


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"what": "nothing"}, "there is nothing to say"),
        ({}, "what: Field required"),
        ({"what": "word", "k": 9}, "k: Input should be less than or equal to 3"),
        ({"what": "word", "shell": "rm"}, "shell: Extra inputs are not permitted"),
    ],
)
def test_a_failure_is_text_for_the_model(bench, arguments, message):
    text, step = bench.call(say, arguments)
    assert message in text
    assert step.failed


def test_the_bench_is_not_the_models_to_give():
    assert list(arguments_of(say).model_fields) == ["what", "k"]


def test_an_input_is_found_by_its_label_whatever_its_case(bench):
    assert bench.input("Protein_1").value == KINASE
    with pytest.raises(ToolError, match="inputs are: protein_1"):
        bench.input("protein_2")


def test_a_name_that_nothing_has_lists_the_nearest(bench):
    assert bench.graph.name_of(bench.node("apoptosis")) == "apoptotic process"
    with pytest.raises(ToolError, match="nearest names: KIN1"):
        bench.node("KIN9")
