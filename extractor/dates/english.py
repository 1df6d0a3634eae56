"""English time expressions, read by rules: the first that fits the whole expression counts.

Rules read what is complete in itself; modifiers change what the rest of an expression means.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

from extractor.dates import absolute, relative, words
from extractor.dates.intervals import Interval, days, halves, moved, part, through, week
from extractor.dates.reference import NUMBER, ORDINAL, UNIT, WEEKDAY, Reference, number

_PARTS = {
    "early": "early",
    "mid": "mid",
    "late": "late",
    "the beginning of": "early",
    "the start of": "early",
    "the middle of": "mid",
    "the end of": "late",
}


class _Modifier(NamedTuple):
    """What the words around an expression, its group `rest`, make of the interval it means."""

    pattern: re.Pattern[str]
    apply: Callable[[re.Match[str], Interval, Reference], Interval | None]
    future: bool | None = None
    """Which way the rest is looked for, whatever the event; None: as the event is."""


@lru_cache(maxsize=4096)
def read(text: str, reference: Reference) -> Interval | None:
    """Read a uniform expression without time of day; None when nothing fits it.

    Raises: ValueError, OverflowError for a day that does not exist.
    """
    for pattern, reading in absolute.RULES + relative.RULES:
        found = pattern.fullmatch(text)
        if found and (interval := reading(found, reference)) is not None:
            return interval
    for modifier in _MODIFIERS:
        found = modifier.pattern.fullmatch(text)
        if found and (interval := _modified(found, modifier, reference)) is not None:
            return interval
    return None


def _modified(found: re.Match[str], modifier: _Modifier, reference: Reference) -> Interval | None:
    if modifier.future is not None:
        rest = read(found["rest"], reference.looking(future=modifier.future))
    else:
        rest = read(found["rest"], reference)
    return None if rest is None else modifier.apply(found, rest, reference)


def _same(_: re.Match[str], rest: Interval, __: Reference) -> Interval:
    return rest


def _part(found: re.Match[str], rest: Interval, _: Reference) -> Interval:
    return part(rest, _PARTS[found["part"]])


def _half(found: re.Match[str], rest: Interval, _: Reference) -> Interval:
    return halves(rest)[found["index"] == "second"]


def _ordinal_week(found: re.Match[str], rest: Interval, _: Reference) -> Interval:
    if found["index"] in ("last", "final"):
        return days(rest.end - dt.timedelta(days=6), 7)
    return days(rest.start + dt.timedelta(weeks=number(found["index"]) - 1), 7)


def _week_of(_: re.Match[str], rest: Interval, __: Reference) -> Interval:
    return week(rest.start)


def _units_to(found: re.Match[str], rest: Interval, _: Reference) -> Interval:
    """Read `the six months to December`."""
    count = number(found["count"] or "one")
    return Interval(moved(rest.end + dt.timedelta(days=1), -count, found["unit"]), rest.end)


def _since(_: re.Match[str], rest: Interval, reference: Reference) -> Interval | None:
    return through(rest, days(reference.day))


def _by(found: re.Match[str], rest: Interval, reference: Reference) -> Interval | None:
    """Read `by Friday` as lasting from publication on; of what is over, as that day."""
    if not reference.future and found["rest"] in words.WEEKDAYS:
        return read(found["rest"], reference)
    return through(days(reference.day), rest)


def _before(found: re.Match[str], rest: Interval, reference: Reference) -> Interval | None:
    if not reference.future:
        return None
    last = rest.end if "end of" in found["rest"] else rest.start - dt.timedelta(days=1)
    return through(days(reference.day), days(last))


def _between(found: re.Match[str], rest: Interval, reference: Reference) -> Interval | None:
    """Read the first of two as the last one before the second; of what is to come, vice versa."""
    if reference.future and (ahead := _between_ahead(found, reference)) is not None:
        return ahead
    first = read(found["first"], Reference(rest.end))
    return None if first is None else through(first, rest)


def _between_ahead(found: re.Match[str], reference: Reference) -> Interval | None:
    first = read(found["first"], reference)
    if first is None:
        return None
    last = read(found["rest"], Reference(first.start, future=True))
    return None if last is None else through(first, last)


_AND = r"(?:and|or|to|through|until)(?: again)?(?: in)?"
_MODIFIERS = (
    _Modifier(re.compile(rf"(?P<part>{words.one_of(_PARTS)})[ -](?P<rest>.+)"), _part),
    _Modifier(re.compile(rf"(?:{WEEKDAY}|easter sunday|good friday) (?P<rest>.*\d.*)"), _same),
    _Modifier(re.compile(r"(?:the )?(?P<index>first|second) half of (?P<rest>.+)"), _half),
    _Modifier(
        re.compile(rf"(?:the )?(?P<index>{ORDINAL}|last|final) week of (?P<rest>.+)"),
        _ordinal_week,
    ),
    _Modifier(re.compile(r"(?:the )?week (?:of|starting|beginning) (?P<rest>.+)"), _week_of),
    _Modifier(
        re.compile(
            rf"(?:the )?(?:(?P<count>{NUMBER}) )?{UNIT} (?:to|through|ending|ended) (?P<rest>.+)"
        ),
        _units_to,
    ),
    _Modifier(re.compile(r"(?:ever )?since (?P<rest>.+)"), _since, future=False),
    _Modifier(re.compile(r"(?:by|until|till|no later than) (?P<rest>.+)"), _by, future=True),
    _Modifier(re.compile(rf"(?:between|from) (?P<first>.+) {_AND} (?P<rest>.+)"), _between),
    _Modifier(re.compile(r"before (?P<rest>.+)"), _before, future=True),
    _Modifier(
        re.compile(r"(?:from|for|as early as|on|in|at|over|during|about|around) (?P<rest>.+)"),
        _same,
    ),
    _Modifier(re.compile(rf"(?P<first>.+?) {_AND} (?P<rest>.+)"), _between),
)
"""Tried in this order."""
