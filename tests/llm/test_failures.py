"""What a failed request means, told by status and words alone."""

from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from extractor.errors import (
    AuthenticationError,
    ModelError,
    RefusedError,
    TransportError,
    TruncatedError,
    UnknownModelError,
)
from extractor.llm.failures import explain, retry_after_s

NOON = datetime(2026, 11, 23, 12, 0, 0, tzinfo=UTC)


class FailedError(Exception):
    def __init__(self, status: int | None, message: str = "", **headers: str) -> None:
        super().__init__(message)
        self.status_code = status
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.response: Any = SimpleNamespace(headers=named)


class APIConnectionError(Exception):
    """Called as in several libraries."""


@pytest.mark.parametrize("status", [408, 409, 425, 429, 500, 502, 503, 529])
def test_what_may_pass_later_is_transport(status: int) -> None:
    failure = explain(FailedError(status))
    assert failure is not None
    assert failure.transient


@pytest.mark.parametrize(
    ("status", "words", "kind"),
    [
        (400, "prompt is too long: 210000 tokens > 200000 maximum", TruncatedError),
        (400, "The input token count (9) exceeds the maximum number of tokens", TruncatedError),
        (400, "API key not valid. Please pass a valid API key.", AuthenticationError),
        (400, "Your credit balance is too low", ModelError),
        (400, "model: claude-9 not found", UnknownModelError),
        (400, "The response was filtered due to the content management policy", RefusedError),
        (422, "messages: field required", ModelError),
    ],
)
def test_words_of_known_services(status: int, words: str, kind: type[Exception]) -> None:
    failure = explain(FailedError(status, words))
    assert failure is not None
    assert failure.kind is kind
    assert not failure.transient


@pytest.mark.parametrize("error", [TimeoutError(), ConnectionResetError(), APIConnectionError()])
def test_no_answer_at_all_is_transport(error: Exception) -> None:
    failure = explain(error)
    assert failure is not None
    assert failure.kind is TransportError


def test_a_key_found_lacking_before_sending_is_told() -> None:
    failure = explain(TypeError("Could not resolve authentication method. Expected api_key"))
    assert failure is not None
    assert failure.kind is AuthenticationError


@pytest.mark.parametrize("error", [KeyError("x"), ZeroDivisionError(), AssertionError()])
def test_a_bug_is_no_failure_of_a_service(error: Exception) -> None:
    assert explain(error) is None


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"retry_after": "7"}, 7.0),
        ({"retry_after": "0.5"}, 0.5),
        ({"retry_after_ms": "250", "retry_after": "9"}, 0.25),
        ({"retry_after": "Mon, 23 Nov 2026 12:00:30 GMT"}, 30.0),
        ({"retry_after": "Mon, 23 Nov 2026 11:00:00 GMT"}, 0.0),
        ({"retry_after": "soon"}, None),
        ({"retry_after": "-5"}, None),
        ({}, None),
    ],
)
def test_retry_after_is_read(headers: dict[str, str], expected: float | None) -> None:
    assert retry_after_s(FailedError(429, **headers), NOON) == expected
