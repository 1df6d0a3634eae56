"""Every error of the package, with the exit code the command line gives it.

ExtractError                     1  anything below that has no code of its own
├── UsageError                   2  an option or argument that makes no sense
├── InputError                   3  an article file that cannot be read
├── WorkspaceError               4  a schema, prompt or fixture file that is wrong
│   ├── SchemaError              4
│   ├── PromptError              4
│   └── LockError                4  a frozen prompt was edited, or the lock is broken
├── ModelError                   5  the model cannot be used at all: stops the run
│   ├── AuthenticationError      5  the key is missing or refused
│   ├── UnknownModelError        5  no such model or provider
│   └── WeightsError             5  the embedded model's file cannot be had or is damaged
├── ReplayMissError              4  a recorded run holds no answer to this request
├── OutputError                  6  the output cannot be written
└── AnswerError                  1  one chunk got no usable answer: costs that chunk only
    ├── TransportError           1  the service did not answer: after retries
    ├── TruncatedError           1  the answer was cut off or the prompt did not fit: split it
    ├── RefusedError             1  the model declined
    └── InvalidAnswerError       1  not JSON, or not the schema: after re-asks

Exit code 130: interrupted (Ctrl-C).
"""

from __future__ import annotations

from typing import Any, ClassVar


class ExtractError(Exception):
    """Say what is wrong and what to do next, in one sentence.

    `path`, `article_id` and `field` say where, when that is known.
    """

    exit_code: ClassVar[int] = 1

    def __init__(
        self,
        message: str,
        *,
        path: object = None,
        article_id: str | None = None,
        field: str | None = None,
    ) -> None:
        super().__init__(message)
        self.path = None if path is None else str(path)
        self.article_id = article_id
        self.field = field


class UsageError(ExtractError):
    """An option or argument makes no sense."""

    exit_code = 2


class InputError(ExtractError):
    """An article file cannot be read."""

    exit_code = 3


class WorkspaceError(ExtractError):
    """A file of the workspace is missing or wrong."""

    exit_code = 4


class SchemaError(WorkspaceError):
    """A schema file cannot be loaded or breaks the vocabulary."""


class PromptError(WorkspaceError):
    """A prompt file cannot be loaded or does not fit its schema."""


class LockError(WorkspaceError):
    """A frozen prompt version was edited, or the lock cannot be read."""


class ModelError(ExtractError):
    """The model cannot be used at all; the run stops."""

    exit_code = 5


class AuthenticationError(ModelError):
    """The key is missing or refused."""


class UnknownModelError(ModelError):
    """There is no such model or provider."""


class WeightsError(ModelError):
    """The embedded model's file cannot be had, or is damaged."""


class ReplayMissError(ExtractError):
    """A recorded run holds no answer to this request; no model is asked instead."""

    exit_code = 4


class OutputError(ExtractError):
    """The output cannot be written."""

    exit_code = 6


class AnswerError(ExtractError):
    """One chunk got no usable answer; only that chunk is lost.

    `attempts` are those of `extractor.llm.request`: what was sent in vain is on the bill, too.
    """

    attempts: tuple[Any, ...] = ()


class TransportError(AnswerError):
    """The service did not answer, after retries."""


class TruncatedError(AnswerError):
    """The answer was cut off or the prompt did not fit; a smaller chunk may pass."""


class RefusedError(AnswerError):
    """The model declined to answer."""


class InvalidAnswerError(AnswerError):
    """The answer is not JSON or not of the schema, after re-asks."""
