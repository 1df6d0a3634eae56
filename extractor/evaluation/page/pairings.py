"""Gold beside predicted items of one article, field by field, as a reader compares them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from extractor.evaluation.agreement import agrees, normal_name
from extractor.evaluation.alignment import Alignment, anchor_span
from extractor.evaluation.gold import interval_end
from extractor.evaluation.overlap import similarity, trimmed
from extractor.evaluation.page.segments import Side, Stretch, clipped
from extractor.records import Located, Span
from extractor.schema import Schema

Mark = Literal["same", "differs", "unscored"]
Found = Literal["matched", "missed", "spurious"]

_NOTHING = "–"


@dataclass(frozen=True)
class Piece:
    """A part of a cell; of a list of names, one name."""

    text: str
    differs: bool = False
    """Whether the other side has no such name."""


Cell = tuple[Piece, ...]


@dataclass(frozen=True)
class FieldRow:
    """One field of a pairing; an absent side is ()."""

    name: str
    gold: Cell
    predicted: Cell
    mark: Mark


@dataclass(frozen=True)
class Pairing:
    """A gold and a predicted item that were matched, or one of them alone."""

    number: int
    """Counted from 1 within the article, in text order; 0 until it is numbered."""
    task: int
    gold: Located | None
    predicted: Located | None
    start: int | None
    """Offset of its first anchor; None for an item without a place in the text."""
    overlap: float | None
    """Of a matched pair: how much of their anchors is common, 0 to 1."""
    rows: tuple[FieldRow, ...]

    @property
    def found(self) -> Found:
        """What the matching made of it."""
        if self.gold is None:
            return "spurious"
        return "missed" if self.predicted is None else "matched"


def pairings(sides: Mapping[int, tuple[Alignment, Schema]]) -> tuple[Pairing, ...]:
    """Pair the items of an article, by task, in text order; those without a place come last."""
    paired = [
        _pairing(task, both, alignment, schema)
        for task, (alignment, schema) in sides.items()
        for both in _both_sides(alignment)
    ]
    nowhere = max((len(alignment.text) for alignment, _ in sides.values()), default=0)
    paired.sort(key=lambda one: (nowhere if one.start is None else one.start, one.task))
    return tuple(replace(one, number=number) for number, one in enumerate(paired, start=1))


Both = tuple[Located | None, Located | None]


def _both_sides(alignment: Alignment) -> Iterator[Both]:
    gold, predicted = alignment.gold, alignment.predicted
    matched = {i for i, _ in alignment.pairs}, {j for _, j in alignment.pairs}
    yield from ((gold[i], predicted[j]) for i, j in alignment.pairs)
    yield from ((item, None) for i, item in enumerate(gold) if i not in matched[0])
    yield from ((None, item) for j, item in enumerate(predicted) if j not in matched[1])


def _pairing(task: int, both: Both, alignment: Alignment, schema: Schema) -> Pairing:
    gold, predicted = both
    anchors = [anchor_span(item, schema) for item in both if item is not None]
    places = [part for span in anchors if (part := clipped(span, alignment.text)) is not None]
    overlap = None
    if gold is not None and predicted is not None:
        overlap = float(similarity(alignment.text, anchors[:1], anchors[1:])[0, 0])
    return Pairing(
        number=0,
        task=task,
        gold=gold,
        predicted=predicted,
        start=min((part.start for part in places), default=None),
        overlap=overlap,
        rows=tuple(_rows(both, alignment.text, schema)),
    )


def shown_fields(schema: Schema) -> tuple[str, ...]:
    """List the anchor, what is compared, then the rest of what a model is asked for."""
    asked = (spec.name for spec in schema.asked)
    return tuple(dict.fromkeys((schema.anchor, *schema.item.compare, *asked)))


def _rows(both: Both, text: str, schema: Schema) -> Iterator[FieldRow]:
    """Yield the fields that at least one side fills."""
    gold, predicted = both
    for name in shown_fields(schema):
        one, other = (_names(item, name, schema) for item in both)
        if not one and not other:
            continue
        many = schema.spec(name).many and None not in both
        yield FieldRow(
            name,
            gold=() if gold is None else _cell(one, other, many=many),
            predicted=() if predicted is None else _cell(other, one, many=many),
            mark=_mark(both, name, schema, text),
        )


def _names(item: Located | None, name: str, schema: Schema) -> list[str]:
    """Return what an item has in a field as texts: one, or one per name of a list; [] for none."""
    value: Any = None if item is None else item.values.get(name)
    if item is None or value is None:
        return []
    if isinstance(value, list | tuple):
        return [str(each) for each in value]
    end = interval_end(name, schema)
    last = value if end is None else item.values.get(end) or value
    return [str(value) if last == value else f"{value} – {last}"]


def _cell(texts: list[str], beside: list[str], *, many: bool) -> Cell:
    """Make a cell; of several names it says which are not among those beside it."""
    known = {normal_name(text) for text in beside} if many else set()
    pieces = tuple(Piece(text, many and normal_name(text) not in known) for text in texts)
    return pieces or (Piece(_NOTHING),)


def _mark(both: Both, name: str, schema: Schema, text: str) -> Mark:
    """Judge a field as the scores do; the anchor is the same only if it is exactly."""
    gold, predicted = both
    if gold is None or predicted is None or name not in gold.values:
        return "unscored"
    if name == schema.anchor:
        spans = {trimmed(text, anchor_span(item, schema)) for item in (gold, predicted)}
        return "same" if len(spans) == 1 else "differs"
    if name not in schema.item.compare:
        return "unscored"
    return "same" if agrees(gold, predicted, name, schema, text) else "differs"


def stretches(paired: Iterable[Pairing], schemas: Sequence[Schema]) -> Iterator[Stretch]:
    """Yield every span of every pairing; `schemas` are by task."""
    for one in paired:
        schema = schemas[one.task]
        shown = set(shown_fields(schema))
        sides: tuple[tuple[Side, Located | None], ...] = (
            ("gold", one.gold),
            ("predicted", one.predicted),
        )
        for side, item in sides:
            for name, value in item.spans.items() if item is not None else ():
                spans = (value,) if isinstance(value, Span) else value or ()
                marked: Side = side if name == schema.anchor else "field"
                if name in shown:
                    yield from (Stretch(span, one.number, one.task, marked) for span in spans)
