"""Dates that stand at the head of an article, or in the name of its file."""

from __future__ import annotations

import datetime as dt

import regex

from extractor.dates import resolve

_HEAD_CHARS = 200
_PREFIX = regex.compile(r"date (\d{4}-\d\d-\d\d)\s+", regex.IGNORECASE)
_MONTH = (
    r"(?:Jan(?:uary|\.)?|Feb(?:ruary|\.)?|Mar(?:ch|\.)?|Apr(?:il|\.)?|May|June?\.?|July?\.?"
    r"|Aug(?:ust|\.)?|Sept?(?:ember|\.)?|Oct(?:ober|\.)?|Nov(?:ember|\.)?|Dec(?:ember|\.)?)"
)
_DATELINE = regex.compile(
    r"\p{Lu}[\p{L}\p{M}.’'/ ,-]{1,60}?[,\s(]\s*"
    rf"(?P<day>{_MONTH} \d\d?|\d\d? {_MONTH})(?P<year>,? \d{{4}})?[)\s]*"
    r"(?:\([\p{L}\p{M}.&/ -]{2,40}\)\s*)?(?:--|[-–—:])\s",
    regex.IGNORECASE,
)
_IN_NAME = regex.compile(
    r"(?<!\d)((?:19|20)\d\d)([-_.]?)(0[1-9]|1[0-2])\2(0[1-9]|[12]\d|3[01])(?!\d)"
)
_NEAR = dt.timedelta(days=31)


def without_prefix(text: str) -> tuple[str, dt.date | None]:
    """Take `date 2023-07-27 ` from the start of a text, and give its day."""
    found = _PREFIX.match(text)
    day = found and _exact(found[1])
    return (text[found.end() :], day) if found and day else (text, None)


def dateline(text: str) -> regex.Match[str] | None:
    """Find `SEOUL, July 27 (Yonhap) -- ` at the start of a text."""
    return _DATELINE.match(text[:_HEAD_CHARS])


def day_in_name(stem: str) -> dt.date | None:
    """Read a full date from a file name, as in `2026-03-11-strike` or `20260311`."""
    found = _IN_NAME.search(stem)
    return _exact(f"{found[1]}-{found[3]}-{found[4]}") if found else None


def day_of(text: str, stem: str) -> dt.date | None:
    """Date an article by its dateline and file name; None when no year is to be had.

    A dateline without a year takes that of the file name's date, if it is then near to it.
    """
    found, named = dateline(text), day_in_name(stem)
    if found is None:
        return named
    if found["year"]:
        return _exact(found["day"] + found["year"])
    if named is None:
        return None
    years = (named.year - 1, named.year, named.year + 1)
    days = [day for year in years if (day := _exact(f"{found['day']} {year}"))]
    nearest = min(days, key=lambda day: abs(day - named), default=named)
    return nearest if abs(nearest - named) <= _NEAR else named


def _exact(text: str) -> dt.date | None:
    found = resolve(text, None)
    return found.start if found is not None and found.start == found.end else None
