"""Rules for days and stretches of time counted from the day of publication."""

from __future__ import annotations

import datetime as dt
import re

from extractor.dates import words
from extractor.dates.intervals import Interval, days, month, moved, week, year
from extractor.dates.reference import NEAR, NUMBER, OFFSETS, UNIT, WEEKDAY, Reference, number, rule

_NEARBY_DAYS = {
    "today": 0, "tonight": 0, "this": 0, "yesterday": -1, "last": -1, "tomorrow": 1, "now": 0,
    "the day before yesterday": -2, "the day after tomorrow": 2,
}  # fmt: skip
"""Days from publication; of `this morning` and `last night` the first word is left."""


def _weekday(found: re.Match[str], reference: Reference) -> Interval:
    """Read `Thursday` as the last one up to and including the day, or the next if to come."""
    ahead = (words.WEEKDAYS[found["weekday"]] - reference.day.weekday()) % 7
    if found["near"] in ("next", "coming"):
        ahead = ahead or 7
    elif found["near"] in ("last", "previous"):
        ahead -= 7
    elif not reference.future:
        ahead = ahead and ahead - 7
    return days(reference.day + dt.timedelta(days=ahead))


def _weekday_week(found: re.Match[str], reference: Reference) -> Interval:
    """Read the British `Saturday week`: a week after the next Saturday."""
    ahead = (words.WEEKDAYS[found["weekday"]] - reference.day.weekday()) % 7
    return days(reference.day + dt.timedelta(days=ahead + 7))


def _nearby_day(found: re.Match[str], reference: Reference) -> Interval:
    return days(reference.day + dt.timedelta(days=_NEARBY_DAYS[found[0]]))


def _overnight(_: re.Match[str], reference: Reference) -> Interval:
    return days(reference.day - dt.timedelta(days=1), 2)


def _nearby_unit(found: re.Match[str], reference: Reference) -> Interval:
    """Read `last week`; of what still runs, as `this week`, what has passed unless to come."""
    whole = _unit(found["unit"], OFFSETS[found["near"]], reference.day)
    if reference.future or whole.start > reference.day:
        return whole
    return Interval(whole.start, min(whole.end, reference.day))


def _whole_unit(found: re.Match[str], reference: Reference) -> Interval:
    return _unit(found["unit"], 0, reference.day)


def _rest_of_unit(found: re.Match[str], reference: Reference) -> Interval:
    whole = _unit(found["unit"], 0, reference.day)
    if found["side"] == "earlier":
        return Interval(whole.start, reference.day)
    return Interval(reference.day, whole.end)


def _unit(unit: str, offset: int, day: dt.date) -> Interval:
    """Give the calendar unit that holds the day, or one `offset` units later."""
    if unit == "week":
        return week(day, offset)
    if unit == "weekend":
        return days(week(day, offset).end - dt.timedelta(days=1), 2)
    if unit == "month":
        return month(day.year, day.month + offset)
    if unit == "quarter":
        return month(day.year, (day.month - 1) // 3 * 3 + 1 + 3 * offset, 3)
    if unit == "decade":
        return year((day.year // 10 + offset) * 10, 10)
    return year(day.year + offset)


def _weekend(_: re.Match[str], reference: Reference) -> Interval | None:
    return reference.nearest(_unit("weekend", offset, reference.day) for offset in (-1, 0, 1))


def _ago(found: re.Match[str], reference: Reference) -> Interval:
    return _distant(-number(found["count"]), found["unit"], reference.day)


def _from_now(found: re.Match[str], reference: Reference) -> Interval:
    return _distant(number(found["count"]), found["unit"], reference.day)


def _distant(count: int, unit: str, day: dt.date) -> Interval:
    """Give the day some days or weeks away, or the month or year some of those away."""
    if unit in ("day", "week"):
        return days(moved(day, count, unit))
    return _unit("month" if unit == "month" else "year", 0, moved(day, count, unit))


def _past_units(found: re.Match[str], reference: Reference) -> Interval:
    return Interval(moved(reference.day, -number(found["count"]), found["unit"]), reference.day)


def _next_units(found: re.Match[str], reference: Reference) -> Interval:
    return Interval(reference.day, moved(reference.day, number(found["count"]), found["unit"]))


def _within(found: re.Match[str], reference: Reference) -> Interval | None:
    return _next_units(found, reference) if reference.future else None


_COUNTED = rf"(?P<count>{NUMBER}) {UNIT}"
_DURING = "(?:(?:in|for|over|during|within) )?(?:the )?"
RULES = (
    rule(rf"(?:the )?(?:(?P<near>{NEAR}) )?(?P<weekday>{WEEKDAY})", _weekday),
    rule(rf"(?P<weekday>{WEEKDAY}) week", _weekday_week),
    rule(words.one_of(_NEARBY_DAYS), _nearby_day),
    rule("overnight", _overnight),
    rule(
        rf"(?:the )?(?P<near>{NEAR}) (?P<unit>week|weekend|month|quarter|year|decade)",
        _nearby_unit,
    ),
    rule(r"this whole (?P<unit>week|month|year)", _whole_unit),
    rule(r"(?P<side>later|earlier) this (?P<unit>week|month|year)", _rest_of_unit),
    rule(r"(?:over )?(?:the )?weekend", _weekend),
    rule(rf"{_COUNTED} ago", _ago),
    rule(rf"{_COUNTED}(?:' time| from now)", _from_now),
    rule(rf"{_DURING}(?:last|past|previous) {_COUNTED}", _past_units),
    rule(rf"{_DURING}(?:next|coming) {_COUNTED}", _next_units),
    rule(rf"(?:with)?in {_COUNTED}", _within),
)
"""Tried in this order."""
