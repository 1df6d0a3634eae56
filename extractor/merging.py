"""Make one of what was found more than once: in two chunks, or in several places.

A pure function of the set of items found; the order they were found in changes nothing.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from typing import Any

from extractor.fold import fold
from extractor.records import Located, Span
from extractor.schema import Schema

SAME_PLACE = 0.5
"""Intersection over union from which two anchors are one."""


def merge(found: Sequence[Located], schema: Schema, text: str) -> tuple[Located, ...]:
    """Return one item per thing, sorted by anchor; () for none.

    Of anchors that overlap by half the fuller item stays: the one with more values, then the
    earlier. Items equal in all fields the schema calls `same` are one too, if it names any: the
    first mention stays. Fields are compared folded and without case, lists as sets.
    """
    assert all(_is_verbatim(item, schema, text) for item in found)
    kept = _one_per_place(found, schema)
    return tuple(_one_per_key(kept, schema) if schema.item.same else kept)


def _is_verbatim(item: Located, schema: Schema, text: str) -> bool:
    span = _anchor(item, schema)
    return bool(text[span.start : span.end] == item.values[schema.anchor])


def _anchor(item: Located, schema: Schema) -> Span:
    span = item.spans[schema.anchor]
    assert isinstance(span, Span)
    return span


def _one_per_place(found: Sequence[Located], schema: Schema) -> list[Located]:
    """Keep the fuller of items whose anchors overlap by half; sorted by anchor."""
    longest = max((_length(_anchor(item, schema)) for item in found), default=0)
    starts: list[int] = []
    kept: list[Located] = []
    for item in sorted(found, key=lambda item: (-_fullness(item), *_order(item, schema))):
        span = _anchor(item, schema)
        first = bisect_left(starts, span.start - longest)
        last = bisect_left(starts, span.end)
        near = (_anchor(other, schema) for other in kept[first:last])
        if not any(_iou(span, other) >= SAME_PLACE for other in near):
            at = bisect_left(starts, span.start)
            starts.insert(at, span.start)
            kept.insert(at, item)
    return sorted(kept, key=lambda item: _order(item, schema))


def _one_per_key(items: Iterable[Located], schema: Schema) -> Iterable[Located]:
    """Keep the first of items that agree in all fields that make two one."""
    first: dict[tuple[Any, ...], Located] = {}
    for item in items:
        key = tuple(_comparable(item.values.get(name)) for name in schema.item.same)
        first.setdefault(key, item)
    return first.values()


def _comparable(value: Any) -> Any:
    if isinstance(value, str):
        return fold(value).casefold()
    if isinstance(value, (list, tuple)):
        return frozenset(_comparable(part) for part in value)
    return value


def _order(item: Located, schema: Schema) -> tuple[int, int, str]:
    """Sort by anchor; what is at one place by its content, so that the order is always the same."""
    span = _anchor(item, schema)
    return span.start, span.end, repr((sorted(item.values.items()), sorted(item.spans.items())))


def _fullness(item: Located) -> int:
    return sum(value not in (None, "", [], ()) for value in item.values.values())


def _length(span: Span) -> int:
    return span.end - span.start


def _iou(one: Span, other: Span) -> float:
    """Return intersection over union, from 0 to 1; 0 for two empty spans."""
    both = one.overlap(other)
    return both / (_length(one) + _length(other) - both) if both else 0.0
