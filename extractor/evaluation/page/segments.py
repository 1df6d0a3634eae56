"""A text cut at every border of the spans that lie on it, however these overlap."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from extractor.records import Span

Side = Literal["gold", "predicted", "field"]
Seen = Literal["both", "gold", "predicted", "crossed"]
"""Who marks a segment: both in one pairing, one side only, or the two sides in different ones."""


@dataclass(frozen=True)
class Stretch:
    """A span of one pairing: its anchor on one of the two sides, or another field of either."""

    span: Span
    pairing: int
    task: int
    side: Side


@dataclass(frozen=True)
class Layer:
    """The anchors of one task on a segment."""

    task: int
    seen: Seen
    pairings: tuple[int, ...]
    """Ascending; more than one where items overlap."""


@dataclass(frozen=True)
class Segment:
    """A piece of the text that no border cuts."""

    text: str
    starts: tuple[int, ...] = ()
    """Pairings whose first anchor begins here, ascending."""
    layers: tuple[Layer, ...] = ()
    """By task, ascending; a task without an anchor here has none."""
    fields: tuple[int, ...] = ()
    """Pairings that have another field here, ascending."""


def clipped(span: Span, text: str) -> Span | None:
    """Return the part of a span that is in the text, None when that is empty."""
    start, end = max(0, span.start), min(len(text), span.end)
    return Span(start=start, end=end) if start < end else None


def segments(text: str, stretches: Iterable[Stretch]) -> tuple[Segment, ...]:
    """Cut a text at all borders; the texts of the segments, joined, are the text.

    What lies outside the text is left out. No text gives no segment.
    """
    placed = [
        (part, stretch)
        for stretch in stretches
        if (part := clipped(stretch.span, text)) is not None
    ]
    opening, closing = defaultdict(list), defaultdict(list)
    for part, stretch in placed:
        opening[part.start].append(stretch)
        closing[part.end].append(stretch)
    first = _first_places(placed)
    borders = sorted({0, len(text), *opening, *closing})
    active: list[Stretch] = []
    cut = []
    for start, end in pairwise(borders):
        for stretch in closing[start]:
            active.remove(stretch)
        active += opening[start]
        cut.append(_segment(text[start:end], first.get(start, ()), active))
    return tuple(cut)


def _first_places(placed: Iterable[tuple[Span, Stretch]]) -> dict[int, tuple[int, ...]]:
    """Map offsets to the pairings whose first anchor begins there."""
    earliest: dict[int, int] = {}
    for part, stretch in placed:
        if stretch.side != "field":
            known = earliest.get(stretch.pairing, part.start)
            earliest[stretch.pairing] = min(known, part.start)
    first: dict[int, tuple[int, ...]] = {}
    for pairing in sorted(earliest):
        first[earliest[pairing]] = (*first.get(earliest[pairing], ()), pairing)
    return first


def _segment(text: str, starts: tuple[int, ...], active: Sequence[Stretch]) -> Segment:
    anchors = [stretch for stretch in active if stretch.side != "field"]
    fields = {stretch.pairing for stretch in active if stretch.side == "field"}
    layers = tuple(
        _layer(task, [stretch for stretch in anchors if stretch.task == task])
        for task in sorted({stretch.task for stretch in anchors})
    )
    return Segment(text, starts, layers, tuple(sorted(fields)))


def _layer(task: int, anchors: Sequence[Stretch]) -> Layer:
    gold = {stretch.pairing for stretch in anchors if stretch.side == "gold"}
    predicted = {stretch.pairing for stretch in anchors if stretch.side == "predicted"}
    return Layer(task, _seen(gold, predicted), tuple(sorted(gold | predicted)))


def _seen(gold: set[int], predicted: set[int]) -> Seen:
    if gold & predicted:
        return "both"
    if gold and predicted:
        return "crossed"
    return "gold" if gold else "predicted"
