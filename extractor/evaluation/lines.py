"""Files of JSON lines that survive a kill: whole lines count, a torn last one does not."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from extractor.errors import OutputError, WorkspaceError


def read_lines(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the objects of a file, gzipped or not; a last line without an end is left out.

    Raises: WorkspaceError, naming the line that is no JSON object.
    """
    try:
        with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
            for number, line in enumerate(file, start=1):
                if line.endswith(b"\n"):
                    yield _object(line, path, number)
    except (OSError, EOFError) as error:
        raise WorkspaceError(f"{path} cannot be read: {error}", path=path) from error


def _object(line: bytes, path: Path, number: int) -> dict[str, Any]:
    try:
        value = json.loads(line)
    except ValueError as error:
        raise WorkspaceError(f"{path}, line {number}: not JSON: {error}", path=path) from error
    if not isinstance(value, dict):
        raise WorkspaceError(f"{path}, line {number}: not a JSON object.", path=path)
    return value


def line(value: dict[str, Any]) -> bytes:
    """Write an object as one line, the same bytes for the same object."""
    return json.dumps(value, sort_keys=True).encode() + b"\n"


def append_line(path: Path, value: dict[str, Any]) -> None:
    """Add an object to a file, and have it written when this returns. Raises: OutputError."""
    try:
        with path.open("ab") as file:
            file.write(line(value))
    except OSError as error:
        raise OutputError(f"{path} cannot be written: {error.strerror}.", path=path) from error


def mend(path: Path) -> None:
    """Cut off a torn last line, as a killed process leaves one, if there is such a file."""
    if not path.is_file():
        return
    with path.open("r+b") as file:
        raw = file.read()
        whole = raw.rfind(b"\n") + 1
        if whole < len(raw):
            file.truncate(whole)


def replace(path: Path, content: bytes) -> None:
    """Write a file in place of the old one, whole or not at all. Raises: OutputError."""
    part = path.with_name(path.name + ".part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part.write_bytes(content)
        part.replace(path)
    except OSError as error:
        raise OutputError(f"{path} cannot be written: {error.strerror}.", path=path) from error
