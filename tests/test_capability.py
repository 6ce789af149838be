"""Whether a model can call tools is measured once, kept, and decides the driver."""

from __future__ import annotations

import json

import pytest
from chat_server import Reply, refusal, serve_chat, sse, tool_events

from bbqa.agent.capability import (
    FILE,
    SHIPPED,
    TRIALS,
    Capability,
    can_call_tools,
    choose_driver_name,
    examine,
)
from bbqa.errors import LLMError
from bbqa.llm import DEFAULT_MODEL, open_llm
from bbqa.llm.endpoints import OpenAIChat
from bbqa.llm.wire import Wire
from bbqa.tools import TOOLS

RIGHT = [
    ("similar", {"input": "protein_1"}),
    ("kg_facts", {"what": "BRCA1", "to": ["disease"]}),
    ("compare", {"first": "protein_2", "second": "molecule_1"}),
    ("similar", {"input": "Molecule_1"}),
    ("kg_facts", {"what": "TP53", "to": ["pathway"]}),
    ("compare", {"first": "protein_1", "second": "protein_2"}),
]


def called(tool, arguments):
    return Reply(tool_events(("c1", tool, json.dumps(arguments))))


PROSE = Reply(sse("I would look into the literature."))
ALL_RIGHT = [called(*call) for call in RIGHT]


def model_of(server):
    wire = Wire(f"{server.url}/v1", pause_s=0.001)
    return OpenAIChat("openai:some", model="some", context_tokens=4096, wire=wire)


def measured(home, *replies):
    with serve_chat(v1_chat_completions=list(replies)) as server, model_of(server) as llm:
        return can_call_tools(llm, home=home), server


def chosen(home, *replies):
    with serve_chat(v1_chat_completions=list(replies)) as server, model_of(server) as llm:
        return choose_driver_name("auto", lambda: llm, home=home)


def no_model():
    raise AssertionError("nobody needs the model for this")


# ---- measuring ----


def test_a_model_that_calls_the_right_tools_may_call_tools_itself(tmp_path):
    found, server = measured(tmp_path, *ALL_RIGHT)
    assert found == Capability(right=5, asked=5)
    assert found.native
    body = server.bodies("/v1/chat/completions")[1]
    names = [tool["function"]["name"] for tool in body["tools"]]
    assert names == ["similar", "kg_facts", "compare"]
    assert "Which diseases is BRCA1 associated with?" in body["messages"][1]["content"]


def test_one_mistake_of_six_is_allowed(tmp_path):
    found, _ = measured(tmp_path, PROSE, *ALL_RIGHT[1:])
    assert found == Capability(right=5, asked=6)
    assert found.native


def test_no_more_is_asked_once_two_are_wrong(tmp_path):
    found, server = measured(tmp_path, ALL_RIGHT[0], PROSE)
    assert found == Capability(right=1, asked=3)
    assert not found.native
    assert len(server.asked) == 3


@pytest.mark.parametrize(
    ("tool", "arguments"),
    [
        ("kg_facts", {"what": "protein_1"}),
        ("similar", {"input": "protein_2"}),
        ("similar", {"input": "protein_1", "how": "fast"}),
        ("similar", {}),
        ("similar", {"input": ["protein_1"]}),
        ("shell", {"input": "protein_1"}),
    ],
)
def test_the_wrong_tool_or_wrong_arguments_are_wrong(tool, arguments):
    reply = called(tool, arguments)
    with serve_chat(v1_chat_completions=reply) as server, model_of(server) as llm:
        assert next(examine(llm, TOOLS)) is False


def test_the_right_calls_are_right_for_the_tools_that_there_are():
    with serve_chat(v1_chat_completions=list(ALL_RIGHT)) as server, model_of(server) as llm:
        assert list(examine(llm, TOOLS)) == [True] * len(TRIALS)


