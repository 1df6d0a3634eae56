"""Days and intervals that time expressions stand for, relative to the day of publication."""

from extractor.dates.intervals import Interval
from extractor.dates.resolution import resolve

__all__ = ["Interval", "resolve"]
