"""The whole way of a model that calls bbqa's own tools, behind servers as they are found."""

from __future__ import annotations

import json

import pytest
from chat_server import Reply, refusal, serve_chat, sse, tool_events
from world import KINASE, make_resources

from bbqa.agent import gather
from bbqa.agent.capability import FILE
from bbqa.llm.contract import ToolsRefusedError
from bbqa.llm.endpoints import THINKING_TOKENS, OpenAIChat
from bbqa.llm.wire import Wire
from bbqa.question.read import read_question

CHAT = "/v1/chat/completions"
WHICH = "Which diseases and which drugs have to do with this protein?"
DISEASES = ("kg_facts", {"what": "KIN1", "to": ["disease"]})
DRUGS = ("kg_facts", {"what": "LAC1", "to": ["drug"]})
LIKE = ("similar", {"input": "protein_1"})
DONE = Reply(sse("I have what is needed."))


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    home = tmp_path_factory.mktemp("home")
    make_resources(home).prepare()
    return home


def found(home, *replies, driver="native", ask=WHICH):
    """What a model behind a server that gives these replies finds; the server."""
    with serve_chat(v1_chat_completions=list(replies)) as server:
        wire = Wire(f"{server.url}/v1", pause_s=0.001)
        with OpenAIChat("openai:x", model="x", context_tokens=None, wire=wire) as llm:
            resources = make_resources(home, llm=llm, driver=driver)
            question = read_question(ask, (KINASE,), (), resources, False)
            return gather(question, resources, llm=lambda: llm), server


def calls(*several, text="", ids=None):
    ids = ids or [f"c{n}" for n in range(len(several))]
    named = (
        (ids[n], name, arguments if isinstance(arguments, str) else json.dumps(arguments))
        for n, (name, arguments) in enumerate(several)
    )
    return Reply(tool_events(*named, text=text))


def steps(findings, name):
    return [step for step in findings.steps if step.name == name]


def told(server):
    """What the model was told last, by the id of the call."""
    messages = server.bodies(CHAT)[-1]["messages"]
    return {m["tool_call_id"]: m["content"] for m in messages if m["role"] == "tool"}


def statements(findings):
    return {item.statement for item in findings.evidence}


def test_calls_made_at_once_are_all_answered_each_under_its_own_id(home):
    findings, server = found(home, calls(DISEASES, LIKE, DRUGS), DONE)
    assert [s.name for s in findings.steps if s.name in ("model", "kg_facts", "similar")][-5:] == [
        "model", "kg_facts", "similar", "kg_facts", "model",
    ]  # fmt: skip
    assert set(told(server)) == {"c0", "c1", "c2"}
    assert "KIN1 is associated with test disease" in told(server)["c0"]
    assert "Acetylsalicylic acid" in told(server)["c2"]
    assert "KIN1 is associated with test disease" in statements(findings)
    assert findings.undone == ""


def test_calls_that_a_server_gives_one_and_the_same_id_are_told_apart(home):
    _, server = found(home, calls(DISEASES, DRUGS, ids=["call_0", "call_0"]), DONE)
    assert len(told(server)) == 2
    assert len(set(told(server).values())) == 2


def test_broken_arguments_are_told_to_the_model_which_mends_them(home):
    broken = calls(
        ("kg_facts", '{"what": "KIN1", "to": ["disea'),
        ("kg_facts", {"what": "KIN1", "to": "everything"}),
        ("kg_fact", {"what": "KIN1"}),
    )
    findings, server = found(home, broken, calls(DISEASES, ids=["d"]), DONE)
    answers = told(server)
    assert answers["c0"] == "the arguments of kg_facts must be one JSON object; call it again"
    assert "kg_facts cannot be called so" in answers["c1"]
    assert "no tool is called 'kg_fact'" in answers["c2"]
    assert "KIN1 is associated with test disease" in answers["d"]
    assert [step.failed for step in steps(findings, "kg_facts")][-3:] == [True, True, False]
    assert findings.undone == ""


def test_what_a_model_thinks_aloud_calls_nothing_and_is_not_sent_back(home):
    draft = json.dumps({"name": "similar", "arguments": {"input": "protein_1"}})
    thinks = calls(DISEASES, text=f"<think>Should I call {draft}?</think>")
    findings, server = found(home, thinks, Reply(sse("<think>Enough.</think>Done.")))
    assert not steps(findings, "similar")
    assert "KIN1 is associated with test disease" in statements(findings)
    assert "Should I call" not in json.dumps(server.bodies(CHAT)[-1]["messages"])


def test_a_model_that_uses_up_its_tokens_thinking_is_given_more(home):
    events = ['data: {"choices": [{"delta": {"reasoning_content": "Well"}}]}\n\n',
              'data: {"choices": [{"delta": {}, "finish_reason": "length"}]}\n\n']  # fmt: skip
    findings, server = found(home, Reply(events), calls(DISEASES), DONE)
    assert "KIN1 is associated with test disease" in statements(findings)
    first, second, *_ = (body["max_tokens"] for body in server.bodies(CHAT))
    assert second == first + THINKING_TOKENS


REFUSALS = {
    "in words": Reply(sse("I'm sorry, I can't help with that.")),
    "in a field": Reply(['data: {"choices": [{"delta": {"refusal": "No."}}]}\n\n']),
    "by its filter": Reply(['data: {"choices": [{"finish_reason": "content_filter"}]}\n\n']),
}


@pytest.mark.parametrize("how", REFUSALS)
def test_a_model_that_refuses_leaves_what_was_found_without_it(home, how):
    where = "Where is this protein found?"
    findings, _ = found(home, REFUSALS[how], ask=where)
    assert "KIN1 is found in plasma membrane" in statements(findings)
    assert findings.undone == ""


def test_a_server_that_does_not_stream_calls_tools_too(home):
    name, arguments = DISEASES
    called = {"id": "a", "function": {"name": name, "arguments": json.dumps(arguments)}}
    message = {"role": "assistant", "content": None, "tool_calls": [called]}
    whole = Reply(
        [json.dumps({"choices": [{"message": message}]})], content_type="application/json"
    )
    findings, server = found(home, whole, DONE)
    assert "KIN1 is associated with test disease" in statements(findings)
    assert set(told(server)) == {"a"}


def test_a_server_that_cannot_be_asked_with_tools_leaves_the_plan(home, tmp_path):
    no = refusal(400, '"auto" tool choice requires --enable-auto-tool-choice to be set')
    resources = make_resources(tmp_path)
    resources.prepare()
    findings, _ = found(tmp_path, no, driver="auto")
    assert "KIN1 is associated with test disease" in statements(findings)
    assert not steps(findings, "model")
    assert json.loads((tmp_path / FILE).read_text())["models"]
    with pytest.raises(ToolsRefusedError, match="--enable-auto-tool-choice"):
        found(home, no)


def test_a_model_that_passes_the_measurement_calls_the_tools_itself(tmp_path):
    right = [
        ("similar", {"input": "protein_1"}),
        ("kg_facts", {"what": "BRCA1", "to": ["disease"]}),
        ("compare", {"first": "protein_2", "second": "molecule_1"}),
        ("similar", {"input": "molecule_1"}),
        ("kg_facts", {"what": "TP53", "to": ["pathway"]}),
    ]
    make_resources(tmp_path).prepare()
    trials = [calls(one) for one in right]
    findings, server = found(tmp_path, *trials, calls(DISEASES), DONE, driver="auto")
    assert len(server.bodies(CHAT)) == 7
    assert [step.note for step in steps(findings, "model")] == [
        "calls kg_facts", "calls nothing more",
    ]  # fmt: skip
