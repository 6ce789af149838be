"""Language models: every form of spec, servers that behave and servers that do not."""

from __future__ import annotations

import json
import socket
from contextlib import contextmanager
from pathlib import Path

import pytest
from chat_server import Reply, ndjson, plain, refusal, serve_chat, sse, tool_events

from bbqa.errors import LLMError
from bbqa.llm import EMBEDDED_MODELS, Message, ToolCall, ToolSpec, Usage, open_llm
from bbqa.llm.contract import UNREADABLE, ToolsRefusedError
from bbqa.llm.cores import usable_cores
from bbqa.llm.embedded import check_gguf
from bbqa.llm.endpoints import Ollama, OpenAIChat
from bbqa.llm.wire import Wire
from bbqa.settings import Settings

KEY = "sk-do-not-print-me"
ASK = [Message("system", "Be brief."), Message("user", "What is EGFR?")]
SCHEMA = {"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"]}


def settings(tmp_path=Path(), **values):
    return Settings.model_validate({"home": tmp_path, **values})


def openai(server, model="qwen3", **wire):
    wire = Wire(f"{server.url}/v1", **({"api_key": KEY, "pause_s": 0.001} | wire))
    return OpenAIChat(f"openai:{model}", model=model, context_tokens=4096, wire=wire)


def ollama(server, model="qwen3:8b", **wire):
    wire = Wire(server.url, **({"pause_s": 0.001} | wire))
    return Ollama(f"ollama:{model}", model=model, context_tokens=4096, wire=wire)


@contextmanager
def openai_that_gives(*replies, **wire):
    """An OpenAI-compatible model whose server gives these replies in order."""
    with serve_chat(v1_chat_completions=list(replies)) as server, openai(server, **wire) as llm:
        yield llm, server


def error_of(llm, messages=ASK, **arguments):
    with pytest.raises(LLMError) as caught:
        llm.complete(messages, **arguments)
    assert KEY not in f"{caught.value} {caught.value.hint} {caught.value!r} {llm!r}"
    return caught.value


# ---- which model ----


@pytest.mark.parametrize("spec", ["", "gpt-4", "ollama", "openai:", "scripted", "embed:x"])
def test_an_unknown_spec_is_refused_with_all_the_forms(spec):
    with pytest.raises(LLMError, match="names no language model") as caught:
        open_llm(spec, settings=settings())
    for form in ("embedded", "FILE.gguf", "ollama:MODEL", "openai:MODEL", "scripted:FILE"):
        assert form in caught.value.hint


def test_an_unknown_embedded_model_is_refused_with_those_that_are_known(tmp_path):
    with pytest.raises(LLMError, match=r"brings no model 'llama9'; it brings qwen2.5-coder-1.5b"):
        open_llm("embedded:llama9", home=tmp_path)


def test_every_embedded_model_is_in_the_catalogue_of_assets():
    from bbqa.artifacts import load_catalogue

    assert set(EMBEDDED_MODELS) <= set(load_catalogue())


def test_servers_are_not_contacted_before_the_first_question():
    for spec in ("ollama:qwen3:8b", "openai:gpt"):
        with open_llm(spec, settings=settings(base_url="http://127.0.0.1:9")) as llm:
            assert llm.name == spec


def test_openai_without_address_and_key_says_what_to_set():
    with pytest.raises(LLMError, match="needs a server's address") as caught:
        open_llm("openai:gpt", settings=settings())
    assert "BBQA_BASE_URL" in caught.value.hint
    assert "BBQA_API_KEY" in caught.value.hint


@pytest.mark.parametrize("suffix", ["", "/", "/v1", "/v1/"])
def test_ollama_takes_its_address_with_and_without_v1(suffix):
    with serve_chat(api_chat=Reply(ndjson("Hi."))) as server:
        given = settings(base_url=server.url + suffix)
        with open_llm("ollama:qwen3:8b", settings=given) as llm:
            assert llm.complete(ASK).text == "Hi."


def test_an_address_without_scheme_is_taken_for_http():
    with serve_chat(v1_chat_completions=Reply(sse("Hi."))) as server:
        address = server.url.removeprefix("http://") + "/v1"
        with open_llm("openai:gpt", settings=settings(base_url=address)) as llm:
            assert llm.complete(ASK).text == "Hi."


# ---- GGUF files ----


