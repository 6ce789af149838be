"""Chat servers as they are found in practice, each asked for an answer from evidence."""

from __future__ import annotations

import json

import pytest
from chat_server import Reply, ndjson, plain, refusal, serve_chat, sse
from world import KINASE, make_resources

from bbqa.agent import gather
from bbqa.ask import answer_from
from bbqa.errors import LLMError
from bbqa.llm import Message, open_llm
from bbqa.llm.context import OLLAMA, UNTOLD
from bbqa.llm.contract import TooLongError
from bbqa.llm.endpoints import THINKING_TOKENS
from bbqa.question.read import read_question
from bbqa.settings import Settings

DO = "What does this protein do?"
SENTENCE = "KIN1 enables tyrosine kinase activity."
FALSE = "KIN1 is found in plasma membrane."
CHAT = "/v1/chat/completions"
ASK = [Message("system", "Be brief."), Message("user", "What is EGFR?")]


def reply(cites, text=SENTENCE):
    return json.dumps({"sentences": [{"cites": cites, "text": text}]})


GOOD = reply([2])
DRAFT = reply([2], FALSE)


def event(delta, why=None, **more):
    chunk = {"choices": [{"index": 0, "delta": delta, "finish_reason": why}], **more}
    return f"data: {json.dumps(chunk)}\n\n"


def events(*deltas, why="stop"):
    return Reply([*map(event, deltas), event({}, why), "data: [DONE]\n\n"])


def whole(message, *, indent=None, why="stop", **usage):
    value = {"choices": [{"index": 0, "message": message, "finish_reason": why}], "usage": usage}
    return Reply([json.dumps(value, indent=indent)], content_type="application/json")


SURROGATES = (
    f'data: {{"choices": [{{"delta": {{"content": {json.dumps(GOOD[:-3])}}}}}]}}\n\n',
    'data: {"choices": [{"delta": {"content": "}, {\\"text\\": \\"\\ud83d"}}]}\n\n',
    'data: {"choices": [{"delta": {"content": "\\ude00 \\ud83d.\\", \\"cites\\": [2]}]}"}}]}\n\n',
    "data: [DONE]\n\n",
)
U2028 = json.dumps({"choices": [{"delta": {"content": " \u2028" + GOOD}}]}, ensure_ascii=False)

SERVERS = {
    "streams": events({"role": "assistant", "content": None}, {"content": GOOD}),
    "thinks aloud": events({"content": f"<think>Perhaps {DRAFT}? No.</think>\n\n{GOOD}"}),
    "thinks in pieces": events(*({"content": c} for c in f"<think>{DRAFT}</think>{GOOD}")),
    "thinks without an opening tag": events(
        {"content": "Okay, the draft is "},
        {"content": f"{DRAFT}. No.\n</think>"},
        {"content": GOOD},
    ),
    "thinks as gpt-oss does": events(
        {"content": f"<|channel|>analysis<|message|>{DRAFT}<|end|>"},
        {"content": f"<|start|>assistant<|channel|>final<|message|>{GOOD}"},
    ),
    "gives thoughts apart": events({"reasoning_content": DRAFT}, {"content": GOOD}),
    "gives parts": events(
        {"content": [{"type": "thinking", "thinking": [{"type": "text", "text": DRAFT}]}]},
        {"content": [{"type": "text", "text": GOOD[:9]}, {"type": "text", "text": GOOD[9:]}]},
    ),
    "does not stream": whole({"role": "assistant", "content": GOOD}, prompt_tokens="9"),
    "does not stream and indents": whole({"content": GOOD}, indent=2),
    "cites in words": events({"content": reply(["2"])}),
    "cites in brackets": events({"content": reply("[2]")}),
    "has U+2028": Reply([f"data: {U2028}\n\n", "data: [DONE]\n\n"]),
    "has lone surrogates": Reply(list(SURROGATES)),
    "fences": events({"content": f"Here is the JSON:\n```json\n{GOOD}\n```"}),
    "ends lines as on Windows": Reply(
        [": OPENROUTER PROCESSING\r\n\r\n", event({"content": GOOD}).replace("\n", "\r\n")]
    ),
    "counts in words": Reply([event({"content": GOOD}, usage={"prompt_tokens": None})]),
    "is cut off": events({"content": GOOD[:-2]}, why="length"),
    "writes prose behind it": events({"content": GOOD + "\nI hope this helps {really}!"}),
}


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    home = tmp_path_factory.mktemp("home")
    make_resources(home).prepare()
    return home


def answer_of(home, server, **settings):
    given = {"base_url": f"{server.url}/v1", "driver": "plan", **settings}
    with open_llm("openai:some", settings=Settings(home=home, **given)) as llm:
        resources = make_resources(home, llm=llm, **given)
        question = read_question(DO, (KINASE,), (), resources, False)
        return answer_from(question, gather(question, resources), resources)


@pytest.mark.parametrize("how", SERVERS)
def test_the_answer_of_a_server_that(home, how):
    with serve_chat(v1_chat_completions=SERVERS[how]) as server:
        answer = answer_of(home, server)
    written = [claim.text for claim in answer.claims if claim.text == SENTENCE]
    assert answer.written_by == "openai:some", answer.note
    assert written == [SENTENCE]
    json.dumps(answer.to_json(), ensure_ascii=False).encode()


