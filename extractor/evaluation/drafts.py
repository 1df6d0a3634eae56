"""Fixtures pre-filled from what a model found, for a person to correct."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from extractor.evaluation.gold import interval_end, occurrences
from extractor.evaluation.writing import Labelled, dump_fixture, fixture_id, interval
from extractor.records import Span
from extractor.results import Result
from extractor.schema import FieldSpec, Item, Schema


def draft(result: Result, schemas: Mapping[str, Schema], name: str | None = None) -> str:
    """Write a result as a fixture called `name`, or after the article.

    Nothing has to be corrected for the file to be valid: an item whose anchor stands more than
    once in the text, and would be taken for another place, says where it is.
    """
    article = result.article.model_copy(update={"id": fixture_id(name or result.article.id)})
    items = {
        task: list(_items(found, schemas[task], article.text))
        for task, found in result.items.items()
    }
    return dump_fixture(Labelled(article, items))


def labelled_fields(schema: Schema) -> tuple[FieldSpec, ...]:
    """List the fields a labeller writes: those asked for, and computed ones that are compared."""
    compared = schema.item.compare
    return tuple(spec for spec in schema.fields if spec.asked or spec.name in compared)


def _items(found: Sequence[Item], schema: Schema, text: str) -> Iterator[dict[str, Any]]:
    displaced = _displaced(found, schema, text)
    for item in found:
        written = {
            spec.name: _value(item, spec, schema)
            for spec in labelled_fields(schema)
            if not (spec.optional and spec.asked and getattr(item, spec.name) is None)
        }
        if getattr(item, schema.anchor) in displaced:
            written["spans"] = {schema.anchor: _place(item, schema)}
        yield written


def _value(item: Item, spec: FieldSpec, schema: Schema) -> Any:
    value = getattr(item, spec.name)
    end = interval_end(spec.name, schema)
    return value if end is None or value is None else interval(value, getattr(item, end))


def _place(item: Item, schema: Schema) -> Span:
    """Return where an item is."""
    spans: Mapping[str, Any] = getattr(item, "spans")  # noqa: B009 - of the record, not of Item
    place = spans[schema.anchor]
    assert isinstance(place, Span), "an anchor is one span"
    return place


def _displaced(found: Sequence[Item], schema: Schema, text: str) -> set[str]:
    """Find the anchors whose k-th item is not at the k-th place of its words in the text."""
    places: dict[str, list[Span]] = defaultdict(list)
    for item in found:
        places[getattr(item, schema.anchor)].append(_place(item, schema))
    return {
        words
        for words, spans in places.items()
        if spans != list(occurrences(text, words))[: len(spans)]
    }