def test_a_gguf_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(LLMError, match=r"cannot read the model .*none\.gguf: there is no such"):
        open_llm(f"embedded:{tmp_path}/none.gguf", home=tmp_path)


def test_a_file_that_is_no_gguf_is_refused_by_its_first_bytes(tmp_path):
    file = tmp_path / "model.gguf"
    file.write_bytes(b"PK\x03\x04 a zip archive")
    with pytest.raises(LLMError, match=r"is no GGUF model: it begins with b'PK") as caught:
        open_llm(f"embedded:{file}", home=tmp_path)
    assert ".gguf" in caught.value.hint


def test_a_folder_is_no_model(tmp_path):
    with pytest.raises(LLMError, match="Is a directory"):
        check_gguf(tmp_path)


def test_a_damaged_gguf_file_is_an_error_and_not_a_crash(tmp_path, capfd):
    file = tmp_path / "model.gguf"
    file.write_bytes(b"GGUF" + bytes(range(256)) * 40)
    with pytest.raises(LLMError, match=r"llama\.cpp cannot load .*model\.gguf") as caught:
        open_llm(f"embedded:{file}", home=tmp_path)
    assert "--no-llm" in caught.value.hint
    assert capfd.readouterr() == ("", "")


# ---- OpenAI-compatible servers ----


def test_text_arrives_in_pieces_and_is_counted():
    with openai_that_gives(Reply(sse("EGFR ", "is a ", "kinase.", usage=(31, 7, 20)))) as (llm, _):
        assert list(llm.stream(ASK)) == ["EGFR ", "is a ", "kinase."]
        usage = llm.last
    assert isinstance(usage, Usage)
    assert (usage.prompt_tokens, usage.completion_tokens, usage.cached_tokens) == (31, 7, 20)
    assert 0 < usage.first_token_s <= usage.total_s


def test_complete_joins_the_pieces():
    with openai_that_gives(Reply(sse("a", "b", usage=(3, 2, 0)))) as (llm, _):
        completion = llm.complete(ASK)
    assert (completion.text, completion.prompt_tokens, completion.completion_tokens) == ("ab", 3, 2)


def test_tokens_are_estimated_where_the_server_counts_none():
    with openai_that_gives(Reply(sse("a", "b", "c"))) as (llm, _):
        completion = llm.complete(ASK)
    assert completion.completion_tokens == 3
    assert completion.prompt_tokens == sum(llm.count_tokens(m.content) for m in ASK)


def test_the_request_asks_for_the_same_answer_every_time():
    with openai_that_gives(Reply(sse("x"))) as (llm, server):
        llm.complete(ASK, schema=SCHEMA, max_tokens=33, stop=["\n"])
    [(_, headers, body)] = server.asked
    assert headers["Authorization"] == f"Bearer {KEY}"
    assert (body["temperature"], body["seed"], body["max_tokens"]) == (0, 0, 33)
    assert body["stop"] == ["\n"]
    assert body["messages"][1] == {"role": "user", "content": "What is EGFR?"}
    assert body["response_format"]["json_schema"]["schema"] == SCHEMA


def test_a_server_that_knows_no_schemas_is_asked_without_and_remembered():
    with openai_that_gives(refusal(400, "unknown parameter"), Reply(sse("x"))) as (llm, server):
        assert llm.complete(ASK, schema=SCHEMA).text == "x"
        assert llm.complete(ASK, schema=SCHEMA).text == "x"
    bodies = server.bodies("/v1/chat/completions")
    assert ["response_format" in body for body in bodies] == [True, False, False]


def test_a_field_that_the_server_names_is_left_out():
    no_seed = refusal(422, "extra field: seed")
    with openai_that_gives(no_seed, Reply(sse("x"))) as (llm, server):
        assert llm.complete(ASK, schema=SCHEMA).text == "x"
    last = server.bodies("/v1/chat/completions")[-1]
    assert "seed" not in last
    assert "response_format" in last


def test_max_tokens_gets_its_newer_name_where_the_server_wants_it():
    advice = refusal(400, "Unsupported: 'max_tokens'. Use 'max_completion_tokens' instead.")
    with openai_that_gives(advice, Reply(sse("x"))) as (llm, server):
        llm.complete(ASK, max_tokens=50)
    last = server.bodies("/v1/chat/completions")[-1]
    assert last["max_completion_tokens"] == 50
    assert "max_tokens" not in last