@pytest.mark.parametrize("how", [how for how in SERVERS if "think" in how or "thought" in how])
def test_a_draft_among_the_thoughts_of_a_model_is_no_answer(how):
    given = Settings(base_url="http://unused/v1")
    with serve_chat(v1_chat_completions=SERVERS[how]) as server:
        given = Settings(base_url=f"{server.url}/v1")
        with open_llm("openai:some", settings=given) as llm:
            text = llm.complete(ASK, schema={"type": "object"}).text
    assert json.loads(text) == json.loads(GOOD)


# ---- what cannot be used is told as what it is ----

UNUSABLE = {
    "thinks and never answers": (
        events({"content": "<think>Okay, EGFR is [2]."}, why="length"),
        "thought until its limit of tokens was reached, and did not answer",
    ),
    "only thinks apart": (
        events({"reasoning": "The user asks. " + GOOD}),
        "thought and did not answer: 'The user asks.",
    ),
    "filters": (events(why="content_filter"), "the content filter of openai:some stopped"),
    "refuses": (events({"refusal": "I cannot help."}), "refused to answer: 'I cannot help.'"),
    "writes prose": (events({"content": "EGFR is a kinase."}), "'EGFR is a kinase.'"),
    "sends a page": (
        Reply(["<html>Hotel</html>"], content_type="text/html"),
        "answered with a web page that is no chat reply: '<html>Hotel",
    ),
    "sends something": (Reply(["hello\n"]), "answered with something that is no chat reply"),
}


@pytest.mark.parametrize("how", UNUSABLE)
def test_what_came_is_told_of_a_server_that(home, how):
    sent, told = UNUSABLE[how]
    with serve_chat(v1_chat_completions=sent) as server:
        answer = answer_of(home, server)
    assert answer.written_by == "summary"
    assert told in answer.note
    assert ("base_url" in answer.note) == (how == "sends a page")
    assert SENTENCE.rstrip(".") in answer.text


# ---- limits of tokens ----


def model(server, **settings):
    given = Settings(base_url=f"{server.url}/v1", **settings)
    return open_llm("openai:some", settings=given)


@pytest.mark.parametrize("thought", [{"content": "<think>Well"}, {"reasoning": "Well"}, {}])
def test_a_model_that_uses_its_tokens_up_thinking_is_given_more_once_and_for_all(thought):
    nothing, good = events(thought, why="length"), events({"content": "Hi."})
    with serve_chat(v1_chat_completions=[nothing, good]) as server, model(server) as llm:
        assert llm.complete(ASK, max_tokens=50).text == "Hi."
        assert llm.complete(ASK, max_tokens=50).text == "Hi."
    limits = [body["max_tokens"] for body in server.bodies(CHAT)]
    assert limits == [50, 50 + THINKING_TOKENS, 50 + THINKING_TOKENS]


def test_a_hosted_reasoning_model_gets_the_fields_it_takes():
    replies = [
        refusal(400, "Unsupported parameter: 'max_tokens' is not supported with this model. Use "
                     "'max_completion_tokens' instead."),
        refusal(400, "Unsupported value: 'temperature' does not support 0 with this model."),
        events(why="length"),
        events({"content": "Hi."}),
    ]  # fmt: skip
    with serve_chat(v1_chat_completions=replies) as server, model(server) as llm:
        assert llm.complete(ASK, max_tokens=50).text == "Hi."
    last = server.bodies(CHAT)[-1]
    assert last["max_completion_tokens"] == 50 + THINKING_TOKENS
    assert not {"max_tokens", "temperature"} & set(last)


def test_a_server_that_knows_neither_name_of_the_limit_is_asked_without_one():
    replies = [
        refusal(400, "unknown field max_tokens"),
        refusal(400, "unknown field max_completion_tokens"),
        events({"content": "Hi."}),
    ]
    with serve_chat(v1_chat_completions=replies) as server, model(server) as llm:
        assert llm.complete(ASK).text == "Hi."
    assert not {"max_tokens", "max_completion_tokens"} & set(server.bodies(CHAT)[-1])


@pytest.mark.parametrize("piece", ["a ", "a long piece of text, many tokens at once. " * 9])
def test_a_server_that_knows_no_limit_is_cut_off(piece):
    endless = Reply([event({"content": piece}) for _ in range(5000)])
    with serve_chat(v1_chat_completions=endless) as server, model(server) as llm:
        text = llm.complete(ASK, max_tokens=20).text
    assert 20 < len(text) < 20 * 30


def test_arguments_of_a_call_without_end_are_cut_off():
    fragment = {"tool_calls": [{"index": 0, "function": {"name": "say", "arguments": "a"}}]}
    endless = Reply([event(fragment) for _ in range(5000)])
    with serve_chat(v1_chat_completions=endless) as server, model(server) as llm:
        [call] = llm.converse(ASK, tools=[], max_tokens=20).calls
    assert len(next(iter(call.arguments.values()))) < 300


