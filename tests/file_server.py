"""A small web server for tests of downloads: it resumes, breaks off, refuses or stalls as told."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class FileServer:
    """What is served, how badly, and what was asked for.

    ``break_after`` holds, request by request, after how many bytes the connection is dropped;
    ``stall_after`` makes the server wait there for ``go_on``.
    """

    content: bytes = b""
    status: int = 200
    ranges: bool = True
    length: bool = True
    content_type: str = "application/octet-stream"
    break_after: list[int] = field(default_factory=list)
    stall_after: int | None = None
    asked: list[str] = field(default_factory=list)
    has_stalled: threading.Event = field(default_factory=threading.Event)
    go_on: threading.Event = field(default_factory=threading.Event)
    url: str = ""


@contextmanager
def serve(state: FileServer) -> Iterator[FileServer]:
    """Serve the state on a free port of this machine."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            _answer(self, state)

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    state.url = f"http://127.0.0.1:{server.server_address[1]}/file.bin"
    try:
        yield state
    finally:
        state.go_on.set()
        server.shutdown()
        server.server_close()
        thread.join()


def _answer(request: BaseHTTPRequestHandler, state: FileServer) -> None:
    asked = request.headers.get("Range", "")
    state.asked.append(asked)
    begin = int(asked.removeprefix("bytes=").rstrip("-")) if asked and state.ranges else 0
    rest = state.content[begin:]
    request.send_response(206 if begin else state.status)
    request.send_header("Content-Type", state.content_type)
    if state.length:
        request.send_header("Content-Length", str(len(rest)))
    request.end_headers()
    if state.break_after:
        rest = rest[: state.break_after.pop(0)]
    if state.stall_after is not None:
        request.wfile.write(rest[: state.stall_after])
        request.wfile.flush()
        rest = rest[state.stall_after :]
        state.has_stalled.set()
        state.go_on.wait(30)
    with suppress(OSError):  # the client may have gone
        request.wfile.write(rest)
    request.close_connection = True