def test_a_missing_model_is_an_error_that_names_the_nearest_three():
    names = ["qwen3:8b", "qwen2.5:7b", "llama3.2", "mistral", "phi4"]
    models = plain({"data": [{"id": name} for name in names]})
    chat = refusal(404, "The model `qwen3` does not exist")
    with serve_chat(v1_chat_completions=chat, v1_models=models) as server, openai(server) as llm:
        error = error_of(llm)
    assert "has no model 'qwen3'; nearest: qwen3:8b, qwen2.5:7b" in error.message
    assert error.message.count(",") == 2
    assert error.hint == "--llm openai:qwen3:8b"


def test_a_wrong_path_is_told_as_the_server_told_it():
    with serve_chat() as server, openai(server) as llm:
        assert "answered 404: no such path /v1/chat/completions" in error_of(llm).message


def test_a_prompt_too_long_for_the_model_is_an_error_about_context():
    too_long = refusal(400, "request (9000 tokens) exceeds the available context size (4096)")
    with openai_that_gives(too_long) as (llm, server):
        error = error_of(llm, schema=SCHEMA)
    assert "does not fit the context of openai:qwen3" in error.message
    assert "9000 tokens" in error.message
    assert "-k" in error.hint
    assert len(server.asked) == 1


def test_a_refused_key_says_which_setting_to_set_and_never_the_key():
    with openai_that_gives(refusal(401, f"Incorrect API key provided: {KEY}")) as (llm, _):
        error = error_of(llm)
    assert "answered 401: Incorrect API key provided: [key]" in error.message
    assert "BBQA_API_KEY" in error.hint


@pytest.mark.parametrize("key", ["sk-a b", "sk-a\nb", "sk-…"])
def test_a_key_that_cannot_be_sent_is_refused_and_not_shown(key):
    with pytest.raises(LLMError, match="has a character that no key has") as caught:
        open_llm("openai:gpt", settings=settings(api_key=key))
    assert "sk-" not in str(caught.value)


def test_a_password_in_the_address_is_not_shown():
    wire = Wire("http://me:secret@127.0.0.1:9/v1", hint_if_down="start it")
    with pytest.raises(LLMError) as caught:
        wire.get("models")
    assert "secret" not in f"{caught.value}{wire!r}"
    assert "127.0.0.1:9/v1" in str(caught.value)


# ---- servers in trouble ----


def test_a_server_that_fails_once_is_asked_again():
    with openai_that_gives(refusal(500, "oops"), Reply(sse("x"))) as (llm, server):
        assert llm.complete(ASK).text == "x"
    assert len(server.asked) == 2


def test_a_server_that_keeps_failing_is_given_up_after_two_repeats():
    with openai_that_gives(refusal(503, "out of memory")) as (llm, server):
        assert "answered 503 3 times: out of memory" in error_of(llm).message
    assert len(server.asked) == 3


def test_a_server_that_asks_for_a_pause_gets_it():
    busy = refusal(429, "slow down", Retry_After="0")
    with openai_that_gives(busy, Reply(sse("x")), pause_s=60.0) as (llm, server):
        assert llm.complete(ASK).text == "x"
    assert len(server.asked) == 2


def test_nothing_there_is_an_error_with_the_command_that_starts_it():
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{unused.getsockname()[1]}"
    with open_llm("ollama:qwen3", settings=settings(base_url=address)) as llm:
        error = error_of(llm)
    assert error.message == f"nothing answers at {address}"
    assert "`ollama serve`" in error.hint


def test_a_slow_drip_ends_when_the_time_is_up():
    drip = Reply(sse(*"abcdefghij"), pause_s=0.1)
    with openai_that_gives(drip, timeout_s=0.35) as (llm, _):
        error = error_of(llm)
        assert llm.last.completion_tokens in (1, 2, 3)
    assert "timed out after 0.35 s with " in error.message
    assert error.message.endswith("tokens received")
    assert "timeout_s" in error.hint


def test_silence_ends_when_the_time_is_up():
    with openai_that_gives(Reply(sse("a"), pause_s=30), timeout_s=0.2) as (llm, _):
        assert "timed out after 0.2 s with 0 tokens received" in error_of(llm).message


def test_an_answer_that_breaks_off_is_an_error_and_not_a_short_answer():
    with openai_that_gives(Reply(sse("a", "b")[:2], break_off=True)) as (llm, _):
        assert "broke off its answer" in error_of(llm).message


