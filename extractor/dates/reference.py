"""What a relative time expression counts from, and choosing among what recurs."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from extractor.dates import words
from extractor.dates.intervals import Interval

MONTH = words.one_of(words.MONTHS)
WEEKDAY = words.one_of(words.WEEKDAYS)
SEASON = words.one_of(words.SEASONS)
NUMBER = rf"(?:\d{{1,3}}|{words.one_of(words.NUMBERS)})"
ORDINAL = words.one_of(words.ORDINALS)
DAY = r"(?:[12]?\d|3[01])(?:st|nd|rd|th)?"
YEAR = r"(?:1\d|20|21)\d\d"
UNIT = r"(?P<unit>day|week|month|year|decade)s?"
OFFSETS = {"last": -1, "previous": -1, "this": 0, "current": 0, "next": 1, "coming": 1}
NEAR = words.one_of(OFFSETS)
OF_YEAR = rf"(?:(?: of)?(?: the)? (?P<year>{YEAR}|{NEAR} year))?"


@dataclass(frozen=True)
class Reference:
    """What relative expressions count from: the day of publication, and which way to look."""

    day: dt.date
    future: bool = False

    def nearest(self, candidates: Iterable[Interval]) -> Interval | None:
        """Pick the latest that has begun by the day, or the first not over on it if `future`."""
        ordered = sorted(candidates)
        if self.future:
            return next((found for found in ordered if found.end >= self.day), None)
        return next((found for found in reversed(ordered) if found.start <= self.day), None)

    def yearly(self, make: Callable[[int], Interval]) -> Interval | None:
        """Pick among what comes once a year; 29 February comes in leap years only."""
        found = []
        for number in range(max(1, self.day.year - 8), min(9998, self.day.year + 8) + 1):
            try:
                found.append(make(number))
            except ValueError:
                continue
        return self.nearest(found)

    def in_year(self, make: Callable[[int], Interval], named: str | None) -> Interval | None:
        """Place what comes once a year in a year named (`2019`, `last year`), else the nearest."""
        if named is None:
            return self.yearly(make)
        if named.isdigit():
            return make(int(named))
        return make(self.day.year + OFFSETS[named.split()[-2]])

    def looking(self, *, future: bool) -> Reference:
        """Look the given way."""
        return Reference(self.day, future)


Rule = Callable[[re.Match[str], Reference], Interval | None]
"""Reads an expression that its pattern fits; None when it makes no sense."""


def rule(pattern: str, reading: Rule) -> tuple[re.Pattern[str], Rule]:
    """Pair a rule with the pattern that an expression must fit as a whole."""
    return re.compile(pattern), reading


def number(text: str) -> int:
    """Read `3`, `3rd`, `three` or `third`. Raises: KeyError."""
    digits = re.sub(r"\D", "", text)
    return int(digits) if digits else (words.NUMBERS | words.ORDINALS)[text]
