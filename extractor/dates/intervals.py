"""Spans of whole days and the arithmetic of the calendar.

Every function that counts beyond the years 1 to 9999 raises OverflowError or ValueError.
"""

from __future__ import annotations

import calendar
import datetime as dt
from typing import NamedTuple

_MONTHS_A_YEAR = 12
_MONTHS_IN = {"month": 1, "year": 12, "decade": 120}
_DAY = dt.timedelta(days=1)


class Interval(NamedTuple):
    """Whole days from `start` to `end`, both included; `start <= end`."""

    start: dt.date
    end: dt.date


def days(start: dt.date, count: int = 1) -> Interval:
    """Give `count` days from `start` on."""
    return Interval(start, start + dt.timedelta(days=count - 1))


def through(first: Interval, last: Interval) -> Interval | None:
    """Give what lasts from the start of one to the end of the other; None if that is backwards."""
    return Interval(first.start, last.end) if first.start <= last.end else None


def week(day: dt.date, offset: int = 0) -> Interval:
    """Give the week, Monday to Sunday, of a day, or one `offset` weeks later.

    Source: ISO 8601.
    """
    monday = day - dt.timedelta(days=day.weekday()) + dt.timedelta(weeks=offset)
    return days(monday, 7)


def month(year: int, number: int, span: int = 1) -> Interval:
    """Give `span` months from month `number` of a year on; numbers outside 1 to 12 carry over."""
    start = _first(year, number)
    return Interval(start, _first(year, number + span) - _DAY)


def _first(year: int, number: int) -> dt.date:
    carried, index = divmod(number - 1, _MONTHS_A_YEAR)
    return dt.date(year + carried, index + 1, 1)


def year(number: int, span: int = 1) -> Interval:
    """Give `span` calendar years."""
    return Interval(dt.date(number, 1, 1), dt.date(number + span - 1, 12, 31))


def moved(day: dt.date, count: int, unit: str) -> dt.date:
    """Move a day by days, weeks, months, years or decades; the 31st to the last of a month."""
    if unit in ("day", "week"):
        return day + dt.timedelta(days=count * (7 if unit == "week" else 1))
    first = _first(day.year, day.month + count * _MONTHS_IN[unit])
    last = calendar.monthrange(first.year, first.month)[1]
    return first.replace(day=min(day.day, last))


def part(whole: Interval, name: str) -> Interval:
    """Give the early, mid or late part: days 1–10, 11–20 and 21–end of a month, else a third.

    Less than three days have no parts.
    """
    length = (whole.end - whole.start).days + 1
    if length < 3:  # noqa: PLR2004  # a third of it is less than a day
        return whole
    size = 10 if _is_month(length) else length // 3
    first, second = (whole.start + dt.timedelta(days=size * count) for count in (1, 2))
    return {
        "early": Interval(whole.start, first - _DAY),
        "mid": Interval(first, second - _DAY),
        "late": Interval(second, whole.end),
    }[name]


def halves(whole: Interval) -> tuple[Interval, Interval]:
    """Cut in two: days 1–15 and 16–end of a month, else in the middle; a single day is not cut."""
    length = (whole.end - whole.start).days + 1
    if length == 1:
        return whole, whole
    second = whole.start + dt.timedelta(days=15 if _is_month(length) else length // 2)
    return Interval(whole.start, second - _DAY), Interval(second, whole.end)


def _is_month(length: int) -> bool:
    return length in range(28, 32)


def easter(in_year: int) -> dt.date:
    """Give Easter Sunday in the Gregorian calendar.

    Source: the anonymous algorithm of Nature, 1876, as in Meeus, Astronomical Algorithms.
    """
    golden, (century, in_century) = in_year % 19, divmod(in_year, 100)
    leap, rest = divmod(century, 4)
    correction = (century - (century + 8) // 25 + 1) // 3
    epact = (19 * golden + century - leap - correction + 15) % 30
    weekday = (32 + 2 * rest + 2 * (in_century // 4) - epact - in_century % 4) % 7
    shift = (golden + 11 * epact + 22 * weekday) // 451
    number, day = divmod(epact + weekday - 7 * shift + 114, 31)
    return dt.date(in_year, number, day + 1)
