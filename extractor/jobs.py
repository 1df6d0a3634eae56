"""One task on one article: the requests it makes about a chunk."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from extractor.grounding import FoldedText, ground
from extractor.llm.request import Check, Request
from extractor.patterns import only, patterns
from extractor.prompts import Prompt, render
from extractor.records import Article, Chunk, Located, Span, SpanValue
from extractor.schema import Schema


@dataclass(frozen=True)
class Job:
    """One task on one article."""

    article: Article
    text: FoldedText
    schema: Schema
    prompt: Prompt

    def request(self, piece: Chunk) -> Request:
        """Ask for all items of a chunk."""
        parameters = self.prompt.parameters
        return self._request(
            piece,
            self.schema.answer_model(
                self.prompt.fields,
                max_items=parameters.max_items(piece.text),
                rows=parameters.rows,
                patterns=patterns(self.schema, piece) if parameters.bounded else None,
            ),
        )

    def request_about(self, piece: Chunk, anchor: Span) -> Request:
        """Ask for the one item of a chunk that has this anchor."""
        return self._request(
            piece,
            self.schema.answer_model(
                self.prompt.fields,
                least_items=1,
                max_items=1,
                rows=self.prompt.parameters.rows,
                patterns={self.schema.anchor: only(piece, anchor)},
            ),
        )

    def left_out(self, piece: Chunk, located: Sequence[Located]) -> list[Span]:
        """List the anchors of a chunk that code is sure of and no item touches."""
        if not self.prompt.parameters.bounded:
            return []
        taken = [span for item in located if isinstance(span := self._anchor(item), Span)]
        return [
            span
            for span in self.schema.item.certain(self.article)
            if piece.start <= span.start and span.end <= piece.end
            if not any(span.overlap(other) for other in taken)
        ]

    def adjusted(self, located: Sequence[Located]) -> tuple[Located, ...]:
        """Let code adjust what a small model found: one whose prompt version is `bounded`."""
        if not self.prompt.parameters.bounded:
            return tuple(located)
        return tuple(self.schema.item.adjust(item, self.article) for item in located)

    def _anchor(self, item: Located) -> SpanValue:
        return item.spans[self.schema.anchor]

    def _request(self, piece: Chunk, answer: type[BaseModel]) -> Request:
        parameters = self.prompt.parameters
        return Request(
            messages=render(self.prompt, self.article, piece),
            answer=answer,
            task=self.schema.task,
            temperature=parameters.temperature,
            max_tokens=parameters.max_tokens,
            reasks=parameters.reasks,
            check=lambda items: self._check(items, piece),
        )

    def _check(self, items: Sequence[Mapping[str, Any]], piece: Chunk) -> Check:
        found = ground(items, self.schema, self.text, piece.span)
        told = (f"{r.field} {r.item.get(r.field)!r}: {r.reason}" for r in found.rejected)
        return Check(len(found.located), "; ".join(told))
