"""bbqa's models in LangChain: conversions both ways, and nothing sent anywhere else."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from chat_server import plain, serve_chat
from langchain_core.messages import AIMessage, HumanMessage, SystemMessage, ToolMessage

from bbqa.llm import Message, ToolCall, Usage, open_llm
from bbqa.llm import Reply as LLMReply
from bbqa.llm.chat_model import BbqaChatModel, from_langchain, to_langchain, untraced

ROOT = Path(__file__).parent.parent
FACTS = {"name": "kg_facts", "args": {"what": "EGFR"}, "id": "c1", "type": "tool_call"}


def scripted(tmp_path, text):
    file = tmp_path / "script.jsonl"
    file.write_text(text)
    return open_llm(f"scripted:{file}", home=tmp_path)


def test_messages_become_bbqas_and_a_result_finds_its_call():
    call = ToolCall("c1", "kg_facts", {"what": "EGFR"})
    converted = from_langchain(
        [
            SystemMessage("Be brief."),
            HumanMessage("What is EGFR?"),
            AIMessage("Let me see.", tool_calls=[FACTS]),
            ToolMessage("[1] EGFR is a kinase", tool_call_id="c1", name="kg_facts"),
            AIMessage("done"),
        ]
    )
    assert converted == [
        Message("system", "Be brief."),
        Message("user", "What is EGFR?"),
        Message("assistant", "Let me see.", calls=(call,)),
        Message("tool", "[1] EGFR is a kinase", answers=call),
        Message("assistant", "done"),
    ]


def test_a_result_without_its_call_keeps_id_and_name():
    [message] = from_langchain([ToolMessage("text", tool_call_id="c9", name="similar")])
    assert message.answers == ToolCall("c9", "similar")


def test_a_reply_becomes_langchains_with_what_it_cost():
    reply = LLMReply("Let me see.", (ToolCall("c1", "kg_facts", {"what": "EGFR"}),))
    message = to_langchain(reply, Usage(90, 20, 12, 0.1, 0.2), "openai:gpt")
    assert message.content == "Let me see."
    assert message.tool_calls == [FACTS]
    assert message.usage_metadata == {
        "input_tokens": 90,
        "output_tokens": 12,
        "total_tokens": 102,
        "input_token_details": {"cache_read": 20},
    }
    assert message.response_metadata == {"model_name": "openai:gpt"}
    assert from_langchain([message]) == [Message("assistant", "Let me see.", calls=reply.calls)]


def test_a_model_can_be_used_with_langchain_without_tools(tmp_path):
    llm = scripted(tmp_path, '"A kinase."')
    message = BbqaChatModel(llm=llm).invoke([HumanMessage("What is EGFR?")])
    assert message.content == "A kinase."
    assert llm.told == [()]


def test_tools_that_are_bound_reach_the_model(tmp_path):
    def kg_facts(what: str) -> str:
        """List facts."""
        return what

    llm = scripted(tmp_path, '{"calls": [{"name": "kg_facts", "arguments": {"what": "EGFR"}}]}')
    message = BbqaChatModel(llm=llm).bind_tools([kg_facts]).invoke("What is EGFR?")
    [[spec]] = llm.told
    assert (spec.name, spec.description) == ("kg_facts", "List facts.")
    assert spec.parameters["required"] == ["what"]
    assert message.tool_calls == [FACTS | {"id": "call_1"}]


PHONING = """
import sys
from pathlib import Path
from bbqa.agent.contract import Limits
from bbqa.agent.native import Native
from bbqa.llm import open_llm
from bbqa.llm.chat_model import BbqaChatModel
from bbqa.schema import Question
from bbqa.workbench import Found, Workbench
from langsmith import run_trees

def count(bench: Workbench) -> Found:
    "Count."
    return Found(note="none")

with open_llm(f"scripted:{sys.argv[1]}", home=Path(sys.argv[1]).parent) as llm:
    if sys.argv[2] == "native":
        driver = Native(llm, (count,))
        driver.gather(Question("What?"), Workbench(None), Limits(), lambda step: None)
    else:
        BbqaChatModel(llm=llm).invoke("What?")
    print(len(llm.asked))
if run_trees._CLIENT is not None:
    run_trees._CLIENT.flush()
"""


def asked_of_a_tracing_server(tmp_path, mode):
    """What the server was asked that the environment sends all traces to."""
    script = tmp_path / "script.jsonl"
    script.write_text('{"calls": [{"name": "count"}]}\n"done"\n')
    with serve_chat(info=plain({}), runs_multipart=plain({})) as server:
        switches = {"TRACING": "true", "TRACING_V2": "true", "ENDPOINT": server.url, "API_KEY": "k"}
        environment = {
            f"{prefix}_{name}": value
            for prefix in ("LANGSMITH", "LANGCHAIN")
            for name, value in switches.items()
        }
        run = subprocess.run(
            [sys.executable, "-c", PHONING, str(script), mode],
            cwd=ROOT,
            env=os.environ | environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    assert run.stdout, run.stderr
    return [path for path, _, _ in server.asked]


def test_no_run_is_recorded_or_sent_whatever_the_environment_says(tmp_path):
    assert asked_of_a_tracing_server(tmp_path, "native") == []


@pytest.mark.integration
def test_the_server_of_that_test_would_have_seen_a_run(tmp_path):
    assert "/runs/multipart" in asked_of_a_tracing_server(tmp_path, "without the agent")


def test_tracing_is_as_it_was_before_when_the_agent_has_ended():
    from langsmith.utils import tracing_is_enabled

    before = tracing_is_enabled()
    with untraced():
        assert tracing_is_enabled() is False
    assert tracing_is_enabled() is before


def test_the_package_of_models_does_not_import_langchain():
    code = "import sys, bbqa.llm, bbqa.agent; print('langchain_core' in sys.modules)"
    run = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert run.stdout == "False\n"
