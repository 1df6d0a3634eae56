"""What a model's failures cost, counted in requests over a real socket."""

from __future__ import annotations

import asyncio
import json
import logging
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest
from pydantic import BaseModel, ConfigDict

from extractor.errors import (
    AnswerError,
    AuthenticationError,
    InvalidAnswerError,
    ModelError,
    RefusedError,
    TransportError,
    TruncatedError,
    UnknownModelError,
)
from extractor.llm.providers import open_model
from extractor.llm.request import Check, Model, ModelSettings, Reply, Request, total
from extractor.records import Message, Usage
from tests.scripted import Script, ScriptedServer, Step, answer, drop, error, hang

KEY = "sk-secret-0123456789abcdef"
QUICK = ModelSettings(timeout_s=5, transport_retries=3, first_wait_s=0.001, max_wait_s=0.01)
ASKED = (Message("system", "Extract."), Message("user", "Text: one two"))


class Thing(BaseModel):
    model_config = ConfigDict(extra="forbid")

    word: str
    note: str | None


class Things(BaseModel):
    model_config = ConfigDict(extra="forbid")

    things: list[Thing]


def said(*words: str) -> str:
    return json.dumps({"things": [{"word": word, "note": None} for word in words]})


def grounded(items: list[dict[str, Any]]) -> Check:
    lost = [item["word"] for item in items if item["word"] not in ASKED[1].content]
    return Check(len(items) - len(lost), f"not in the text: {', '.join(lost)}" if lost else "")


def request(**changes: Any) -> Request:
    return Request(**{"messages": ASKED, "answer": Things, "task": "things", **changes})


@pytest.fixture(autouse=True)
def _key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EXTRACT_API_KEY", KEY)


def ask(server: ScriptedServer, settings: ModelSettings = QUICK, **changes: Any) -> Reply:
    async def run() -> Reply:
        model = open_model(f"{server.url}#scripted", settings)
        try:
            return await model.ask(request(**changes))
        finally:
            await model.aclose()

    return asyncio.run(run())


def fail(
    script: Script, kind: type[Exception], settings: ModelSettings = QUICK, **changes: Any
) -> tuple[Any, ScriptedServer]:
    with ScriptedServer(script) as server, pytest.raises(kind) as caught:
        ask(server, settings, **changes)
    return caught.value, server


def outcomes(found: Reply | AnswerError) -> list[str]:
    return [attempt.outcome for attempt in found.attempts]


def test_a_good_answer_takes_one_request() -> None:
    with ScriptedServer([answer(said("one"))]) as server:
        reply = ask(server)
    assert reply.items == [{"word": "one", "note": None}]
    assert reply.text == said("one")
    assert outcomes(reply) == ["ok"]
    assert len(server.requests) == 1


def test_the_request_carries_the_schema_with_its_fields_in_order() -> None:
    with ScriptedServer([answer(said())]) as server:
        ask(server, temperature=0.5, max_tokens=77)
    (sent,) = server.requests
    schema = sent["response_format"]["json_schema"]["schema"]
    assert list(schema["$defs"]["Thing"]["properties"]) == ["word", "note"]
    assert (sent["model"], sent["temperature"], sent["max_tokens"]) == ("scripted", 0.5, 77)
    assert sent["messages"] == [{"role": m.role, "content": m.content} for m in ASKED]
    assert server.headers[0]["authorization"] == f"Bearer {KEY}"


def test_usage_of_an_attempt_holds_cached_tokens() -> None:
    with ScriptedServer([answer(said(), prompt=100, cached=40, completion=10)]) as server:
        reply = ask(server)
    assert total(reply.attempts) == Usage(
        requests=1, prompt_tokens=100, cached_tokens=40, completion_tokens=10
    )


def test_retry_after_in_seconds_is_honoured() -> None:
    wait = error(429, headers={"Retry-After": "0.3"})
    settings = ModelSettings(first_wait_s=0.001, max_wait_s=5)
    started = time.monotonic()
    with ScriptedServer([wait, answer(said("one"))]) as server:
        reply = ask(server, settings)
    assert time.monotonic() - started >= 0.3
    assert outcomes(reply) == ["transport", "ok"]
    assert len(server.requests) == 2


