"""Ask a model: the one module that knows openai, instructor and tenacity; it imports slowly.

Three kinds of failure have three policies, and none multiplies another:

- the service does not answer (429, 5xx, time-out, connection): the same request again, by tenacity;
- the answer is invalid, or holds what is not in the text: a re-ask that names what is wrong;
- the answer is cut off, or the prompt does not fit: at once to the caller, who asks about less.

instructor writes the request of each provider and validates its answer. It is called for one
attempt at a time, because its own re-ask lets the conversation grow.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

import instructor
import openai
from instructor.core.exceptions import (
    ConfigurationError,
    IncompleteOutputException,
    InstructorRetryException,
)
from instructor.core.hooks import Hooks
from tenacity import (
    AsyncRetrying,
    RetryCallState,
    retry_if_result,
    stop_after_attempt,
    wait_exponential,
    wait_random,
)

from extractor.errors import (
    AnswerError,
    AuthenticationError,
    InvalidAnswerError,
    TransportError,
    UnknownModelError,
)
from extractor.llm.answers import Answer, again, judge, read, written
from extractor.llm.completions import usage_of
from extractor.llm.failures import Failure, explain, told
from extractor.llm.keys import scrub
from extractor.llm.request import Attempt, ModelSettings, Reply, Request
from extractor.llm.target import Endpoint, Target
from extractor.records import Message, Usage

# instructor logs what a service said, key and all, and would print it where no logging is set up.
logging.getLogger("instructor").setLevel(logging.CRITICAL)

_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


def _speak(endpoint: Endpoint, timeout_s: float) -> instructor.AsyncInstructor:
    """Make the client of a server that speaks OpenAI's protocol."""
    # A proxy of the environment is not meant for this machine's own servers.
    here = urlsplit(endpoint.base_url).hostname in _LOOPBACK
    client = openai.AsyncOpenAI(
        api_key=endpoint.key,
        base_url=endpoint.base_url,
        timeout=timeout_s,
        max_retries=0,
        http_client=openai.DefaultAsyncHttpxClient(trust_env=False) if here else None,
    )
    return instructor.from_openai(client, mode=instructor.Mode.JSON_SCHEMA, model=endpoint.model)


def _speak_natively(target: Target) -> instructor.AsyncInstructor:
    """Make the client of a provider with a protocol of its own, in the mode instructor prefers."""
    try:
        client: instructor.AsyncInstructor = instructor.from_provider(
            str(target.name), async_client=True, api_key=target.key
        )
    except ConfigurationError as error:
        kind = AuthenticationError if "is not set" in str(error) else UnknownModelError
        raise kind(f"{target.name}: {scrub(str(error), [target.key or ''])}") from None
    library: Any = client.client
    if hasattr(library, "max_retries"):
        library.max_retries = 0  # of openai, anthropic and those built like them
    return client


