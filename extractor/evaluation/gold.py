"""The spans of gold items, found in the text by what the labeller wrote down."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from extractor.records import Article, Located, Span, SpanValue
from extractor.schema import FieldSpec, Schema

LOCATED = frozenset({"verbatim", "statement", "name", "time"})
"""Roles of fields that stand in the text."""


_TWO_LETTERS = re.compile(r"\w\w")


def interval_end(name: str, schema: Schema) -> str | None:
    """Return the field that holds the last day of the interval field `name`, or None.

    A field `date` beside a field `end_date` is the first day of an interval.
    """
    end = f"end_{name}"
    return end if end in schema.item.model_fields else None


def _within_word(text: str, offset: int) -> bool:
    """Tell whether `offset` parts two word characters."""
    return offset > 0 and _TWO_LETTERS.match(text, offset - 1) is not None


@lru_cache(maxsize=4096)
def occurrences(text: str, words: str) -> tuple[Span, ...]:
    """Find the places of `words` in text order, overlapping ones too; () for no words.

    Places that do not cut a word are taken; all of them where every one does, as in scripts that
    write no spaces.
    """
    found = [(start, start + len(words)) for start in _starts(text, words)]
    whole = [place for place in found if not any(_within_word(text, at) for at in place)]
    return tuple(Span(start=start, end=end) for start, end in whole or found)


def _starts(text: str, words: str) -> Iterator[int]:
    at = text.find(words) if words else -1
    while at >= 0:
        yield at
        at = text.find(words, at + 1)


def _distance(one: Span, other: Span) -> int:
    return max(0, one.start - other.end, other.start - one.end)


def nearest(text: str, words: str, anchor: Span) -> Span | None:
    """Find the place of `words` nearest to the anchor, the earlier of two; None for nowhere."""
    return min(occurrences(text, words), key=lambda span: _distance(span, anchor), default=None)


def _spans(value: str | Sequence[str] | None, text: str, anchor: Span) -> SpanValue:
    if value is None:
        return None
    if isinstance(value, str):
        return nearest(text, value, anchor)
    return tuple(span for name in value if (span := nearest(text, name, anchor)) is not None)


def _anchors(
    items: Sequence[Mapping[str, Any]],
    given: Sequence[Mapping[str, SpanValue]],
    schema: Schema,
    text: str,
) -> Iterator[Span]:
    """Yield the span of every item's anchor: the given one, or the k-th place of its words."""
    seen: Counter[str] = Counter()
    for item, spans in zip(items, given, strict=True):
        words = item[schema.anchor]
        span = spans.get(schema.anchor)
        if isinstance(span, Span):
            yield span
            continue
        places = occurrences(text, words)
        assert seen[words] < len(places), f"checked before: {words!r} stands in the text"
        yield places[seen[words]]
        seen[words] += 1


def _completed(found: Located, schema: Schema, article: Article) -> Located:
    """Add the computed fields the labeller left out, where they have a value."""
    missing = [s.name for s in schema.fields if not s.asked and s.name not in found.values]
    if not missing:
        return found
    computed = computed_values(found, schema, article)
    added = {name: computed[name] for name in missing if computed.get(name) is not None}
    return Located({**found.values, **added}, found.spans)


def computed_values(found: Located, schema: Schema, article: Article) -> Mapping[str, Any]:
    """Let the schema complete an item; asked fields it leaves out count as empty.

    The values have the shape they have in JSON.
    """
    blank: dict[str, Any] = {spec.name: [] if spec.many else None for spec in schema.asked}
    whole = Located({**blank, **found.values}, found.spans)
    completed = schema.item.complete(whole, article).values
    return {name: plain(value) for name, value in completed.items()}


def plain(value: object) -> object:
    """Turn a day into its ISO form; leave everything else."""
    return value.isoformat() if isinstance(value, dt.date) else value


def locate(
    items: Sequence[Mapping[str, Any]],
    schema: Schema,
    article: Article,
    given: Sequence[Mapping[str, SpanValue]] | None = None,
) -> tuple[Located, ...]:
    """Find the spans of gold items, in their order; fields an item leaves out stay left out.

    The k-th item with the same anchor words takes their k-th place in the text; every other field
    takes the place nearest to the anchor. `given` holds spans that are known already, per item.
    The items have passed `checks.check_items`: every anchor has its place.
    """
    known = given or [{}] * len(items)
    located = []
    for item, spans, anchor in zip(
        items, known, _anchors(items, known, schema, article.text), strict=True
    ):
        found = {
            spec.name: _spans(item[spec.name], article.text, anchor)
            for spec in _standing(schema.fields, item)
        }
        whole = Located(item, {**found, **spans, schema.anchor: anchor})
        located.append(_completed(whole, schema, article))
    return tuple(located)


def _standing(fields: Iterable[FieldSpec], item: Mapping[str, Any]) -> list[FieldSpec]:
    return [spec for spec in fields if spec.role in LOCATED and spec.name in item]