def test_a_web_page_is_no_answer():
    page = Reply(["<html><body>Welcome to the hotel wifi</body></html>"], content_type="text/html")
    with openai_that_gives(page) as (llm, _):
        error = error_of(llm)
    assert "answered with a web page that is no chat reply: '<html><body>Welcome" in error.message
    assert "/v1" in error.hint


@pytest.mark.parametrize("line", ["hello there\n", "data: {broken\n\n", "data: [1]\n\n"])
def test_something_that_is_no_event_stream_is_no_answer(line):
    with openai_that_gives(Reply([line])) as (llm, _):
        assert "answered with something that is no chat reply" in error_of(llm).message


def test_comments_between_events_are_no_nonsense():
    with openai_that_gives(Reply([": ping\n\n", "event: x\n", *sse("Hi.")])) as (llm, _):
        assert llm.complete(ASK).text == "Hi."


@pytest.mark.parametrize("pieces", [[], sse(), ['data: {"choices": 5, "usage": 5}\n\n']])
def test_an_empty_answer_is_an_error(pieces):
    with openai_that_gives(Reply(pieces)) as (llm, _):
        assert error_of(llm).message == "openai:qwen3 answered with no text"


def test_an_error_in_the_middle_of_the_stream_is_told():
    pieces = [sse("a")[1], 'data: {"error": {"message": "CUDA out of memory"}}\n\n']
    with openai_that_gives(Reply(pieces)) as (llm, _):
        assert "openai:qwen3 stopped: CUDA out of memory" in error_of(llm).message


def test_the_next_question_after_an_error_is_answered():
    with openai_that_gives(Reply(["<>"]), Reply(sse("x"))) as (llm, _):
        error_of(llm)
        assert llm.complete(ASK).text == "x"


def test_who_stops_reading_closes_the_connection_and_can_ask_again():
    with openai_that_gives(Reply(sse("a", "b"), pause_s=0.01), Reply(sse("x"))) as (llm, _):
        stream = llm.stream(ASK)
        assert next(stream) == "a"
        stream.close()
        assert llm.last.completion_tokens == 1
        assert llm.complete(ASK).text == "x"


# ---- Ollama ----


def test_ollama_streams_lines_and_counts():
    reply = Reply(ndjson('{"a": ', '"binds"}', usage=(40, 6)))
    with serve_chat(api_chat=reply) as server, ollama(server) as llm:
        assert list(llm.stream(ASK, schema=SCHEMA, max_tokens=9)) == ['{"a": ', '"binds"}']
        assert (llm.last.prompt_tokens, llm.last.completion_tokens) == (40, 6)
    [body] = server.bodies("/api/chat")
    assert body["format"] == SCHEMA
    wanted = {"temperature": 0, "seed": 0, "num_ctx": 4096, "num_predict": 9}
    assert wanted.items() <= body["options"].items()


def test_a_model_that_ollama_does_not_have_is_offered_to_be_pulled():
    tags = plain({"models": [{"name": "qwen3:4b"}, {"name": "llama3.2:3b"}]})
    missing = Reply(['{"error": "model \'qwen3:8b\' not found"}'], 404, "application/json")
    with serve_chat(api_chat=missing, api_tags=tags) as server, ollama(server) as llm:
        error = error_of(llm)
    assert "has no model 'qwen3:8b'; nearest: qwen3:4b, llama3.2:3b" in error.message
    assert error.hint == "ollama pull qwen3:8b, or --llm ollama:qwen3:4b"


def test_an_ollama_without_any_model_says_so():
    missing = Reply(['{"error": "model not found"}'], 404, "application/json")
    tags = plain({"models": []})
    with serve_chat(api_chat=missing, api_tags=tags) as server, ollama(server) as llm:
        error = error_of(llm)
    assert "has no model 'qwen3:8b' and no other" in error.message
    assert error.hint == "ollama pull qwen3:8b"


def test_an_ollama_model_that_cannot_think_is_asked_without_the_word():
    replies = [refusal(400, '"qwen3:8b" does not support think'), Reply(ndjson("Hi."))]
    with serve_chat(api_chat=replies) as server, ollama(server) as llm:
        assert llm.complete(ASK, schema=SCHEMA).text == "Hi."
    assert "think" not in server.bodies("/api/chat")[-1]
    assert "format" in server.bodies("/api/chat")[-1]


# ---- tools ----

