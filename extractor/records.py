"""The values that travel through the pipeline: frozen, and free of any domain."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict

Status = Literal["ok", "partial", "failed"]


class Frozen(BaseModel):
    """A strict, immutable record."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Span(Frozen):
    """A half-open range of code points in the raw article text; `text[start:end]` is the field."""

    start: int
    end: int

    def overlap(self, other: Span) -> int:
        """Count the code points both spans hold; 0 for adjacent or disjoint ones."""
        return max(0, min(self.end, other.end) - max(self.start, other.start))


class Article(Frozen):
    """One article as it is extracted from and written to the output."""

    id: str
    text: str
    title: str | None = None
    published: dt.date | None = None
    source: str | None = None
    """Where it came from: a path, `path:line` for a row of a table, a URL, or `-` for stdin."""
    warnings: tuple[str, ...] = ()
    """What a reader should know about how it was read, such as why the date is unknown."""

    @cached_property
    def sha256(self) -> str:
        """Hash of `text` in UTF-8, as 64 hex digits."""
        return hashlib.sha256(self.text.encode("utf-8", "surrogatepass")).hexdigest()


class Chunk(Frozen):
    """A piece of an article that is sent in one request; `article.text[start:end] == text`."""

    text: str
    start: int
    before: str = ""
    """What stands before the chunk, on one line; read, not extracted from."""
    names: tuple[str, ...] = ()
    """Full names met in the article up to the end of the chunk, oldest first."""

    @property
    def end(self) -> int:
        """Offset in the article just past the chunk."""
        return self.start + len(self.text)

    @property
    def span(self) -> Span:
        """Where the chunk stands in the article."""
        return Span(start=self.start, end=self.end)


class Message(NamedTuple):
    """One turn of a conversation."""

    role: Literal["system", "user", "assistant"]
    content: str


class Usage(Frozen):
    """Tokens and requests of every attempt, failed ones included."""

    requests: int = 0
    failed_requests: int = 0
    """Requests whose answer could not be used: transport errors, invalid or ungrounded answers."""
    prompt_tokens: int = 0
    cached_tokens: int = 0
    """The part of `prompt_tokens` the provider served from its cache."""
    completion_tokens: int = 0

    def __add__(self, other: Usage) -> Usage:
        """Add field by field."""
        mine, theirs = self.model_dump(), other.model_dump()
        return Usage(**{key: mine[key] + theirs[key] for key in mine})


SpanValue = Span | tuple[Span, ...] | None


@dataclass(frozen=True)
class Located:
    """An item whose fields are in the article.

    `spans` has an entry for every field that stands in the text: a span, one span per name for a
    list, or None where the field is None.
    """

    values: Mapping[str, Any]
    spans: Mapping[str, SpanValue]

    def placed(self, text: str, **spans: Span | None) -> Located:
        """Set fields to what stands in the article's text at these spans, or to None."""
        values = {name: at and text[at.start : at.end] for name, at in spans.items()}
        return Located({**self.values, **values}, {**self.spans, **spans})


class Rejection(Frozen):
    """An item or a field the model gave that could not be located."""

    task: str
    item: dict[str, Any]
    field: str
    reason: str


@dataclass(frozen=True)
class Grounding:
    """What grounding made of the items of one answer, in the answer's order."""

    located: tuple[Located, ...] = ()
    rejected: tuple[Rejection, ...] = field(default=())
