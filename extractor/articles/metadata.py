"""Titles, dates and texts under the names that people give them."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Iterable, Mapping
from email.utils import parsedate_to_datetime

from extractor.articles.options import ReadOptions

USUAL_NAMES = {
    "text": (
        "text", "body", "content", "article", "maintext", "articletext", "articlebody",
        "fulltext", "bodytext", "contenttext", "maincontent", "story",
    ),
    "title": ("title", "headline", "articletitle", "heading", "head"),
    "date": (
        "published", "date", "publisheddate", "datepublished", "datepublish", "publishdate",
        "publishedat", "pubdate", "publicationdate", "publicationtime", "publishedtime",
        "datetime", "timestamp", "created", "createdat",
    ),
    "id": ("id", "articleid", "docid", "documentid", "uuid", "guid", "uri", "url", "link"),
}  # fmt: skip
"""Names tried for each field, likeliest first, in small letters without `_`, `-` and spaces."""

_EIGHT_DIGITS = 8
_SMALLEST = 10**7
"""Smaller numbers are years or counters rather than seconds."""
_MILLISECONDS_FROM = 10**11
_EARLIEST, _LATEST = dt.date(1800, 1, 1), dt.date(2200, 1, 1)


def column(names: Iterable[str], field: str, options: ReadOptions) -> str | None:
    """Find the name that holds the text, title, date or id; None when none does.

    A name given in the options is the only one tried.
    """
    named: str | None = getattr(options, f"{field}_field")
    plain = {_plain(name): name for name in reversed(list(names))}
    if named is not None:
        return plain.get(_plain(named))
    return next((plain[usual] for usual in USUAL_NAMES[field] if usual in plain), None)


def _plain(name: str) -> str:
    return re.sub(r"[\s_-]", "", name).casefold()


def value(row: Mapping[str, object], field: str, options: ReadOptions) -> object:
    """Return what a row holds for a field; None when there is nothing but white space.

    Only a text may be a list.
    """
    name = column(row, field, options)
    found = None if name is None else row[name]
    if field != "text" and isinstance(found, list | Mapping):
        return None
    return None if isinstance(found, str) and not found.strip() else found


def label(row: Mapping[str, object], field: str, options: ReadOptions) -> str | None:
    """Return what a row holds for a field as a trimmed string."""
    found = value(row, field, options)
    return None if found is None else str(found).strip()


def day(written: object) -> dt.date | None:
    """Read a day as files write it; None when it is none, or could be several.

    ISO 8601 and RFC 2822, `20230727`, seconds or milliseconds since 1970, and dates in words. The
    day is the one written: no time zone is applied, except that counted seconds are in UTC.
    """
    if isinstance(written, dt.datetime):
        found: dt.date | None = written.date()
    elif isinstance(written, dt.date):
        found = written
    elif isinstance(written, bool):
        found = None
    elif isinstance(written, int | float):
        found = _counted(written)
    else:
        found = _worded(written.strip()) if isinstance(written, str) else None
    return found if found is not None and _EARLIEST <= found < _LATEST else None


def _counted(number: float) -> dt.date | None:
    if not math.isfinite(number) or abs(number) < _SMALLEST:
        return None
    if len(str(int(number))) == _EIGHT_DIGITS:
        return _iso(str(int(number)))
    seconds = number / 1000 if abs(number) >= _MILLISECONDS_FROM else number
    try:
        return dt.datetime.fromtimestamp(seconds, dt.UTC).date()
    except (OverflowError, ValueError, OSError):
        return None


def _worded(text: str) -> dt.date | None:
    if re.fullmatch(r"\d+(?:\.\d+)?", text):
        return _counted(float(text))
    return _iso(text) or _iso(text[:10]) or _rfc2822(text) or _spelled(text)


def _iso(text: str) -> dt.date | None:
    try:
        return dt.datetime.fromisoformat(text).date()
    except ValueError:
        return None


def _rfc2822(text: str) -> dt.date | None:
    try:
        return parsedate_to_datetime(text).date()
    except (ValueError, TypeError, IndexError):
        return None


def _spelled(text: str) -> dt.date | None:
    from extractor.dates import resolve

    found = resolve(re.sub(r"[T ]?\b\d\d?:\d\d\b.*", "", text), None)
    return found.start if found is not None and found.start == found.end else None