FACTS = ToolSpec(
    "kg_facts",
    "List facts.",
    {"type": "object", "properties": {"what": {"type": "string"}}, "required": ["what"]},
)
EGFR = ToolCall("c1", "kg_facts", {"what": "EGFR"})
WITH_RESULT = [
    *ASK,
    Message("assistant", "", calls=(EGFR,)),
    Message("tool", "[1] EGFR is a kinase", answers=EGFR),
]


def test_calls_are_put_together_from_their_fragments():
    events = tool_events(
        ("c1", "kg_facts", '{"what": "EGFR"}'), ("c2", "similar", "{}"), text="Let me see."
    )
    with openai_that_gives(Reply(events)) as (llm, server):
        reply = llm.converse(ASK, tools=[FACTS], max_tokens=70)
    assert reply.text == "Let me see."
    assert reply.calls == (EGFR, ToolCall("c2", "similar"))
    [body] = server.bodies("/v1/chat/completions")
    assert body["max_tokens"] == 70
    assert body["tools"] == [
        {
            "type": "function",
            "function": {
                "name": "kg_facts",
                "description": "List facts.",
                "parameters": FACTS.parameters,
            },
        }
    ]


def test_a_conversation_with_tools_is_counted_like_any_other():
    events = tool_events(("c1", "kg_facts", "{}"), usage=(90, 12, 40))
    with openai_that_gives(Reply(events)) as (llm, _):
        llm.converse(ASK, tools=[FACTS])
        usage = llm.last
    assert (usage.prompt_tokens, usage.completion_tokens, usage.cached_tokens) == (90, 12, 40)
    assert usage.total_s > 0


def test_calls_and_results_go_back_to_the_server_as_it_wrote_them():
    with openai_that_gives(Reply(sse("done"))) as (llm, server):
        assert llm.converse(WITH_RESULT, tools=[FACTS]).calls == ()
    [body] = server.bodies("/v1/chat/completions")
    assert body["messages"][2:] == [
        {
            "role": "assistant",
            "content": "",
            "tool_calls": [
                {
                    "id": "c1",
                    "type": "function",
                    "function": {"name": "kg_facts", "arguments": '{"what": "EGFR"}'},
                }
            ],
        },
        {"role": "tool", "content": "[1] EGFR is a kinase", "tool_call_id": "c1"},
    ]


def test_an_empty_reply_to_tools_is_no_error():
    with openai_that_gives(Reply(sse())) as (llm, _):
        reply = llm.converse(ASK, tools=[FACTS])
    assert (reply.text, reply.calls) == ("", ())


def test_ids_that_are_missing_or_used_before_are_made_new():
    events = tool_events(("c1", "kg_facts", "{}"), ("", "similar", "{}"), ("c9", "describe", "{}"))
    with openai_that_gives(Reply(events)) as (llm, _):
        reply = llm.converse(WITH_RESULT, tools=[FACTS])
    assert [call.id for call in reply.calls] == ["call_1", "call_2", "c9"]


@pytest.mark.parametrize("broken", ['{"what": "EG', "what=EGFR", "[1]", "3", "null"])
def test_arguments_that_are_no_json_object_are_kept_as_they_were_written(broken):
    with openai_that_gives(Reply(tool_events(("c1", "kg_facts", broken)))) as (llm, _):
        [call] = llm.converse(ASK, tools=[FACTS]).calls
    assert call.arguments == {UNREADABLE: broken}


def chunk(*calls):
    event = {"choices": [{"index": 0, "delta": {"tool_calls": list(calls)}}]}
    return f"data: {json.dumps(event)}\n\n"


def function(name, arguments):
    return {"function": {"name": name, "arguments": arguments}}


def test_calls_without_numbers_and_with_arguments_as_objects_are_understood():
    whole = chunk(function("kg_facts", {"what": "EGFR"}), function("kg_facts", '{"what": "TP53"}'))
    with openai_that_gives(Reply([whole, "data: [DONE]\n\n"])) as (llm, _):
        calls = llm.converse(ASK, tools=[FACTS]).calls
    assert [call.arguments for call in calls] == [{"what": "EGFR"}, {"what": "TP53"}]
    assert [call.id for call in calls] == ["call_1", "call_2"]


