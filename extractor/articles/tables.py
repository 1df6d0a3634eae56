"""Files that hold many articles: JSON, JSON lines and tables of comma- or tab-separated values."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator, Mapping

from extractor.articles.encodings import encoding_of
from extractor.articles.files import Opened, Source
from extractor.articles.metadata import column, label, value
from extractor.articles.options import Found, NotAnArticleError, ReadOptions, Unreadable

_LISTS = ("articles", "items", "results", "data", "documents", "docs", "records")
"""Keys under which a JSON object keeps its articles."""
_UNDECODED = re.compile(r"[\udc80-\udcff]")
_LARGEST_FIELD = 2**31 - 1
_SEPARATORS = ",;\t|"

Row = Found | Unreadable


def from_json(content: str, source: Source, options: ReadOptions) -> Iterator[Row]:
    """Read an article, a list of them, or an object that keeps such a list.

    Raises: NotAnArticleError.
    """
    parsed = _parsed(content)
    if isinstance(parsed, dict) and column(parsed, "text", options) is None:
        parsed = next((parsed[key] for key in _LISTS if isinstance(parsed.get(key), list)), parsed)
    if not isinstance(parsed, list):
        yield _article(parsed, options, None)
        return
    if not parsed:
        raise NotAnArticleError("the list holds no article.")
    for number, row in enumerate(parsed, 1):
        yield _row(row, number, source, options)


def _parsed(content: str) -> object:
    try:
        return json.loads(content)
    except json.JSONDecodeError as error:
        reason = f"{error.msg}, line {error.lineno} column {error.colno}"
        raise NotAnArticleError(f"this is no valid JSON ({reason}); correct it.") from None
    except (ValueError, RecursionError) as error:
        raise NotAnArticleError(f"this is no valid JSON ({error}); correct it.") from None


def _row(row: object, line: int, source: Source, options: ReadOptions) -> Row:
    """Read one row; a fault is told with its line."""
    try:
        return _article(row, options, line)
    except NotAnArticleError as error:
        return Unreadable(f"{source.name}:{line}", source.fault(str(error), line))


def _article(row: object, options: ReadOptions, line: int | None) -> Found:
    if not isinstance(row, Mapping):
        raise NotAnArticleError("this is no JSON object; an article needs named fields.")
    fields = {str(name): field for name, field in row.items() if name is not None}
    text = _joined(value(fields, "text", options))
    if not text:
        raise NotAnArticleError(_no_text(fields, options))
    if len(text) > options.max_bytes:
        raise NotAnArticleError(f"its text is over {options.max_megabytes}; split it.")
    return Found(
        text=text,
        title=label(fields, "title", options),
        date=value(fields, "date", options),
        id=label(fields, "id", options),
        line=line,
    )


def _joined(text: object) -> str:
    """Give a text, or one kept as a list of paragraphs; "" for what is neither."""
    if isinstance(text, list) and all(isinstance(paragraph, str) for paragraph in text):
        return "\n\n".join(text)
    return text if isinstance(text, str) else ""


def _no_text(fields: Mapping[str, object], options: ReadOptions) -> str:
    found = column(fields, "text", options)
    if found is not None:
        return f"its field {found!r} holds no text."
    wanted = (
        "none of the usual names of a text"
        if options.text_field is None
        else (f"no {options.text_field!r}")
    )
    names = ", ".join(sorted(fields)[:20]) or "nothing"
    return f"there is {wanted} among its fields ({names}); name the field with --text-field."


def from_lines(opened: Opened, source: Source, options: ReadOptions) -> Iterator[Row]:
    """Read JSON lines one by one; a bad line costs that line only. Raises: UndecodableError."""
    with _characters(opened, newline=None) as lines:
        for number, line in enumerate(lines, 1):
            if line.strip():
                yield _line(line, number, source, options)


def _line(line: str, number: int, source: Source, options: ReadOptions) -> Row:
    place = f"{source.name}:{number}"
    if _UNDECODED.search(line):
        return Unreadable(place, source.fault("it is not valid UTF-8; save it as UTF-8.", number))
    try:
        parsed = json.loads(line)
    except (ValueError, RecursionError) as error:
        reason = getattr(error, "msg", None) or str(error)
        return Unreadable(place, source.fault(f"no valid JSON ({reason}); correct it.", number))
    return _row(parsed, number, source, options)


def from_table(opened: Opened, source: Source, options: ReadOptions) -> Iterator[Row]:
    """Read a table with a header row by row. Raises: UndecodableError, NotAnArticleError."""
    csv.field_size_limit(_LARGEST_FIELD)  # the default refuses texts over 131,072 characters
    with _characters(opened, newline="") as lines:
        reader = csv.DictReader(lines, delimiter=_separator(opened, source))
        names = [name for name in reader.fieldnames or () if name.strip()]
        if column(names, "text", options) is None:
            raise NotAnArticleError(_no_text(dict.fromkeys(names), options))
        yield from _rows(reader, source, options)


def _rows(reader: csv.DictReader[str], source: Source, options: ReadOptions) -> Iterator[Row]:
    while True:
        line = reader.line_num + 1
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            fault = source.fault(f"the table is broken here ({error}); correct it.", line)
            yield Unreadable(f"{source.name}:{line}", fault)
            return
        yield _row(row, line, source, options)


def _separator(opened: Opened, source: Source) -> str:
    """Tell what separates the columns: a tab in `.tsv`, else what the header has most of."""
    if source.path.name.lower().removesuffix(".gz").endswith(".tsv"):
        return "\t"
    header = opened.sample.split(b"\n", 1)[0].decode("latin-1")
    return max(_SEPARATORS, key=header.count)


def _characters(opened: Opened, newline: str | None) -> io.TextIOWrapper:
    """Decode a stream as it is read; bytes that do not fit become lone surrogates."""
    encoding = encoding_of(opened.sample, whole=False)
    return io.TextIOWrapper(opened.stream, encoding, errors="surrogateescape", newline=newline)
