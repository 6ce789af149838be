"""Better models for a machine, and servers that run on it."""

from __future__ import annotations

import socket
import time

import pytest
from chat_server import Reply, plain, serve_chat

from bbqa.llm.local import SERVERS, ServerKind, fitting, local_servers, open_models
from bbqa.show import show_better_models


def test_every_model_says_what_it_is_good_for_how_large_it_is_and_under_which_licence():
    for model in open_models():
        assert model.purpose
        assert model.licence
        assert 0 < model.size_gb < model.memory_gb
        assert ":" in model.ollama
        assert "/" in model.gguf


def test_models_are_listed_from_the_smallest_to_the_largest():
    sizes = [model.memory_gb for model in open_models()]
    assert sizes == sorted(sizes)


def test_models_that_do_not_fit_the_memory_are_left_out():
    assert [model.name for model in fitting(int(9e9))] == ["Qwen3 4B", "Qwen3 8B"]
    assert fitting(int(1e9)) == ()
    assert fitting(None) == open_models()


def test_servers_are_looked_for_on_this_machine_only():
    assert {kind.url.split("//")[1].split(":")[0] for kind in SERVERS} == {"127.0.0.1"}
    assert {kind.spec for kind in SERVERS} == {"ollama", "openai"}


def kinds(url):
    return (
        ServerKind("Ollama", url, "/api/tags", "ollama"),
        ServerKind("vLLM", f"{url}/v1", "/models", "openai"),
    )


def test_servers_that_answer_are_found_with_their_models():
    tags = plain({"models": [{"name": "qwen3:8b"}, {"name": "gemma3"}]})
    with serve_chat(api_tags=tags, v1_models=plain({"data": [{"id": "x"}]})) as server:
        found = local_servers(kinds(server.url), timeout_s=5.0)
    assert [(one.name, one.spec, one.models) for one in found] == [
        ("Ollama", "ollama", ("qwen3:8b", "gemma3")),
        ("vLLM", "openai", ("x",)),
    ]
    assert {path for path, _, _ in server.asked} == {"/api/tags", "/v1/models"}


@pytest.mark.parametrize(
    "reply",
    [
        plain([1]),
        plain({"models": 5}),
        plain({"models": [{"name": 5}]}),
        plain({"data": []}),
        Reply(["<html>"], content_type="text/html"),
    ],
)
def test_another_program_on_the_port_is_no_server(reply):
    with serve_chat(api_tags=reply, v1_models=reply) as server:
        assert local_servers(kinds(server.url), timeout_s=5.0) == []


def test_where_nothing_or_nobody_answers_the_wait_is_short():
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        started = time.perf_counter()
        assert local_servers(kinds(url), timeout_s=0.1) == []
    assert time.perf_counter() - started < 5


def test_what_is_shown_can_be_typed(capsys):
    with serve_chat(api_tags=plain({"models": [{"name": "qwen3:8b"}]})) as server:
        servers = local_servers(kinds(server.url), timeout_s=5.0)
    show_better_models(fitting(int(9e9)), servers, memory_bytes=int(9e9))
    shown = " ".join(capsys.readouterr().out.split())
    assert "--llm ollama:qwen3:8b" in shown
    assert "9 GB of memory free" in shown
    assert "Qwen3 4B" in shown
    assert "Qwen3 14B" not in shown
