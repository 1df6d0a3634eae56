"""Reads gold from JSON lines: an id, a text, and items or the fields of one item."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from extractor.errors import InputError
from extractor.evaluation.foreign import Foreign, ForeignItem, Rules
from extractor.evaluation.lines import read_lines
from extractor.schema import Schema

_ABSENT = object()


def read_jsonl(path: Path, rules: Rules, schema: Schema) -> Iterator[Foreign]:
    """Read a file, or every `.jsonl` file of a folder; rows of one text are one article.

    Raises: InputError, when there is none or a row lacks its text; WorkspaceError for bad JSON.
    """
    files = sorted(path.rglob("*.jsonl")) if path.is_dir() else [path]
    if not any(file.is_file() for file in files):
        raise InputError(f"There is no .jsonl file in {path}.", path=path)
    articles: dict[str, Foreign] = {}
    for number, (file, row) in enumerate(_rows(files), start=1):
        text = row.get("text")
        if not isinstance(text, str) or not text.strip():
            raise InputError(f"{file}: row {number} has no text.", path=file)
        new = _article(row, text, number, tuple(_items(row, rules, schema)))
        known = articles.get(text)
        articles[text] = new if known is None else known.with_items(new.items)
    yield from articles.values()


def _rows(files: list[Path]) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    for file in files:
        for row in read_lines(file):
            yield file, row


def _article(
    row: Mapping[str, Any], text: str, number: int, items: tuple[ForeignItem, ...]
) -> Foreign:
    told = row.get("published")
    try:
        published = None if told is None else dt.date.fromisoformat(str(told)[:10])
    except ValueError as error:
        raise InputError(f"Row {number}: published {told!r} is no ISO date.") from error
    return Foreign(str(row.get("id") or f"row-{number}"), text, items, row.get("title"), published)


def _items(row: Mapping[str, Any], rules: Rules, schema: Schema) -> Iterator[ForeignItem]:
    """Take the items of a row: a list under the task's name, or else the row itself."""
    listed = row.get(schema.task)
    for source in listed if isinstance(listed, list) else [row]:
        keys = rules.fields or {spec.name: spec.name for spec in schema.fields}
        found = {name: _at(source, key) for name, key in keys.items()}
        values = {name: value for name, value in found.items() if value is not _ABSENT}
        if schema.anchor in values:
            yield ForeignItem(values, {})


def _at(source: Any, key: str) -> Any:
    """Follow a dotted key; null on the way is null."""
    for part in key.split("."):
        if source is None:
            return None
        if not isinstance(source, Mapping) or part not in source:
            return _ABSENT
        source = source[part]
    return source
