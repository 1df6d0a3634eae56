"""The embedded model itself: what it answers, and how it behaves as a guest in the process."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal

import pytest
from pydantic import BaseModel, ConfigDict, Field

from extractor.errors import TruncatedError, WeightsError
from extractor.llm import local
from extractor.llm.catalogue import Entry, read_catalogue
from extractor.llm.providers import open_model
from extractor.llm.request import ModelSettings, Reply, Request
from extractor.llm.target import Endpoint
from extractor.llm.tuned import ensure_tuned
from extractor.records import Message

pytestmark = [
    pytest.mark.model,
    pytest.mark.skipif(find_spec("xllamacpp") is None, reason="xllamacpp is not installed"),
]
PATIENT = ModelSettings(timeout_s=300)
SYSTEM = Message("system", "You extract structured data from news articles.")
TEXT = "“We will never go back,” Ana Silva said on Tuesday in Lisbon."


class Thing(BaseModel):
    model_config = ConfigDict(extra="forbid")

    trigger: str
    type: Literal["CONSULT", "OTHER"]
    actors: list[str]
    place: str | None


class Things(BaseModel):
    model_config = ConfigDict(extra="forbid")

    events: list[Thing] = Field(max_length=2)


def request(**changes: Any) -> Request:
    user = (
        f"Published: 2026-03-11 Wednesday\nNames: Ana Silva\nBefore: \nText: {TEXT}\nTask: events"
    )
    base = {"messages": (SYSTEM, Message("user", user)), "answer": Things, "task": "events"}
    return Request(**{**base, "max_tokens": 200, "reasks": 0, **changes})


@pytest.fixture(scope="module")
def entry() -> Entry:
    return read_catalogue().entry("default")


@pytest.fixture(scope="module")
def endpoint(entry: Entry) -> Endpoint:
    return local.serve(entry, ensure_tuned(entry))


def ask(asked: Request) -> Reply:
    async def run() -> Reply:
        model = open_model("local/default", PATIENT)
        try:
            return await model.ask(asked)
        finally:
            await model.aclose()

    return asyncio.run(run())


def test_it_answers_in_the_schema_keys_in_order_without_spaces() -> None:
    reply = ask(request())
    items = json.loads(reply.text)["events"]
    assert len(items) <= 2
    assert all(list(item) == ["trigger", "type", "actors", "place"] for item in items)
    assert reply.text == json.dumps({"events": items}, ensure_ascii=False, separators=(",", ":"))


def test_the_same_question_has_the_same_answer_and_a_cached_prompt() -> None:
    first, second = ask(request()), ask(request())
    assert first.text == second.text
    usage = second.attempts[0].usage
    assert 0 < usage.cached_tokens < usage.prompt_tokens


def test_it_is_called_by_its_real_name() -> None:
    assert open_model("local/default").name == "local/smollm2-135m-news-7"


def test_an_answer_that_is_cut_off_is_truncation() -> None:
    with pytest.raises(TruncatedError):
        ask(request(max_tokens=3))


def test_a_prompt_longer_than_its_context_is_truncation() -> None:
    with pytest.raises(TruncatedError):
        ask(request(messages=(SYSTEM, Message("user", "word " * 5000))))


def test_it_starts_once(entry: Entry, endpoint: Endpoint) -> None:
    assert local.serve(entry, ensure_tuned(entry)) == endpoint


def test_it_listens_on_loopback_and_wants_its_key(endpoint: Endpoint) -> None:
    assert endpoint.base_url.startswith("http://127.0.0.1:")
    asked = urllib.request.Request(f"{endpoint.base_url}/chat/completions", data=b"{}")
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(asked, timeout=10)
    caught.value.close()
    assert caught.value.code == 401


def test_a_file_that_is_no_model_is_told(entry: Entry, tmp_path: Path) -> None:
    other = entry.model_copy(update={"name": "broken"})
    (tmp_path / "broken.gguf").write_bytes(b"GGUF, but not really")
    with pytest.raises(WeightsError, match="could not be started"):
        local.serve(other, tmp_path / "broken.gguf")


def test_the_number_of_threads_is_within_what_is_granted() -> None:
    assert 1 <= local.threads() <= (os.cpu_count() or 1)


SERVE = """
import sys
from extractor.llm.catalogue import read_catalogue
from extractor.llm.local import serve
from extractor.llm.tuned import ensure_tuned
entry = read_catalogue().entry("default")
where = serve(entry, ensure_tuned(entry))
"""


def run(code: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", SERVE + code]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)


def test_it_says_nothing_and_ends_with_the_process() -> None:
    ended = run("print(where.base_url)")
    assert (ended.returncode, ended.stderr) == (0, "")


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
def test_a_forked_child_can_ask_and_ends_well() -> None:
    ended = run(
        """
import multiprocessing, urllib.request
def child():
    headers = {"Authorization": f"Bearer {where.key}"}
    asked = urllib.request.Request(f"{where.base_url}/models", headers=headers)
    sys.exit(0 if urllib.request.urlopen(asked, timeout=20).status == 200 else 1)
process = multiprocessing.get_context("fork").Process(target=child)
process.start()
process.join(60)
sys.exit(process.exitcode)
"""
    )
    assert (ended.returncode, ended.stderr) == (0, "")


@pytest.mark.skipif(os.name == "nt", reason="Ctrl-C is sent in another way there")
@pytest.mark.usefixtures("interruptible")
def test_control_c_amid_an_answer_ends_the_process_at_once() -> None:
    code = """
import asyncio
from extractor.llm.providers import open_model
from tests.llm.test_local import request
model = open_model("local/default")
try:
    print("asking", flush=True)
    asyncio.run(model.ask(request(max_tokens=2000)))
    print("answered", flush=True)
    asyncio.run(asyncio.sleep(60))
except KeyboardInterrupt:
    sys.exit(130)
"""
    command = [sys.executable, "-c", SERVE + code]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "asking\n"
        time.sleep(1)
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=60) == 130
