"""Locate every item of an answer in its article: verbatim or not at all.

What cannot be located is listed with its reason, never kept and never dropped in silence.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from extractor import names
from extractor.edges import Care
from extractor.fold import FoldedText, fold
from extractor.locating import (
    NOTHING_TO_FIND,
    OVER_PARAGRAPH,
    Edges,
    closest,
    forms,
    holding,
    is_absent,
    occurrences,
    spellings,
    stays_in_paragraph,
    verbatim,
)
from extractor.marks import paragraphs
from extractor.records import Grounding, Located, Rejection, Span, SpanValue
from extractor.schema import FieldSpec, Schema
from extractor.sentences import covering
from extractor.statements import statements

__all__ = ["FoldedText", "ground"]

LOCATED = ("verbatim", "statement", "name", "time")
"""The roles of fields that must stand in the article."""

MISSING = "not in the article"
MISSING_HERE = "not in this part of the article"
TWICE = "given twice"
NO_TEXT = "not a text"
EMPTY = "empty"

_TITLE = re.compile(
    r"(?:Mr|Mrs|Ms|Miss|Mx|Dr|Prof|Sir|Dame|Herr|Frau|Señor|Señora|Sr|Sra|Don|Doña|Monsieur|Madame"
    r"|Mme|Mlle|Signor|Signora)\.?\s+(?=\S)"
)


@dataclass(frozen=True)
class _Ring:
    """A part of the text to look in, nearer ones before wider ones."""

    within: Span
    outside: bool
    """Whether places that overlap the anchor are passed over."""
    wide: bool = False
    """Whether it is the same for many items, so that what is found in it is worth keeping."""


class _Search:
    """What one answer's items look for: places already taken, and places worth keeping."""

    def __init__(self, text: FoldedText, window: Span) -> None:
        self.text = text
        self.window = window
        self._taken: set[Span] = set()
        self._streams: dict[str, Iterator[Span | str]] = {}
        self._reasons: dict[str, str] = {}
        self._kept: dict[tuple[str, Care, Span], tuple[Span, ...]] = {}

    @property
    def missing(self) -> str:
        """The reason for what is nowhere in the window."""
        whole = self.window.start <= 0 and self.window.end >= len(self.text.raw)
        return MISSING if whole else MISSING_HERE

    def take(self, needle: str, care: Care) -> Span | str:
        """Take the first free place of an anchor in the window, or say why there is none.

        The same words given again take the next place.
        """
        stream = self._streams.get(needle)
        if stream is None:
            look = statements if care == "statement" else partial(verbatim, care=care)
            stream = self._streams[needle] = look(self.text, needle, self.window)
        for place in stream:
            if isinstance(place, str):
                self._reasons.setdefault(needle, place)
            elif place in self._taken:
                self._reasons[needle] = TWICE
            else:
                self._taken.add(place)
                self._reasons[needle] = TWICE  # the next one with these words finds no more
                return place
        return self._reasons.get(needle, self.missing)

    def nearest(self, needle: str, anchor: Span, care: Care, rings: Sequence[_Ring]) -> Span | str:
        """Find the place nearest to the anchor in the first ring that has one.

        The needle's own first letter goes before the other case: "May" is not "may".
        """
        wanted = forms(needle)
        if not wanted:
            return NOTHING_TO_FIND
        reason = MISSING_HERE
        spelled = [other for form in wanted for other in spellings(form)]
        for spelling, ring in itertools.product(spelled, rings):
            if ring.wide and spelling == spelled[0] and self._is_absent(wanted):
                return MISSING
            place = closest(self._places(spelling, care, ring), anchor, outside=ring.outside)
            if place is not None and stays_in_paragraph(self.text.raw, place):
                return place
            reason = OVER_PARAGRAPH if place is not None else reason
        return reason

    def _is_absent(self, wanted: Sequence[str]) -> bool:
        return is_absent(self.text, wanted, Span(start=0, end=len(self.text.raw)))

    def _places(self, form: str, care: Care, ring: _Ring) -> tuple[Span, ...]:
        key = form, care, ring.within
        if not ring.wide:
            return tuple(occurrences(self.text, form, ring.within, Edges(care, care)))
        if key not in self._kept:
            self._kept[key] = tuple(occurrences(self.text, form, ring.within, Edges(care, care)))
        return self._kept[key]

    def rings(self, anchor: Span, *, outside: bool) -> tuple[_Ring, ...]:
        """List where a field of an item may stand: sentence, paragraph, window, what is before.

        With `outside`, places in the anchor itself come after those beside it.
        """
        near = [covering(self.text.raw, anchor), self._paragraph(anchor)]
        inside = [_Ring(anchor, outside=False)] if outside else []
        wide = [self.window, Span(start=0, end=self.window.start)]
        return (
            *(_Ring(span, outside) for span in near),
            *inside,
            *(_Ring(span, outside, wide=True) for span in wide),
        )

    def rings_of_names(self, anchor: Span) -> tuple[_Ring, ...]:
        """List where a name may stand: sentence, paragraph, anywhere in the article."""
        near = [covering(self.text.raw, anchor), self._paragraph(anchor)]
        whole = Span(start=0, end=len(self.text.raw))
        return (
            *(_Ring(span, outside=False) for span in near),
            _Ring(whole, outside=False, wide=True),
        )

    def _paragraph(self, anchor: Span) -> Span:
        return holding(paragraphs(self.text.raw), anchor.start) or anchor


