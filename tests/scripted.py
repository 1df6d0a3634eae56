"""A server on loopback that speaks OpenAI's protocol and answers by a script, over a real socket.

    with ScriptedServer([error(500), answer("{}")]) as server:
        ...  # ask f"{server.url}#any-model"
    assert len(server.requests) == 2

A script is a list of steps, whose last one repeats for ever, or a function of the request's body.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self


@dataclass(frozen=True)
class Step:
    """What the server does with one request."""

    status: int = 200
    body: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    hang_s: float = 0.0
    drop: bool = False


Script = Sequence[Step] | Callable[[dict[str, Any]], Step]


def answer(
    text: str | None,
    *,
    finish: str = "stop",
    refusal: str | None = None,
    prompt: int = 100,
    cached: int = 40,
    completion: int = 10,
) -> Step:
    """Answer with this text and this usage."""
    message = {"role": "assistant", "content": text, "refusal": refusal}
    body = {
        "id": "scripted",
        "object": "chat.completion",
        "created": 0,
        "model": "scripted",
        "choices": [{"index": 0, "message": message, "finish_reason": finish}],
        "usage": {
            "prompt_tokens": prompt,
            "completion_tokens": completion,
            "total_tokens": prompt + completion,
            "prompt_tokens_details": {"cached_tokens": cached},
        },
    }
    return Step(body=json.dumps(body))


def error(
    status: int,
    message: str = "scripted",
    *,
    code: str | None = None,
    param: str | None = None,
    headers: Mapping[str, str] | None = None,
) -> Step:
    """Fail with this status."""
    told = {"error": {"message": message, "type": "scripted", "code": code, "param": param}}
    return Step(status, json.dumps(told), headers or {})


def hang(seconds: float) -> Step:
    """Take the request and say nothing for so long."""
    return Step(hang_s=seconds)


def drop() -> Step:
    """Close the connection without a word."""
    return Step(drop=True)


class ScriptedServer:
    """The server; counts and keeps every chat request it gets."""

    def __init__(self, script: Script) -> None:
        self.requests: list[dict[str, Any]] = []
        """Bodies, in order of arrival."""
        self.headers: list[dict[str, str]] = []
        """Headers of the same requests, names in lower case."""
        self._script = script
        self._lock = threading.Lock()
        self._closing = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))

    @property
    def url(self) -> str:
        """The base address, which ends in `/v1`."""
        return f"http://127.0.0.1:{self._server.server_address[1]}/v1"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._closing.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def _next(self, headers: dict[str, str], body: dict[str, Any]) -> Step:
        with self._lock:
            self.requests.append(body)
            self.headers.append(headers)
            count = len(self.requests)
        if callable(self._script):
            return self._script(body)
        return self._script[min(count, len(self._script)) - 1]

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_: object) -> None:
                pass

            def do_GET(self) -> None:
                models = {"object": "list", "data": [{"id": "scripted", "object": "model"}]}
                self._send(Step(body=json.dumps(models)))

            def do_POST(self) -> None:
                sent = self.rfile.read(int(self.headers["Content-Length"]))
                step = outer._next(
                    {k.lower(): v for k, v in self.headers.items()}, json.loads(sent)
                )
                if step.hang_s:
                    outer._closing.wait(step.hang_s)
                if step.drop or step.hang_s:
                    self.close_connection = True
                    return
                self._send(step)

            def _send(self, step: Step) -> None:
                raw = step.body.encode()
                self.send_response(step.status)
                for name, value in step.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(raw)))
                self.end_headers()
                self.wfile.write(raw)

        return Handler
