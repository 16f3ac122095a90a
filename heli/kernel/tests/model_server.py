"""A real HTTP server on this machine that stands in for a model, and can answer as badly as servers do."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from heli.kernel.chat import Endpoint


@dataclass
class ModelServer:
    """What it was asked, and what it answers: ``status``, ``headers``, ``body``; ``drips`` sends bytes until told."""

    port: int = 0
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    drips: bool = False
    asked: list[dict[str, Any]] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    done: threading.Event = field(default_factory=threading.Event)

    def says(self, content: object) -> None:
        """Answer with this content, as a model's server wraps it."""
        self.body = json.dumps({"choices": [{"message": {"role": "assistant", "content": content}}]}).encode()

    @property
    def endpoint(self) -> Endpoint:
        return Endpoint(url=f"http://127.0.0.1:{self.port}/v1", model="qwen-local", key="our-key")


@contextmanager
def model_server() -> Iterator[ModelServer]:
    """Run the server while the block runs."""
    state = ModelServer()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            state.paths.append(self.path)
            state.keys.append(self.headers.get("Authorization", ""))
            state.asked.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(state.status)
            for name, value in state.headers.items():
                self.send_header(name, value)
            self.end_headers()
            try:
                while state.drips and not state.done.wait(0.05):
                    self.wfile.write(b" ")
                self.wfile.write(state.body)
            except OSError:
                return  # whoever asked has hung up

        def log_message(self, *_said: object) -> None:
            """Keep the output of tests quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    state.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield state
    finally:
        state.done.set()
        server.shutdown()
        server.server_close()
        thread.join()