@dataclass(frozen=True)
class _Item:
    """One item whose anchor is located, while its other fields are looked for."""

    search: _Search
    field: str
    """The field that anchors it."""
    anchor: Span
    beside: bool
    """Whether other fields stand beside the anchor rather than in it."""

    def place(self, needle: str, spec: FieldSpec) -> Span | str:
        """Locate one value of a field other than the anchor, or say why it cannot be."""
        if spec.role == "name":
            return self._name(needle)
        rings = self.search.rings(self.anchor, outside=self.beside)
        if spec.role == "statement":
            return self._statement(needle, [ring.within for ring in rings])
        return self.search.nearest(needle, self.anchor, "verbatim", rings)

    def _name(self, name: str) -> Span | str:
        rings = self.search.rings_of_names(self.anchor)
        reason = MISSING
        for shape in _shapes(name, self.search.text.raw):
            found = self.search.nearest(shape, self.anchor, "name", rings)
            if isinstance(found, Span):
                return found
            reason = found
        return reason

    def _statement(self, needle: str, parts: Sequence[Span]) -> Span | str:
        reason = MISSING
        for part in parts:
            outcomes = list(statements(self.search.text, needle, part))
            spans = sorted({x for x in outcomes if isinstance(x, Span)}, key=lambda x: x.start)
            place = closest(spans, self.anchor, outside=False)
            if place is not None:
                return place
            reason = next((x for x in outcomes if isinstance(x, str)), reason)
        return reason


def _shapes(name: str, text: str) -> Iterator[str]:
    """Yield the name as the full one of the text, as given, and both without a title."""
    yield names.expand(name, text)
    yield name
    title = _TITLE.match(name.strip())
    if title:
        bare = name.strip()[title.end() :]
        yield names.expand(bare, text)
        yield bare


def ground(
    items: Sequence[Mapping[str, Any]], schema: Schema, text: FoldedText, window: Span
) -> Grounding:
    """Locate the items of one answer, in order; every span is of the raw text.

    The anchor must stand in `window`, at a place no earlier item has taken; the other fields at
    the nearest fitting place, and names anywhere in the article. An item without an anchor is
    rejected as a whole. A field not found becomes None, or leaves its list, and is rejected.
    """
    search = _Search(text, window)
    spec = schema.spec(schema.anchor)
    located: list[Located] = []
    rejected: list[Rejection] = []
    for item in items:
        reject = partial(Rejection, task=schema.task, item=dict(item))
        anchor = _anchor(item.get(spec.name), spec, search)
        if isinstance(anchor, str):
            rejected.append(reject(field=spec.name, reason=anchor))
            continue
        found, faults = _fields(
            item, schema, _Item(search, spec.name, anchor, spec.role == "statement")
        )
        located.append(found)
        rejected += [reject(field=field, reason=reason) for field, reason in faults]
    return Grounding(located=tuple(located), rejected=tuple(rejected))


def _anchor(value: Any, spec: FieldSpec, search: _Search) -> Span | str:
    if value is None or value == "":
        return EMPTY
    if not isinstance(value, str):
        return NO_TEXT
    return search.take(value, "statement" if spec.role == "statement" else "verbatim")


def _fields(
    item: Mapping[str, Any], schema: Schema, place: _Item
) -> tuple[Located, list[tuple[str, str]]]:
    """Locate all fields of an item; also return field and reason of what could not be."""
    raw = place.search.text.raw
    values: dict[str, Any] = {}
    spans: dict[str, SpanValue] = {}
    faults: list[tuple[str, str]] = []
    for spec in schema.asked:
        given = item.get(spec.name)
        if spec.role not in LOCATED:
            values.update({spec.name: given} if spec.name in item else {})
            continue
        found, reasons = _places(given, spec, place)
        faults += [(spec.name, reason) for reason in reasons]
        spans[spec.name] = _different(found, raw) if spec.many else next(iter(found), None)
        values[spec.name] = _texts(spans[spec.name], raw)
    return Located(values, spans), faults


def _places(given: Any, spec: FieldSpec, place: _Item) -> tuple[list[Span], list[str]]:
    """Locate the value, or the values, of a field; nothing given is nothing found and no fault."""
    if spec.name == place.field:
        return [place.anchor], []
    listed = given if spec.many and isinstance(given, (list, tuple)) else (given,)
    outcomes = [
        place.place(value, spec) if isinstance(value, str) else NO_TEXT
        for value in listed
        if value is not None and value != ""
    ]
    return [x for x in outcomes if isinstance(x, Span)], [x for x in outcomes if isinstance(x, str)]


def _different(found: Sequence[Span], raw: str) -> tuple[Span, ...]:
    """Keep one span for each different text of a list."""
    different: dict[str, Span] = {}
    for span in found:
        different.setdefault(fold(raw[span.start : span.end]).casefold(), span)
    return tuple(different.values())


def _texts(spans: SpanValue, raw: str) -> str | list[str] | None:
    if isinstance(spans, tuple):
        return [raw[span.start : span.end] for span in spans]
    return None if spans is None else raw[spans.start : spans.end]