def test_retry_after_is_capped() -> None:
    wait = error(429, headers={"Retry-After": "3600"})
    started = time.monotonic()
    with ScriptedServer([wait, answer(said("one"))]) as server:
        ask(server)
    assert time.monotonic() - started < 5


def test_a_date_in_retry_after_is_understood() -> None:
    past = format_datetime(datetime.now(UTC) - timedelta(hours=1), usegmt=True)
    settings = ModelSettings(first_wait_s=60, max_wait_s=60)
    started = time.monotonic()
    with ScriptedServer([error(503, headers={"Retry-After": past}), answer(said())]) as server:
        ask(server, settings)
    assert time.monotonic() - started < 5


def test_server_errors_are_tried_again_until_one_answers() -> None:
    with ScriptedServer([error(500), error(502), answer(said("one"))]) as server:
        reply = ask(server)
    assert outcomes(reply) == ["transport", "transport", "ok"]
    assert total(reply.attempts) == Usage(
        requests=3, failed_requests=2, prompt_tokens=100, cached_tokens=40, completion_tokens=10
    )
    assert len(server.requests) == 3


def test_server_errors_for_ever_end_after_the_retries_and_no_more() -> None:
    lost, server = fail([error(500)], TransportError)
    assert len(server.requests) == 1 + QUICK.transport_retries
    assert outcomes(lost) == ["transport"] * 4
    assert "HTTP 500" in str(lost)


def test_a_hung_socket_counts_as_no_answer() -> None:
    settings = ModelSettings(timeout_s=0.3, transport_retries=1, first_wait_s=0.001)
    started = time.monotonic()
    lost, server = fail([hang(30)], TransportError, settings)
    assert time.monotonic() - started < 5
    assert len(server.requests) == 2
    assert outcomes(lost) == ["transport", "transport"]


def test_a_dropped_connection_is_tried_again() -> None:
    with ScriptedServer([drop(), answer(said("one"))]) as server:
        assert outcomes(ask(server)) == ["transport", "ok"]
    assert len(server.requests) == 2


def test_a_refused_connection_is_tried_again_and_given_up() -> None:
    with ScriptedServer([answer(said())]) as server:
        gone = server
    with pytest.raises(TransportError) as caught:
        ask(gone)
    assert outcomes(caught.value) == ["transport"] * 4


def test_a_truncated_answer_is_not_asked_for_again() -> None:
    cut = answer('{"things": [{"word": "on', finish="length", completion=50)
    lost, server = fail([cut], TruncatedError)
    assert len(server.requests) == 1
    assert outcomes(lost) == ["truncated"]
    assert total(lost.attempts).completion_tokens == 50


@pytest.mark.parametrize(
    "step",
    [
        error(400, "This model's maximum context length is 100 tokens", code="x"),
        error(400, "too long", code="context_length_exceeded"),
        error(400, "request (5000 tokens) exceeds the available context size (2048 tokens)"),
        error(413, "too large"),
    ],
)
def test_a_prompt_that_does_not_fit_is_truncation(step: Step) -> None:
    lost, server = fail([step], TruncatedError)
    assert len(server.requests) == 1
    assert outcomes(lost) == ["truncated"]


def test_an_invalid_answer_is_asked_for_again() -> None:
    with ScriptedServer([answer("no JSON"), answer(said("one"))]) as server:
        reply = ask(server)
    assert outcomes(reply) == ["invalid", "ok"]
    assert len(server.requests) == 2


def test_an_answer_off_the_schema_is_told_what_is_wrong() -> None:
    with ScriptedServer([answer('{"things": [{"word": 5}]}'), answer(said("one"))]) as server:
        ask(server)
    complaint = server.requests[1]["messages"][-1]["content"]
    assert "things.0.word" in complaint
    assert "things.0.note" in complaint


