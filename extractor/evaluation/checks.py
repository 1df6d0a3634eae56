"""What can be wrong with gold items, told from the schema's annotations alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args, get_origin

from extractor.evaluation.documents import Place
from extractor.evaluation.gold import computed_values, interval_end, locate, occurrences
from extractor.records import Article, Span, SpanValue
from extractor.schema import FieldSpec, Schema

LONG_ANCHOR_WORDS = 7
"""A verbatim anchor names a thing; one of more words is a warning."""

Severity = Literal["error", "warning"]


@dataclass(frozen=True)
class Wrong:
    """A fault of one list of items; `place` is the item's position, then the field."""

    place: Place
    message: str
    severity: Severity = "error"


@dataclass(frozen=True)
class Labels:
    """The gold of one task in one article, as the labeller wrote it."""

    items: Sequence[Mapping[str, Any]]
    spans: Sequence[Mapping[str, SpanValue]]
    """Spans given with the items; usually none."""
    fields: Sequence[str] | None
    """The fields that were labelled; None for all a model is asked for, but the optional ones."""


def label_values(spec: FieldSpec) -> tuple[str, ...]:
    """List the labels a field may have, in the schema's order; () for a field without labels."""
    return _literals(spec.annotation)


def _literals(annotation: object) -> tuple[str, ...]:
    if get_origin(annotation) is Literal:
        return tuple(str(label) for label in get_args(annotation))
    inner = (arg for arg in get_args(annotation) if not isinstance(arg, str))
    return tuple(label for arg in inner for label in _literals(arg))


def check_items(labels: Labels, schema: Schema, article: Article) -> list[Wrong]:
    """Name every fault of the items; warnings only where they can be scored nonetheless."""
    faults = [
        wrong
        for position, (item, spans) in enumerate(zip(labels.items, labels.spans, strict=True))
        for wrong in _item_faults(position, item, spans, schema, article.text)
    ]
    faults += _missing(labels, schema)
    if not faults:  # every item has an anchor that stands in the text
        faults += _counted(labels, schema, article.text)
    if not any(wrong.severity == "error" for wrong in faults):
        faults += _computed(labels, schema, article)
    return faults + list(_long_anchors(labels, schema))


def _missing(labels: Labels, schema: Schema) -> Iterator[Wrong]:
    usual = [spec.name for spec in schema.asked if not spec.optional]
    wanted = dict.fromkeys([schema.anchor, *(usual if labels.fields is None else labels.fields)])
    for position, item in enumerate(labels.items):
        absent = [name for name in wanted if name not in item]
        if absent:
            yield Wrong((position,), f"misses {', '.join(absent)} (null says there is none)")


def _item_faults(
    position: int,
    item: Mapping[str, Any],
    spans: Mapping[str, SpanValue],
    schema: Schema,
    text: str,
) -> Iterator[Wrong]:
    for spec in schema.fields:
        message = _not_standing(spec, item.get(spec.name), text)
        if message:
            yield Wrong((position, spec.name), message)
        end = interval_end(spec.name, schema)
        if end and item.get(end) and item[spec.name] and item[end] < item[spec.name]:
            yield Wrong(
                (position, spec.name), f"{item[spec.name]}/{item[end]} ends before it starts"
            )
    for name, span in spans.items():
        if not _fits(span, item.get(name), text):
            yield Wrong((position, "spans", name), f"the span of {name} does not hold its text")


def _not_standing(spec: FieldSpec, value: str | Sequence[str] | None, text: str) -> str | None:
    """Say which words of a field are not in the text; None when all is well."""
    if spec.role not in {"verbatim", "statement", "time", "name"} or value is None:
        return None
    for words in [value] if isinstance(value, str) else value:
        if not words or words != words.strip():
            return f"{spec.name} {words!r} is empty or has white space around it"
        if words not in text:
            return f"{spec.name} {words!r} is not in the text"
    return None


def _fits(span: SpanValue, value: str | Sequence[str] | None, text: str) -> bool:
    if isinstance(span, Span):
        return value == text[span.start : span.end]
    return span is None or [text[s.start : s.end] for s in span] == value


def _counted(labels: Labels, schema: Schema, text: str) -> Iterator[Wrong]:
    """Compare how often anchors are labelled and how often they stand in the text."""
    total: Counter[str] = Counter()
    for position, (item, spans) in enumerate(zip(labels.items, labels.spans, strict=True)):
        words = item[schema.anchor]
        if spans.get(schema.anchor) is not None:
            continue
        total[words] += 1
        places = len(occurrences(text, words))
        if total[words] > places:
            message = f"{words!r} is labelled {total[words]} times, but stands {places} times"
            yield Wrong((position, schema.anchor), f"{message} in the text")
        elif places > 1 and total[words] == 1:
            message = f"{words!r} stands {places} times in the text; the first is meant"
            yield Wrong((position, schema.anchor), message, "warning")


def _computed(labels: Labels, schema: Schema, article: Article) -> Iterator[Wrong]:
    """Compare given labels with those the schema computes; the labeller may be right."""
    specs = [spec for spec in schema.fields if not spec.asked and label_values(spec)]
    for position, found in enumerate(locate(labels.items, schema, article, labels.spans)):
        given = [spec.name for spec in specs if labels.items[position].get(spec.name) is not None]
        if not given:
            continue
        computed = computed_values(found, schema, article)
        for name in given:
            if computed.get(name) not in {None, found.values[name]}:
                message = f"{name} is {found.values[name]!r}, but computed as {computed[name]!r}"
                yield Wrong((position, name), message, "warning")


def _long_anchors(labels: Labels, schema: Schema) -> Iterator[Wrong]:
    if schema.spec(schema.anchor).role != "verbatim":
        return
    for position, item in enumerate(labels.items):
        words = str(item.get(schema.anchor, "")).split()
        if len(words) > LONG_ANCHOR_WORDS:
            message = f"{schema.anchor} is long: {len(words)} words"
            yield Wrong((position, schema.anchor), message, "warning")
