"""Time expressions in other languages than English, read by `dateparser`.

It is loaded late, as it takes a while, and asked only for what is a day, week, month or year.
"""

from __future__ import annotations

import datetime as dt
from functools import lru_cache
from typing import TYPE_CHECKING

import regex

from extractor.dates.intervals import Interval, days, month, week, year
from extractor.dates.reference import Reference

if TYPE_CHECKING:
    from dateparser.date import DateDataParser

_LANGUAGES = (
    "de fr es pt it nl pl ru uk cs sk sv da nb fi hu ro bg hr el tr ar fa he hi bn id vi th "
    "ja ko zh"
)
_WORD = regex.compile(r"[a-z]{4}|\d.*[a-z]{3}|[a-z]{3}.*\d|[^\W\d_a-z]")
_ENGLISH = regex.compile(
    r"\b(?:the|of|by|day|days|that|then|since|until|after|before|first|second|within|later|earlier|"
    r"for|from|during|and|week|weeks|months?|years?|hours?|minutes?|seconds?|morning|afternoon|"
    r"evening|night|noon|midnight|dawn|dusk|this|last|next|following|same|ago|every|about|shortly|"
    r"once|when|while|now|soon|recent|recently|always|far|date|afterwards?|overnight|lunchtime|"
    r"january|february|march|may|june|july|october|monday|tuesday|wednesday|thursday|friday|"
    r"saturday|sunday|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)\b"
)
_EARLIEST_YEAR = 1000
_ARTICLE = regex.compile(r"^\p{L}{1,4} (?=\S)")
_WEEK = dt.timedelta(weeks=1)


@lru_cache(maxsize=1024)
def read(text: str, reference: Reference) -> Interval | None:
    """Read an expression, with or without the article or preposition before it.

    None for what has no word in it, or an English one: that is no date if the rules say so.
    """
    if not _WORD.search(text) or _ENGLISH.search(text):
        return None
    return _parse(text, reference) or _parse(_ARTICLE.sub("", text), reference)


@lru_cache(maxsize=16)
def _parser(reference: Reference) -> DateDataParser:
    from dateparser.date import DateDataParser

    return DateDataParser(
        languages=_LANGUAGES.split(),
        settings={
            "RELATIVE_BASE": dt.datetime.combine(reference.day, dt.time()),
            "PREFER_DATES_FROM": "future" if reference.future else "past",
            "RETURN_TIME_AS_PERIOD": True,
        },
    )


def _parse(text: str, reference: Reference) -> Interval | None:
    found = _parser(reference).get_date_data(text)
    if found is None or found.date_obj is None:
        return None
    day = found.date_obj.date()
    if day.year < _EARLIEST_YEAR:
        return None
    if found.period == "day":
        return days(_today_if_a_week_off(day, text, reference.day))
    if found.period == "month":
        return month(day.year, day.month)
    if found.period == "week":
        return week(day)
    return year(day.year) if found.period == "year" else None


def _today_if_a_week_off(day: dt.date, text: str, today: dt.date) -> dt.date:
    """Read the weekday of publication as that day: `dateparser` goes a week away from it."""
    named_weekday = abs(day - today) == _WEEK and not regex.search(r"\d", text)
    return today if named_weekday else day
