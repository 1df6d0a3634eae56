"""Write results as they finish: JSON lines, CSV rows or a Parquet file.

JSON lines hold one record per article. CSV and Parquet hold one row per item, and one row without
an item for an article that failed, so that no article goes missing.
"""

from __future__ import annotations

import csv
import datetime as dt
import errno
import json
import os
import stat
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Literal, Protocol, get_args

from extractor.errors import OutputError, UsageError

if TYPE_CHECKING:
    from extractor.results import Result
    from extractor.schema import FieldSpec, Schema

Format = Literal["jsonl", "csv", "parquet"]
Column = Literal["text", "list", "date", "number"]
HEAD = ("article_id", "title", "published", "source", "status", "error", "task", "start", "end")
FORMULA = ("=", "+", "-", "@", "\t", "\r")


class Writer(Protocol):
    """Takes results one by one; each is safe on disk when `write` returns (Parquet: at close)."""

    def write(self, result: Result) -> None:
        """Write one result."""


def columns(schemas: Mapping[str, Schema]) -> dict[str, Column]:
    """Name the columns of a table of items, in order, with their types."""
    found: dict[str, Column] = dict.fromkeys(HEAD, "text")
    found |= {"published": "date", "start": "number", "end": "number"}
    for schema in schemas.values():
        found.update({s.name: _column(s) for s in schema.fields if s.name not in found})
    return found


def _column(spec: FieldSpec) -> Column:
    if spec.many:
        return "list"
    return "date" if dt.date in (spec.annotation, *get_args(spec.annotation)) else "text"


def rows(result: Result, schemas: Mapping[str, Schema]) -> Iterator[dict[str, Any]]:
    """Yield one row per item; keys are a subset of `columns`."""
    article = result.article
    head = {
        "article_id": article.id,
        "title": article.title,
        "published": article.published,
        "source": article.source,
        "status": result.status,
        "error": result.error,
    }
    for task, items in result.items.items():
        for item in items:
            fields = item.model_dump()
            span = fields.pop("spans")[schemas[task].anchor]
            yield {**fields, **head, "task": task, "start": span["start"], "end": span["end"]}
    if result.status == "failed" and not any(result.items.values()):
        yield head


class JsonlWriter:
    """One record per line, flushed line by line."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    def write(self, result: Result) -> None:
        """Write one record; a line the disk had no room for is taken back."""
        append(self._file, json.dumps(result.to_dict(), ensure_ascii=False) + "\n")


class CsvWriter:
    """One row per item, safe to open in a spreadsheet."""

    def __init__(self, file: BinaryIO, schemas: Mapping[str, Schema]) -> None:
        self._file, self._schemas = file, schemas
        self._columns = columns(schemas)
        if file is not sys.stdout.buffer:
            append(file, "\ufeff")  # spreadsheets guess the encoding without the mark
        self._emit([dict(zip(self._columns, self._columns, strict=True))])

    def write(self, result: Result) -> None:
        """Write the rows of one result together."""
        self._emit(list(rows(result, self._schemas)))

    def _emit(self, table: Sequence[Mapping[str, Any]]) -> None:
        lines = _Lines()
        writer = csv.DictWriter(lines, list(self._columns), lineterminator="\n")
        writer.writerows({key: cell(value) for key, value in row.items()} for row in table)
        append(self._file, "".join(lines))


class _Lines(list[str]):
    """A list that csv can write to."""

    write = list.append


def cell(value: object) -> object:
    """Make a value safe for a spreadsheet: lists joined, no text that starts a formula."""
    if isinstance(value, (list, tuple)):
        value = "; ".join(value)
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value


class ParquetWriter:
    """One typed row per item, in row groups; needs the extra `parquet`."""

    ROWS_PER_GROUP = 10_000

    def __init__(self, path: Path, schemas: Mapping[str, Schema]) -> None:
        try:
            import pyarrow as pa
            import pyarrow.parquet as pq
        except ModuleNotFoundError as error:
            message = "Parquet output needs pyarrow: pip install 'extract-news[parquet]'."
            raise UsageError(message) from error
        types: dict[Column, Any] = {
            "text": pa.string(),
            "list": pa.list_(pa.string()),
            "date": pa.date32(),
            "number": pa.int64(),
        }
        self._schema = pa.schema((name, types[c]) for name, c in columns(schemas).items())
        self._table = pa.Table
        self._schemas = schemas
        self._writer = pq.ParquetWriter(path, self._schema)
        self._waiting: list[dict[str, Any]] = []

    def write(self, result: Result) -> None:
        """Collect the rows of one result; a full row group is written."""
        self._waiting += rows(result, self._schemas)
        if len(self._waiting) >= self.ROWS_PER_GROUP:
            self._flush()

    def close(self) -> None:
        """Write the last row group and the footer."""
        self._flush()
        self._writer.close()

    def _flush(self) -> None:
        if self._waiting:
            self._writer.write_table(self._table.from_pylist(self._waiting, schema=self._schema))
            self._waiting = []


def append(file: BinaryIO, text: str) -> None:
    """Write all of `text` at once; on failure cut off what a full disk let through."""
    rest = memoryview(text.encode("utf-8", "surrogatepass"))
    regular = stat.S_ISREG(os.fstat(file.fileno()).st_mode)
    before = file.tell() if regular else None
    try:
        while rest:
            rest = rest[file.write(rest) :]
        file.flush()
    except OSError:
        if before is not None:
            file.truncate(before)
        raise


@dataclass(frozen=True)
class Destination:
    """Where results are written: a path, or stdout when it is None."""

    path: Path | None
    form: Format
    force: bool = False


@contextmanager
def open_writer(to: Destination, schemas: Mapping[str, Schema]) -> Iterator[Writer]:
    """Open the output.

    Raises: OutputError when the path exists and is not forced, its folder is missing or the disk
    is full; UsageError for Parquet on stdout. BrokenPipeError passes through.
    """
    if to.path is None and to.form == "parquet":
        raise UsageError("Parquet cannot be written to a pipe; name a file with --output.")
    if to.path is not None and to.path.exists() and not to.force:
        raise OutputError(
            f"{to.path} exists; choose another --output or pass --force.", path=to.path
        )
    try:
        with _opened(to, schemas) as writer:
            yield writer
    except BrokenPipeError:
        raise
    except OSError as error:
        raise OutputError(_advice(to.path, error), path=to.path) from error


@contextmanager
def _opened(to: Destination, schemas: Mapping[str, Schema]) -> Iterator[Writer]:
    if to.form == "parquet":
        assert to.path is not None
        with closing(ParquetWriter(to.path, schemas)) as writer:
            yield writer
        return
    with ExitStack() as stack:
        file: BinaryIO = sys.stdout.buffer
        if to.path is not None:  # unbuffered: nothing is left to write at close
            file = stack.enter_context(to.path.open("wb", buffering=0))
        yield JsonlWriter(file) if to.form == "jsonl" else CsvWriter(file, schemas)


def _advice(path: Path | None, error: OSError) -> str:
    where = path or "the output"
    if error.errno == errno.ENOSPC:
        return f"No space is left for {where}; the records written so far are complete."
    return f"{where} cannot be written: {error.strerror}; choose another --output."
