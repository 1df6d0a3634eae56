"""From a time expression as it stands in an article to days."""

from __future__ import annotations

import datetime as dt
from functools import lru_cache

from extractor.dates import english, foreign
from extractor.dates.intervals import Interval
from extractor.dates.reference import Reference
from extractor.dates.words import uniform, without_time_of_day

_ANY_TWO_DAYS = (dt.date(1912, 2, 5), dt.date(2087, 11, 20))
_MAX_CHARS = 100


@lru_cache(maxsize=4096)
def resolve(
    text: str | None, published: dt.date | None, *, future: bool = False
) -> Interval | None:
    """Resolve a time expression relative to the day of publication.

    `future` says that what is dated is still to come: `Thursday` is then the next one. Without a
    day of publication only what holds for any such day is resolved, as `3 May 2021`. None when
    nothing can be said: for a time of day, a duration, or what counts from another event.
    """
    if text is None or len(text) > _MAX_CHARS:
        return None
    if published is None:
        first, second = (resolve(text, day, future=future) for day in _ANY_TWO_DAYS)
        return first if first == second else None
    bare = without_time_of_day(uniform(text))
    try:
        reference = Reference(published, future)
        return english.read(bare, reference) or foreign.read(bare, reference)
    except (ValueError, OverflowError):  # a day that does not exist, such as 31 June
        return None
