"""A small model hub for tests: one repository, spoken to as the real hub is."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple

COMMIT = "0123456789abcdef0123456789abcdef01234567"


class Hub(NamedTuple):
    """Where it is, and the paths of files that were fetched from it."""

    endpoint: str
    fetched: list[str]


@contextmanager
def serve_hub(
    repository: str, files: Mapping[str, bytes], *, kind: str = "models"
) -> Iterator[Hub]:
    """Serve the files of a repository of ``models`` or ``datasets`` on a free port."""
    fetched: list[str] = []
    listed = [
        {"type": "file", "path": name, "size": len(content), "oid": "0"}
        for name, content in files.items()
    ]

    class Handler(BaseHTTPRequestHandler):
        def do_HEAD(self) -> None:
            self._answer(with_content=False)

        def do_GET(self) -> None:
            self._answer(with_content=True)

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))  # which paths: all are told
            self._answer(with_content=True)

        def _answer(self, *, with_content: bool) -> None:
            path = self.path.partition("?")[0]
            name = path.rpartition(f"/resolve/{COMMIT}/")[2]
            if path == "/":
                content = b"a hub"
            elif path.startswith(
                (f"/api/{kind}/{repository}/paths-info/", f"/api/{kind}/{repository}/tree/")
            ):
                content = json.dumps(listed).encode()
            elif path.startswith(f"/api/{kind}/{repository}"):
                described = {
                    "id": repository,
                    "sha": COMMIT,
                    "siblings": [{"rfilename": name} for name in files],
                }
                content = json.dumps(described).encode()
            elif name in files:
                content = files[name]
                if with_content:
                    fetched.append(name)
            else:
                self.send_error(404)
                return
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.send_header("ETag", f'"{hashlib.sha256(content).hexdigest()}"')
            self.send_header("X-Repo-Commit", COMMIT)
            self.end_headers()
            if with_content:
                self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield Hub(f"http://127.0.0.1:{server.server_address[1]}", fetched)
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