def test_a_model_that_refuses_tools_cannot_call_them(tmp_path):
    found, _ = measured(tmp_path, refusal(400, "this model does not support tools"))
    assert found == Capability(right=0, asked=2)


# ---- keeping ----


def test_a_model_is_measured_once(tmp_path):
    with serve_chat(v1_chat_completions=list(ALL_RIGHT)) as server, model_of(server) as llm:
        first = can_call_tools(llm, home=tmp_path)
        assert can_call_tools(llm, home=tmp_path) == first
        assert len(server.asked) == 5
        kept = json.loads((tmp_path / FILE).read_text())
    name = f"openai:some {server.url}/v1"
    assert kept == {"version": 1, "models": {name: {"right": 5, "asked": 5}}}


def test_the_same_name_elsewhere_is_another_model(tmp_path):
    measured(tmp_path, *ALL_RIGHT)
    assert not measured(tmp_path, PROSE)[0].native
    assert len(json.loads((tmp_path / FILE).read_text())["models"]) == 2


@pytest.mark.parametrize(
    "text", ["{broken", "[]", '{"version": 0, "models": {}}', '{"version": 1, "models": [3]}']
)
def test_a_file_that_cannot_be_understood_is_written_anew(tmp_path, text):
    (tmp_path / FILE).write_text(text)
    found, _ = measured(tmp_path, *ALL_RIGHT)
    assert found.native
    assert len(json.loads((tmp_path / FILE).read_text())["models"]) == 1


def test_a_home_that_cannot_be_written_to_costs_only_time(tmp_path):
    home = tmp_path / "home"
    home.write_text("a file where the folder should be")
    assert measured(home, *ALL_RIGHT)[0].native


def test_nothing_is_kept_of_a_model_that_failed(tmp_path):
    with pytest.raises(LLMError, match="answered 401"):
        measured(tmp_path, refusal(401, "who are you?"))
    assert not (tmp_path / FILE).exists()


# ---- choosing ----


@pytest.mark.parametrize("setting", ["plan", "native"])
def test_a_driver_can_be_forced_without_any_model(tmp_path, setting):
    assert choose_driver_name(setting, no_model, home=tmp_path) == setting


def test_the_driver_goes_by_what_was_measured(tmp_path):
    assert chosen(tmp_path / "a", *ALL_RIGHT) == "native"
    assert chosen(tmp_path / "b", PROSE) == "plan"


@pytest.mark.parametrize(
    ("script", "driver"), [('"a text"', "plan"), ('{"calls": [{"name": "similar"}]}', "native")]
)
def test_a_scripted_model_is_not_asked_and_goes_by_its_script(tmp_path, script, driver):
    file = tmp_path / "script.jsonl"
    file.write_text(script)
    llm = open_llm(f"scripted:{file}", home=tmp_path)
    assert choose_driver_name("auto", lambda: llm, home=tmp_path) == driver
    assert llm.asked == []


def test_a_model_that_fails_leaves_the_plan(tmp_path):
    assert chosen(tmp_path, refusal(401, "who are you?")) == "plan"


def test_a_model_that_cannot_be_opened_leaves_the_plan(tmp_path):
    def broken():
        raise LLMError("there is no such file")

    assert choose_driver_name("auto", broken, home=tmp_path) == "plan"


@pytest.mark.parametrize("spec", ["embedded", f"embedded:{DEFAULT_MODEL}", "embedded:smollm2-135m"])
def test_models_that_bbqa_brings_are_known_without_opening_them(tmp_path, spec):
    assert choose_driver_name("auto", no_model, home=tmp_path, spec=spec) == "plan"


def test_what_is_shipped_is_told_by_the_file_and_not_by_its_name():
    assert sorted(key.split()[0] for key in SHIPPED) == [
        f"embedded:{DEFAULT_MODEL}",
        "embedded:smollm2-135m",
    ]
    assert all(len(key.split()[1]) == 16 for key in SHIPPED)