@pytest.mark.parametrize("calls", [5, {"index": 0}, [7], [{"function": 3}], [function(None, None)]])
def test_calls_that_are_nonsense_are_left_out(calls):
    event = {"choices": [{"delta": {"content": "Hi.", "tool_calls": calls}}]}
    with openai_that_gives(Reply([f"data: {json.dumps(event)}\n\n"])) as (llm, _):
        reply = llm.converse(ASK, tools=[FACTS])
    assert (reply.text, reply.calls) == ("Hi.", ())


@pytest.mark.parametrize(
    ("status", "detail"),
    [
        (400, '"auto" tool choice requires --enable-auto-tool-choice to be set'),
        (422, "extra fields not permitted: tools"),
        (500, "tools param requires --jinja flag"),
        (404, "No endpoints found that support tool use"),
    ],
)
def test_a_server_that_refuses_tools_says_so_and_offers_the_other_driver(status, detail):
    with (
        openai_that_gives(refusal(status, detail)) as (llm, _),
        pytest.raises(ToolsRefusedError, match="openai:qwen3 cannot be asked with tools") as caught,
    ):
        llm.converse(ASK, tools=[FACTS])
    assert detail in caught.value.message
    assert caught.value.hint.startswith("--driver plan")


def test_a_field_that_a_server_does_not_know_is_left_out_and_the_tools_stay():
    replies = [refusal(400, "unknown field seed"), Reply(tool_events(("c1", "kg_facts", "{}")))]
    with openai_that_gives(*replies) as (llm, server):
        assert llm.converse(ASK, tools=[FACTS]).calls
    last = server.bodies("/v1/chat/completions")[-1]
    assert "tools" in last
    assert "seed" not in last


def test_ollama_is_told_of_tools_and_of_results_by_name():
    called = {"tool_calls": [function("kg_facts", {"what": "EGFR"})], "content": ""}
    lines = [json.dumps({"message": called, "done": False}) + "\n", *ndjson(usage=(40, 6))]
    with serve_chat(api_chat=Reply(lines)) as server, ollama(server) as llm:
        reply = llm.converse(WITH_RESULT, tools=[FACTS])
        assert (llm.last.prompt_tokens, llm.last.completion_tokens) == (40, 6)
    assert reply.calls == (ToolCall("call_1", "kg_facts", {"what": "EGFR"}),)
    [body] = server.bodies("/api/chat")
    assert body["tools"][0]["function"]["name"] == "kg_facts"
    assert body["messages"][2:] == [
        {
            "role": "assistant",
            "content": "",
            "tool_calls": [{"function": {"name": "kg_facts", "arguments": {"what": "EGFR"}}}],
        },
        {"role": "tool", "content": "[1] EGFR is a kinase", "tool_name": "kg_facts"},
    ]


def test_an_ollama_model_without_tools_says_so():
    no = Reply(['{"error": "qwen3:8b does not support tools"}'], 400, "application/json")
    with (
        serve_chat(api_chat=no) as server,
        ollama(server) as llm,
        pytest.raises(ToolsRefusedError, match="ollama:qwen3:8b cannot be asked with tools"),
    ):
        llm.converse(ASK, tools=[FACTS])


def test_an_ollama_model_that_cannot_think_may_still_call_tools():
    replies = [refusal(400, '"qwen3:8b" does not support think'), Reply(ndjson("done"))]
    with serve_chat(api_chat=replies) as server, ollama(server) as llm:
        assert llm.converse(ASK, tools=[FACTS]).text == "done"
    assert "tools" in server.bodies("/api/chat")[-1]


def test_a_models_identity_tells_where_it_is():
    with openai_that_gives(Reply(sse("x"))) as (llm, server):
        assert llm.identity == f"openai:qwen3 {server.url}/v1"


# ---- a scripted model ----


def scripted(tmp_path, text):
    file = tmp_path / "script.jsonl"
    file.write_text(text)
    return open_llm(f"scripted:{file}", home=tmp_path)


def test_a_script_is_spoken_in_order_and_keeps_what_it_was_asked(tmp_path):
    llm = scripted(tmp_path, '"One  two."\n\n{"reply": {"sentences": []}}\n')
    assert llm.name == "scripted:script.jsonl"
    assert "".join(llm.stream(ASK)) == "One  two."
    assert json.loads(llm.complete(ASK[1:]).text) == {"sentences": []}
    assert llm.asked == [tuple(ASK), tuple(ASK[1:])]