# ---- the context ----


@pytest.mark.parametrize(
    ("replies", "context"),
    [
        ({"v1_models": plain({"data": [{"id": "some", "max_model_len": 8192}]})}, 8192),
        ({"v1_models": plain({"data": [{"id": "x", "max_model_len": 9}, {"id": "y"}]})}, UNTOLD),
        ({"props": plain({"default_generation_settings": {"n_ctx": 6144}})}, 6144),
        (
            {"api_v0_models": plain({"data": [{"id": "some", "loaded_context_length": 7000}]})},
            7000,
        ),
        ({"v1_models": Reply(["<html>"], content_type="text/html")}, UNTOLD),
        ({"v1_models": plain([1])}, UNTOLD),
        ({}, UNTOLD),
    ],
)
def test_the_context_is_the_servers_own(replies, context):
    with serve_chat(**replies) as server, model(server) as llm:
        assert llm.context_tokens == context
        asked = len(server.asked)
        assert llm.context_tokens == context
        assert len(server.asked) == asked


def test_a_setting_overrides_what_a_server_says():
    models = plain({"data": [{"id": "some", "max_model_len": 8192}]})
    with serve_chat(v1_models=models) as server, model(server, context_tokens=2048) as llm:
        assert llm.context_tokens == 2048
        assert not server.asked


@pytest.mark.parametrize(
    ("shown", "context"),
    [
        ({"model_info": {"qwen3.context_length": 40960}}, OLLAMA),
        ({"model_info": {"gemma.context_length": 8192}}, 8192),
        ({"parameters": "num_ctx    24576\nstop x", "model_info": {}}, 24576),
        ({"model_info": None}, OLLAMA),
    ],
)
def test_ollama_is_asked_for_what_the_model_can_and_memory_allows(shown, context):
    with serve_chat(api_show=plain(shown), api_chat=Reply(ndjson("Hi."))) as server:
        with open_llm("ollama:some", settings=Settings(base_url=server.url)) as llm:
            assert llm.complete(ASK).text == "Hi."
        [body] = server.bodies("/api/chat")
    assert body["options"]["num_ctx"] == context


def test_a_server_that_refuses_a_prompt_as_too_long_is_asked_with_less_evidence(home):
    told = (
        "This model's maximum context length is 1500 tokens. However, you requested 40960 tokens."
    )
    replies = [refusal(400, told), events({"content": GOOD})]
    with serve_chat(v1_chat_completions=replies) as server:
        answer = answer_of(home, server, max_tokens=100)
    assert answer.written_by == "openai:some", answer.note
    assert len(server.bodies(CHAT)) == 2


def test_a_server_that_refuses_any_prompt_as_too_long_is_believed():
    told = "the request exceeds the available context size (4096 tokens)"
    with (
        serve_chat(v1_chat_completions=refusal(400, told)) as server,
        model(server) as llm,
        pytest.raises(TooLongError, match="does not fit the context"),
    ):
        llm.complete(ASK)
    assert llm.context_tokens == 4096


# ---- errors ----


def test_a_complaint_of_fastapi_is_told_in_one_line_and_its_field_left_out():
    complaint = {"detail": [{"loc": ["body", "seed"], "msg": "extra fields not permitted"}]}
    no = Reply([json.dumps(complaint)], 422, "application/json")
    with serve_chat(v1_chat_completions=[no, events({"content": "Hi."})]) as server:
        with model(server) as llm:
            assert llm.complete(ASK).text == "Hi."
        assert "seed" not in server.bodies(CHAT)[-1]
    complaint["detail"][0]["loc"] = ["body", "messages"]
    no = Reply([json.dumps(complaint)], 422, "application/json")
    with (
        serve_chat(v1_chat_completions=no) as server,
        model(server) as llm,
        pytest.raises(LLMError, match=r"body\.messages: extra fields not permitted"),
    ):
        llm.complete(ASK)


def test_a_date_to_come_back_at_that_is_past_means_now():
    busy = refusal(429, "slow down", Retry_After="Wed, 21 Oct 2015 07:28:00 GMT")
    replies = [busy, Reply(sse("Hi."))]
    with serve_chat(v1_chat_completions=replies) as server, model(server) as llm:
        assert llm.complete(ASK).text == "Hi."
        assert llm.last.total_s < 0.4


def test_a_surrogate_in_a_servers_complaint_does_not_break_the_note(home):
    no = Reply(['{"error": {"message": "bad \\ud83d thing"}}'], 400, "application/json")
    with serve_chat(v1_chat_completions=no) as server:
        answer = answer_of(home, server)
    assert "bad \ufffd thing" in answer.note
    answer.note.encode()


def test_surrogates_in_the_arguments_of_a_call_are_replaced():
    function = {"name": "say", "arguments": '{"what": "a\\ud83d"}'}
    called = events({"tool_calls": [{"index": 0, "id": "c\ud83d", "function": function}]})
    with serve_chat(v1_chat_completions=called) as server, model(server) as llm:
        [call] = llm.converse(ASK, tools=[]).calls
    assert call.arguments == {"what": "a\ufffd"}
    assert call.id == "c\ufffd"
