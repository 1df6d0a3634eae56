"""Tell failed requests apart: worth another try, the loss of a chunk, the end of a run.

Services are told apart by HTTP status and the words of their message, not by the exception classes
of one library, so that every provider has the same policy.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from extractor.errors import (
    AuthenticationError,
    ExtractError,
    ModelError,
    RefusedError,
    TransportError,
    TruncatedError,
    UnknownModelError,
)
from extractor.llm.request import Outcome

_OVERFLOW = re.compile(
    r"context[ _-]?(length|size|window)|maximum context|prompt is too long|too many tokens"
    r"|exceeds? the (maximum|available|model).{0,40}(token|context)|input token count",
    re.IGNORECASE,
)
_NO_SUCH_MODEL = re.compile(
    r"model.{0,80}(does not exist|not found|not exist|not available|is not supported)"
    r"|(invalid|unknown|no such) model|not a valid model",
    re.IGNORECASE | re.DOTALL,
)
_FILTERED = re.compile(r"content.?(filter|policy|management)|responsible.?ai", re.IGNORECASE)
_BAD_KEY = re.compile(
    r"api.?key.{0,30}(not valid|invalid|missing)|invalid api.?key|resolve authentication",
    re.IGNORECASE,
)
_NO_CREDIT = re.compile(r"insufficient_quota|credit balance|billing", re.IGNORECASE)
_TRANSIENT = frozenset({408, 409, 425, 429})
_UNREACHED = frozenset({"APIConnectionError", "TransportError", "RequestException", "ClientError"})


@dataclass(frozen=True)
class Failure:
    """A request that got no answer, and what follows from it."""

    kind: type[ExtractError]
    reason: str
    """What the service said or did, free of keys."""
    outcome: Outcome = "transport"
    retry_after_s: float | None = None
    """How long the service asks to be left alone; None when it does not say."""
    parameter: str | None = None
    """The optional parameter the service does not take; without it the request may pass."""

    @property
    def transient(self) -> bool:
        """Whether the same request may pass later."""
        return self.kind is TransportError


def status_of(error: BaseException) -> int | None:
    """Return the HTTP status an exception of any provider's library carries, or None."""
    for name in ("status_code", "code", "status"):
        value = getattr(error, name, None)
        if isinstance(value, int):
            return value
    return None


def _body(error: BaseException) -> dict[str, Any]:
    body = getattr(error, "body", None)
    inner = body.get("error") if isinstance(body, dict) else None
    return inner if isinstance(inner, dict) else body if isinstance(body, dict) else {}


def said(error: BaseException) -> str:
    """Return the service's own words on one line, at most 300 characters."""
    message = _body(error).get("message") or str(error) or type(error).__name__
    return " ".join(str(message).split())[:300]


def _words(error: BaseException) -> str:
    body = _body(error)
    parts: Iterator[Any] = (body.get(key) for key in ("code", "type", "message"))
    return " ".join([*(str(part) for part in parts if part), str(error)])


def retry_after_s(error: BaseException, now: datetime | None = None) -> float | None:
    """Read how long to wait from the headers of a response: milliseconds, seconds or a date.

    Source: RFC 9110, section 10.2.3. Unreadable values give None, past dates 0.
    """
    headers = getattr(getattr(error, "response", None), "headers", None) or {}
    milliseconds, value = headers.get("retry-after-ms"), headers.get("retry-after")
    for text, scale in ((milliseconds, 0.001), (value, 1.0)):
        if text and re.fullmatch(r"\d+(\.\d+)?", text.strip()):
            return float(text) * scale
    try:
        at = parsedate_to_datetime(value or "")
    except ValueError:
        return None
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return max(0.0, (at - (now or datetime.now(UTC))).total_seconds())


def _refused(error: BaseException, status: int) -> Failure:
    """Tell apart the answers of class 4xx that are not transient."""
    words, reason = _words(error), said(error)
    if status in (401, 403) or _BAD_KEY.search(words):
        return Failure(AuthenticationError, reason)
    if status == 413 or _OVERFLOW.search(words):  # noqa: PLR2004 - HTTP: content too large
        return Failure(TruncatedError, reason, "truncated")
    if status == 404 or _NO_SUCH_MODEL.search(words):  # noqa: PLR2004 - HTTP: not found
        return Failure(UnknownModelError, reason)
    if _FILTERED.search(words):
        return Failure(RefusedError, reason, "refused")
    return Failure(ModelError, reason, parameter=_body(error).get("param"))


def _unreached(error: BaseException) -> bool:
    names = {base.__name__ for base in type(error).__mro__}
    return isinstance(error, OSError) or bool(names & _UNREACHED)


def explain(error: BaseException) -> Failure | None:
    """Say what a failed request means; None for what is no failure of a service but a bug."""
    status = status_of(error)
    if status is None:
        if isinstance(error, TimeoutError):
            return Failure(TransportError, "no answer in time")
        if _BAD_KEY.search(str(error)):  # some libraries find out that there is none before sending
            return Failure(AuthenticationError, said(error))
        return Failure(TransportError, said(error)) if _unreached(error) else None
    if _NO_CREDIT.search(_words(error)) and status < 500:  # noqa: PLR2004 - HTTP: server errors
        return Failure(ModelError, said(error))
    if status in _TRANSIENT or status >= 500:  # noqa: PLR2004 - as above
        return Failure(
            TransportError, f"HTTP {status}: {said(error)}", retry_after_s=retry_after_s(error)
        )
    return _refused(error, status)


def told(failure: Failure, name: str, tries: int) -> ExtractError:
    """Put the failure of a model into one sentence that says what to do."""
    reason = failure.reason
    sentences = {
        AuthenticationError: f"{name} refused the key: {reason}; set the right one in the "
        "environment or in .env.",
        UnknownModelError: f"{name} is not known to the service: {reason}; check the name.",
        TransportError: f"{name} did not answer ({tries} requests): {reason}.",
        TruncatedError: f"{name}: {reason}.",
        RefusedError: f"{name} declined to answer: {reason}.",
    }
    return failure.kind(sentences.get(failure.kind, f"{name} refused the request: {reason}"))