def test_a_script_may_be_one_json_list(tmp_path):
    llm = scripted(tmp_path, '[\n"a",\n"b"]')
    assert [llm.complete(ASK).text, llm.complete(ASK).text] == ["a", "b"]


def test_a_reply_with_a_condition_answers_every_prompt_that_meets_it(tmp_path):
    llm = scripted(tmp_path, '"other"\n{"when": "EGFR", "reply": "kinase"}')
    assert [llm.complete(ASK).text, llm.complete(ASK).text] == ["kinase", "kinase"]
    assert llm.complete([Message("user", "TP53?")]).text == "other"


def test_a_script_calls_tools_as_a_model_does(tmp_path):
    line = {"calls": [{"name": "kg_facts", "arguments": {"what": "EGFR"}}], "reply": "Look:"}
    llm = scripted(tmp_path, json.dumps(line))
    assert llm.calls_tools
    reply = llm.converse(ASK, tools=[FACTS])
    assert reply.text == "Look:"
    assert reply.calls == (ToolCall("call_1", "kg_facts", {"what": "EGFR"}),)
    assert llm.told == [(FACTS,)]


def test_a_script_without_calls_is_no_model_for_tools(tmp_path):
    assert scripted(tmp_path, '"a"').calls_tools is False


def test_a_script_can_fail_as_a_model_does(tmp_path):
    llm = scripted(tmp_path, '{"error": "the model is tired"}\n"fine now"')
    assert error_of(llm).message == "the model is tired"
    assert llm.complete(ASK).text == "fine now"


def test_a_script_that_is_at_its_end_says_so(tmp_path):
    llm = scripted(tmp_path, '"only one"')
    llm.complete(ASK)
    assert "has 1 replies and was asked once more: " in error_of(llm).message


@pytest.mark.parametrize("text", ["{broken", '[1, "a"]', '{"answer": "a"}'])
def test_a_file_that_is_no_script_is_refused(tmp_path, text):
    with pytest.raises(LLMError, match="is no script") as caught:
        scripted(tmp_path, text)
    assert "JSON" in caught.value.hint


def test_a_script_that_is_not_there_is_named(tmp_path):
    with pytest.raises(LLMError, match=r"cannot read the script .*none\.json"):
        open_llm(f"scripted:{tmp_path}/none.json", home=tmp_path)


# ---- counting and cores ----


# Tokens as counted by Qwen2.5-Coder's and SmolLM2's tokenizers, the larger of the two.
COUNTED = {
    "": 0,
    "The evidence is data. Nothing in it tells you what to do.": 14,
    "GO:0004714 MONDO:0005148 HP:0001250 R-HSA-177929 DB00945 CHEBI:35480 P00533": 60,
    "CC(=O)Oc1ccccc1C(=O)O CN1CCN(CC1)Cc1ccc(cc1)C(=O)Nc1ccc(C)c(Nc2nccc(n2)-c2cccnc2)c1": 69,
    "MRPSGTAGAALLALLAALCPASRALEEKKVCQGTSNKLTQLGTFEDHFLSLQRMFNNCEVVLGNLEITYVQRNYDLSF": 46,
    "表皮生长因子受体是一种酪氨酸激酶": 33,
}


@pytest.mark.parametrize("text", COUNTED)
def test_estimated_tokens_are_rather_too_many_but_not_twice_as_many(text, tmp_path):
    estimate = scripted(tmp_path, "[]").count_tokens(text)
    assert COUNTED[text] <= estimate <= 2 * COUNTED[text]


def test_there_is_a_core_to_compute_with(tmp_path):
    assert usable_cores() >= 1
    assert usable_cores(system=tmp_path) >= usable_cores()  # nothing there limits it


def test_threads_that_share_a_core_and_a_quota_are_counted_once(tmp_path):
    allowed = usable_cores(system=tmp_path)
    quota = tmp_path / "fs" / "cgroup" / "cpu.max"
    quota.parent.mkdir(parents=True)
    quota.write_text("max 100000\n")
    assert usable_cores(system=tmp_path) == allowed
    quota.write_text("50000 100000\n")
    assert usable_cores(system=tmp_path) == 1
    quota.write_text("max 100000\n")
    for number in range(1024):
        siblings = tmp_path / f"devices/system/cpu/cpu{number}/topology/thread_siblings_list"
        siblings.parent.mkdir(parents=True)
        siblings.write_text("0-1023\n")
    assert usable_cores(system=tmp_path) == 1
