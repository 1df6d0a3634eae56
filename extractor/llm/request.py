"""What is asked of a model and what comes back: the one boundary the rest of the package sees."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Protocol

from pydantic import BaseModel

from extractor.records import Message, Usage

Outcome = Literal["ok", "invalid", "ungrounded", "truncated", "refused", "transport"]


@dataclass(frozen=True)
class Check:
    """How much of an answer could be located."""

    located: int
    """Items that were found in the text."""
    complaint: str = ""
    """What could not be found, in words a re-ask can carry; empty when all is well."""


def accept(items: list[dict[str, Any]]) -> Check:
    """Find nothing wrong with any items."""
    return Check(len(items))


@dataclass(frozen=True)
class Request:
    """One question about one chunk."""

    messages: tuple[Message, ...]
    answer: type[BaseModel]
    """The model of a whole answer, `{task: [item, ...]}`; see `Schema.answer_model`."""
    task: str
    temperature: float = 0.0
    max_tokens: int | None = None
    """The longest answer; None leaves it to the service."""
    reasks: int = 2
    """How often a wrong answer is asked for again, whatever is wrong with it."""
    check: Callable[[list[dict[str, Any]]], Check] = accept


@dataclass(frozen=True)
class Attempt:
    """One request that was sent, and what became of it."""

    outcome: Outcome
    usage: Usage
    seconds: float
    detail: str = ""
    """What was wrong; empty for an answer that was used."""


@dataclass(frozen=True)
class Reply:
    """The items of the answer of which most were located, the last of such; some may not be."""

    items: list[dict[str, Any]]
    attempts: tuple[Attempt, ...]
    """Every request, in the order they were sent."""
    text: str
    """The answer as it was received."""


def total(attempts: Iterable[Attempt]) -> Usage:
    """Add up the usage of attempts; no attempts give a usage of zeros."""
    return sum((attempt.usage for attempt in attempts), Usage())


class Model(Protocol):
    """Anything that answers requests."""

    @property
    def name(self) -> str:
        """The name it was opened by, such as `openai/gpt-5`; for `local/default` the real name."""

    @property
    def budget_tokens(self) -> int:
        """How many tokens of article text one chunk may hold."""

    @property
    def concurrency(self) -> int | None:
        """How many requests it serves well at once; None leaves it to the caller."""

    async def ask(self, request: Request) -> Reply:
        """Answer a request, re-asking and retrying as its policies say.

        Raises: AnswerError, which carries `attempts`, when only this request is lost;
            ModelError when the model cannot be used at all.
        """

    async def aclose(self) -> None:
        """Let go of connections; a closed model may be asked again and opens new ones."""


@dataclass(frozen=True)
class ModelSettings:
    """How patiently a model is asked."""

    timeout_s: float = 120.0
    """For one request, from sending to the last byte."""
    transport_retries: int = 5
    """Further tries after a request that the service did not answer."""
    first_wait_s: float = 1.0
    """Before the first retry; doubles with each, with jitter."""
    max_wait_s: float = 60.0
    """The longest wait, also when the service asks for more."""
    env_file: Path | None = None
    """Where keys are looked up besides the environment; None searches for `.env` upwards."""
