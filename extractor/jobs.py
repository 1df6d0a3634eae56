"""One task on one article: the requests it makes about a chunk."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from extractor.grounding import FoldedText, ground
from extractor.llm.request import Request
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

    def second_requests(self, piece: Chunk, located: Sequence[Located]) -> list[Request]:
        """Ask for the items of a chunk that code is sure of and that are not among `located`.

        Each request is for one item, bounded to where it must be.
        """
        if not self.prompt.parameters.bounded:
            return []
        item = self.schema.item
        taken = [span for found in located if isinstance(span := self._anchor(found), Span)]
        certain = [
            span
            for span in item.certain(self.article)
            if _holds(piece, span) and not _meets(span, taken)
        ]
        expected = [
            parts
            for parts in item.expected(located, self.article)
            if all(_holds(piece, part) and not _meets(part, certain) for part in parts)
        ]
        bounds = [{self.schema.anchor: only(piece, span)} for span in certain]
        bounds += [patterns(self.schema, piece, parts) for parts in expected]
        return [self._request_one(piece, bound) for bound in bounds if bound]

    def _request_one(self, piece: Chunk, bound: Mapping[str, str]) -> Request:
        rows = self.prompt.parameters.rows
        answer = self.schema.answer_model(
            self.prompt.fields, least_items=1, max_items=1, rows=rows, patterns=bound
        )
        return self._request(piece, answer)

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
            check=lambda items: self._complaint(items, piece),
        )

    def _complaint(self, items: Sequence[Mapping[str, Any]], piece: Chunk) -> str | None:
        rejected = ground(items, self.schema, self.text, piece.span).rejected
        told = (f"{r.field} {r.item.get(r.field)!r}: {r.reason}" for r in rejected)
        return "; ".join(told) or None


def _holds(piece: Chunk, span: Span) -> bool:
    return piece.start <= span.start and span.end <= piece.end


def _meets(span: Span, others: Sequence[Span]) -> bool:
    return any(span.overlap(other) for other in others)