def test_invalid_answers_for_ever_end_after_two_reasks() -> None:
    lost, server = fail([answer("no JSON")], InvalidAnswerError)
    assert len(server.requests) == 3
    assert outcomes(lost) == ["invalid"] * 3
    assert total(lost.attempts) == Usage(
        requests=3, failed_requests=3, prompt_tokens=300, cached_tokens=120, completion_tokens=30
    )


def test_an_ungrounded_answer_is_asked_for_again_with_the_words_of_the_check() -> None:
    with ScriptedServer([answer(said("three")), answer(said("two"))]) as server:
        reply = ask(server, check=grounded)
    assert outcomes(reply) == ["ungrounded", "ok"]
    assert reply.items == [{"word": "two", "note": None}]
    assert "not in the text: three" in server.requests[1]["messages"][-1]["content"]


def test_an_answer_ungrounded_for_ever_is_returned_for_the_caller_to_refuse() -> None:
    with ScriptedServer([answer(said("three")), answer(said("four")), answer(said("five"))]) as s:
        reply = ask(s, check=grounded)
    assert outcomes(reply) == ["ungrounded"] * 3
    assert reply.items == [{"word": "five", "note": None}]
    assert len(s.requests) == 3


def test_an_ungrounded_answer_that_is_used_has_not_failed() -> None:
    with ScriptedServer([answer(said("three")), answer("no JSON")]) as server:
        reply = ask(server, check=grounded)
    assert outcomes(reply) == ["ungrounded", "invalid", "invalid"]
    assert [attempt.usage.failed_requests for attempt in reply.attempts] == [0, 1, 1]


@pytest.mark.parametrize(
    "worse", [answer("no JSON"), answer("", finish="length"), answer("", refusal="no"), error(500)]
)
def test_a_failed_reask_does_not_lose_the_answer_there_was(worse: Step) -> None:
    with ScriptedServer([answer(said("one", "three")), worse]) as server:
        reply = ask(server, check=grounded)
    assert [item["word"] for item in reply.items] == ["one", "three"]
    assert reply.text == said("one", "three")


def test_a_reask_that_locates_less_does_not_replace_the_answer_there_was() -> None:
    with ScriptedServer([answer(said("one", "two", "three")), answer(said("one"))]) as server:
        reply = ask(server, check=grounded)
    assert [item["word"] for item in reply.items] == ["one", "two", "three"]
    assert outcomes(reply) == ["ungrounded", "ok"]
    assert [attempt.usage.failed_requests for attempt in reply.attempts] == [0, 0]


def test_no_reask_when_none_is_allowed() -> None:
    with ScriptedServer([answer(said("three"))]) as server:
        assert outcomes(ask(server, check=grounded, reasks=0)) == ["ungrounded"]
    assert len(server.requests) == 1


def test_the_conversation_does_not_grow() -> None:
    script = [answer("first"), answer("second"), answer(said("one"))]
    with ScriptedServer(script) as server:
        ask(server)
    third = server.requests[2]["messages"]
    assert [m["role"] for m in third] == ["system", "user", "assistant", "user"]
    assert third[:2] == server.requests[0]["messages"]
    assert third[2]["content"] == "second"
    assert "first" not in json.dumps(third)


def test_reasks_and_retries_are_not_multiplied() -> None:
    script = [error(500), answer("no JSON"), error(500), answer("no JSON"), error(500)]
    lost, server = fail([*script, answer("no JSON")], InvalidAnswerError)
    assert len(server.requests) == 6
    assert outcomes(lost) == ["transport", "invalid"] * 3


def test_usage_is_summed_per_attempt_not_as_a_running_total() -> None:
    script = [
        answer("no JSON", prompt=10, cached=1, completion=2),
        answer(said("three"), prompt=20, cached=3, completion=4),
        answer(said("one"), prompt=40, cached=5, completion=8),
    ]
    with ScriptedServer(script) as server:
        reply = ask(server, check=grounded)
    assert [a.usage.prompt_tokens for a in reply.attempts] == [10, 20, 40]
    assert total(reply.attempts) == Usage(
        requests=3, failed_requests=2, prompt_tokens=70, cached_tokens=9, completion_tokens=14
    )


