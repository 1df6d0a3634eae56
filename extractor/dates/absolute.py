"""Rules for days, months, seasons and years that the calendar names."""

from __future__ import annotations

import datetime as dt
import re

from extractor.dates import words
from extractor.dates.intervals import Interval, days, easter, month, through, year
from extractor.dates.reference import (
    DAY,
    MONTH,
    NEAR,
    NUMBER,
    OF_YEAR,
    ORDINAL,
    SEASON,
    YEAR,
    Reference,
    number,
    rule,
)

_TO = " ?(?:-|to|through|until|and|or) ?"


def _numeric(found: re.Match[str], _: Reference) -> Interval:
    return days(dt.date(*map(int, found.group("year", "month", "day"))))


def _slashed(found: re.Match[str], _: Reference) -> Interval | None:
    """Read `27/3/2024` and `3/27/2024`; `3/4/2024` is either of two days, so neither."""
    first, second, in_year = map(int, found.groups())
    if first == second:
        return days(dt.date(in_year, first, second))
    if max(first, second) <= words.MONTHS["december"]:
        return None
    return days(dt.date(in_year, min(first, second), max(first, second)))


def _month_day(found: re.Match[str], reference: Reference) -> Interval | None:
    start = words.MONTHS[found["month"]], number(found["day"])
    groups = found.groupdict()
    last = words.MONTHS[groups.get("last") or found["month"]]
    end = last, number(groups.get("until") or found["day"])
    if end < start:
        return None
    return reference.in_year(
        lambda in_year: Interval(dt.date(in_year, *start), dt.date(in_year, *end)), found["year"]
    )


def _month(found: re.Match[str], reference: Reference) -> Interval | None:
    index, day = words.MONTHS[found["month"]], reference.day
    if found["near"] in ("last", "previous"):
        reference = Reference(day.replace(day=1) - dt.timedelta(days=1))
    elif found["near"] in ("next", "coming"):
        reference = Reference(month(day.year, day.month + 1).start, future=True)
    elif found["near"]:
        return month(day.year, index)
    return reference.in_year(lambda in_year: month(in_year, index), found["year"])


def _year(found: re.Match[str], _: Reference) -> Interval:
    return year(int(found["year"]))


def _decade(found: re.Match[str], _: Reference) -> Interval | None:
    last = found["last"] or found["first"]
    return through(year(int(found["first"])), year(int(last), 10))


def _holiday(found: re.Match[str], reference: Reference) -> Interval | None:
    index, day = words.FIXED_DAYS[found["name"]]
    return reference.in_year(lambda in_year: days(dt.date(in_year, index, day)), found["year"])


def _weekday_holiday(found: re.Match[str], reference: Reference) -> Interval | None:
    index, weekday, which = words.WEEKDAY_HOLIDAYS[found["name"]]

    def make(in_year: int) -> Interval:
        first = dt.date(in_year, index, 1)
        ahead = (weekday - first.weekday()) % 7 + 7 * (which - 1)
        return days(first + dt.timedelta(days=ahead))

    return reference.in_year(make, found["year"])


def _easter_day(found: re.Match[str], reference: Reference) -> Interval | None:
    offset = dt.timedelta(days=words.EASTER_DAYS[found["name"]])
    return reference.in_year(lambda in_year: days(easter(in_year) + offset), found["year"])


def _season(found: re.Match[str], reference: Reference) -> Interval | None:
    def make(in_year: int) -> Interval:
        return month(in_year, words.SEASONS[found["season"]], 3)

    around = [make(reference.day.year + offset) for offset in (-2, -1, 0, 1)]
    if found["near"] in ("next", "coming"):
        return min(season for season in around if season.start > reference.day)
    if found["near"] in ("last", "previous"):
        return max(season for season in around if season.end < reference.day)
    return reference.in_year(make, found["year"])


def _winter(found: re.Match[str], _: Reference) -> Interval:
    return month(int(found["year"]), words.SEASONS["winter"], 3)


def _quarter(found: re.Match[str], reference: Reference) -> Interval | None:
    first = 3 * number(found["index"]) - 2
    return reference.in_year(lambda in_year: month(in_year, first, 3), found["year"])


def _half(found: re.Match[str], reference: Reference) -> Interval | None:
    first = 6 * number(found["index"]) - 5
    return reference.in_year(lambda in_year: month(in_year, first, 6), found["year"])


def _first_months(found: re.Match[str], reference: Reference) -> Interval | None:
    span = number(found["count"])
    return reference.in_year(lambda in_year: month(in_year, 1, span), found["year"])


RULES = (
    rule(rf"(?P<year>{YEAR})[-/](?P<month>\d\d?)[-/](?P<day>\d\d?)", _numeric),
    rule(r"(?P<day>\d\d?)\.(?P<month>\d\d?)\.(?P<year>\d{4})", _numeric),
    rule(r"(\d\d?)/(\d\d?)/(\d{4})", _slashed),
    rule(
        rf"(?P<month>{MONTH}) (?:the )?(?P<day>{DAY})"
        rf"(?:{_TO}(?:(?P<last>{MONTH}) )?(?P<until>{DAY}))?{OF_YEAR}",
        _month_day,
    ),
    rule(
        rf"(?:the )?(?P<day>{DAY})(?:{_TO}(?P<until>{DAY}))? (?:of )?(?P<month>{MONTH}){OF_YEAR}",
        _month_day,
    ),
    rule(rf"(?:the )?(?P<day>{ORDINAL}) of (?P<month>{MONTH}){OF_YEAR}", _month_day),
    rule(rf"(?:(?P<near>{NEAR}) )?(?P<month>{MONTH}){OF_YEAR}", _month),
    rule(rf"(?:the year )?(?P<year>{YEAR})年?", _year),
    rule(r"(?:the )?(?P<first>\d{3}0)'?s(?: (?:and|to) (?:the )?(?P<last>\d{3}0)'?s)?", _decade),
    rule(rf"(?P<name>{words.one_of(words.FIXED_DAYS)}){OF_YEAR}", _holiday),
    rule(rf"(?P<name>{words.one_of(words.WEEKDAY_HOLIDAYS)}){OF_YEAR}", _weekday_holiday),
    rule(rf"(?P<name>{words.one_of(words.EASTER_DAYS)}){OF_YEAR}", _easter_day),
    rule(rf"(?:the )?(?:(?P<near>{NEAR}) )?(?P<season>{SEASON}){OF_YEAR}", _season),
    rule(rf"(?:the )?winter (?:of )?(?P<year>{YEAR})[-/]\d\d(?:\d\d)?", _winter),
    rule(
        rf"(?:the )?(?:q(?=\d\b))?(?P<index>first|second|third|fourth|[1-4](?:st|nd|rd|th)?)"
        rf"(?:[ -]quarter|(?<=q\d)){OF_YEAR}",
        _quarter,
    ),
    rule(rf"(?:the )?(?P<index>first|second) half(?: of the year|{OF_YEAR})", _half),
    rule(
        rf"(?:the )?first (?P<count>{NUMBER}) months(?: of the year|{OF_YEAR})",
        _first_months,
    ),
)
"""Tried in this order."""
