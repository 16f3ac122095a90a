"""One question to a language model that the enterprise runs itself, over the OpenAI-compatible wire format.

Nothing here is used unless an address is configured. No redirect is followed, no proxy is asked, the answer is short
and the whole exchange has one deadline.
"""

from __future__ import annotations

import http.client
import json
import socket
import threading
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

MAX_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where the model is (its ``…/v1``), its name there, and the key it asks for, if any."""

    url: str
    model: str
    key: str = ""

    @property
    def is_complete(self) -> bool:
        """Return whether this can be asked at all: a web address with a host, and a name."""
        try:
            parts = urlsplit(self.url)
            return parts.scheme in {"http", "https"} and bool(parts.hostname) and bool(self.model) and parts.port != 0
        except ValueError:
            return False


class NoAnswer(Exception):
    """The model gave no answer that can be used.

    ``code``: unreachable, slow, refused (``detail`` is the status), redirected, too_long or unreadable.
    """

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code} {detail}".strip())
        self.code, self.detail = code, detail


def ask(endpoint: Endpoint, *, instructions: str, question: str, seconds: float) -> str:
    """Return the model's answer to one question, within ``seconds`` in all; raises ``NoAnswer``."""
    body = {
        "model": endpoint.model,
        "messages": [{"role": "system", "content": instructions}, {"role": "user", "content": question}],
        "temperature": 0,
        "stream": False,
    }
    return _content(_posted(endpoint, json.dumps(body, ensure_ascii=False).encode(), seconds))


def _posted(endpoint: Endpoint, body: bytes, seconds: float) -> bytes:
    parts = urlsplit(endpoint.url)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=seconds)
    headers = {"Content-Type": "application/json", "Accept": "application/json"}
    if endpoint.key:
        headers["Authorization"] = f"Bearer {endpoint.key}"
    over = threading.Event()
    deadline = threading.Timer(0, _hang_up)
    started = time.monotonic()
    try:
        connection.connect()
        deadline = threading.Timer(max(seconds - (time.monotonic() - started), 0), _hang_up, (connection.sock, over))
        deadline.daemon = True
        deadline.start()
        connection.request("POST", f"{parts.path.rstrip('/')}/chat/completions", body, headers)
        with connection.getresponse() as answer:
            _check_status(answer.status)
            found = answer.read(MAX_BYTES + 1)
    except TimeoutError:
        raise NoAnswer("slow") from None
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise NoAnswer("slow" if over.is_set() else "unreachable", str(error)) from error
    finally:
        deadline.cancel()
        connection.close()
    if over.is_set():
        raise NoAnswer("slow")
    if len(found) > MAX_BYTES:
        raise NoAnswer("too_long")
    return found


def _hang_up(line: socket.socket, over: threading.Event) -> None:
    """End the exchange from outside: a server that sends a little now and then would outlast every time-out."""
    over.set()
    try:
        socket.socket.shutdown(line, socket.SHUT_RDWR)  # of TLS too the connection below it
    except OSError:
        return  # it ended by itself meanwhile


def _check_status(status: int) -> None:
    if 300 <= status < 400:
        raise NoAnswer("redirected", str(status))
    if status != 200:
        raise NoAnswer("refused", str(status))


def _content(raw: bytes) -> str:
    try:
        said: Any = json.loads(raw)["choices"][0]["message"]["content"]
    except (ValueError, LookupError, TypeError, RecursionError):
        raise NoAnswer("unreadable") from None
    if not isinstance(said, str) or not said.strip():
        raise NoAnswer("unreadable")
    return said
