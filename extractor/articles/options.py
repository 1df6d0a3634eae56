"""How articles are read, and what is said of one that could not be."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

from extractor.errors import InputError

_MEGABYTE = 1_000_000


@dataclass(frozen=True)
class ReadOptions:
    """What the reader is told; a field name of None means that the usual names are tried."""

    text_field: str | None = None
    title_field: str | None = None
    date_field: str | None = None
    id_field: str | None = None
    published: dt.date | None = None
    """The day of publication of every article, whatever the files say."""
    skip: Path | None = None
    """A file that a folder or glob may hold and that is not read, such as the output."""
    max_bytes: int = 20 * _MEGABYTE
    """The most a file of one article, or a row of a table, may hold, unpacked."""

    @property
    def max_megabytes(self) -> str:
        """The limit as it is told to people."""
        return f"{self.max_bytes / _MEGABYTE:g} MB"


@dataclass(frozen=True)
class Unreadable:
    """An article, or a whole file, that could not be read."""

    source: str
    """The path as given, `path:line` for a row, or `-` for standard input."""
    error: InputError


@dataclass(frozen=True)
class Found:
    """What a file says of one article, before text and date are made uniform."""

    text: str
    title: str | None = None
    date: object = None
    """The date as it stands in the file: a string, number or date; None when there is none."""
    id: str | None = None
    line: int | None = None
    """Where in a table it stands, counted from 1; None when the file is the article."""


class NotAnArticleError(ValueError):
    """The content is not what its format should be; the message says what to do."""
