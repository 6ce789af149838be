"""A small chat server for tests: it streams, refuses, breaks off or dawdles as told."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Reply:
    """One answer: status, headers and pieces of the body, with a pause before each of them."""

    pieces: list[str] = field(default_factory=list)
    status: int = 200
    content_type: str = "text/event-stream"
    pause_s: float = 0.0
    headers: dict[str, str] = field(default_factory=dict)
    break_off: bool = False


@dataclass
class ChatServer:
    """What is answered, by path and in order (the last one again and again); what was asked."""

    replies: dict[str, list[Reply]] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, str], Any]] = field(default_factory=list)
    gone: threading.Event = field(default_factory=threading.Event)
    url: str = ""

    def bodies(self, path: str) -> list[Any]:
        """What was sent to a path."""
        return [body for place, _, body in self.asked if place == path]


@contextmanager
def serve_chat(**replies: Reply | list[Reply]) -> Iterator[ChatServer]:
    """Serve replies on a free port; ``v1_models=...`` stands for the path ``/v1/models``."""
    state = ChatServer(
        {
            "/" + path.replace("_", "/"): reply if isinstance(reply, list) else [reply]
            for path, reply in replies.items()
        }
    )

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            _answer(self, state)

        def do_POST(self) -> None:
            _answer(self, state)

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    state.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield state
    finally:
        state.gone.set()
        server.shutdown()
        server.server_close()
        thread.join()


def sse(*texts: str, usage: tuple[int, int, int] | None = None) -> list[str]:
    """Events as OpenAI-compatible servers send them; ``usage`` is prompt, completion, cached."""
    chunks: list[Any] = [{"choices": [{"delta": {"role": "assistant", "content": None}}]}]
    chunks += [{"choices": [{"index": 0, "delta": {"content": text}}]} for text in texts]
    chunks += [{"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}]
    if usage:
        prompt, completion, cached = usage
        counted = {"prompt_tokens": prompt, "completion_tokens": completion}
        counted["prompt_tokens_details"] = {"cached_tokens": cached}
        chunks.append({"choices": [], "usage": counted})
    return [f"data: {json.dumps(chunk)}\n\n" for chunk in chunks] + ["data: [DONE]\n\n"]


def tool_events(
    *calls: tuple[str, str, str], text: str = "", usage: tuple[int, int, int] | None = None
) -> list[str]:
    """Events of a reply with calls of tools: id, name and arguments, these in two fragments."""
    chunks: list[Any] = []
    for index, (call_id, name, arguments) in enumerate(calls):
        half = len(arguments) // 2
        begins = {"index": index, "id": call_id, "type": "function"}
        begins["function"] = {"name": name, "arguments": arguments[:half]}
        chunks += [begins, {"index": index, "function": {"arguments": arguments[half:]}}]
    first, *rest = sse(text, usage=usage)
    events = [{"choices": [{"index": 0, "delta": {"tool_calls": [chunk]}}]} for chunk in chunks]
    return [first, *(f"data: {json.dumps(event)}\n\n" for event in events), *rest]


def ndjson(*texts: str, usage: tuple[int, int] = (0, 0)) -> list[str]:
    """Lines as Ollama sends them."""
    lines: list[Any] = [{"message": {"content": text}, "done": False} for text in texts]
    counts = {"prompt_eval_count": usage[0], "eval_count": usage[1]}
    lines.append({"message": {"content": ""}, "done": True, **counts})
    return [json.dumps(line) + "\n" for line in lines]


def refusal(status: int, message: str, **headers: str) -> Reply:
    """An error as these servers send it."""
    return Reply(
        [json.dumps({"error": {"message": message}})], status, "application/json", headers=headers
    )


def plain(value: object) -> Reply:
    """A JSON value."""
    return Reply([json.dumps(value)], content_type="application/json")


def _answer(request: BaseHTTPRequestHandler, state: ChatServer) -> None:
    length = int(request.headers.get("Content-Length", 0))
    data = request.rfile.read(length)
    is_json = "json" in request.headers.get("Content-Type", "")
    body = json.loads(data) if data and is_json else data or None
    state.asked.append((request.path, dict(request.headers), body))
    waiting = state.replies.get(request.path) or [refusal(404, f"no such path {request.path}")]
    reply = waiting.pop(0) if len(waiting) > 1 else waiting[0]
    request.send_response(reply.status)
    request.send_header("Content-Type", reply.content_type)
    request.send_header("Transfer-Encoding", "chunked")
    for name, value in reply.headers.items():
        request.send_header(name.replace("_", "-"), value)
    request.end_headers()
    with suppress(OSError):  # the client may have gone
        for piece in reply.pieces:
            if state.gone.wait(reply.pause_s) if reply.pause_s else False:
                break
            _send(request, piece.encode())
        if not reply.break_off:
            _send(request, b"")
    request.close_connection = reply.break_off


def _send(request: BaseHTTPRequestHandler, data: bytes) -> None:
    request.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
    request.wfile.flush()
