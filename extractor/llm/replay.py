"""Record what a model answered, and answer from the record without any model.

The record is a mapping from a request's key to plain JSON, to be kept wherever the caller likes.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, MutableMapping
from dataclasses import asdict, dataclass
from typing import Any

from extractor import errors
from extractor.errors import AnswerError, ReplayMissError
from extractor.llm.request import Attempt, Model, Reply, Request
from extractor.records import Usage

Entry = dict[str, Any]


def key(model: str, request: Request) -> str:
    """Hash all that decides an answer: model, messages, schema and sampling; 64 hex digits."""
    asked = {
        "model": model,
        "messages": request.messages,
        "schema": request.answer.model_json_schema(),
        "temperature": request.temperature,
        "max_tokens": request.max_tokens,
    }
    return hashlib.sha256(json.dumps(asked, ensure_ascii=True).encode()).hexdigest()


def _dump_attempts(attempts: tuple[Attempt, ...]) -> list[Entry]:
    return [asdict(attempt) | {"usage": attempt.usage.model_dump()} for attempt in attempts]


def _load_attempts(entry: Entry) -> tuple[Attempt, ...]:
    return tuple(Attempt(**{**a, "usage": Usage(**a["usage"])}) for a in entry["attempts"])


def _dump_error(error: AnswerError) -> Entry:
    told = {"kind": type(error).__name__, "message": str(error)}
    return {"error": told, "attempts": _dump_attempts(error.attempts)}


def _load_error(entry: Entry) -> AnswerError:
    kind: type[AnswerError] = getattr(errors, entry["error"]["kind"])
    error = kind(entry["error"]["message"])
    error.attempts = _load_attempts(entry)
    return error


@dataclass(frozen=True)
class Recorded:
    """A model whose replies, and requests lost, are entered into `record` as they come."""

    model: Model
    record: MutableMapping[str, Entry]

    @property
    def name(self) -> str:
        """The recorded model's name."""
        return self.model.name

    @property
    def budget_tokens(self) -> int:
        """The recorded model's budget."""
        return self.model.budget_tokens

    @property
    def concurrency(self) -> int | None:
        """The recorded model's cap."""
        return self.model.concurrency

    async def ask(self, request: Request) -> Reply:
        """Ask the model and record what it said."""
        at = key(self.name, request)
        try:
            reply = await self.model.ask(request)
        except AnswerError as error:
            self.record[at] = _dump_error(error)
            raise
        attempts = _dump_attempts(reply.attempts)
        self.record[at] = {"text": reply.text, "items": reply.items, "attempts": attempts}
        return reply

    async def aclose(self) -> None:
        """Close the recorded model."""
        await self.model.aclose()


@dataclass(frozen=True)
class Replay:
    """A model that only repeats what is in `record`, errors included."""

    name: str
    record: Mapping[str, Entry]
    budget_tokens: int
    concurrency: int | None = None

    async def ask(self, request: Request) -> Reply:
        """Return the recorded reply. Raises: ReplayMissError when there is none."""
        entry = self.record.get(key(self.name, request))
        if entry is None:
            raise ReplayMissError(
                f"The record holds no answer of {self.name} to this {request.task} request: the "
                "prompt, the schema, the text or the model changed since; record it again."
            )
        if "error" in entry:
            raise _load_error(entry)
        return Reply(entry["items"], _load_attempts(entry), entry["text"])

    async def aclose(self) -> None:
        """Do nothing: there is no connection."""