class ClientModel:
    """A model behind a client of openai or of another provider's library.

    It may be asked from several tasks at once, and from one event loop after another.
    """

    def __init__(self, target: Target, settings: ModelSettings) -> None:
        self.name = target.name
        self.budget_tokens = target.budget_tokens
        self.concurrency = target.concurrency
        self._target = target
        self._settings = settings
        self._timeout_s = max(settings.timeout_s, target.least_timeout_s)
        self._secrets = {target.key or ""}
        self._open: tuple[asyncio.AbstractEventLoop, instructor.AsyncInstructor] | None = None
        self._unwanted: set[str] = set()
        if target.endpoint is None:
            _speak_natively(target)  # fails now, not at the first article

    async def ask(self, request: Request) -> Reply:
        """Answer a request; see `Model.ask`.

        A re-ask costs nothing but itself: an earlier answer is kept where the new one is not of the
        schema or has fewer items that are in the text. Others are for the caller to refuse.
        """
        attempts: list[Attempt] = []
        usable: Answer | None = None
        used = 0
        messages = request.messages
        try:
            for _ in range(request.reasks + 1):
                answer = await self._answer(messages, request, attempts)
                if answer.items is not None and answer.located >= (usable.located if usable else 0):
                    usable, used = answer, len(attempts) - 1
                if not answer.complaint:
                    break
                messages = again(request.messages, answer)
        except AnswerError as error:
            error.attempts = tuple(attempts)
            if usable is None:
                raise
        if usable is None or usable.items is None:
            raise self._invalid(attempts)
        attempts[used] = _of_use(attempts[used])
        return Reply(usable.items, tuple(attempts), usable.text)

    async def aclose(self) -> None:
        """Close the connections; the next request opens new ones."""
        if self._open is None:
            return
        (loop, client), self._open = self._open, None
        close = getattr(client.client, "close", None)
        if loop is asyncio.get_running_loop() and close is not None:
            closing = close()
            if isinstance(closing, Awaitable):
                await closing

    def _invalid(self, attempts: list[Attempt]) -> InvalidAnswerError:
        error = InvalidAnswerError(
            f"{self.name} gave no answer of the schema in {len(attempts)} requests; "
            f"the last: {attempts[-1].detail}."
        )
        error.attempts = tuple(attempts)
        return error

    async def _client(self) -> instructor.AsyncInstructor:
        """Return the client of the running event loop, made at its first request."""
        loop = asyncio.get_running_loop()
        if self._open is None or self._open[0] is not loop:
            where = self._target.endpoint
            endpoint = None if where is None else await asyncio.to_thread(where)
            if self._open is None or self._open[0] is not loop:
                self._open = (loop, self._connect(endpoint))
        return self._open[1]

    def _connect(self, endpoint: Endpoint | None) -> instructor.AsyncInstructor:
        if endpoint is None:
            return _speak_natively(self._target)
        self._secrets.add(endpoint.key)
        return _speak(endpoint, self._timeout_s)

    async def _answer(
        self, messages: tuple[Message, ...], request: Request, attempts: list[Attempt]
    ) -> Answer:
        """Get one answer, trying again while the service does not give any.

        Raises: AnswerError but InvalidAnswerError, or ModelError.
        """
        client = await self._client()

        async def once() -> Answer | Failure:
            return await self._attempt(client, messages, request, attempts)

        sent = await self._retrying(once)
        if isinstance(sent, Failure):
            raise told(sent, self.name, len(attempts))
        return sent

    async def _retrying(self, once: Callable[[], Awaitable[Answer | Failure]]) -> Answer | Failure:
        def repeat(sent: Answer | Failure) -> bool:
            return isinstance(sent, Failure) and sent.transient

        retrying = AsyncRetrying(
            stop=stop_after_attempt(self._settings.transport_retries + 1),
            wait=self._wait_s,
            retry=retry_if_result(repeat),
            retry_error_callback=_last,
        )
        return await retrying(once)

    def _wait_s(self, state: RetryCallState) -> float:
        """Wait as long as the service asks, else longer each time; never over the limit."""
        failure = _last(state)
        assert isinstance(failure, Failure)
        settings = self._settings
        if failure.retry_after_s is not None:
            return min(failure.retry_after_s, settings.max_wait_s)
        first = settings.first_wait_s
        growing = wait_exponential(first, settings.max_wait_s) + wait_random(0, first)
        return min(float(growing(state)), settings.max_wait_s)

    async def _attempt(
        self,
        client: instructor.AsyncInstructor,
        messages: tuple[Message, ...],
        request: Request,
        attempts: list[Attempt],
    ) -> Answer | Failure:
        """Send one request and enter it in `attempts`."""
        started = time.monotonic()
        completions: list[Any] = []
        sent: Answer | Failure
        try:
            sent = await self._send(client, messages, request, completions)
        except Exception as error:  # noqa: BLE001 - told apart in _failed, which raises bugs again
            sent = self._failed(error)
        outcome, detail = judge(sent)
        usage = usage_of(completions[-1]) if completions else Usage(requests=1)
        usage = usage.model_copy(update={"failed_requests": int(outcome != "ok")})
        attempts.append(Attempt(outcome, usage, time.monotonic() - started, detail))
        return sent

    def _failed(self, error: Exception) -> Failure:
        """Say what an exception means; one that is no failure of the service is raised again."""
        cause = error.__cause__ if isinstance(error, InstructorRetryException) else error
        failure = explain(cause or error)
        if failure is None:
            raise error
        reason = scrub(failure.reason, self._secrets)
        optional = {"temperature", self._target.length_parameter}
        if failure.parameter in optional - self._unwanted:
            self._unwanted.add(str(failure.parameter))
            return Failure(TransportError, reason, retry_after_s=0.0)
        return Failure(failure.kind, reason, failure.outcome, failure.retry_after_s)

    def _optional(self, temperature: float, max_tokens: int | None) -> dict[str, Any]:
        """Return the parameters a request can do without, but those the service does not take."""
        wanted = {"temperature": temperature, self._target.length_parameter: max_tokens}
        return {
            name: value
            for name, value in wanted.items()
            if value is not None and name not in self._unwanted
        }

    async def _send(
        self,
        client: instructor.AsyncInstructor,
        messages: tuple[Message, ...],
        request: Request,
        completions: list[Any],
    ) -> Answer | Failure:
        """Send one request; what arrives is added to `completions` before it is looked at."""
        hooks = Hooks()
        hooks.on("completion:response", completions.append)
        fault: BaseException | None = None
        parsed = None
        try:
            async with asyncio.timeout(self._timeout_s):
                parsed = await client.create(
                    response_model=request.answer,
                    messages=written(messages),
                    max_retries=0,
                    hooks=hooks,
                    **self._optional(request.temperature, request.max_tokens),
                )
        except (IncompleteOutputException, InstructorRetryException) as error:
            if not completions:
                raise
            fault = error.__cause__ or error
        return read(completions[-1], parsed, fault, request)


def _of_use(attempt: Attempt) -> Attempt:
    """Take back that an attempt failed: nothing better came after it, and its answer is used."""
    return replace(attempt, usage=attempt.usage.model_copy(update={"failed_requests": 0}))


def _last(state: RetryCallState) -> Answer | Failure:
    """Return what the last try gave."""
    assert state.outcome is not None
    sent: Answer | Failure = state.outcome.result()
    return sent
