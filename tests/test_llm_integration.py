"""A real model in this process: SmolLM2-135M, the smallest that bbqa knows."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from bbqa.artifacts import fetch
from bbqa.errors import LLMError
from bbqa.llm import Message, open_llm
from bbqa.settings import Settings, load_settings

pytestmark = pytest.mark.integration

ROOT = Path(__file__).parent.parent
RULES = "You answer questions about proteins from evidence. Be brief and exact. " * 4
ASK = [
    Message("system", RULES),
    Message("user", "Evidence: EGFR is a tyrosine kinase. Question: What is EGFR?"),
]
OTHER = [Message("system", RULES), Message("user", "Evidence: none. Question: What is TP53?")]
LONG = [Message("system", RULES), Message("user", "Count from one to one thousand, in words.")]
# A reply with this schema is never short, whatever the model would rather say.
ENDLESS = {"type": "array", "items": {"type": "integer"}, "minItems": 500, "maxItems": 500}
SCHEMA = {
    "type": "object",
    "properties": {
        "cites": {"type": "array", "items": {"enum": [3, 7]}, "minItems": 1, "maxItems": 2},
        "text": {"type": "string", "maxLength": 40},
    },
    "required": ["cites", "text"],
    "additionalProperties": False,
}


@pytest.fixture(scope="module")
def file():
    """The model's file, fetched once into the person's own cache."""
    return fetch("smollm2-135m", home=load_settings().home)


def open_model(file, home, **values):
    values = {"home": home, "context_tokens": 1024, "threads": 2, **values}
    return open_llm(f"embedded:{file}", settings=Settings.model_validate(values))


@pytest.fixture(scope="module")
def llm(file, tmp_path_factory):
    with open_model(file, tmp_path_factory.mktemp("home")) as model:
        yield model


def test_the_model_is_opened_by_its_name(file):
    settings = load_settings({"context_tokens": 512, "threads": 2})
    with open_llm("embedded:smollm2-135m", settings=settings) as model:
        assert model.name == "embedded:smollm2-135m"
        assert model.complete(ASK, max_tokens=4).text


def test_two_runs_give_the_same_text(llm):
    assert llm.complete(ASK, max_tokens=40).text == llm.complete(ASK, max_tokens=40).text


def test_what_was_asked_before_does_not_change_an_answer(file, tmp_path, llm):
    first = llm.complete(ASK, max_tokens=40).text
    llm.complete(OTHER, max_tokens=20)
    assert llm.complete(ASK, max_tokens=40).text == first
    with open_model(file, tmp_path) as another:
        assert another.complete(ASK, max_tokens=40).text == first


def test_a_reply_keeps_to_its_schema(llm):
    reply = json.loads(llm.complete(ASK, schema=SCHEMA, max_tokens=200).text)
    assert set(reply) == {"cites", "text"}
    assert set(reply["cites"]) <= {3, 7}
    assert len(reply["text"]) <= 40


def test_a_reply_ends_at_its_limit_and_at_a_stop_text(llm):
    assert llm.complete(LONG, schema=ENDLESS, max_tokens=5).completion_tokens == 5
    text = llm.complete(ASK, max_tokens=30).text
    word = text.split()[2]
    assert llm.complete(ASK, max_tokens=30, stop=[word]).text == text.partition(word)[0]


def test_tokens_are_counted_exactly(llm):
    assert llm.count_tokens("") == 0
    assert llm.count_tokens("EGFR binds ATP") == 4
    long = "EGFR enables ATP binding (curated)\n" * 50
    assert llm.count_tokens(long) <= len(long) / 2


def test_usage_tells_what_had_been_read_before(file, tmp_path):
    with open_model(file, tmp_path) as model:
        model.complete(ASK, max_tokens=4)
        first = model.last
        model.complete(OTHER, max_tokens=4)
        second = model.last
    assert (first.cached_tokens, first.completion_tokens) == (0, 4)
    assert second.cached_tokens > 50
    assert second.cached_tokens < second.prompt_tokens < 100
    assert 0 < second.first_token_s <= second.total_s


def test_a_second_process_does_not_read_the_rules_again(file, tmp_path):
    texts = []
    for _ in range(2):
        with open_model(file, tmp_path) as model:
            texts.append(model.complete(ASK, max_tokens=20).text)
            cached = model.last.cached_tokens
    assert cached > 50
    assert texts[0] == texts[1]
    [state] = (tmp_path / "llm-cache").iterdir()
    assert state.suffix == ".kv"


@pytest.mark.parametrize("damage", [b"", b"nonsense", None])
def test_a_damaged_state_is_read_anew(file, tmp_path, damage):
    with open_model(file, tmp_path) as model:
        text = model.complete(ASK, max_tokens=10).text
        [state] = (tmp_path / "llm-cache").iterdir()
        whole = state.read_bytes()
        state.write_bytes(whole[: len(whole) // 2] if damage is None else damage)
        assert model.complete(ASK, max_tokens=10).text == text
        assert model.last.cached_tokens == 0
    assert state.read_bytes() == whole


def test_a_folder_that_cannot_be_made_costs_only_time(file, tmp_path):
    home = tmp_path / "home"
    home.write_text("a file where the folder should be")
    with open_model(file, home) as model:
        assert model.complete(ASK, max_tokens=4).text


def test_a_conversation_goes_on_where_it_stood(llm):
    reply = llm.complete(ASK, max_tokens=10).text
    read = llm.last.prompt_tokens
    more = [*ASK, Message("assistant", reply), Message("user", "And what does it do?")]
    llm.complete(more, max_tokens=10)
    assert llm.last.cached_tokens >= read


def test_a_prompt_that_does_not_fit_is_an_error_with_both_numbers(llm):
    with pytest.raises(LLMError, match=r"does not fit the context of embedded:\S+: .*\(1024 "):
        llm.complete([Message("user", "protein " * 3000)])
    with pytest.raises(LLMError, match="does not fit the context of embedded:"):
        llm.complete([Message("system", "protein " * 3000), *ASK[1:]])
    assert llm.complete(ASK, max_tokens=4).text


def test_a_stream_left_half_read_does_not_hold_up_the_next_question(llm):
    stream = llm.stream(LONG, schema=ENDLESS, max_tokens=900)
    next(stream)
    started = time.perf_counter()
    assert llm.complete(ASK, max_tokens=4).text
    assert llm.last.completion_tokens <= 4
    assert next(stream, None) is None
    assert time.perf_counter() - started < 30


def test_ctrl_c_stops_the_model_and_leaves_it_usable(llm):
    stream = llm.stream(LONG, schema=ENDLESS, max_tokens=900)
    next(stream)
    threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGINT)).start()
    with pytest.raises(KeyboardInterrupt):
        list(stream)
    assert llm.last.completion_tokens < 900
    assert llm.complete(ASK, max_tokens=4).text


def test_time_that_is_up_stops_the_model(file, tmp_path):
    with open_model(file, tmp_path) as model:
        model.complete(LONG, max_tokens=1)  # the rules are read
    message = r"timed out after 1 s with \d+ tokens received"
    with open_model(file, tmp_path, timeout_s=1.0) as model, pytest.raises(LLMError, match=message):
        model.complete(LONG, schema=ENDLESS, max_tokens=900)


def test_nothing_but_the_answer_is_printed_and_the_process_ends_well(file, tmp_path):
    code = """
import sys
from pathlib import Path
from bbqa.llm import Message, open_llm
llm = open_llm(f"embedded:{sys.argv[1]}", home=Path(sys.argv[2]))
print(len(llm.complete([Message("user", "Hi")], max_tokens=3).text) > 0)
stream = llm.stream([Message("user", "Count to a thousand.")], max_tokens=500)
next(stream)
print("left without closing")
"""
    run = subprocess.run(
        [sys.executable, "-W", "error", "-c", code, str(file), str(tmp_path)],
        check=False,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert (run.stdout, run.stderr) == ("True\nleft without closing\n", "")
    assert run.returncode == 0


def test_only_who_has_the_key_can_use_the_model(llm):
    import httpx

    wire = llm._wire
    assert httpx.post(f"{wire.where}/v1/chat/completions", json={}).status_code == 401
    assert httpx.get(f"{wire.where}/slots").status_code == 401