@pytest.mark.parametrize(
    "step",
    [
        answer(None, refusal="I cannot help with that."),
        answer("", finish="content_filter"),
        error(400, "filtered by content management policy", code="content_filter"),
    ],
)
def test_a_refusal_is_not_asked_for_again(step: Step) -> None:
    lost, server = fail([step], RefusedError)
    assert len(server.requests) == 1
    assert outcomes(lost) == ["refused"]


@pytest.mark.parametrize(
    ("step", "kind"),
    [
        (error(401, "wrong key"), AuthenticationError),
        (error(403, "not allowed"), AuthenticationError),
        (error(404, "no such thing"), UnknownModelError),
        (error(400, "The model `x` does not exist"), UnknownModelError),
        (error(429, "You exceeded your quota", code="insufficient_quota"), ModelError),
        (error(400, "response_format is not supported"), ModelError),
    ],
)
def test_what_no_retry_can_mend_ends_at_once(step: Step, kind: type[ModelError]) -> None:
    lost, server = fail([step], kind)
    assert len(server.requests) == 1
    assert "\n" not in str(lost)


def test_a_parameter_the_service_does_not_take_is_left_out() -> None:
    picky = error(400, "temperature must be 1", code="unsupported_value", param="temperature")

    def script(body: dict[str, Any]) -> Step:
        return picky if "temperature" in body else answer(said("one"))

    with ScriptedServer(script) as server:
        assert outcomes(ask(server)) == ["transport", "ok"]
    assert len(server.requests) == 2


@pytest.mark.parametrize("status", [400, 401, 404, 429, 500])
def test_the_key_is_in_no_error_log_or_output(
    status: int, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.INFO)
    lost, _ = fail([error(status, f"Incorrect key provided: {KEY}")], Exception)
    told = [str(lost), repr(lost), caplog.text, *capfd.readouterr()]
    told += [attempt.detail for attempt in getattr(lost, "attempts", ())]
    assert not any(KEY in text for text in told)


def test_the_key_is_not_in_the_repr_of_a_model() -> None:
    model = open_model("http://127.0.0.1:9/v1#x", QUICK)
    assert KEY not in repr(model) + repr(vars(model)["_target"])


def test_nothing_is_printed_when_requests_fail(capfd: pytest.CaptureFixture[str]) -> None:
    fail([error(500)], TransportError)
    fail([answer("no JSON")], InvalidAnswerError)
    assert capfd.readouterr() == ("", "")


def test_a_model_serves_one_event_loop_after_another() -> None:
    with ScriptedServer([answer(said("one"))]) as server:
        model = open_model(f"{server.url}#scripted", QUICK)

        async def once() -> Reply:
            try:
                return await model.ask(request())
            finally:
                await model.aclose()

        for _ in range(2):
            assert asyncio.run(once()).items
    assert len(server.requests) == 2


def test_requests_of_several_tasks_run_side_by_side() -> None:
    together = threading.Barrier(8, timeout=20)

    def wait_for_the_others(_: dict[str, Any]) -> Step:
        together.wait()
        return answer(said("one"))

    async def run(model: Model) -> list[Reply]:
        replies = await asyncio.gather(*(model.ask(request()) for _ in range(8)))
        await model.aclose()
        return replies

    patient = ModelSettings(timeout_s=30, transport_retries=0)
    with ScriptedServer(wait_for_the_others) as server:
        assert len(asyncio.run(run(open_model(f"{server.url}#scripted", patient)))) == 8
    assert len(server.requests) == 8


def test_a_bug_in_a_check_is_not_taken_for_a_failure_of_the_service() -> None:
    def broken(_: list[dict[str, Any]]) -> Check:
        raise ZeroDivisionError

    check: Callable[[list[dict[str, Any]]], Check] = broken
    _, server = fail([answer(said("one"))], ZeroDivisionError, check=check)
    assert len(server.requests) == 1
